internal import CGnuTLS
internal import CPosix
internal import TLSBackend

/// What a library call came to when it did not simply succeed.
enum Outcome {
  /// There is nothing to read yet: sending never blocks the library (`SessionBox`).
  case blocked
  /// A warning alert, which changes nothing.
  case warned
  /// The peer asks for a new handshake.
  case renegotiation
  /// The stream ended without close_notify.
  case endOfStream
  case failed(TLSError)
}

/// Maps every negative result of every GnuTLS call that moves bytes.
func outcome(
  of code: Int32, session: OpaquePointer, box: borrowing SessionBox, phase: TLSPhase,
  offer: TLSOffer
) -> Outcome {
  if code == GNUTLS_E_FATAL_ALERT_RECEIVED {
    let alert = unsafe gnutls_alert_get(session).rawValue
    return .failed(
      .received(TLSAlert(code: UInt8(truncatingIfNeeded: alert)), during: phase, offer))
  }
  if let error = box.brokeOff(phase) { return .failed(error) }
  switch code {
  case GNUTLS_E_AGAIN, GNUTLS_E_INTERRUPTED: return .blocked
  case GNUTLS_E_WARNING_ALERT_RECEIVED: return .warned
  case GNUTLS_E_REHANDSHAKE: return .renegotiation
  case _ where box.stream.ended != 0: return .endOfStream
  case _ where box.isForeign: return .failed(.disagreement(.notTLS, offer))
  default: break
  }
  if let disagreement = disagreement(code) { return .failed(.disagreement(disagreement, offer)) }
  let error = TLSError.failed(phase, libraryWords(code))
  return .failed(isOurs(code) ? TLSError(.library, error.reason) : error)
}

/// What an operator can do something about.
private func disagreement(_ code: Int32) -> TLSDisagreement? {
  switch code {
  case GNUTLS_E_UNSUPPORTED_VERSION_PACKET: .olderVersion
  case GNUTLS_E_UNKNOWN_CIPHER_SUITE, GNUTLS_E_NO_CIPHER_SUITES: .suiteNotOffered
  case GNUTLS_E_ECC_UNSUPPORTED_CURVE, GNUTLS_E_ECC_NO_SUPPORTED_CURVES,
    GNUTLS_E_NO_COMMON_KEY_SHARE:
    .groupNotOffered
  case GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM, GNUTLS_E_UNWANTED_ALGORITHM: .signatureNotOffered
  case GNUTLS_E_SAFE_RENEGOTIATION_FAILED, GNUTLS_E_UNSAFE_RENEGOTIATION_DENIED:
    .noSecureRenegotiation
  case GNUTLS_E_NO_CERTIFICATE_FOUND: .noCertificate
  default: nil
  }
}

/// Whether it is the library's own trouble, and nobody's breach of the protocol.
private func isOurs(_ code: Int32) -> Bool {
  switch code {
  case GNUTLS_E_MEMORY_ERROR, GNUTLS_E_INTERNAL_ERROR, GNUTLS_E_RANDOM_FAILED,
    GNUTLS_E_LIB_IN_ERROR_STATE, GNUTLS_E_SELF_TEST_ERROR, GNUTLS_E_INVALID_REQUEST,
    GNUTLS_E_INVALID_SESSION, GNUTLS_E_PULL_ERROR, GNUTLS_E_PUSH_ERROR, GNUTLS_E_TIMEDOUT:
    true
  default: false
  }
}

/// The library's words for one of its codes, without their full stop.
func libraryWords(_ code: Int32) -> Text {
  guard let words = unsafe gnutls_strerror(code) else { return "GnuTLS error \(code)" }
  let bytes = unsafe Text(cString: words).bytes
  return bytes.last == UInt8(ascii: ".") ? Text(bytes.dropLast()) : Text(bytes)
}
