public import Bytes
internal import SyslogCore
public import TLSBackend

/// Checks whether a remote can be sent to, and prints what it found for a human.
public enum RemoteCheck<TLS: TLSBackend & ~Copyable> {
  /// Connects, prints what it found, and closes without having sent a message. The last line is
  /// `remote NAME: ok`, or has the reason that the daemon would log, and is not broken.
  ///
  /// `stateFile` is where the daemon saves its time.
  public static func report(
    on remote: RemoteSettings, stateFile: Text? = nil, print: (Text) -> Void
  ) -> Bool {
    var failure: TLSError?
    do throws(TLSError) {
      switch remote.destination.transport {
      case .udp: _ = try ProbeSocket.resolve(remote, print)
      case .tcp: _ = try ProbeSocket.connect(remote, print)
      case .tls: try look(at: remote, stateFile, print)
      }
    } catch {
      failure = error
    }
    print(Sentence.verdict(remote.name, failure).text)
    return failure == nil
  }

  private static func look(
    at remote: RemoteSettings, _ stateFile: Text?, _ print: (Text) -> Void
  ) throws(TLSError) {
    guard TLS.isPresent else {
      // Says that there is none.
      _ = try TLS.Context(remote.trust.tls)
      return
    }
    let floor = ClockFloor(stateFile: nil, diagnostics: Diagnostics())
    // Not opened, because a check changes nothing.
    if let stateFile { floor.note(file: stateFile) }
    var made: TLS.Context?
    var credentials = TLSCredentials()
    try credentials.read(remote.trust, floor, for: &made)
    guard let context = made, let policy = credentials.policy else { return }
    if let module = context.fipsModule {
      print(CheckReport.entry(.fipsModule, .module(module)))
    }
    let socket = try ProbeSocket.connect(remote, print)
    let findings = RemoteProbe<TLS>.shakeHands(
      remote, context, policy: policy, socket: socket.rawValue)
    if let negotiated = findings.negotiated {
      print(CheckReport.entry(.negotiated, .negotiated(negotiated)))
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

  /// Our certificate, and whether the server has accepted it (T4).
  private static func printOwnCertificate(
    _ remote: RemoteSettings, _ context: TLS.Context, _ time: Int64,
    _ findings: ProbeFindings, _ print: (Text) -> Void
  ) throws(TLSError) {
    guard let own = try CredentialFiles.parameters(of: remote.trust).certificates.first else {
      return
    }
    let certificate = try context.certificate(own.span)
    print(
      CheckReport.entry(
        .ownCertificate,
        .ownCertificate(certificate, at: time, isAccepted: findings.isAccepted)))
  }

  private static func printAdvice(
    _ remote: RemoteSettings, _ findings: ProbeFindings, _ print: (Text) -> Void
  ) {
    print(CheckReport.entry(.sends, .sendsAdvised(remote.delivery.framing, remote.effectiveFormat)))
    if let advice = findings.advice { print(CheckReport.entry(.advice, advice)) }
    for weakness in remote.weaknesses { print(CheckReport.entry(.advice, weakness)) }
  }
}

/// Each check of a remote's policy by itself, where the policy stops at the first that fails.
private struct ProbeChecks {
  let remote: RemoteSettings
  let peer: PeerEvidence
  let time: Int64

  func pin(_ context: some TLSContext, _ print: (Text) -> Void) throws(TLSError) {
    guard !remote.trust.pins.isEmpty else {
      return print(CheckReport.entry(.pin, .noPinConfigured))
    }
    var pinned = remote.trust
    pinned.authorities = []
    judge(.pin, try PolicyLoader.policy(for: pinned, using: context), peer, nil, print)
  }

  func chain(clockNote: Sentence?, _ print: (Text) -> Void) {
    guard !remote.trust.authorities.isEmpty, let name = remote.trust.peerName else {
      return print(CheckReport.entry(.chain, .notValidated))
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
    found(.chain, policy, path, .leadsToAnchor, print)
    if !remote.trust.revocationLists.isEmpty {
      found(.revocation, policy, revocation, .nothingRevoked, print)
    }
    judge(
      .name, policy, PeerEvidence(certificates: peer.certificates, problems: ChainProblems()),
      .certificateFor(name), print)
  }

  private func found(
    _ topic: CheckReport.Topic, _ policy: PeerPolicy, _ problems: ChainProblems,
    _ success: Sentence, _ print: (Text) -> Void
  ) {
    guard problems != ChainProblems() else {
      return print(CheckReport.entry(topic, .passed(success)))
    }
    let part = PeerEvidence(certificates: peer.certificates, problems: problems)
    judge(topic, policy, part, success, print)
  }

  private func judge(
    _ topic: CheckReport.Topic, _ policy: PeerPolicy, _ peer: PeerEvidence,
    _ success: Sentence?, _ print: (Text) -> Void
  ) {
    do throws(TLSError) {
      let verified = try policy.judge(peer)
      guard let passed = verified.pin.map({ Sentence.pinMatches($0) }) ?? success else { return }
      print(CheckReport.entry(topic, .passed(passed)))
    } catch {
      print(CheckReport.entry(topic, .failedCheck(error.reason)))
    }
  }
}
