internal import Bytes
internal import CMbedTLS
internal import CPosix
internal import SessionStream
internal import TLSBackend

/// A failed call, with all that its result does not say.
///
/// Result codes differ between 2.28 and 3.6, and each stands for many causes: what tells them
/// apart in both is the message that was being read and the alert that the library sent about it.
@safe struct ErrorMapping {
  let result: Int32
  let session: UnsafeMutablePointer<mbedtls_ssl_context>
  let box: UnsafeMutablePointer<SessionBox>
  let phase: TLSPhase
  let offer: TLSOffer
}

extension ErrorMapping {
  /// Maps every result of every Mbed TLS call that moves bytes.
  var outcome: TLSOutcome {
    switch result {
    case MBEDTLS_ERR_SSL_WANT_READ:
      // Unless the transport was asked, a warning was the reason to return.
      return unsafe box.pointee.channel.stream.idle == 0 ? .again : .blocked(until: .readable)
    case MBEDTLS_ERR_SSL_WANT_WRITE: return .blocked(until: .writable)
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: return .closeNotify
    // A read returns 0 for it.
    case MBEDTLS_ERR_SSL_CONN_EOF, 0: return .endOfStream
    case MBEDTLS_ERR_NET_SEND_FAILED, MBEDTLS_ERR_NET_RECV_FAILED:
      let errno = unsafe box.pointee.channel.stream.failure
      let words = unsafe Text(cString: strerror(errno))
      return .failed(.brokeOff(phase, errno: errno, words: words))
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE where receivedType == MBEDTLS_SSL_MSG_ALERT:
      return .failed(.received(TLSAlert(code: received(1)), during: phase, offer))
    case MBEDTLS_ERR_SSL_ALLOC_FAILED, MBEDTLS_ERR_SSL_INTERNAL_ERROR, MBEDTLS_ERR_SSL_NO_RNG,
      MBEDTLS_ERR_X509_ALLOC_FAILED, MBEDTLS_ERR_PK_ALLOC_FAILED, MBEDTLS_ERR_MPI_ALLOC_FAILED:
      let error = TLSError.failed(phase, ErrorMapping.words(for: result))
      return .failed(TLSError(.library, error.reason))
    default: break
    }
    if isKeyUpdate { return .failed(.failed(phase, Sentence.unreadableKeyUpdate.text)) }
    let isLong = unsafe cmbedtls_is_long(session) == 1
    if isLong || isCut, isTooMuch {
      return .failed(.failed(phase, Sentence.unreadableMessage(isLong: isLong).text))
    }
    if isSignedWithPSS { return .failed(.failed(phase, Sentence.unreadablePSS.text)) }
    if case .handshake = phase, let disagreement {
      return .failed(.disagreement(disagreement, offer))
    }
    return .failed(.failed(phase, ErrorMapping.words(for: result)))
  }

  /// Mbed TLS has no key update, up to 3.6 (C13): the connection ends, and the next begins.
  var isKeyUpdate: Bool {
    result == MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE
      && receivedType == MBEDTLS_SSL_MSG_HANDSHAKE && received(0) == Message.keyUpdate
  }

  /// What is said of a handshake message of more than a record, or, before 3.6.3, in more than one.
  private var isTooMuch: Bool {
    receivedType == MBEDTLS_SSL_MSG_HANDSHAKE
      && (result == MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE
        || result == MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL || result == MBEDTLS_ERR_SSL_BAD_INPUT_DATA)
  }

  /// Other messages than the certificates are short.
  private var isCut: Bool { received(0) == CertificateMessage.type }

  /// 3.6.6 offers RSASSA-PSS for TLS 1.3 and refuses it in TLS 1.2, against RFC 8446 §4.2.3. Only a
  /// server that puts its own order of signatures first chooses it.
  private var isSignedWithPSS: Bool {
    guard case .handshake = phase, receivedType == MBEDTLS_SSL_MSG_HANDSHAKE,
      received(0) == Message.serverKeyExchange
    else { return false }
    // Behind the message's header, the kind and number of the group, and the public key.
    return received(8 + Int(received(7))) == 0x08
  }

  /// What an operator can do something about.
  private var disagreement: TLSDisagreement? {
    // MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION in 2.28, without HS_ in 3.6.
    if result == -0x6E80 { return .olderVersion }
    let isFirstRecord = unsafe box.pointee.channel.stream.received <= ErrorMapping.recordHeader
    if result == MBEDTLS_ERR_SSL_INVALID_RECORD, isFirstRecord { return .notTLS }
    guard receivedType == MBEDTLS_SSL_MSG_HANDSHAKE,
      unsafe cmbedtls_sent_type(session) == MBEDTLS_SSL_MSG_ALERT
    else { return nil }
    let alert = unsafe cmbedtls_sent_alert(session)
    switch received(0) {
    case Message.serverHello: return disagreementInHello(alert)
    // The second is an empty list in TLS 1.2: nothing but the list's length.
    case CertificateMessage.type where alert == Alert.noCertificate || received16(2) == 3:
      return .noCertificate
    case Message.serverKeyExchange where alert == Alert.illegalParameter:
      let group = TLSGroup(rawValue: received16(5))
      return offer.groups.contains { $0 == group } ? .signatureNotOffered : .groupNotOffered
    case Message.certificateVerify where alert == Alert.illegalParameter:
      return .signatureNotOffered
    default: return nil
    }
  }

  private func disagreementInHello(_ alert: UInt8) -> TLSDisagreement? {
    guard [Alert.handshakeFailure, Alert.illegalParameter, Alert.internalError].contains(alert)
    else { return nil }
    // Behind the message's header, the version, the random bytes and the session id.
    let number = received16(39 + Int(received(38)))
    guard let suite = TLSCipherSuite(rawValue: number), offer.cipherSuites.contains(suite) else {
      let isOlder = offer.lowestVersion == .tls13 && number >> 8 != 0x13
      return isOlder ? .olderVersion : .suiteNotOffered
    }
    switch suite.version {
    case .tls12: return alert == Alert.handshakeFailure ? .noSecureRenegotiation : nil
    case .tls13: return .groupNotOffered
    }
  }

  private var receivedType: Int32 { unsafe cmbedtls_received_type(session) }

  private func received(_ index: Int) -> UInt8 { unsafe cmbedtls_received_byte(session, index) }

  private func received16(_ index: Int) -> UInt16 {
    UInt16(received(index)) << 8 | UInt16(received(index + 1))
  }

  /// Bytes before the content of a record (RFC 8446 §5.1).
  private static let recordHeader = 5

  /// Handshake types (IANA, TLS HandshakeType).
  enum Message {
    static let serverHello: UInt8 = 2
    static let serverKeyExchange: UInt8 = 12
    static let certificateVerify: UInt8 = 15
    static let keyUpdate: UInt8 = 24
  }
}

/// The alerts that are sent or looked for here (RFC 8446 §6).
enum Alert {
  static let unexpectedMessage: UInt8 = 10
  static let handshakeFailure: UInt8 = 40
  static let noCertificate: UInt8 = 41
  static let badCertificate: UInt8 = 42
  static let illegalParameter: UInt8 = 47
  static let internalError: UInt8 = 80
}

// MARK: The library's own words

extension ErrorMapping {
  /// Builds for small devices may have none.
  static func words(for result: Int32) -> Text {
    guard let words = unsafe cmbedtls_words(result) else {
      return Sentence.error(number: Int(result), of: MbedTLSBackend.library).text
    }
    return unsafe Text(cString: words)
  }

  /// Throws `.library` when a call has failed that comes before there is a peer.
  @inline(never)
  static func check(_ operation: LibraryOperation, _ result: Int32) throws(TLSError) {
    guard result == 0 else { throw .cannot(operation, result) }
  }
}

extension TLSError {
  @inline(never)
  static func cannot(_ operation: LibraryOperation, _ result: Int32) -> TLSError {
    .cannot(operation, by: MbedTLSBackend.library, ErrorMapping.words(for: result))
  }

  @inline(never)
  static func unreadable(
    _ label: Literal, _ index: Int = 0, of count: Int = 1, about parameter: TLSParameter? = nil
  ) -> TLSError {
    .unreadable(label, index, of: count, by: MbedTLSBackend.library, about: parameter)
  }
}
