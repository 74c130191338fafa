import Foundation

/// The `openssl` program: makes and reads the certificates of these tests.
struct OpenSSLTool {
  /// What `openssl req` makes.
  enum KeyType {
    case rsa2048, ecdsaP256

    var arguments: [String] {
      switch self {
      case .rsa2048: ["-newkey", "rsa:2048"]
      case .ecdsaP256: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
      }
    }
  }

  let workspace: Workspace
  /// A command that runs another one in its own place, for example with another clock.
  var wrapper: [String] = []

  /// Runs the program and returns what it printed, without the line end.
  @discardableResult
  func run(_ arguments: [String]) throws -> String {
    try output(of: ["openssl"] + arguments)
  }

  /// Makes NAME.key and NAME.crt, valid for 90 days: nobody warns that they expire soon. The
  /// certificate is signed by its own key unless `options` say otherwise.
  func make(
    _ name: String, commonName: String, key: KeyType, _ options: [String]
  ) throws {
    let path = workspace.file(name)
    try run(
      ["req", "-x509", "-nodes", "-days", "90", "-subj", "/CN=\(commonName)"] + options
        + key.arguments + ["-keyout", "\(path).key", "-out", "\(path).crt"])
  }

  /// What pins and fingerprints NAME.crt has. Writes NAME.pub.
  func identity(_ name: String) throws -> Identity {
    let certificate = workspace.file("\(name).crt")
    let publicKey = try run(["x509", "-in", certificate, "-noout", "-pubkey"])
    let digest = try output(
      of: [
        "sh", "-c",
        "openssl x509 -in \(certificate) -noout -pubkey | openssl pkey -pubin -outform der"
          + " | openssl dgst -sha256 -binary | openssl base64",
      ])
    return Identity(
      certificate: certificate, key: workspace.file("\(name).key"),
      publicKey: try workspace.write(publicKey + "\n", to: "\(name).pub"),
      pin: "sha256//\(digest)",
      fingerprint: "sha-256:\(try fingerprint(of: certificate, "-sha256"))")
  }

  /// The fingerprint of a certificate as `AA:BB…`.
  func fingerprint(of certificate: String, _ hash: String) throws -> String {
    let line = try run(["x509", "-in", certificate, "-noout", "-fingerprint", hash])
    return line.split(separator: "=").last.map(String.init) ?? ""
  }

  private func output(of command: [String]) throws -> String {
    let child = try Child(wrapper + command, in: workspace, name: "openssl")
    guard try child.wait(within: 60) == .exit(0) else { throw Failure(child.everything) }
    return child.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
