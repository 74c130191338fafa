internal import Bytes
internal import TLSBackend

/// What the connections of a remote over TLS are made with.
///
/// A class, because ordinary Swift cannot copy a structure that is generic over the backend
/// (docs/decisions/0005).
final class TLSCredentials<TLS: TLSBackend & ~Copyable> {
  let context: TLS.Context
  /// Of the files that the context was made from, as they were before they were read.
  private let stamp: [Int64]
  /// Nil while a file of pins cannot be used: nobody is accepted then.
  private(set) var policy: PeerPolicy?

  /// Makes the context, and no policy yet.
  init(_ settings: RemoteSettings) throws(TLSError) {
    stamp = FileStamp.of(try CredentialFiles.all(of: settings))
    context = try TLS.Context(try CredentialFiles.parameters(of: settings))
  }

  /// Whether the context need not be made again. Under FIPS it is before each connection, because
  /// the module is asked again.
  func isCurrent(_ settings: RemoteSettings) throws(TLSError) -> Bool {
    let stamp = FileStamp.of(try CredentialFiles.all(of: settings))
    return stamp == self.stamp && !settings.tls.requiresFIPS
  }

  func removePolicy() {
    policy = nil
  }

  /// Makes the policy from the pins as they are written now. Validity is judged at the clock's time,
  /// or at the floor, which the files raise.
  @discardableResult
  func readPolicy(_ settings: RemoteSettings, _ floor: ClockFloor) throws(TLSError) -> PeerPolicy {
    for path in settings.paths + settings.pinPaths { floor.note(file: path) }
    let clock = SystemClock.seconds
    var policy = try PolicyLoader.policy(for: settings, using: context)
    policy.time = floor.judgedTime(clock: clock)
    policy.clockNote = floor.clockNote(clock)
    self.policy = policy
    return policy
  }
}
