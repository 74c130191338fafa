public import Bytes

/// Why two ends could not agree, where an operator can do something about it.
public enum TLSDisagreement: Sendable {
  case olderVersion
  case notTLS
  case suiteNotOffered
  case groupNotOffered
  case signatureNotOffered
  case noSecureRenegotiation
  case noCertificate
}

// Errors that every backend makes alike: which library was built in must not be seen in them.
extension TLSError {
  /// A disagreement found at our end, with what was offered.
  public static func disagreement(_ what: TLSDisagreement, _ offer: TLSOffer) -> TLSError {
    let reason: Sentence = .disagreement(what, lowest: offer.lowestVersion)
    return TLSError(.negotiation, reason.followed(by: .offered(offer)))
  }

  /// An alert that the peer sent. Alerts about certificates mean that the peer refuses us; when it
  /// says that there was nothing to agree on, what we offered is added.
  public static func received(
    _ alert: TLSAlert, during phase: TLSPhase, _ offer: TLSOffer
  ) -> TLSError {
    let kind: Kind = alert.concernsCertificate ? .authentication : .negotiation
    let reason: Sentence = .received(alert, during: phase)
    guard case .handshake = phase else { return TLSError(kind, reason) }
    switch alert.code {
    case 70:
      // The alert does not say in which direction the server's versions lie.
      let older = reason.followed(by: .onlyOlderVersions(than: offer.lowestVersion))
      return TLSError(
        kind, older.followed(by: .orOnlyTLS13(isOffered: offer.highestVersion >= .tls13)))
    case 40, 47, 71, 80: return TLSError(kind, reason.followed(by: .offered(offer)))
    default: return TLSError(kind, reason)
    }
  }

  /// A close_notify before anything could be agreed on.
  static var closeNotifyInHandshake: TLSError {
    TLSError(.negotiation, .received(TLSAlert(code: 0), during: .handshake))
  }

  /// The stream ended without close_notify.
  @inline(never)
  public static func endOfStream(during phase: TLSPhase) -> TLSError {
    TLSError(.connection(errno: 0), .endOfStream(during: phase))
  }

  /// The kernel reported `errno`, whose words are strerror(3)'s.
  public static func brokeOff(_ phase: TLSPhase, errno: Int32, words: Text) -> TLSError {
    TLSError(.connection(errno: errno), .failed(phase, words))
  }

  /// The peer broke the protocol; `words` are the library's.
  public static func failed(_ phase: TLSPhase, _ words: Text) -> TLSError {
    TLSError(.negotiation, .failed(phase, words))
  }

  /// A verb that its state does not allow: the caller's mistake, not the peer's.
  public static func outOfTurn(_ verb: Literal) -> TLSError {
    TLSError(.library, .outOfTurn(verb))
  }

  /// The library failed at what comes before there is a peer; `words` are its own.
  public static func cannot(
    _ operation: LibraryOperation, by library: Literal, _ words: Text
  ) -> TLSError {
    TLSError(.library, .cannot(operation, by: library, words))
  }

  /// The library does not take what was asked for; `words` are its own.
  public static func refused(
    _ parameter: TLSParameter, by library: Literal, _ words: Text
  ) -> TLSError {
    TLSError(.configuration, .refused(by: library, words), about: parameter)
  }

  /// The library cannot read a certificate, list or key that was given to it as DER: the one at
  /// `index` of `count`. `label` is its label in PEM.
  public static func unreadable(
    _ label: Literal, _ index: Int = 0, of count: Int = 1, by library: Literal,
    about parameter: TLSParameter? = nil
  ) -> TLSError {
    let number = count > 1 ? index + 1 : nil
    return TLSError(
      .configuration, .unreadable(label, number: number, by: library), about: parameter)
  }

  /// The client's key is not that of its certificate.
  public static var mismatchedKey: TLSError {
    TLSError(.configuration, .mismatchedKey, about: .key)
  }

  /// FIPS was asked for, and there is none: `reason` says what was looked for and what was found.
  public static func noFIPS(_ reason: Sentence) -> TLSError {
    TLSError(.configuration, reason, about: .fips)
  }

  /// A key of less than 112 bits of strength, refused whatever is pinned (RFC 9325 §4.5, C14).
  public static func weakKey(bits: Int) -> TLSError {
    TLSError(.authentication, .weakServerKey(bits: bits))
  }
}
