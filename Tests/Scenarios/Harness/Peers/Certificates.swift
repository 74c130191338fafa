import Foundation

/// The self-signed identities of a test run, made once and removed at its end.
struct Certificates: Sendable {
  static func shared() throws -> Certificates { try made.get() }

  let rsa: Identity
  let ecdsa: Identity
  /// A key that no server of these tests has.
  let stranger: Identity

  private static let made = Result { try Certificates() }
  nonisolated(unsafe) private static var workspace: Workspace?

  private init() throws {
    let workspace = Workspace()
    Certificates.workspace = workspace
    atexit { Certificates.workspace = nil }
    let make = { (name: String, key: OpenSSLTool.KeyType) in
      let openssl = OpenSSLTool(workspace: workspace)
      try openssl.make(
        name, commonName: "collector.example.net", key: key,
        ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"])
      return try openssl.identity(name)
    }
    rsa = try make("rsa", .rsa2048)
    ecdsa = try make("ecdsa", .ecdsaP256)
    stranger = try make("stranger", .ecdsaP256)
  }
}
