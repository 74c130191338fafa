// Fuzzes: TLSBackend

internal import Bytes

/// One pin file, which an attacker may be able to write.
@c(LLVMFuzzerTestOneInput)
public func fuzzPinFile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  var pins = PinSet(source: "the pin file")
  do throws(TLSError) {
    let context = try AnyKeyContext(TLSParameters())
    try pins.insert(contentsOf: text.span, using: context)
    expect(pins.count > 0, "what is accepted holds a pin")
  } catch {
    expect(error.kind == .configuration, "a refusal is about the file")
    expect(!error.reason.text.bytes.contains { $0 < 0x20 }, "a reason is one line")
  }
  checkSpelling(text)
  return 0
}

/// Whatever can be read and written can be read again.
private func checkSpelling(_ text: [UInt8]) {
  var reader = PinReader(text.span)
  while let item = try? reader.next(text.span) {
    guard case .pin(let pin) = item else { continue }
    let spelling =
      switch pin {
      case .spki(let digest): PinSpelling.spki(digest)
      case .certificate(let digest): PinSpelling.certificate(digest)
      case .certificateSHA1(let digest): PinSpelling.certificate("sha-1", digest.span)
      }
    let line = spelling.bytes
    var again = PinReader(line.span)
    guard case .pin(pin) = try? again.next(line.span) else {
      fatalError("broken promise: a pin is read as it is written")
    }
  }
}

/// Takes any bytes for a key: parsing DER is the TLS library's part.
private final class AnyKeyContext: TLSContext {
  init(_ parameters: TLSParameters) throws(TLSError) {}

  func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    try digest(der)
  }

  func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    let digest = try digest(der)
    return CertificateSummary(
      der: [], subject: "any", issuer: "any", notBefore: 0, notAfter: 0,
      key: CertificateSummary.Key(kind: "EC", bits: 256, strength: 128), isAuthority: false,
      pathLimit: -1, dnsNames: [], addresses: [], spkiFingerprint: digest, fingerprint: digest,
      sha1Fingerprint: [])
  }

  var fipsModule: Text? { nil }

  private func digest(_ der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    expect(!der.isEmpty, "no empty key is handed on")
    guard let digest = SHA256Digest([UInt8](repeating: der[0], count: 32).span) else {
      fatalError("broken promise: 32 bytes are a digest")
    }
    return digest
  }
}

private func expect(_ condition: Bool, _ promise: StaticString) {
  if !condition { fatalError("broken promise: \(promise)") }
}
