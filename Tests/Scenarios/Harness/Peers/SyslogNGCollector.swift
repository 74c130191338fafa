import Foundation

/// syslog-ng over TLS or TCP, as a router's owner would set it up.
final class SyslogNGCollector: Collector {
  enum Source: String, CaseIterable {
    /// `network()`: one message ends with LF.
    case network
    /// `syslog()`: RFC 5424 with octet counting.
    case syslog
  }

  let port: Int
  let file: String
  let process: Child

  /// `options` go to `ssl-options()`; `largest` is explained below.
  convenience init(
    _ source: Source, _ identity: Identity, in workspace: Workspace, options: String? = nil,
    largest: Int = 65_536, name: String = "syslog-ng"
  ) throws {
    try self.init(
      source, in: workspace, name: name, largest: largest,
      transport: """
        transport("tls")
        tls(
          cert-file("\(identity.certificate)") key-file("\(identity.key)")
          peer-verify(optional-untrusted) \(options.map { "ssl-options(\($0))" } ?? "")
        )
        """)
  }

  /// Demands a certificate of its clients that the authority in this file has signed.
  convenience init(
    _ source: Source, _ identity: Identity, clientsOf authority: String, in workspace: Workspace,
    name: String = "syslog-ng"
  ) throws {
    try self.init(
      source, in: workspace, name: name,
      transport: """
        transport("tls")
        tls(
          cert-file("\(identity.certificate)") key-file("\(identity.key)")
          ca-file("\(authority)") peer-verify(required-trusted)
        )
        """)
  }

  /// In clear.
  convenience init(
    _ source: Source, inClearIn workspace: Workspace, largest: Int = 65_536,
    name: String = "syslog-ng"
  ) throws {
    try self.init(
      source, in: workspace, name: name, largest: largest, transport: "transport(\"tcp\")")
  }

  /// `largest`: bytes of a message; `syslog()` closes the connection at a larger one.
  private init(
    _ source: Source, in workspace: Workspace, name: String, largest: Int = 65_536,
    transport: String
  ) throws {
    let port = try FreePort.next()
    self.port = port
    file = workspace.file("\(name).log")
    let configuration = try workspace.write(
      """
      @version: 3.35
      options { stats-freq(0); log-msg-size(\(largest)); };
      source from_router {
        \(source.rawValue)(ip(127.0.0.1) port(\(port)) flags(no-parse) \(transport));
      };
      destination to_file { file("\(file)" template("$MSG\\n")); };
      log { source(from_router); destination(to_file); };

      """, to: "\(name).conf")
    let process = try Child(
      [
        try Programs.syslogNG(), "-F", "-f", configuration, "--persist-file",
        workspace.file("\(name).persist"), "--control", workspace.file("\(name).ctl"),
        "--pidfile", workspace.file("\(name).pid"),
      ], in: workspace, name: name)
    self.process = process
    try eventually("syslog-ng listens at \(port)\n\(process.everything)") {
      Listening.ports(of: process.pid).contains(port)
    }
  }
}
