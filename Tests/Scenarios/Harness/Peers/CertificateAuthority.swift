import Foundation

/// A certification authority and the certificates that it signs.
struct CertificateAuthority {
  private let name: String
  private let key: OpenSSLTool.KeyType
  private let openssl: OpenSSLTool

  /// The PEM file for `--ca`.
  var certificate: String { openssl.workspace.file("\(name).crt") }

  /// With RSA, a handshake has the same length each time.
  init(
    _ name: String, key: OpenSSLTool.KeyType = .rsa2048, in workspace: Workspace,
    wrapper: [String] = []
  ) throws {
    self.name = name
    self.key = key
    openssl = OpenSSLTool(workspace: workspace, wrapper: wrapper)
    try openssl.make(
      name, commonName: name, key: key, ["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
  }

  /// A new identity. Its only name is `host`, or what `alternative` says in OpenSSL's words.
  func issue(_ host: String, alternative: String? = nil) throws -> Identity {
    let path = openssl.workspace.file(name)
    try openssl.make(
      "\(name)-\(host)", commonName: host, key: key,
      [
        "-CA", "\(path).crt", "-CAkey", "\(path).key",
        "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", "extendedKeyUsage=serverAuth,clientAuth",
        "-addext", "subjectAltName=\(alternative ?? "DNS:\(host)")",
      ])
    return try openssl.identity("\(name)-\(host)")
  }
}

extension CertificateAuthority {
  /// The certificates of a test run, made once and removed at its end.
  struct Cast: Sendable {
    static let name = "collector.example.net"
    static func shared() throws -> Cast { try made.get() }

    /// The PEM file of the authority that syslogd trusts.
    let anchor: String
    /// The right collector.
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
      let authority = try CertificateAuthority("authority", in: workspace)
      anchor = authority.certificate
      collector = try authority.issue(Cast.name)
      otherName = try authority.issue("other.example.net")
      otherAuthority = try CertificateAuthority("another", in: workspace).issue(Cast.name)
    }
  }
}
