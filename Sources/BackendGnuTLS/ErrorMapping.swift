internal import Bytes
internal import CGnuTLS
internal import CPosix
internal import SessionStream
internal import TLSBackend

/// A failed call, with all that its result does not say.
@safe struct ErrorMapping {
  let result: Int32
  let session: gnutls_session_t
  let box: UnsafeMutablePointer<SessionBox>
  let phase: TLSPhase
  let offer: TLSOffer

  /// Maps every result of every GnuTLS call that moves bytes.
  var outcome: TLSOutcome {
    switch result {
    case GNUTLS_E_AGAIN, GNUTLS_E_INTERRUPTED:
      if unsafe gnutls_record_get_direction(session) == 1 { return .blocked(until: .writable) }
      if unsafe box.pointee.channel.stream.ended != 0 { return .endOfStream }
      // Unless the transport was asked, a record that holds nothing for us was the reason to return.
      return unsafe box.pointee.channel.stream.idle == 0 ? .again : .blocked(until: .readable)
    // A warning, or a request that is declined.
    case GNUTLS_E_WARNING_ALERT_RECEIVED, GNUTLS_E_REHANDSHAKE: return .again
    case GNUTLS_E_SESSION_EOF: return .closeNotify
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      let code = unsafe UInt8(truncatingIfNeeded: gnutls_alert_get(session).rawValue)
      return .failed(.received(TLSAlert(code: code), during: phase, offer))
    default: break
    }
    let errno = unsafe box.pointee.channel.stream.failure
    if errno != 0 {
      let words = unsafe Text(cString: strerror(errno))
      return .failed(.brokeOff(phase, errno: errno, words: words))
    }
    if case .handshake = phase, let disagreement {
      return .failed(.disagreement(disagreement, offer))
    }
    let error = TLSError.failed(phase, ErrorMapping.words(for: result))
    // The library's own trouble is nobody's breach of the protocol.
    let isOurs = result == GNUTLS_E_MEMORY_ERROR || result == GNUTLS_E_INTERNAL_ERROR
    return .failed(isOurs ? TLSError(.library, error.reason) : error)
  }

  /// What an operator can do something about.
  private var disagreement: TLSDisagreement? {
    // Content types 20 to 24, and a version that begins with 3 since SSL 3.0.
    if let opening = unsafe box.pointee.opening,
      !(20...24).contains(opening.type) || opening.major != 3
    {
      return .notTLS
    }
    switch result {
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET: return .olderVersion
    case GNUTLS_E_UNKNOWN_CIPHER_SUITE, GNUTLS_E_UNWANTED_ALGORITHM: return .suiteNotOffered
    case GNUTLS_E_ECC_UNSUPPORTED_CURVE, GNUTLS_E_ECC_NO_SUPPORTED_CURVES: return .groupNotOffered
    case GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM: return .signatureNotOffered
    case GNUTLS_E_SAFE_RENEGOTIATION_FAILED, GNUTLS_E_UNSAFE_RENEGOTIATION_DENIED:
      return .noSecureRenegotiation
    case GNUTLS_E_NO_CERTIFICATE_FOUND: return .noCertificate
    default: return nil
    }
  }
}

// MARK: The library's own words

extension ErrorMapping {
  /// As one clause.
  static func words(for result: Int32) -> Text {
    var words = unsafe Text(cString: gnutls_strerror(result))
    if words.bytes.last == UInt8(ascii: ".") { words = Text(words.bytes.dropLast()) }
    return words
  }
}

extension TLSError {
  @inline(never)
  static func cannot(_ operation: LibraryOperation, _ result: Int32) -> TLSError {
    .cannot(operation, by: GnuTLSBackend.library, ErrorMapping.words(for: result))
  }

  @inline(never)
  static func unreadable(
    _ label: Literal, _ index: Int = 0, of count: Int = 1, about parameter: TLSParameter? = nil
  ) -> TLSError {
    .unreadable(label, index, of: count, by: GnuTLSBackend.library, about: parameter)
  }
}
