import Foundation

/// One server's key and self-signed certificate, as files.
struct Identity: Sendable {
  let certificate: String
  let key: String
  /// PEM public key: what `-c` pins.
  let publicKey: String
  /// `sha256//BASE64` of its SubjectPublicKeyInfo, by OpenSSL's own tools.
  let pin: String
  /// `sha-256:AA:BB…` of the certificate (RFC 5425 §4.2.2).
  let fingerprint: String
}

/// The identities of a test run, made once by the `openssl` program and removed at its end.
struct Certificates: Sendable {
  static func shared() throws -> Certificates { try made.get() }

  /// RSA-2048, as in the talk's demonstration.
  let rsa: Identity
  /// ECDSA on P-256.
  let ecdsa: Identity
  /// A key that no server of these tests has.
  let stranger: Identity

  private static let made = Result { try Certificates() }
  nonisolated(unsafe) private static var workspace: Workspace?

  private init() throws {
    let workspace = Workspace()
    Certificates.workspace = workspace
    atexit { Certificates.workspace = nil }
    rsa = try Identity.make("rsa", ["-newkey", "rsa:2048"], in: workspace)
    let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    ecdsa = try Identity.make("ecdsa", curve, in: workspace)
    stranger = try Identity.make("stranger", curve, in: workspace)
  }
}

extension Identity {
  fileprivate static func make(
    _ name: String, _ key: [String], in workspace: Workspace
  ) throws -> Identity {
    let certificate = workspace.file("\(name).crt")
    let keyFile = workspace.file("\(name).key")
    let run = { (arguments: [String]) in
      let child = try Child(arguments, in: workspace, name: "openssl-\(name)")
      guard try child.wait(within: 60) == .exit(0) else { throw Failure(child.everything) }
      return child.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
    _ = try run(
      ["openssl", "req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=collector.example.net"]
        + ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"] + key
        + ["-keyout", keyFile, "-out", certificate])
    let publicKey = try run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"])
    let digest = try run(
      [
        "sh", "-c",
        "openssl x509 -in \(certificate) -noout -pubkey | openssl pkey -pubin -outform der"
          + " | openssl dgst -sha256 -binary | openssl base64",
      ])
    let fingerprint = try run(
      ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"])
    return Identity(
      certificate: certificate, key: keyFile,
      publicKey: try workspace.write(publicKey + "\n", to: "\(name).pub"),
      pin: "sha256//\(digest)",
      fingerprint: "sha-256:" + (fingerprint.split(separator: "=").last.map(String.init) ?? ""))
  }
}
