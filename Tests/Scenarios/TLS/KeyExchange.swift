import Foundation
import Testing

extension Scenarios {
  @Suite("The key exchange group: which is agreed on, and that it is told") struct KeyExchange {
    let workspace = Workspace()

    @Test("the log and --check name the group, whatever the library", arguments: Backend.allCases)
    func named(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      for version in try backend.library().hasTLS13
        ? [Restriction.tls12, Restriction.tls13] : [Restriction.tls12]
      {
        let server = try OpenSSLServer(
          identity, in: workspace, version + ["-groups", "P-384"], name: "server\(version)")
        let remote = Remote.tls(server.port, pins: [identity.pin])
        let syslogd = try Syslogd(
          ["-L"] + remote, in: workspace, build: .embedded(backend), name: "daemon\(version)")
        try syslogd.send(Messages(0..<3))
        try server.wait(for: "n=2 ")
        let said = try syslogd.waitToSay([.connected], about: server.port)
        #expect(said.contains(" secp384r1, "), "\(said)")
        try syslogd.process.stop()
        let check = try check(backend, remote, name: "check\(version)")
        #expect(check.contains(#/\ssecp384r1,\s/#), "\(check)")
      }
    }

    @Test("X25519MLKEM768 is agreed on by itself where both have it, and left where one has not")
    func hybrid() throws {
      // Debian 12's OpenSSL has it from the FIPS provider of the next release alone.
      let wrapper = try FIPSProvider.active.wrapper()
      let identity = try Certificates.shared().rsa
      for group in ["X25519MLKEM768", "secp256r1"] {
        let server = try OpenSSLServer(
          identity, in: workspace, ["-groups", group], wrapper: wrapper, name: "server \(group)")
        let syslogd = try Syslogd(
          ["-L"] + Remote.tls(server.port, pins: [identity.pin]), in: workspace, wrapper: wrapper,
          name: "daemon \(group)")
        let messages = Messages(0..<20)
        try syslogd.send(messages)
        try server.wait(for: messages.content(19))
        let said = try syslogd.waitToSay([.connected], about: server.port)
        #expect(said.contains(" \(group), "), "\(said)")
      }
    }

    @Test("where FIPS is everybody's default, x25519 is missing, and refused when it is asked for")
    func missing() throws {
      let command =
        try FIPSProvider.active.wrapper() + [try Programs.embedded(.openssl), "--help"]
      let help = try Child(command, in: workspace, name: "help")
      #expect(try help.wait() == .exit(0))
      #expect(help.output.contains(" * secp256r1\n"), "\(help.output)")
      #expect(!help.output.contains("x25519\n"), "\(help.output)")
      let refused = try Child(
        command.dropLast() + [
          "-n", "-p", workspace.file("socket"), "-R", "h", "-d", "--tls-groups", "secp256r1,x25519",
        ], in: workspace, name: "refused")
      #expect(try refused.wait() == .exit(1))
      let lines = refused.errors.split(separator: "\n")
      #expect(lines.count == 1, "\(refused.errors)")
      #expect(
        lines.first?.contains(#/--tls-groups: OpenSSL 3\S* does not support x25519$/#) == true)
    }

    private func check(_ backend: Backend, _ remote: [String], name: String) throws -> String {
      let child = try Child(
        [try Programs.embedded(backend), "--check", "-f", "/dev/null"] + remote, in: workspace,
        name: name)
      try child.wait(within: 30)
      return child.output
    }
  }
}
