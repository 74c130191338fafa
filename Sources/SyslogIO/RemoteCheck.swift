public import TLSBackend

/// Whether a remote could be connected to, as far as its files say: what `--check` prints of it.
public enum RemoteCheck<TLS: TLSBackend & ~Copyable> {
  /// Nil when nothing is wrong. The reason is the one that the daemon would log.
  public static func problem(of remote: RemoteSettings) -> Text? {
    guard remote.transport == .tls else { return nil }
    do throws(TLSError) {
      _ = try RemoteFiles<TLS>(
        remote, try Credentials<TLS>(remote, keeping: nil), time: SystemClock.seconds,
        clockWords: "")
      return nil
    } catch {
      return error.reason
    }
  }
}
