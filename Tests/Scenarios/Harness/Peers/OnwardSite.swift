import Foundation

/// The machine of a collector as docs/onward has it: rsyslog or syslog-ng, started with the files of
/// that folder as they are, and a store that they hand messages on to.
///
/// Ports, host names and paths of those files are real in here: network, `/etc`, `/var/spool` and
/// `/var/lib` are private.
final class OnwardSite {
  /// What takes the messages of the routers.
  enum Relay: String, CaseIterable {
    case rsyslog
    case syslogNG = "syslog-ng"
  }

  /// What it hands them on to.
  enum Store: String {
    case opensearch, loki, kafka
  }

  /// What happens to one request of a store over HTTP (log_stores.py).
  enum Trouble: String {
    case unavailable = "503"
    case itemRejected = "item-429"
    case itemUnfit = "item-400"
    case broken
  }

  let authority: CertificateAuthority
  let spool: String
  private let workspace: Workspace
  private let namespace: NetworkNamespace
  private let relay: Relay
  private let store: Store
  private var broker: Int?
  /// The relay.
  private(set) var process: Child?

  init(_ relay: Relay, to store: Store, in workspace: Workspace) throws {
    self.workspace = workspace
    self.relay = relay
    self.store = store
    authority = try CertificateAuthority("ca", in: workspace)
    let etc = try workspace.folder("etc")
    spool = try workspace.folder("spool/rsyslog")
    _ = try workspace.folder("lib/syslog-ng")
    let collector = try authority.issue("collector.example.net")
    let own = try authority.issue("\(store).example.net")
    let documents = try workspace.folder("store")
    let hosts = ["localhost", "collector", "opensearch", "loki", "kafka"]
      .map { $0 == "localhost" ? $0 : "\($0).example.net" }.joined(separator: " ")
    namespace = try NetworkNamespace(
      in: workspace,
      setUp: """
        cp -a /etc/. \(etc)
        mkdir -p \(etc)/collector
        cp \(authority.certificate) \(etc)/collector/ca.crt
        cp \(collector.certificate) \(etc)/collector/collector.crt
        cp \(collector.key) \(etc)/collector/collector.key
        cp \(own.certificate) \(documents)/store.crt
        cp \(own.key) \(documents)/store.key
        echo 127.0.0.1 \(hosts) >\(etc)/hosts
        mount --bind \(etc) /etc
        mount --bind \(workspace.path)/spool /var/spool
        mount --bind \(workspace.path)/lib /var/lib
        """)
  }

  /// Starts the relay; `variant` is `tls` or `tls-clients`.
  func startRelay(_ variant: String = "tls") throws {
    let files = ["fields", store.rawValue, variant].map {
      "\(Programs.packageRoot)/docs/onward/\(relay.rawValue)-\($0).conf"
    }
    let process =
      switch relay {
      case .rsyslog: try rsyslog(including: files)
      case .syslogNG: try syslogNG(including: files)
      }
    self.process = process
    try eventually("\(relay) listens\n\(process.everything)") {
      guard process.isRunning else { throw Failure("\(relay) ended\n\(process.everything)") }
      return Listening.ports(of: process.pid).contains(6514)
    }
  }

  /// `/etc/rsyslog.conf` sets this folder, too.
  private func rsyslog(including files: [String]) throws -> Child {
    let main = files.map { "include(file=\"\($0)\")\n" }.joined()
    let path = try workspace.write(
      "global(workDirectory=\"/var/spool/rsyslog\")\n\(main)", to: "rsyslog.conf")
    return try Child(
      namespace.wrapper + [
        try Programs.peer("rsyslogd"), "-n", "-f", path, "-i", workspace.file("rsyslog.pid"),
      ], in: workspace, name: relay.rawValue)
  }

  private func syslogNG(including files: [String]) throws -> Child {
    let main = files.map { "@include \"\($0)\"\n" }.joined()
    let path = try workspace.write("@version: current\n\(main)", to: "syslog-ng.conf")
    return try Child(
      namespace.wrapper + [
        try Programs.syslogNG(), "-F", "-f", path, "--persist-file", workspace.file("persist"),
        "--control", workspace.file("control"), "--pidfile", workspace.file("syslog-ng.pid"),
      ], in: workspace, name: relay.rawValue)
  }

  /// Waits until a connection was refused in here: the relay has found no store.
  func waitForFailedAttempt() throws {
    let pid = process?.pid ?? 0
    try eventually("\(relay) tries to connect\n\(process?.everything ?? "")") {
      let text = (try? String(contentsOfFile: "/proc/\(pid)/net/snmp", encoding: .utf8)) ?? ""
      let rows = text.split(separator: "\n").filter { $0.hasPrefix("Tcp:") }
        .map { $0.split(separator: " ") }
      guard rows.count == 2, let place = rows[0].firstIndex(of: "AttemptFails"),
        place < rows[1].count
      else { throw Failure("/proc/\(pid)/net/snmp: \(text)") }
      return rows[1][place] != "0"
    }
  }

  /// A router that forwards to the relay.
  func router(
    as client: Identity? = nil, name: String = "router", _ options: [String] = []
  ) throws -> Syslogd {
    try Syslogd(
      ["-L", "-R", "collector.example.net:6514", "-d", "--ca", authority.certificate]
        + (client.map { ["--cert", $0.certificate, "--key", $0.key] } ?? []) + options,
      in: workspace, wrapper: namespace.wrapper, name: name)
  }
}

// MARK: Stores

extension OnwardSite {
  /// Starts the store; over HTTP these troubles come first.
  func startStore(_ troubles: [Trouble] = []) throws {
    guard store != .kafka else { return try startKafka() }
    let port = store == .loki ? 3100 : 9200
    let script = "\(Programs.packageRoot)/Tests/Scenarios/Harness/Peers/log_stores.py"
    let process = try Child(
      namespace.wrapper + ["/usr/bin/python3", "-B", script, "\(port)", workspace.file("store")]
        + troubles.map(\.rawValue), in: workspace, name: "store")
    try eventually("\(store) listens\n\(process.everything)") {
      guard process.isRunning else { throw Failure("\(store) ended\n\(process.everything)") }
      return Listening.ports(of: process.pid).contains(port)
    }
  }

  /// The broker is librdkafka's own mock, in a producer that sends nothing. It chooses its port.
  private func startKafka() throws {
    let process = try Child(
      namespace.wrapper + [
        try Programs.peer("kcat"), "-P", "-b", "none", "-t", "routers", "-X",
        "test.mock.num.brokers=1", "-d", "mock",
      ], in: workspace, name: "kafka", input: .held)
    try eventually("a broker\n\(process.everything)") {
      let said = process.errors.firstMatch(of: /bootstrap\.servers=127\.0\.0\.1:([0-9]+)/)
      broker = said.flatMap { Int($0.1) }
      return broker != nil
    }
    let relay = try Child(
      namespace.wrapper + [
        "socat", "TCP-LISTEN:9092,bind=127.0.0.1,fork,reuseaddr", "TCP:127.0.0.1:\(broker ?? 0)",
      ], in: workspace, name: "socat")
    try eventually("port 9092\n\(relay.everything)") {
      Listening.ports(of: relay.pid).contains(9092)
    }
  }

  /// What the store has, in the order in which it came.
  func stored() throws -> [StoredMessage] {
    switch store {
    case .opensearch:
      try lines("documents", as: StoredMessage.Document.self).map(\.message)
    case .loki:
      try lines("entries", as: StoredMessage.Entry.self).map { try $0.message() }
    case .kafka:
      try consumed()
    }
  }

  /// The reasons for which the store has refused requests.
  func refusals() -> [String] { Lines.of(workspace.file("store/refusals")) }

  private func lines<Line: Decodable>(_ name: String, as: Line.Type) throws -> [Line] {
    try Lines.bytes(of: workspace.file("store/\(name)")).map {
      try JSONDecoder().decode(Line.self, from: Data($0))
    }
  }

  private func consumed() throws -> [StoredMessage] {
    guard broker != nil else { return [] }
    let child = try Child(
      namespace.wrapper + [
        try Programs.peer("kcat"), "-C", "-q", "-b", "kafka.example.net:9092", "-t", "routers",
        "-o", "beginning", "-e", "-J",
      ], in: workspace, name: "consumer")
    guard try child.wait(within: 30) == .exit(0) else { throw Failure(child.everything) }
    return try child.outputBytes.split(separator: 10).map {
      try JSONDecoder().decode(StoredMessage.Record.self, from: Data($0)).message()
    }
  }
}
