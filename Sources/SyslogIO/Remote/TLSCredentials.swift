internal import Features
internal import TLSBackend

/// What the files of a remote over TLS say: from which of them its context was made, and who is
/// accepted.
///
/// The context is not in here: ordinary Swift would look for a type that is generic over it at run
/// time, even to free it, and not find it (docs/decisions/0005).
struct TLSCredentials {
  /// Of the files that the context was made from, as they were before they were read.
  private var stamp: [UInt64] = []
  /// Nil before the first attempt, and while a file cannot be used: nobody is accepted then.
  private(set) var policy: PeerPolicy?
  /// The client's own certificate, whose end statistics tell.
  private(set) var own: CertificateSummary?

  /// Reads everything as it is written now. The context is made again only when its files have
  /// changed, and under FIPS, because the module is asked again before each connection. Validity is
  /// judged at the clock's time, or at the floor, which the files raise.
  mutating func read<Context: TLSContext>(
    _ trust: RemoteSettings.Trust, _ floor: ClockFloor, for context: inout Context?
  ) throws(TLSError) {
    policy = nil
    if Feature.chains.isBuilt {
      for path in trust.paths + trust.pinPaths { floor.note(file: path) }
    }
    let stamp = CredentialFiles.hasFiles ? FileStamp.of(try CredentialFiles.all(of: trust)) : []
    if stamp != self.stamp || Feature.fipsMode.isBuilt && trust.tls.requiresFIPS { context = nil }
    let current: Context
    if let context {
      current = context
    } else {
      var parameters = try CredentialFiles.parameters(of: trust, for: Context.self)
      // The library has a copy of its own, which it wipes.
      defer { parameters.privateKey.wipe() }
      current = try Context(parameters)
      (context, self.stamp) = (current, stamp)
      if Feature.statistics.isBuilt, Feature.clientCertificates.isBuilt {
        own = nil
        if let der = parameters.certificates.first { own = try? current.certificate(der.span) }
      }
    }
    var policy = try PolicyLoader.policy(for: trust, using: current)
    if Feature.chains.isBuilt {
      let clock = SystemClock.seconds
      policy.time = floor.judgedTime(clock: clock)
      policy.clockNote = floor.clockNote(clock)
    }
    self.policy = policy
  }
}
