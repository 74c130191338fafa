internal import CMbedTLS
internal import TLSBackend

// The library verifies nothing about certificates (MBEDTLS_SSL_VERIFY_NONE), and does not read any:
// it takes an unknown critical extension for a syntax error, and name constraints are unknown to
// it. The policy reads the message itself, and the library is given the server's public key.

extension SessionBox {
  /// Asks the policy about the certificates of a message as it came, behind its header, and keeps
  /// the verdict.
  ///
  /// `MbedTLSBackend.handshake` reads it as soon as the library returns from the message, before
  /// anything else is read or sent.
  mutating func judge(_ message: Span<UInt8>, isTLS13: Bool) {
    let chain = CertificateMessage.chain(in: message, isTLS13: isTLS13)
    // The library has a reason of its own to end the handshake.
    guard !chain.isEmpty else { return }
    var library = LibraryCryptography()
    do throws(TLSError) {
      verdict = .accepted(
        try policy.judge(chain: chain, trust: trust, using: &library, keeping: &peer))
    } catch {
      verdict = .refused(error)
    }
  }
}

/// Takes the place of the library's own function in this program, by its name: libmbedtls calls it
/// for each certificate that the server has sent. Of the first it reads the public key, with which
/// the server must sign the handshake; without one it can read, there is no key, and the handshake
/// fails. Our own certificates are read by another function.
///
/// Where the linker does not let it take that place, the library reads certificates itself, and the
/// server is refused when it cannot.
@_cdecl("mbedtls_x509_crt_parse_der")
public func readServerKey(
  _ certificate: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int
) -> Int32 {
  guard let certificate = unsafe certificate?.assumingMemoryBound(to: mbedtls_x509_crt.self),
    unsafe mbedtls_pk_get_type(&certificate.pointee.pk) == MBEDTLS_PK_NONE,
    unsafe certificate.pointee.version == 0
  else { return 0 }
  // So that only the first is looked at.
  unsafe certificate.pointee.version = 3
  let der = unsafe UnsafeBufferPointer(start: bytes, count: count).span
  let key = DER.publicKeyInfo(inCertificate: der)
  _ = unsafe certificate.pointee.pk.read(der.extracting(key))
  unsafe cmbedtls_note_places(certificate, bytes, count, key.lowerBound, key.count)
  return 0
}
