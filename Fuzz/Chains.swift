// Fuzzes: TLSBackend

internal import Bytes

/// One handshake: a byte that says how many blocks are trust anchors (two bits) and how many are
/// revocation lists (two bits), and whether signatures are good; then blocks, each behind two bytes
/// of length. The rest is the chain.
@c(LLVMFuzzerTestOneInput)
public func fuzzChain(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let head = input.first else { return 0 }
  var blocks = blocks(of: input)
  var parameters = TLSParameters()
  parameters.trustAnchors = Array(blocks.prefix(Int(head & 3)))
  blocks.removeFirst(parameters.trustAnchors.count)
  parameters.revocationLists = Array(blocks.prefix(Int(head >> 2 & 3)))
  blocks.removeFirst(parameters.revocationLists.count)
  var library = AnySignature(verdict: SignatureVerdict(rawValue: head >> 4 & 3) ?? .good)
  var policy = PeerPolicy.validated(.dns([0x61, 0x2E, 0x62]))
  policy.time = 1_800_000_000
  policy.keepsPeer = head & 0x80 != 0
  do throws(TLSError) {
    let trust = try TrustStore(parameters)
    var peer: PeerEvidence?
    let accepted = try policy.judge(chain: blocks, trust: trust, using: &library, keeping: &peer)
    expect(accepted.isValidated, "who is accepted was validated")
    expect(!trust.anchors.isEmpty, "nobody is accepted without a trust anchor")
    expect(accepted.certificate.der == blocks[0], "the certificate is the peer's own")
    expect(accepted.certificate.notBefore <= policy.time, "it is valid")
    expect(accepted.certificate.notAfter >= policy.time, "it is valid")
  } catch {
    expect(
      error.kind == .authentication || error.kind == .configuration, "it is about a certificate")
    expect(!error.reason.text.bytes.contains { $0 < 0x20 || $0 > 0x7E }, "a reason is one line")
  }
  expect(library.checks <= PathBuilder.maximumSignatures, "the budget holds")
  return 0
}

private func blocks(of input: [UInt8]) -> [[UInt8]] {
  var blocks: [[UInt8]] = []
  var position = 1
  while position + 2 <= input.count, blocks.count < 16 {
    let length = Int(input[position]) << 8 | Int(input[position + 1])
    position += 2
    let end = min(position + length, input.count)
    blocks.append(Array(input[position..<end]))
    position = end
  }
  return blocks
}

/// Says the same of every signature.
private struct AnySignature: Cryptography {
  let verdict: SignatureVerdict
  var checks = 0

  mutating func verify(
    _ signature: Span<UInt8>, algorithm: Span<UInt8>, of message: Span<UInt8>,
    with key: Span<UInt8>
  ) -> SignatureVerdict {
    expect(!message.isEmpty && !key.isEmpty && !algorithm.isEmpty, "nothing empty is checked")
    checks += 1
    return verdict
  }

  func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
    SHA256Digest([UInt8](repeating: bytes.isEmpty ? 0 : bytes[0], count: 32).span)
  }

  func sha1(_ bytes: Span<UInt8>) -> [UInt8] { [] }
}

private func expect(_ condition: Bool, _ promise: StaticString) {
  if !condition { fatalError("broken promise: \(promise)") }
}
