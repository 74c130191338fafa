internal import Bytes
internal import COpenSSL
internal import CPosix
internal import TLSBackend

/// Maps every result of every OpenSSL call that moves bytes. The error queue must have been empty
/// before the call, so that what is in it now is this call's.
func outcome(
  of result: Int32, session: OpaquePointer, stream: cposix_stream, phase: TLSPhase,
  offer: TLSOffer
) -> TLSOutcome {
  switch unsafe SSL_get_error(session, result) {
  case SSL_ERROR_WANT_READ: return .blocked(until: .readable)
  case SSL_ERROR_WANT_WRITE: return .blocked(until: .writable)
  case SSL_ERROR_ZERO_RETURN: return .closeNotify
  case SSL_ERROR_SYSCALL, SSL_ERROR_SSL: break
  case let code:
    return .failed(TLSError(.library, "OpenSSL asks for what is never used here (\(code))"))
  }
  let code = cause()
  let reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0
  if let alert = UInt8(exactly: reason - SSL_AD_REASON_OFFSET) {
    return .failed(.received(TLSAlert(code: alert), during: phase, offer))
  }
  if stream.ended != 0 { return .endOfStream }
  if stream.failure != 0 {
    let words = unsafe Text(cString: strerror(stream.failure))
    return .failed(.brokeOff(phase, errno: stream.failure, words: words))
  }
  // Once the handshake is complete there is nothing left to agree on: a record that is too long is
  // no sign of another protocol then.
  if case .handshake = phase, let disagreement = unsafe disagreement(reason, session) {
    return .failed(.disagreement(disagreement, offer))
  }
  // The library's own trouble (memory, a provider) is nobody's breach of the protocol.
  let isOurs = reason == 0 || ERR_FATAL_ERROR(code) != 0
  let error = TLSError.failed(phase, words(for: code))
  return .failed(isOurs ? TLSError(.library, error.reason) : error)
}

/// What an operator can do something about.
private func disagreement(_ reason: Int32, _ session: OpaquePointer) -> TLSDisagreement? {
  switch reason {
  case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION: .olderVersion
  case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG: .notTLS
  case SSL_R_WRONG_CIPHER_RETURNED, SSL_R_UNKNOWN_CIPHER_RETURNED, SSL_R_NO_CIPHERS_AVAILABLE:
    .suiteNotOffered
  case SSL_R_WRONG_CURVE, SSL_R_BAD_KEY_SHARE, SSL_R_NO_SUITABLE_KEY_SHARE,
    SSL_R_NO_SUITABLE_GROUPS:
    .groupNotOffered
  case SSL_R_WRONG_SIGNATURE_TYPE, SSL_R_UNKNOWN_DIGEST: .signatureNotOffered
  // A Certificate message with an empty list (RFC 5246 §7.4.2), or with none that could be read.
  case SSL_R_LENGTH_MISMATCH where unsafe SSL_get_state(session) == TLS_ST_CR_CERT: .noCertificate
  case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED: .noSecureRenegotiation
  default: nil
  }
}

/// The error that says why: the first one, unless that is a provider's or a parser's, to which TLS
/// has added what it means. OpenSSL 3.5 puts "provider signature failure" before "bad signature".
private func cause() -> UInt {
  let first = ERR_peek_error()
  if ERR_GET_LIB(first) == ERR_LIB_SSL || ERR_FATAL_ERROR(first) != 0 { return first }
  let last = ERR_peek_last_error()
  return ERR_GET_LIB(last) == ERR_LIB_SSL ? last : first
}

/// The library's words for the first error in its queue, which is the cause of the others.
func libraryWords() -> Text {
  words(for: ERR_peek_error())
}

private func words(for code: UInt) -> Text {
  guard let words = unsafe ERR_reason_error_string(code) else { return "OpenSSL error \(code)" }
  return unsafe Text(cString: words)
}
