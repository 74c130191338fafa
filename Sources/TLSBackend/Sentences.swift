public import Bytes

// Every sentence of this module that a person reads, and the parts that all libraries share. They
// are clauses without a full stop: what they are about is put in front where they are logged.

// MARK: Who the peer is

extension Sentence {
  public static var noServerCertificate: Sentence { Sentence("the server sent no certificate") }

  /// Less than 112 bits of strength (RFC 9325 §4.5).
  public static func weakServerKey(bits: Int) -> Sentence {
    Sentence("the server's public key is too weak: $ bits of strength, 112 required", Text(bits))
  }

  /// `seen` is the key, or the key and the certificate. What was expected is named by its place:
  /// pins stay out of the log.
  static func pinMismatch(_ seen: Sentence, pins count: Int, in source: Text) -> Sentence {
    switch count {
    case 0: Sentence("$ is not accepted: there is no pin in $", seen.text, source)
    case 1: Sentence("$ does not match the pin in $", seen.text, source)
    default: Sentence("$ matches none of the $ pins in $", seen.text, Text(count), source)
    }
  }

  static func serverKey(_ key: Text) -> Sentence { Sentence("the server's public key $", key) }

  static func serverKey(_ key: Text, certificate: Text) -> Sentence {
    Sentence("the server's public key $ (certificate $)", key, certificate)
  }

  /// Shows up to four names of each kind that the certificate has.
  static func wrongName(_ name: PeerName, _ certificate: CertificateSummary) -> Sentence {
    let expected: Text =
      switch name {
      case .address: "address \(name.words)"
      case .dns: name.words
      }
    let count = certificate.dnsNames.count + certificate.addresses.count
    guard count > 0 else {
      return Sentence(
        "the server's certificate is not for $: it has no host name or address in subjectAltName",
        expected)
    }
    var seen: Text = ""
    for dns in certificate.dnsNames.prefix(4) { seen += " \(Text(quotable: dns.span))" }
    for address in certificate.addresses.prefix(4) {
      seen += " address \(PeerName.words(ofAddress: address.span))"
    }
    let shown =
      min(certificate.dnsNames.count, 4) + min(certificate.addresses.count, 4)
    if count > shown { seen += " and \(count - shown) more" }
    return Sentence("the server's certificate is not for $: it is for$", expected, seen)
  }

  static func matchedBySHA1(replaceWith certificate: Text) -> Sentence {
    Sentence("the pin that matches is a SHA-1 fingerprint; replace it with $", certificate)
  }

  static func onlyLastPinMatches(of count: Int) -> Sentence {
    Sentence(
      """
      only the last of the $ pins matches: add a pin for the next key, or the next key change of \
      the server will lock it out
      """, Text(count))
  }
}

// MARK: Handshakes and connections

extension Sentence {
  /// A call of the library failed; `words` are the library's or strerror(3)'s.
  static func failed(_ phase: TLSPhase, _ words: Text) -> Sentence {
    switch phase {
    case .handshake: Sentence("the handshake failed: $", words)
    case .sending, .reading: Sentence("the connection failed: $", words)
    case .closing: Sentence("closing the connection failed: $", words)
    }
  }

  static func handshakeTooLong(kilobytes: UInt64) -> Sentence {
    Sentence("the server sent more than $ KB during the handshake", Text(kilobytes))
  }

  static func tooManyRequests(limit: Int) -> Sentence {
    Sentence("the server asked more than $ times for new keys or a renegotiation", Text(limit))
  }

  /// The stream ended without close_notify.
  static func endOfStream(during phase: TLSPhase) -> Sentence {
    switch phase {
    case .handshake: Sentence("the server closed the connection during the handshake")
    case .sending, .reading: Sentence("the server closed the connection")
    case .closing: Sentence("the server closed the connection first")
    }
  }

  static func received(_ alert: TLSAlert, during phase: TLSPhase) -> Sentence {
    switch phase {
    case .handshake:
      Sentence(
        "the server sent alert $ ($) during the handshake", alert.name, Text(alert.code))
    case .sending, .reading, .closing:
      Sentence("the server sent alert $ ($)", alert.name, Text(alert.code))
    }
  }

  static func disagreement(_ what: TLSDisagreement, lowest: TLSVersion) -> Sentence {
    switch what {
    case .olderVersion:
      Sentence("the server supports only versions older than $", Text(lowest.name))
    case .notTLS: Sentence("the server's answer is not TLS")
    case .suiteNotOffered: Sentence("the server chose a cipher suite that was not offered")
    case .groupNotOffered: Sentence("the server chose a key exchange group that was not offered")
    case .signatureNotOffered:
      Sentence(
        "the server signed with an algorithm that was not offered, perhaps SHA-1 or MD5")
    case .noSecureRenegotiation:
      Sentence("the server does not support secure renegotiation (RFC 5746)")
    case .noCertificate: noServerCertificate
    }
  }

  /// What an alert protocol_version means, as the end of its sentence.
  static func onlyOlderVersions(than lowest: TLSVersion) -> Sentence {
    Sentence(": it supports only versions older than $", Text(lowest.name))
  }

  /// What else it may mean: OpenSSL sends it, too, when it has no key for any signature that was
  /// offered in TLS 1.3.
  static func orOnlyTLS13(isOffered: Bool) -> Sentence {
    isOffered
      ? Sentence(", or only TLS 1.3 and has no key of a kind that was offered")
      : Sentence(", or only TLS 1.3, which was not offered")
  }

  /// What was offered, as the end of a reason.
  static func offered(_ offer: TLSOffer) -> Sentence {
    var groups: Text = ""
    for group in offer.groups { groups += " \(group.name)" }
    return Sentence(
      "; offered $$$ $, groups$, keys $",
      filledWith: [
        Text(offer.lowestVersion.name),
        offer.highestVersion > offer.lowestVersion ? " and later, " : ", ",
        Text(offer.cipherSuites.count), offer.cipherSuites.count == 1 ? "suite" : "suites", groups,
        Text(offer.keys),
      ])
  }

  /// A verb that its state does not allow: our mistake, not the peer's.
  static func outOfTurn(_ verb: Literal) -> Sentence {
    Sentence("internal error: $ in the wrong state", Text(verb))
  }
}

// MARK: What a library supports

extension Sentence {
  public static func notSupported(_ what: Literal, by library: Text) -> Sentence {
    Sentence("$ does not support $", library, Text(what))
  }

  /// `library` is its name and its version.
  public static func forbiddenBySystem(_ what: Literal, _ library: Text) -> Sentence {
    Sentence("the system-wide configuration of $ forbids $", library, Text(what))
  }

  static func notApproved(_ name: Literal) -> Sentence {
    Sentence("$ is not approved by FIPS 140", Text(name))
  }

  static func noSuiteLeft(from version: TLSVersion) -> Sentence {
    Sentence("no cipher suite is left for $ and later", Text(version.name))
  }

  static var noGroupLeft: Sentence { Sentence("no key exchange group is left") }

  static var badServerName: Sentence {
    Sentence("the server name is empty, too long or contains a NUL")
  }
}
