internal import Bytes
internal import SyslogCore
internal import TLSBackend

// What a check prints of a remote: a topic, and what was found.

extension CheckReport.Topic {
  static var resolved: Self { Self(label: "resolved") }
  static var connected: Self { Self(label: "connected") }
  static var fipsModule: Self { Self(label: "FIPS module") }
  static var negotiated: Self { Self(label: "negotiated") }
  /// The server's certificate.
  static var peer: Self { Self(label: "peer") }
  /// A certificate above it.
  static var issuer: Self { Self(label: "issuer") }
  static var pin: Self { Self(label: "pin") }
  static var chain: Self { Self(label: "chain") }
  static var revocation: Self { Self(label: "revocation") }
  static var name: Self { Self(label: "name") }
  static var ownCertificate: Self { Self(label: "own cert") }
  static var spool: Self { Self(label: "spool") }
  static var sends: Self { Self(label: "sends") }
  static var advice: Self { Self(label: "advice") }
}

extension Sentence {
  /// The last line; the end of it is what the daemon would log.
  static func verdict(_ remote: Text, _ failure: TLSError?) -> Sentence {
    guard let failure else { return Sentence("remote $: ok\n", remote) }
    return Sentence("remote $: $\n", remote, failure.description)
  }

  /// The addresses of a name.
  static func resolved(_ host: Text, _ addresses: [SocketAddress]) -> Sentence {
    var text: Text = ""
    for address in addresses { text += " \(PeerName.address(address.bytes).words)" }
    return Sentence("$:$", host, text)
  }

  @inline(never)
  static func connected(to address: Text, port: UInt16) -> Sentence {
    Sentence("$ port $", address, Text(port))
  }

  @inline(never)
  static func notConnected(to address: Text, _ failure: Sentence) -> Sentence {
    Sentence("no, $: $", address, failure.text)
  }

  static func module(_ name: Text) -> Sentence { Sentence(joined: name) }

  static func negotiated(_ what: TLSNegotiated) -> Sentence {
    Sentence("$, resumption: never used", agreement(what))
  }
}

// MARK: Certificates

extension Sentence {
  static func certificate(_ certificate: CertificateSummary) -> Sentence {
    var names: Text = ""
    // As many as a line has room for; the check of the name says more.
    for name in certificate.dnsNames.prefix(2) { names += ", \(Text(quotable: name.span))" }
    for address in certificate.addresses.prefix(2) {
      names += ", \(PeerName.address(address).words)"
    }
    return Sentence(
      "'$' issued by '$', $ to $, $ $ bits$",
      filledWith: [
        certificate.subject, certificate.issuer, Text(utc: certificate.notBefore),
        Text(utc: certificate.notAfter), Text(certificate.key.kind), Text(certificate.key.bits),
        names,
      ])
  }

  /// This client's certificate at `time`, and whether the server has accepted it.
  static func ownCertificate(
    _ certificate: CertificateSummary, at time: Int64, isAccepted: Bool
  ) -> Sentence {
    var text = self.certificate(certificate).text
    if certificate.notAfter < time { text += ", EXPIRED" }
    if certificate.notBefore > time { text += ", NOT YET VALID" }
    if isAccepted { text += ", not refused by the server" }
    return Sentence(joined: text)
  }

  /// The spellings of the pins follow, each on a line of its own.
  static var pinsOfServer: Sentence {
    Sentence("  pins of this server: its key, its certificate\n")
  }

  static var pinsWithSHA1: Sentence { Sentence("  the same with SHA-1, which is weak\n") }
}

// MARK: Single checks

extension Sentence {
  static func passed(_ what: Sentence) -> Sentence { Sentence("ok: $", what.text) }
  static func failedCheck(_ reason: Sentence) -> Sentence { Sentence("FAILED: $", reason.text) }
  static var noPinConfigured: Sentence { Sentence("not configured") }
  static var notValidated: Sentence { Sentence("not validated: no trust anchors configured") }
  static var leadsToAnchor: Sentence { Sentence("leads to a trust anchor") }
  static var nothingRevoked: Sentence { Sentence("no certificate in it is revoked") }

  static func certificateFor(_ name: PeerName) -> Sentence {
    Sentence("the certificate is for $", name.words)
  }

  /// How messages are sent, and what shows that the collector reads them otherwise.
  static func sendsAdvised(_ framing: Framing, _ format: MessageFormat) -> Sentence {
    let words = sends(framing, format)
    guard framing == .octetCounting else { return words }
    return Sentence(
      "$; if the collector shows a number before each message, it needs line feed framing",
      words.text)
  }
}
