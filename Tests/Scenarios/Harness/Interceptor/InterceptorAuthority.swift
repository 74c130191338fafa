import Foundation

/// A certification authority made by the `openssl` program, and what it has signed.
struct InterceptorAuthority {
  /// The PEM file for `--ca`.
  let certificate: String
  private let key: String
  private let name: String
  private let workspace: Workspace

  /// The certificates of a test run, made once and removed at its end.
  struct Cast: Sendable {
    static let name = "collector.example.net"
    static func shared() throws -> Cast { try made.get() }

    /// The PEM file of whom syslogd trusts.
    let anchor: String
    /// What it is to connect to.
    let collector: Identity
    /// Of the same authority, with another name.
    let otherName: Identity
    /// Of another authority, with the same name.
    let otherAuthority: Identity

    var trust: [String] { ["--ca", anchor, "--server-name", Cast.name] }

    private static let made = Result { try Cast() }
    nonisolated(unsafe) private static var workspace: Workspace?

    private init() throws {
      let workspace = Workspace()
      Cast.workspace = workspace
      atexit { Cast.workspace = nil }
      let authority = try InterceptorAuthority("authority", in: workspace)
      anchor = authority.certificate
      collector = try authority.issue(Cast.name)
      otherName = try authority.issue("other.example.net")
      otherAuthority = try InterceptorAuthority("another", in: workspace).issue(Cast.name)
    }
  }

  init(_ name: String, in workspace: Workspace) throws {
    self.name = name
    self.workspace = workspace
    certificate = workspace.file("\(name).crt")
    key = workspace.file("\(name).key")
    try run(
      InterceptorAuthority.request(for: name) + [
        "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", key, "-out", certificate,
      ])
  }

  /// A server's identity with `host` as its only name.
  func issue(_ host: String) throws -> Identity {
    let path = workspace.file("\(name)-\(host)")
    try run(
      InterceptorAuthority.request(for: host) + [
        "-CA", certificate, "-CAkey", key, "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", "extendedKeyUsage=serverAuth,clientAuth",
        "-addext", "subjectAltName=DNS:\(host)",
        "-keyout", "\(path).key", "-out", "\(path).crt",
      ])
    let publicKey = try run(["openssl", "x509", "-in", "\(path).crt", "-noout", "-pubkey"])
    let pin = try run(
      [
        "sh", "-c",
        "openssl pkey -in \(path).key -pubout -outform der | openssl dgst -sha256 -binary"
          + " | openssl base64",
      ])
    let fingerprint = try run(
      ["openssl", "x509", "-in", "\(path).crt", "-noout", "-fingerprint", "-sha256"])
    return Identity(
      certificate: "\(path).crt", key: "\(path).key",
      publicKey: try workspace.write(publicKey + "\n", to: "\(name)-\(host).pub"),
      pin: "sha256//\(pin)",
      fingerprint: "sha-256:" + (fingerprint.split(separator: "=").last.map(String.init) ?? ""))
  }

  /// RSA, so that a handshake has the same length each time.
  private static func request(for name: String) -> [String] {
    [
      "openssl", "req", "-x509", "-nodes", "-days", "30", "-newkey", "rsa:2048", "-subj",
      "/CN=\(name)",
    ]
  }

  @discardableResult
  private func run(_ arguments: [String]) throws -> String {
    let child = try Child(arguments, in: workspace, name: "openssl-\(name)")
    guard try child.wait(within: 60) == .exit(0) else { throw Failure(child.everything) }
    return child.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
