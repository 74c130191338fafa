internal import Bytes
internal import COpenSSL
internal import CPosix
internal import SessionStream
internal import TLSBackend

/// A failed call, with all that its result does not say.
///
/// The error queue must have been empty before the call, so that what is in it now is this call's.
@safe struct ErrorMapping {
  let result: Int32
  let session: OpaquePointer
  let box: UnsafeMutablePointer<SessionBox>
  let phase: TLSPhase
  let offer: TLSOffer

  /// Maps every result of every OpenSSL call that moves bytes.
  var outcome: TLSOutcome {
    switch unsafe SSL_get_error(session, result) {
    case SSL_ERROR_WANT_READ:
      // Unless the transport was asked, a ticket or a key update was the reason to return.
      return unsafe box.pointee.channel.stream.idle == 0 ? .again : .blocked(until: .readable)
    case SSL_ERROR_WANT_WRITE: return .blocked(until: .writable)
    case SSL_ERROR_ZERO_RETURN: return .closeNotify
    case SSL_ERROR_SYSCALL, SSL_ERROR_SSL: return failure
    case let code: return .failed(TLSError(.library, .unexpectedResult(code)))
    }
  }

  private var failure: TLSOutcome {
    let code = ErrorMapping.cause
    let reason = ERR_GET_LIB(code) == ERR_LIB_SSL ? ERR_GET_REASON(code) : 0
    if let alert = UInt8(exactly: reason - SSL_AD_REASON_OFFSET) {
      return .failed(.received(TLSAlert(code: alert), during: phase, offer))
    }
    if unsafe box.pointee.channel.stream.ended != 0 { return .endOfStream }
    let errno = unsafe box.pointee.channel.stream.failure
    if errno != 0 {
      let words = unsafe Text(cString: strerror(errno))
      return .failed(.brokeOff(phase, errno: errno, words: words))
    }
    // Once the handshake is complete there is nothing left to agree on: a record that is too long
    // is no sign of another protocol then.
    if case .handshake = phase, let disagreement = disagreement(reason) {
      return .failed(.disagreement(disagreement, offer))
    }
    // The library's own trouble (memory, a provider) is nobody's breach of the protocol. What it
    // calls an internal error while it reads is a record that it did not expect: 3.0.19 says so of
    // a change_cipher_spec on a connection, 3.0.22 has a reason for it.
    let isUnexpected = if case .reading = phase { reason == ERR_R_INTERNAL_ERROR } else { false }
    let isOurs = reason == 0 || ERR_FATAL_ERROR(code) != 0 && !isUnexpected
    let error = TLSError.failed(phase, ErrorMapping.words(for: code))
    return .failed(isOurs ? TLSError(.library, error.reason) : error)
  }

  /// What an operator can do something about.
  private func disagreement(_ reason: Int32) -> TLSDisagreement? {
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
    case SSL_R_LENGTH_MISMATCH where unsafe SSL_get_state(session) == TLS_ST_CR_CERT:
      .noCertificate
    case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED: .noSecureRenegotiation
    default: nil
    }
  }

  /// The error that says why: the first one, unless that is a provider's or a parser's, to which
  /// TLS has added what it means. OpenSSL 3.5 puts "provider signature failure" before "bad
  /// signature".
  private static var cause: UInt {
    let first = ERR_peek_error()
    if ERR_GET_LIB(first) == ERR_LIB_SSL || ERR_FATAL_ERROR(first) != 0 { return first }
    let last = ERR_peek_last_error()
    return ERR_GET_LIB(last) == ERR_LIB_SSL ? last : first
  }
}

// MARK: The library's own words

extension ErrorMapping {
  /// For the first error in the queue, which is the cause of the others.
  static var words: Text { words(for: ERR_peek_error()) }

  private static func words(for code: UInt) -> Text {
    guard let words = unsafe ERR_reason_error_string(code) else {
      return Sentence.error(number: Int(clamping: code), of: OpenSSLBackend.library).text
    }
    return unsafe Text(cString: words)
  }
}

extension TLSError {
  @inline(never)
  static func cannot(_ operation: LibraryOperation) -> TLSError {
    .cannot(operation, by: OpenSSLBackend.library, ErrorMapping.words)
  }

  @inline(never)
  static func refused(_ parameter: TLSParameter) -> TLSError {
    .refused(parameter, by: OpenSSLBackend.library, ErrorMapping.words)
  }

  @inline(never)
  static func unreadable(
    _ label: Literal, _ index: Int = 0, of count: Int = 1, about parameter: TLSParameter? = nil
  ) -> TLSError {
    .unreadable(label, index, of: count, by: OpenSSLBackend.library, about: parameter)
  }
}
