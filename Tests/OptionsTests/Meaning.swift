import Bytes
import CPosix
import SyslogCore
import TLSBackend

@testable import SyslogIO

/// Settings in words: only what differs from the defaults, so that a table of command lines also
/// says that nothing else has changed.
enum Meaning {
  static func words(of settings: DaemonSettings) -> [String] {
    var words: [String] = []
    if !settings.isLocal { words.append("no file") }
    switch settings.local {
    case .file(let path) where path.words != "/var/log/messages":
      words.append("file \(path.words)")
    case .file: break
    case .ring(let bytes): words.append("ring \(bytes)")
    case .kernel: words.append("kernel")
    }
    if settings.rotation.limit != 200 * 1024 { words.append("rotate \(settings.rotation.limit)") }
    if settings.rotation.kept != 1 { words.append("keep \(settings.rotation.kept)") }
    if settings.dropsRepeated { words.append("drop repeated") }
    if settings.style == .short { words.append("short") }
    if settings.timestamps == .own { words.append("own time") }
    if settings.severityLimit != 8 { words.append("below \(settings.severityLimit)") }
    if settings.logSocket.words != "/dev/log" {
      words.append("socket \(settings.logSocket.words)")
    }
    if settings.pidFile.words != "/var/run/syslogd.pid" {
      words.append("pid \(settings.pidFile.words)")
    }
    if let name = settings.hostname { words.append("hostname \(name.words)") }
    if let state = settings.stateFile { words.append("state \(state.words)") }
    if let file = settings.statisticsFile { words.append("statistics \(file.words)") }
    if let user = settings.user { words.append("user \(user.words)") }
    if !settings.usesSandbox { words.append("no sandbox") }
    if settings.requiresFIPS { words.append("FIPS") }
    if settings.detachment == .foreground { words.append("foreground") }
    return words + settings.remotes.map { Meaning.words(of: $0).joined(separator: ", ") }
  }

  private static func words(of remote: RemoteSettings) -> [String] {
    let normal = RemoteSettings()
    var words = ["\(remote.destination.transport) \(remote.name.words)"]
    if remote.destination.transport == .tls, let name = remote.trust.tls.serverName {
      words.append("SNI \(Text(name).words)")
    }
    if remote.trust.tls.minimumVersion != .tls12 {
      words.append("\(remote.trust.tls.minimumVersion.name)")
    }
    if let suites = remote.trust.tls.cipherSuites {
      words.append(suites.map { "\($0.name)" }.joined(separator: " "))
    }
    if let groups = remote.trust.tls.groups {
      words.append(groups.map { "\($0.name)" }.joined(separator: " "))
    }
    for pin in remote.trust.pins {
      switch pin {
      case .file(let path): words.append("pin file \(path.words)")
      case .literal(let text): words.append("pin \(text.words)")
      }
    }
    // Without trust anchors there is nobody to have a name.
    if let name = remote.trust.peerName, !remote.trust.authorities.isEmpty {
      words.append("name \(name.words.words)")
    }
    words += remote.trust.authorities.map { "ca \($0.words)" }
    words += remote.trust.revocationLists.map { "crl \($0.words)" }
    if let path = remote.trust.certificate { words.append("cert \(path.words)") }
    if let path = remote.trust.key { words.append("key \(path.words)") }
    if remote.trust.tls.requiresFIPS { words.append("FIPS") }
    if let source = remote.destination.source { words.append("from \(numeric(source))") }
    if let device = remote.destination.device { words.append("by \(device.words)") }
    if remote.delivery.framing != normal.delivery.framing {
      words.append("\(remote.delivery.framing)")
    }
    if let format = remote.delivery.format { words.append("\(format)") }
    if let capacity = remote.delivery.queueCapacity { words.append("queue \(capacity)") }
    if remote.delivery.replay > 0 { words.append("replay \(remote.delivery.replay)") }
    if let spool = remote.spool {
      words.append("spool \(spool.path.words) \(spool.size) \(spool.dailyLimit)")
    }
    let retry = (
      remote.delivery.retry.minimum.milliseconds, remote.delivery.retry.maximum.milliseconds
    )
    if retry != (400, 1_500_000) { words.append("retry \(retry.0):\(retry.1)") }
    if remote.delivery.connectTimeout != .seconds(10) {
      words.append("connect \(remote.delivery.connectTimeout.milliseconds)")
    }
    if remote.delivery.handshakeTimeout != .seconds(10) {
      words.append("handshake \(remote.delivery.handshakeTimeout.milliseconds)")
    }
    if remote.delivery.userTimeout != .seconds(30) {
      words.append("dead after \(remote.delivery.userTimeout.milliseconds)")
    }
    if remote.delivery.keepalive != .seconds(30) {
      words.append("probe after \(remote.delivery.keepalive.milliseconds)")
    }
    var next = remote.successor
    while let backup = next {
      words.append("then \(backup.name.words)")
      next = backup.successor
    }
    return words
  }

  /// The corresponding C function is `getnameinfo`.
  private static func numeric(_ address: SocketAddress) -> String {
    var storage = address.storage
    var host = [CChar](repeating: 0, count: 128)
    let code = withUnsafeBytes(of: &storage) { bytes in
      getnameinfo(
        bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), address.length, &host,
        socklen_t(host.count), nil, 0, NI_NUMERICHOST)
    }
    guard code == 0 else { return "error \(code)" }
    return String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
