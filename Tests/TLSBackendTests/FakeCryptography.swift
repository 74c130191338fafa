import Bytes
import Testing

@testable import TLSBackend

/// Stands in for a library: a signature is a hash over the message and the key, which anybody can
/// make, and which nothing but the same bytes has.
struct FakeCryptography: Cryptography {
  /// How many signatures were checked.
  var checks = 0
  /// What is said to every signature, where it is not nil.
  var verdict: SignatureVerdict?

  static func signature(_ message: [UInt8], _ key: [UInt8]) -> [UInt8] {
    (1...4).flatMap { (seed: UInt64) -> [UInt8] in
      var state = seed &* 0xCBF2_9CE4_8422_2325
      for byte in message + key { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
      return (0..<8).map { UInt8(truncatingIfNeeded: state >> (8 * $0)) }
    }
  }

  mutating func verify(
    _ signature: Span<UInt8>, algorithm: Span<UInt8>, of message: Span<UInt8>,
    with key: Span<UInt8>
  ) -> SignatureVerdict {
    checks += 1
    if let verdict { return verdict }
    guard bytes(algorithm) == ecdsaWithSHA256 else { return .unknownAlgorithm }
    return Self.signature(bytes(message), bytes(key)) == bytes(signature) ? .good : .bad
  }

  func sha256(_ bytes: Span<UInt8>) -> SHA256Digest? {
    SHA256Digest(Self.signature(self.bytes(bytes), []).span)
  }

  func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
    Array(Self.signature(self.bytes(bytes), [1]).prefix(20))
  }

  private func bytes(_ span: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(copying: span)
    return bytes
  }
}

/// A peer and who meets it.
struct ChainMeeting {
  var chain: [[UInt8]]
  var anchors: [[UInt8]] = [CertificateRecipe.root]
  var lists: [[UInt8]] = []
  var name = "logs.test"
  var time: Int64 = 1_500_000_000
  var pins: PinSet?
  var verdict: SignatureVerdict?

  struct Result {
    /// Nil when the peer is accepted.
    let refusal: Sentence?
    let checks: Int
    let peer: PeerEvidence?
  }

  func result(keepsPeer: Bool = false) throws -> Result {
    var library = FakeCryptography(verdict: verdict)
    var parameters = TLSParameters()
    parameters.trustAnchors = anchors
    parameters.revocationLists = lists
    var policy = PeerPolicy.validated(.dns(Array(name.utf8)), pins: pins)
    policy.time = time
    policy.keepsPeer = keepsPeer
    let trust = try TrustStore(parameters)
    var peer: PeerEvidence?
    do throws(TLSError) {
      let accepted = try policy.judge(
        chain: chain, trust: trust, using: &library, keeping: &peer)
      #expect(accepted.isValidated == true)
      return Result(refusal: nil, checks: library.checks, peer: peer)
    } catch {
      #expect(error.kind == .authentication)
      return Result(refusal: error.reason, checks: library.checks, peer: peer)
    }
  }

  /// Nil when the peer is accepted.
  func refusal() throws -> Sentence? { try result().refusal }
}

extension CertificateRecipe {
  /// The root of most tests, with the key 9.
  static let root = authority("Root", issuer: "Root", key: 9).made(by: 9)
  /// An intermediate authority with the key 8.
  static let issuing = authority("Issuing", issuer: "Root", key: 8).made(by: 9)
  /// A server below it.
  static let good = server(issuer: "Issuing").made(by: 8)
}
