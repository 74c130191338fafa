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

// The words that every backend uses: which library was built in must not be seen in them.
extension TLSError {
  /// A disagreement found at our end, with what was offered.
  public static func disagreement(_ what: TLSDisagreement, _ offer: TLSOffer) -> TLSError {
    let words: Text =
      switch what {
      case .olderVersion:
        "the server speaks only versions older than \(offer.lowestVersion.name)"
      case .notTLS: "what the server answered is not TLS"
      case .suiteNotOffered: "the server chose a cipher suite that was not offered"
      case .groupNotOffered: "the server chose a key exchange group that was not offered"
      case .signatureNotOffered:
        "the server signed with an algorithm that was not offered, SHA-1 or MD5 perhaps"
      case .noSecureRenegotiation: "the server does not know secure renegotiation (RFC 5746)"
      case .noCertificate: "the server has shown no certificate"
      }
    return TLSError(.negotiation, words + offer.words)
  }

  /// An alert that the peer sent. Alerts about certificates mean that the peer refuses us; when it
  /// says that there was nothing to agree on, what we offered is added.
  public static func received(
    _ alert: TLSAlert, during phase: TLSPhase, _ offer: TLSOffer
  ) -> TLSError {
    let error = TLSError.received(alert, during: phase.name)
    guard case .handshake = phase else { return error }
    switch alert.code {
    case 70:
      var words: Text = ": it speaks only versions older than \(offer.lowestVersion.name)"
      // The alert does not say in which direction the server's versions lie.
      if offer.highestVersion < .tls13 { words += ", or only TLS 1.3, which was not offered" }
      return TLSError(error.kind, error.reason + words)
    case 40, 47, 71, 80: return TLSError(error.kind, error.reason + offer.words)
    default: return error
    }
  }

  /// The stream ended without close_notify.
  public static func endOfStream(during phase: TLSPhase) -> TLSError {
    TLSError(.connection(errno: 0), "the server closed the connection during \(phase.name)")
  }

  /// The kernel reported `errno`, whose words are strerror(3)'s.
  public static func brokeOff(_ phase: TLSPhase, errno: Int32, words: Text) -> TLSError {
    TLSError(.connection(errno: errno), "\(phase.name) broke off: \(words)")
  }

  /// The peer broke the protocol; `words` are the library's.
  public static func failed(_ phase: TLSPhase, _ words: Text) -> TLSError {
    TLSError(.negotiation, "\(phase.name) failed: \(words)")
  }

  /// A verb that its state does not allow: the caller's mistake, not the peer's.
  public static func outOfTurn(_ verb: StaticString) -> TLSError {
    TLSError(.library, "\(verb) was called out of turn")
  }

  /// The library cannot read a certificate, list or key that was given to it as DER; `kind` is its
  /// label in PEM. `number` counts those of the kind from 1, nil for the only one.
  public static func unreadable(
    _ kind: StaticString, number: Int?, by library: StaticString
  ) -> TLSError {
    let which: Text = number.map { ", the \($0). in it," } ?? ""
    return TLSError(.configuration, "holds a \(kind)\(which) that \(library) cannot read")
  }

  /// The client's key is not that of its certificate.
  public static var mismatchedKey: TLSError {
    TLSError(.configuration, "--key: it is not the key of the certificate in --cert")
  }

  /// FIPS was asked for, and there is none: `words` say what was looked for and what was found.
  public static func noFIPS(_ words: Text) -> TLSError {
    TLSError(.configuration, "--fips: \(words)")
  }

  /// A key of less than 112 bits of strength, refused whatever is pinned (RFC 9325 §4.5, C14).
  public static func weakKey(bits: Int) -> TLSError {
    TLSError(
      .authentication, "the server's public key is too weak: \(bits) bits of strength, not 112")
  }
}
