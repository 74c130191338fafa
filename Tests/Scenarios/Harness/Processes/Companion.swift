import Foundation

/// The `syslog-tls` that was built with a syslogd.
struct Companion {
  /// The result of one run.
  struct Run {
    let ending: Child.Ending
    let output: String
    let errors: String
  }

  /// What `keygen` made and printed.
  struct OwnIdentity {
    let certificate: String
    let key: String
    let said: String
  }

  private let program: String
  private let workspace: Workspace
  let openssl: OpenSSLTool

  init(_ backend: Backend, in workspace: Workspace) throws {
    try self.init(beside: Programs.embedded(backend), in: workspace)
  }

  /// The one beside this syslogd.
  init(beside syslogd: String, in workspace: Workspace) throws {
    let folder = (syslogd as NSString).deletingLastPathComponent
    program = folder + "/syslog-tls"
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw Failure("there is no \(program): run make all-builds first")
    }
    self.workspace = workspace
    openssl = OpenSSLTool(workspace: workspace)
  }

  func run(_ arguments: [String]) throws -> Run {
    let child = try Child([program] + arguments, in: workspace, name: "syslog-tls")
    let ending = try child.wait(within: 30)
    return Run(ending: ending, output: child.output, errors: child.errors)
  }

  /// A key and a certificate for `router.example.net`.
  func identity(_ more: [String] = []) throws -> OwnIdentity {
    let (certificate, key) = (workspace.file("own.crt"), workspace.file("own.key"))
    let run = try run(
      ["keygen", "--cert", certificate, "--key", key, "--name", "router.example.net"] + more)
    guard run.ending == .exit(0) else { throw Failure("keygen: \(run.errors)") }
    return OwnIdentity(certificate: certificate, key: key, said: run.output)
  }

  /// A certificate's two fingerprints in RFC 5425's form, by OpenSSL.
  func fingerprints(of certificate: String) throws -> String {
    var text = ""
    for (label, option) in [("sha-256", "-sha256"), ("sha-1", "-sha1")] {
      text += "\(label):\(try openssl.fingerprint(of: certificate, option))\n"
    }
    return text
  }
}
