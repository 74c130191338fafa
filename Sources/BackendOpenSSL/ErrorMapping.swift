internal import COpenSSL
internal import CPosix
internal import TLSBackend

/// What a library call came to when it did not simply succeed.
enum Outcome {
  case blocked(until: Readiness)
  /// The peer's close_notify has been read.
  case closeNotify
  /// The stream ended without close_notify.
  case endOfStream
  case failed(TLSError)
}

/// What we were at, for the words of an error.
enum Phase {
  case handshake
  case sending
  case reading
  case closing

  var name: StaticString {
    switch self {
    case .handshake: "the handshake"
    case .sending, .reading: "the connection"
    case .closing: "the closing of the connection"
    }
  }
}

/// Maps every result of every OpenSSL call that moves bytes. The error queue must have been empty
/// before the call, so that what is in it now is this call's.
func outcome(
  of result: Int32, session: OpaquePointer, stream: cposix_stream, phase: Phase,
  offer: TLSParameters
) -> Outcome {
  switch unsafe SSL_get_error(session, result) {
  case SSL_ERROR_WANT_READ: return .blocked(until: .readable)
  case SSL_ERROR_WANT_WRITE: return .blocked(until: .writable)
  case SSL_ERROR_ZERO_RETURN: return .closeNotify
  case SSL_ERROR_SYSCALL, SSL_ERROR_SSL: break
  case let code:
    return .failed(TLSError(.library, "OpenSSL asks for what is never used here (\(code))"))
  }
  let code = ERR_peek_error()
  let reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0
  if let alert = UInt8(exactly: reason - SSL_AD_REASON_OFFSET) {
    return .failed(received(TLSAlert(code: alert), phase, offer))
  }
  if stream.ended != 0 { return .endOfStream }
  if stream.failure != 0 {
    let words = unsafe Text(cString: strerror(stream.failure))
    return .failed(
      TLSError(.connection(errno: stream.failure), "\(phase.name) broke off: \(words)"))
  }
  if let words = disagreement(reason, offer) {
    return .failed(TLSError(.negotiation, "\(words)\(offered(offer))"))
  }
  // The library's own trouble (memory, a provider) is nobody's breach of the protocol.
  let isOurs = reason == 0 || ERR_FATAL_ERROR(code) != 0
  return .failed(
    TLSError(isOurs ? .library : .negotiation, "\(phase.name) failed: \(libraryWords())"))
}

/// The peer's alert; when it says that there was nothing to agree on, with what we offered.
private func received(_ alert: TLSAlert, _ phase: Phase, _ offer: TLSParameters) -> TLSError {
  let error = TLSError.received(alert, during: phase.name)
  guard phase == .handshake else { return error }
  switch alert.code {
  case 70:
    return TLSError(
      error.kind,
      "\(error.reason): it speaks only versions older than \(offer.minimumVersion.name)")
  case 40, 47, 71, 80: return TLSError(error.kind, error.reason + offered(offer))
  default: return error
  }
}

/// What an operator can do something about, in words that are not OpenSSL's.
private func disagreement(_ reason: Int32, _ offer: TLSParameters) -> Text? {
  switch reason {
  case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION:
    "the server speaks only versions older than \(offer.minimumVersion.name)"
  case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG:
    "what the server answered is not TLS"
  case SSL_R_WRONG_CIPHER_RETURNED, SSL_R_UNKNOWN_CIPHER_RETURNED, SSL_R_NO_CIPHERS_AVAILABLE:
    "the server chose a cipher suite that was not offered"
  case SSL_R_WRONG_CURVE, SSL_R_BAD_KEY_SHARE, SSL_R_NO_SUITABLE_KEY_SHARE,
    SSL_R_NO_SUITABLE_GROUPS:
    "the server chose a key exchange group that was not offered"
  case SSL_R_WRONG_SIGNATURE_TYPE, SSL_R_UNKNOWN_DIGEST:
    "the server signed with an algorithm that was not offered, SHA-1 or MD5 perhaps"
  case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
    "the server does not know secure renegotiation (RFC 5746)"
  default: nil
  }
}

private func offered(_ offer: TLSParameters) -> Text {
  var words: Text = "; offered \(offer.minimumVersion.name) and later, "
  words += "\(offer.cipherSuites.count) suites, groups"
  for group in offer.groups { words += " \(group.name)" }
  return words
}

/// The library's words for the first error in its queue, which is the cause of the others.
func libraryWords() -> Text {
  let code = ERR_peek_error()
  guard let words = unsafe ERR_reason_error_string(code) else { return "OpenSSL error \(code)" }
  return unsafe Text(cString: words)
}
