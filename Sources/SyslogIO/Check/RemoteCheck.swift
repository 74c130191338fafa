public import Bytes
internal import SyslogCore
public import TLSBackend

/// Looks whether a remote can be sent to, and says so to a human: what `--check` prints of it.
public enum RemoteCheck<TLS: TLSBackend & ~Copyable> {
  /// Connects, prints what comes of it, and leaves without having sent a message. The last line is
  /// `remote NAME: ok`, or has the reason that the daemon would log, and is not broken.
  ///
  /// `stateFile` is where the daemon keeps its time (`--state`).
  public static func report(
    on remote: RemoteSettings, stateFile: Text? = nil, print: (Text) -> Void
  ) -> Bool {
    var verdict: Text = "ok"
    var isSound = true
    do throws(TLSError) {
      switch remote.transport {
      case .udp: _ = try ProbeSocket.resolve(remote, print)
      case .tcp: _ = try ProbeSocket.connect(remote, print)
      case .tls: try look(at: remote, stateFile, print)
      }
    } catch {
      verdict = error.description
      isSound = false
    }
    print("remote \(remote.name): \(verdict)\n")
    return isSound
  }

  private static func look(
    at remote: RemoteSettings, _ stateFile: Text?, _ print: (Text) -> Void
  ) throws(TLSError) {
    guard TLS.isPresent else {
      // Says that there is none.
      _ = try TLS.Context(remote.tls)
      return
    }
    let floor = ClockFloor(stateFile: nil, diagnostics: Diagnostics())
    for path in remote.paths + remote.pinPaths { floor.note(file: path) }
    // Not opened, because a check changes nothing.
    if let stateFile { floor.note(file: stateFile) }
    let clock = SystemClock.seconds
    let context = try TLS.Context(try CredentialFiles.parameters(of: remote))
    var policy = try PolicyLoader.policy(for: remote, using: context)
    policy.time = floor.judgedTime(clock: clock)
    policy.clockNote = floor.words(clock: clock)
    if let module = context.fipsModule { print(CheckReport.entry("FIPS module", module)) }
    let socket = try ProbeSocket.connect(remote, print)
    let findings = RemoteProbe<TLS>.shakeHands(
      remote, context, policy: policy, socket: socket.rawValue)
    if let negotiated = findings.negotiated {
      var words: Text = "\(negotiated.version) \(negotiated.cipherSuite)"
      if !negotiated.group.isEmpty { words += " \(negotiated.group)" }
      print(CheckReport.entry("negotiated", words + ", resumption: never used"))
    }
    if let peer = findings.peer, let leaf = peer.certificates.first {
      print(CheckReport.chain(peer.certificates))
      print(CheckReport.pins(of: leaf))
      let checks = ProbeChecks(remote: remote, peer: peer, time: policy.time)
      try checks.pin(context, print)
      checks.chain(clockNote: policy.clockNote, print)
    }
    try printOwnCertificate(remote, context, policy.time, findings, print)
    printAdvice(remote, findings, print)
    if let failure = findings.failure { throw failure }
  }

  /// What we show, and whether the server has taken it (T4).
  private static func printOwnCertificate(
    _ remote: RemoteSettings, _ context: TLS.Context, _ time: Int64,
    _ findings: ProbeFindings, _ print: (Text) -> Void
  ) throws(TLSError) {
    guard let own = try CredentialFiles.parameters(of: remote).certificates.first else { return }
    let certificate = try context.certificate(own.span)
    var words = CheckReport.summary(of: certificate)
    if certificate.notAfter < time { words += ", EXPIRED" }
    if certificate.notBefore > time { words += ", NOT YET VALID" }
    if findings.isAccepted { words += ", not refused by the server" }
    print(CheckReport.entry("own cert", words))
  }

  private static func printAdvice(
    _ remote: RemoteSettings, _ findings: ProbeFindings, _ print: (Text) -> Void
  ) {
    var words: Text = "\(remote.framing.words), format \(remote.effectiveFormat.words)"
    if remote.framing == .octetCounting {
      words += "; a collector that shows a number before each message wants --framing lf"
    }
    print(CheckReport.entry("sends", words))
    if let advice = findings.advice { print(CheckReport.entry("advice", advice.text)) }
    for weakness in remote.weaknesses { print(CheckReport.entry("advice", weakness)) }
  }
}

/// Each check of a remote's policy by itself, where the policy stops at the first that fails.
private struct ProbeChecks {
  let remote: RemoteSettings
  let peer: PeerEvidence
  let time: Int64

  func pin(_ context: some TLSContext, _ print: (Text) -> Void) throws(TLSError) {
    guard !remote.pins.isEmpty else { return print(CheckReport.entry("pin", "not asked for")) }
    let pinned = remote.copy()
    pinned.authorities = []
    judge("pin", try PolicyLoader.policy(for: pinned, using: context), peer, "", print)
  }

  func chain(clockNote: Text, _ print: (Text) -> Void) {
    guard !remote.authorities.isEmpty, let name = remote.peerName else {
      return print(CheckReport.entry("chain", "not validated: there is no --ca"))
    }
    var (path, revocation) = (ChainProblems(), ChainProblems())
    for finding in ChainProblems.Finding.allCases where peer.problems.contains(finding) {
      switch finding {
      case .revoked, .forgedList, .staleList, .noList: revocation.insert(finding)
      default: path.insert(finding)
      }
    }
    // The name has a check of its own: here any will do.
    var policy = PeerPolicy.validated(name)
    policy.time = time
    policy.clockNote = clockNote
    found("chain", policy, path, "leads to an authority of --ca", print)
    if !remote.revocationLists.isEmpty {
      found("revocation", policy, revocation, "nothing in it is revoked by --crl", print)
    }
    judge(
      "name", policy, PeerEvidence(certificates: peer.certificates, problems: ChainProblems()),
      "the certificate is for \(name.words)", print)
  }

  private func found(
    _ label: StaticString, _ policy: PeerPolicy, _ problems: ChainProblems, _ words: Text,
    _ print: (Text) -> Void
  ) {
    guard problems != ChainProblems() else {
      return print(CheckReport.entry(label, "ok: \(words)"))
    }
    let part = PeerEvidence(certificates: peer.certificates, problems: problems)
    judge(label, policy, part, words, print)
  }

  private func judge(
    _ label: StaticString, _ policy: PeerPolicy, _ peer: PeerEvidence, _ words: Text,
    _ print: (Text) -> Void
  ) {
    do throws(TLSError) {
      let verified = try policy.judge(peer)
      var words = words
      if let pin = verified.pin { words = "pin \(pin + 1) matches" }
      print(CheckReport.entry(label, "ok: \(words)"))
    } catch {
      print(CheckReport.entry(label, "FAILED: \(error.reason)"))
    }
  }
}
