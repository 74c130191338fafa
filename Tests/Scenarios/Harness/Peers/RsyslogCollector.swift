import Foundation

/// rsyslog with `imtcp`, over TLS or without: takes octet counting and LF, writes the bytes as they
/// came.
final class RsyslogCollector: Collector {
  enum Driver: String, CaseIterable {
    case gtls, ossl
  }

  let port: Int
  let file: String
  private(set) var process: Child
  private let workspace: Workspace
  private let configuration: String
  private let name: String

  /// `tls` is the driver's own priority string or command, to restrict what it accepts.
  convenience init(
    _ driver: Driver, _ identity: Identity, in workspace: Workspace, port: Int? = nil,
    tls: String? = nil, name: String = "rsyslog"
  ) throws {
    try self.init(
      in: workspace, port: port, name: name,
      settings: """
        defaultNetstreamDriverCAFile="\(identity.certificate)"
        defaultNetstreamDriverCertFile="\(identity.certificate)"
        defaultNetstreamDriverKeyFile="\(identity.key)"
        """,
      module: """
        streamDriver.name="\(driver.rawValue)" streamDriver.mode="1"
        streamDriver.authMode="anon" \(tls.map { "gnutlsPriorityString=\"\($0)\"" } ?? "")
        """)
  }

  /// Whom it lets in.
  enum Clients {
    /// `x509/name`: a certificate of the authority in this file, with this name.
    case named(String, authority: String)
    /// `x509/fingerprint`: this certificate, as RFC 5425 writes its fingerprint. The ossl driver
    /// wants its authority, too.
    case fingerprint(String, authority: String)
  }

  /// Demands a certificate of its clients.
  convenience init(
    _ driver: Driver, _ identity: Identity, clients: Clients, in workspace: Workspace,
    name: String = "rsyslog"
  ) throws {
    let (mode, peer, authority) =
      switch clients {
      case .named(let name, let authority): ("x509/name", name, authority)
      // rsyslog's labels have no hyphen.
      case .fingerprint(let text, let authority):
        ("x509/fingerprint", text.replacing("sha-256:", with: "SHA256:"), authority)
      }
    try self.init(
      in: workspace, port: nil, name: name,
      settings: """
        defaultNetstreamDriverCAFile="\(authority)"
        defaultNetstreamDriverCertFile="\(identity.certificate)"
        defaultNetstreamDriverKeyFile="\(identity.key)"
        """,
      module: """
        streamDriver.name="\(driver.rawValue)" streamDriver.mode="1"
        streamDriver.authMode="\(mode)" permittedPeer=["\(peer)"]
        """)
  }

  /// In clear.
  convenience init(
    inClearIn workspace: Workspace, port: Int? = nil, name: String = "rsyslog"
  ) throws {
    try self.init(in: workspace, port: port, name: name, settings: "", module: "")
  }

  /// One worker in place of two, where imtcp has them. With two, 8.2504 now and then closes a TLS 1.3
  /// connection whose first messages come with the end of the handshake.
  private static let workers: String = {
    let version =
      (try? GridPeer.rsyslogOpenSSL.version())?.split(separator: ".")
      .compactMap { Int($0) } ?? []
    return version.lexicographicallyPrecedes([8, 2504]) ? "" : #"workerThreads="1""#
  }()

  private init(
    in workspace: Workspace, port: Int?, name: String, settings: String, module: String
  ) throws {
    let port = try port ?? FreePort.next()
    self.port = port
    self.workspace = workspace
    self.name = name
    file = workspace.file("\(name).log")
    configuration = try workspace.write(
      """
      global(
        workDirectory="\(try workspace.folder("\(name).d"))" maxMessageSize="64k"
        parser.escapeControlCharactersOnReceive="off" parser.dropTrailingLFOnReception="off"
        \(settings))
      module(load="imtcp" \(module) \(RsyslogCollector.workers))
      template(name="asReceived" type="string" string="%rawmsg%\\n")
      input(type="imtcp" port="\(port)" address="127.0.0.1" ruleset="toFile")
      ruleset(name="toFile" queue.type="Direct") {
        action(type="omfile" file="\(file)" template="asReceived")
      }

      """, to: "\(name).conf")
    process = try RsyslogCollector.launch(configuration, name, workspace)
    try waitUntilListening()
  }

  /// Ends it at once, as a power cut would.
  func crash() {
    process.kill()
  }

  /// Starts it again, on the same port, with the same file.
  func restart() throws {
    process = try RsyslogCollector.launch(configuration, name, workspace)
    try waitUntilListening()
  }

  private func waitUntilListening() throws {
    try eventually("rsyslogd listens at \(port)\n\(process.everything)") {
      Listening.ports(of: process.pid).contains(port)
    }
  }

  private static func launch(
    _ configuration: String, _ name: String, _ workspace: Workspace
  ) throws -> Child {
    try Child(
      ["rsyslogd", "-n", "-f", configuration, "-i", workspace.file("\(name).pid")],
      in: workspace, name: name)
  }
}
