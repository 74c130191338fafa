public import Bytes
internal import Features
internal import SyslogCore
public import TLSBackend

/// Checks whether a remote can be sent to, and prints what it found for a human.
public enum RemoteCheck<TLS: TLSBackend & ~Copyable> {
  /// Connects, prints what it found, and closes without having sent a message. The last line is
  /// `remote NAME: ok`, or has the reason that the daemon would log, and is not broken.
  ///
  /// `stateFile` is where the daemon saves its time.
  public static func report(
    on remote: RemoteSettings, stateFile: Text? = nil, to report: CheckReport
  ) -> Bool {
    var failure: TLSError?
    if Feature.spool.isBuilt, let spool = remote.spool,
      let cause = SpoolCheck.look(at: spool, report)
    {
      failure = TLSError(.configuration, .noSpool(spool.path, cause))
    }
    do throws(TLSError) {
      switch remote.destination.transport {
      case .udp: _ = try ProbeSocket.resolve(remote, report)
      case .tcp: _ = try ProbeSocket.connect(remote, report)
      case .tls: try look(at: remote, stateFile, report)
      }
    } catch {
      failure = error
    }
    report.print(Sentence.verdict(remote.name, failure).text)
    return failure == nil
  }

  private static func look(
    at remote: RemoteSettings, _ stateFile: Text?, _ report: CheckReport
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
      report.add(.fipsModule, .module(module))
    }
    let socket = try ProbeSocket.connect(remote, report)
    let findings = RemoteProbe<TLS>.shakeHands(
      remote, context, policy: policy, socket: socket.rawValue)
    if let negotiated = findings.negotiated {
      report.add(.negotiated, .negotiated(negotiated))
    }
    if let peer = findings.peer, let leaf = peer.certificates.first {
      report.addChain(peer.certificates)
      report.addPins(of: leaf)
      let checks = ProbeChecks(remote: remote, policy: policy, peer: peer)
      checks.pin(leaf, report)
      checks.chain(leaf, report)
    }
    try printOwnCertificate(remote, context, policy.time, findings, report)
    printAdvice(remote, findings, report)
    if let failure = findings.failure { throw failure }
  }

  /// Our certificate, and whether the server has accepted it (T4).
  private static func printOwnCertificate(
    _ remote: RemoteSettings, _ context: TLS.Context, _ time: Int64,
    _ findings: ProbeFindings, _ report: CheckReport
  ) throws(TLSError) {
    let parameters = try CredentialFiles.parameters(of: remote.trust, for: TLS.Context.self)
    guard let own = parameters.certificates.first else { return }
    let certificate = try context.certificate(own.span)
    report.add(
      .ownCertificate,
      .ownCertificate(certificate, at: time, isAccepted: findings.isAccepted))
  }

  private static func printAdvice(
    _ remote: RemoteSettings, _ findings: ProbeFindings, _ report: CheckReport
  ) {
    report.add(.sends, .sendsAdvised(remote.delivery.framing, remote.effectiveFormat))
    if let advice = findings.advice { report.add(.advice, advice) }
    for weakness in remote.weaknesses { report.add(.advice, weakness) }
  }
}

/// Each check of a remote's policy by itself, where the policy stops at the first that fails.
private struct ProbeChecks {
  let remote: RemoteSettings
  let policy: PeerPolicy
  let peer: PeerEvidence

  func pin(_ leaf: CertificateSummary, _ report: CheckReport) {
    do throws(TLSError) {
      let passed = try policy.checkPins(leaf).map { Sentence.passed(.pinMatches($0)) }
      report.add(.pin, passed ?? .noPinConfigured)
    } catch {
      report.add(.pin, .failedCheck(error.reason))
    }
  }

  func chain(_ leaf: CertificateSummary, _ report: CheckReport) {
    guard !remote.trust.authorities.isEmpty, let name = remote.trust.peerName else {
      return report.add(.chain, .notValidated)
    }
    show(.chain, peer.chainRefusal, .leadsToAnchor, report)
    // Nothing is known of who is revoked where there is no path.
    if !remote.trust.revocationLists.isEmpty,
      peer.chainRefusal == nil || peer.revocationRefusal != nil
    {
      show(.revocation, peer.revocationRefusal, .nothingRevoked, report)
    }
    var refusal: Sentence?
    do throws(TLSError) {
      try policy.checkName(leaf)
    } catch {
      refusal = error.reason
    }
    show(.name, refusal, .certificateFor(name), report)
  }

  @inline(never)
  private func show(
    _ topic: CheckReport.Topic, _ refusal: Sentence?, _ success: Sentence, _ report: CheckReport
  ) {
    report.add(topic, refusal.map { .failedCheck($0) } ?? .passed(success))
  }
}
