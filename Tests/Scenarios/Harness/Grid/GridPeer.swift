import Foundation

/// A program that takes messages over TLS, in the interoperability grid.
enum GridPeer: String, CaseIterable, Sendable {
  case openssl = "openssl s_server"
  case gnutls = "gnutls-serv"
  case rsyslogGnuTLS = "rsyslog gtls"
  case rsyslogOpenSSL = "rsyslog ossl"
  case syslogNG = "syslog-ng"

  /// Words, one of which is in the reason when a client without TLS 1.3 comes to this peer that
  /// takes nothing else: the peer's alert, or the end without one.
  var refusalsOfTLS12: [String] {
    switch self {
    case .openssl, .rsyslogOpenSSL, .syslogNG: ["alert protocol_version (70)"]
    case .gnutls: ["alert handshake_failure (40)", "alert protocol_version (70)"]
    // Its driver closes without an alert.
    case .rsyslogGnuTLS: ["the server closed the connection during the handshake", "alert "]
    }
  }

  /// Starts one that accepts `release` only.
  func start(
    _ release: GridCell.Release, _ identity: Identity, in workspace: Workspace
  ) throws -> GridStation {
    switch self {
    case .openssl:
      let only = release == .tls12 ? Restriction.tls12 : Restriction.tls13
      let server = try OpenSSLServer(identity, in: workspace, only)
      return GridStation(.stream, [.octet: server.port, .lf: server.port]) { _ in server.received }
    case .gnutls:
      let server = try GnuTLSServer(identity, in: workspace, priority: priority(release))
      return GridStation(.stream, [.octet: server.port, .lf: server.port]) { _ in server.received }
    case .rsyslogGnuTLS:
      return station(
        try RsyslogCollector(.gtls, identity, in: workspace, tls: priority(release)))
    case .rsyslogOpenSSL:
      let only = release == .tls12 ? "MaxProtocol=TLSv1.2" : "MinProtocol=TLSv1.3"
      return station(try RsyslogCollector(.ossl, identity, in: workspace, tls: only))
    case .syslogNG:
      let only = release == .tls12 ? "no-tlsv13" : "no-tlsv1, no-tlsv11, no-tlsv12"
      let octet = try SyslogNGCollector(
        .syslog, identity, in: workspace, options: only, name: "ng-octet")
      let lf = try SyslogNGCollector(
        .network, identity, in: workspace, options: only, name: "ng-lf")
      return GridStation(.lines, [.octet: octet.port, .lf: lf.port]) { framing in
        Child.bytes(of: framing == .octet ? octet.file : lf.file)
      }
    }
  }

  private func station(_ collector: RsyslogCollector) -> GridStation {
    GridStation(.lines, [.octet: collector.port, .lf: collector.port]) { _ in
      Child.bytes(of: collector.file)
    }
  }

  private func priority(_ release: GridCell.Release) -> String {
    "NORMAL:-VERS-ALL:+VERS-TLS" + (release == .tls12 ? "1.2" : "1.3")
  }

  /// What the program says its version is.
  func version() throws -> String {
    let workspace = Workspace()
    let command =
      switch self {
      case .openssl: ["openssl", "version"]
      case .gnutls: ["gnutls-serv", "--version"]
      case .rsyslogGnuTLS, .rsyslogOpenSSL: ["rsyslogd", "-v"]
      case .syslogNG: [try Programs.syslogNG(), "--version"]
      }
    let child = try Child(command, in: workspace, name: "version")
    try child.wait()
    guard let version = child.output.firstMatch(of: #/[0-9]+\.[0-9]+[0-9.]*/#) else {
      throw Failure("no version of \(rawValue)\n\(child.everything)")
    }
    return String(version.0)
  }
}

/// A running peer to which cells connect in turn.
final class GridStation {
  enum Form {
    /// The decrypted bytes as they came.
    case stream
    /// One line for each message, which is as it came.
    case lines
  }

  let form: Form
  private let ports: [GridCell.Framing: Int]
  private let read: (GridCell.Framing) -> [UInt8]

  init(
    _ form: Form, _ ports: [GridCell.Framing: Int], read: @escaping (GridCell.Framing) -> [UInt8]
  ) {
    self.form = form
    self.ports = ports
    self.read = read
  }

  func port(_ framing: GridCell.Framing) throws -> Int {
    guard let port = ports[framing] else { throw Failure("no port for \(framing.rawValue)") }
    return port
  }

  /// Everything that this peer has got so far.
  func received(_ framing: GridCell.Framing) -> [UInt8] { read(framing) }
}
