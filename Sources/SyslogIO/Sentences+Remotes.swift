internal import Bytes
internal import SyslogCore
internal import TLSBackend

// What is said of remotes. The name of the remote is put in front where it is logged.

extension Sentence {
  static func remote(_ name: Text, _ what: Sentence) -> Sentence {
    Sentence("remote $: $", name, what.text)
  }

  /// Of a remote over UDP.
  static func udpRemote(_ name: Text, _ what: Sentence) -> Sentence {
    Sentence("remote $ (udp): $", name, what.text)
  }

  /// A reason that stands in the log with the parameter that it is about.
  static func failure(_ error: TLSError) -> Sentence { Sentence(joined: error.description) }
}

// MARK: Finding and connecting

extension Sentence {
  static func notResolved(_ cause: LookupError) -> Sentence {
    Sentence("cannot resolve the name: $", cause.description)
  }

  /// `hasBegun`: false when no thread was free for it.
  static func lookupTimedOut(hasBegun: Bool) -> Sentence {
    hasBegun
      ? Sentence("the name was not resolved within 30 s")
      : Sentence("the name was not looked up within 30 s: too many other lookups hang")
  }

  static var noUsableAddress: Sentence {
    Sentence("the name has no address, or none of the local address's family")
  }

  static func nextLookup(_ reason: Sentence, in pause: Interval) -> Sentence {
    Sentence("$; next lookup in $ s", reason.text, Text(pause.milliseconds / 1000))
  }

  static var sendsAgain: Sentence { Sentence("can send again") }

  static func notSent(_ cause: Errno) -> Sentence { Sentence("cannot send: $", cause.description) }

  @inline(never)
  static func failed(_ step: StreamSocket.Failure.Step, _ cause: Errno) -> Sentence {
    switch step {
    case .open: Sentence("cannot open a socket: $", cause.description)
    case .device: Sentence("cannot bind to the network device: $", cause.description)
    case .bind: Sentence("cannot bind to the local address: $", cause.description)
    case .connect: Sentence("cannot connect: $", cause.description)
    }
  }

  static func handshakeTimedOut(after limit: Interval) -> Sentence {
    Sentence("the TLS handshake was not complete after $", seconds(limit))
  }

  static func takesOver(from other: Text) -> Sentence { Sentence("takes over from $", other) }

  static var closedByServer: Sentence { Sentence("the server closed the connection") }

  /// `next`: nil when there is no other attempt. `failures`: in a row.
  static func failed(
    _ reason: Sentence, next pause: Interval?, failures: Int, waiting: Int
  ) -> Sentence {
    var text = reason.text
    if let pause {
      text = Sentence("$; next attempt in $", text, seconds(pause)).text
      if failures > 1 { text = Sentence("$ (failure $ in a row)", text, Text(failures)).text }
    }
    if waiting > 0 { text = Sentence("$; $ waiting", text, messages(UInt64(waiting))).text }
    return Sentence(joined: text)
  }

  /// Seconds with one decimal.
  private static func seconds(_ interval: Interval) -> Text {
    let milliseconds = interval.milliseconds
    return Sentence("$.$ s", Text(milliseconds / 1000), Text(milliseconds / 100 % 10)).text
  }

  /// "1 message", "2 messages".
  static func messages(_ count: UInt64) -> Text {
    count == 1 ? Text("1 message") : Sentence("$ messages", Text(count)).text
  }
}

// MARK: Connected

extension Sentence {
  /// `over`: nil without TLS.
  static func connected(
    over negotiated: TLSNegotiated?, _ identity: Sentence, _ framing: Framing,
    _ format: MessageFormat
  ) -> Sentence {
    let channel =
      if let negotiated {
        Sentence(joined: agreement(negotiated))
      } else {
        Sentence("TCP without encryption")
      }
    return Sentence(
      "connected, $, $, $", channel.text, identity.text, sends(framing, format).text)
  }

  /// Version, suite and, where there is one, group.
  @inline(never)
  static func agreement(_ what: TLSNegotiated) -> Text {
    var text: Text = "\(what.version) \(what.cipherSuite)"
    if !what.group.isEmpty { text += " \(what.group)" }
    return text
  }

  static func sends(_ framing: Framing, _ format: MessageFormat) -> Sentence {
    let name: Literal =
      switch format {
      case .raw: "raw"
      case .rfc3164: "RFC 3164"
      case .rfc5424: "RFC 5424"
      }
    return switch framing {
    case .octetCounting: Sentence("framing octet counting, format $", Text(name))
    case .lineFeed: Sentence("framing line feed, format $", Text(name))
    }
  }

  static var notAuthenticated: Sentence { Sentence("not authenticated") }

  /// A key that is not pinned can be pinned by what is said here.
  static func notAuthenticated(key: Text) -> Sentence {
    Sentence("not authenticated, server key $", key)
  }

  /// `index`: counted from 0.
  static func pinMatches(_ index: Int) -> Sentence { Sentence("pin $ matches", Text(index + 1)) }

  static func validCertificate(of subject: Text, for name: PeerName?) -> Sentence {
    guard let name else { return Sentence("certificate of '$' is valid", subject) }
    return Sentence("certificate of '$' is valid for $", subject, name.words)
  }

  static func both(_ one: Sentence, _ other: Sentence) -> Sentence {
    Sentence("$, $", one.text, other.text)
  }

  static func fipsModule(_ module: Text) -> Sentence { Sentence("FIPS module: $", module) }

  static var filesChanged: Sentence {
    Sentence("pins or certificates have changed, reconnecting")
  }
}

// MARK: Messages

extension Sentence {
  static var setAside: Sentence {
    Sentence(
      """
      the connection has ended each time right behind the oldest message: it is not sent again, \
      the collector may not have kept it
      """)
  }

  static func discarding(capacity: Int) -> Sentence {
    Sentence(
      "the queue of $ bytes is full, messages are being discarded, the least severe first",
      Text(capacity))
  }

  static var removed: Sentence { Sentence("removed from the configuration, closed") }

  static func notDelivered(_ count: Int, _ occasion: StreamTransportEnd) -> Sentence {
    switch occasion {
    case .exit: Sentence("$ not delivered before exit", messages(UInt64(count)))
    case .removal:
      Sentence("$ not delivered before the remote was closed", messages(UInt64(count)))
    }
  }
}

// MARK: Counters

extension Sentence {
  static func counters(_ counters: DatagramSender.Counters) -> Sentence {
    Sentence(
      "sent $, truncated $, discarded $", Text(counters.sent), Text(counters.truncated),
      Text(counters.discarded))
  }

  /// Of one that is connected to.
  static func counters(of sender: borrowing TransportSender) -> Sentence {
    let counters = sender.counters
    return Sentence(
      """
      $, queued $, truncated $, acknowledged $, waiting $, requeued $, replayed $, set aside $, \
      discarded $, connections $, failures $
      """,
      filledWith: [
        Text(name(of: sender.phase)), Text(counters.queued), Text(counters.truncated),
        Text(counters.acknowledged), Text(sender.queue.count), Text(counters.requeued),
        Text(sender.queue.replayed), Text(counters.setAside),
        Text(sender.queue.discarded.total), Text(counters.connections), Text(counters.failures),
      ])
  }

  /// Of a remote over TLS or TCP.
  static func streamRemote(
    _ name: Text, _ transport: RemoteSettings.Transport, _ what: Sentence
  ) -> Sentence {
    switch transport {
    case .tls: Sentence("remote $ (tls): $", name, what.text)
    case .tcp, .udp: Sentence("remote $ (tcp): $", name, what.text)
    }
  }

  private static func name(of phase: TransportSender.Phase) -> Literal {
    switch phase {
    case .idle: "idle"
    case .resolving: "resolving"
    case .connecting: "connecting"
    case .handshaking: "handshaking"
    case .ready: "ready"
    case .backingOff: "waiting to try again"
    case .stopped: "stopped"
    }
  }
}

// MARK: Files and weaknesses

extension Sentence {
  /// A file of certificates, lists or keys.
  static func file(_ path: Text, _ what: Sentence) -> Sentence {
    Sentence("$: $", path, what.text)
  }

  static func file(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("$: $", path, cause.description)
  }

  static func pinFile(_ path: Text, _ what: Sentence) -> Sentence {
    Sentence("pin file $: $", path, what.text)
  }

  static func pinFile(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("pin file $: $", path, cause.description)
  }

  static func noCertificateFiles(in folder: Text) -> Sentence {
    Sentence("$: the directory contains no .pem, .crt or .cer file", folder)
  }

  static var noNameToVerify: Sentence { Sentence("there is no name to verify") }

  /// Where pins are, when they are not in a file.
  static var configuration: Sentence { Sentence("the configuration") }

  static func sha1NotApproved(in source: Text) -> Sentence {
    Sentence("$: a SHA-1 fingerprint proves nothing; use SHA-256", source)
  }

  /// RFC 5425 §5.4 and §6.1 (T24).
  static var anyPeer: Sentence {
    Sentence(
      """
      messages are encrypted, but without a pin or trust anchors anybody can pose as the collector \
      (RFC 5425 section 5.4)
      """)
  }

  /// RFC 9662 §4 (U2), RFC 9325 §4.1 (C10).
  static func noForwardSecrecy(_ suite: TLSCipherSuite) -> Sentence {
    Sentence(
      """
      with cipher suite $, whoever gets the collector's private key later can decrypt recorded \
      traffic (RFC 9325 section 4.1)
      """, Text(suite.name))
  }

  static var noSession: Sentence { Sentence("internal error: there is no session") }
}
