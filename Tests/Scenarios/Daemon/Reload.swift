import Foundation
import Testing

extension Scenarios {
  @Suite("SIGHUP reads everything again and loses nothing") struct Reload {
    let workspace = Workspace()

    /// Starts with `rules`, and a way to change them.
    private func start(
      _ rules: String, _ arguments: [String] = [], build: Syslogd.Build = .embedded(.openssl)
    ) throws -> Syslogd {
      let file = try workspace.write(rules, to: "rules")
      return try Syslogd(["-f", file] + arguments, in: workspace, build: build)
    }

    private func change(_ rules: String, of syslogd: Syslogd) throws {
      try workspace.write(rules, to: "rules")
      syslogd.process.send(SIGHUP)
    }

    private func remote(_ port: Int, _ words: String) -> String {
      "@tls://127.0.0.1:\(port) retry=0.1:0.3 \(words)"
    }

    @Test(
      "new rules for files apply from the next message on, and every message is in one of the files"
    )
    func files() throws {
      let (one, two) = (workspace.file("one"), workspace.file("two"))
      let syslogd = try start("user.* \(one)\n")
      let socket = try syslogd.connect()
      let messages = Messages(0..<2000)
      for (index, datagram) in messages.datagrams.enumerated() {
        if index == 1000 { try change("user.* \(two)\n", of: syslogd) }
        try socket.send(datagram)
      }
      try eventually("the last message in the second file") {
        Lines.of(two).last?.contains("n=1999 ") == true
      }
      #expect(!Lines.of(one).isEmpty)
      messages.expectDelivered(to: Lines.of(one) + Lines.of(two))
    }

    @Test(
      "a remote with the same settings keeps its connection and gets every message once",
      arguments: Backend.allCases)
    func kept(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let remote = remote(collector.port, "pin=\(identity.publicKey)")
      let syslogd = try start("user.* \(remote)\n", build: .embedded(backend))
      let socket = try syslogd.connect()
      let messages = Messages(0..<3000)
      for (index, datagram) in messages.datagrams.enumerated() {
        if index % 500 == 250 {
          try change("# \(index)\nuser.* \(remote)\nmail.* /dev/null\n", of: syslogd)
        }
        try socket.send(datagram)
      }
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      #expect(syslogd.saysAboutRemote(collector.port).count == 1)
    }

    @Test("a remote with other settings connects again, and no message is lost")
    func changed() throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      // What comes between two connections has to fit in the queue, however long a handshake takes.
      let old = remote(collector.port, "pin=\(identity.publicKey) queue=1M")
      let syslogd = try start("user.* \(old)\n")
      let socket = try syslogd.connect()
      let messages = Messages(0..<2000)
      for (index, datagram) in messages.datagrams.enumerated() {
        if index == 1000 { try change("user.* \(old) format=3164\n", of: syslogd) }
        try socket.send(datagram)
      }
      try eventually("every message in one format or the other") {
        Set(messages.found(in: collector.lines)).count == 2000
      }
      // The collector reads the end of the old connection when it likes: only what went over the
      // new one alone has an order.
      let new = messages.found(in: collector.lines.filter { !$0.hasPrefix("<13>1 ") })
      #expect(!new.isEmpty && new == messages.contents.suffix(new.count))
    }

    @Test("after a wrong pin in a rule is corrected, queued messages are delivered")
    func corrected() throws {
      let identities = try Certificates.shared()
      let collector = try RsyslogCollector(.ossl, identities.rsa, in: workspace)
      let syslogd = try start(
        "*.* @tls://127.0.0.1:\(collector.port) retry=600 pin=\(identities.stranger.pin)\n")
      let messages = Messages(0..<50)
      try syslogd.send(messages)
      try syslogd.waitToSay([.pinMismatch], about: collector.port)
      try change(
        "user.* @tls://127.0.0.1:\(collector.port) retry=600 pin=\(identities.rsa.pin)\n",
        of: syslogd)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
    }

    @Test(
      "if the pin is removed from its file, the server gets no further byte",
      arguments: Backend.allCases)
    func removedPin(backend: Backend) throws {
      let identities = try Certificates.shared()
      let server = try OpenSSLServer(identities.rsa, in: workspace)
      let pins = try workspace.write("\(identities.rsa.pin)\n", to: "pins")
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [pins]), in: workspace, build: .embedded(backend))
      try syslogd.send(Messages(0..<1, run: "before"))
      try server.wait(for: "run before n=0 ")
      try workspace.write("\(identities.stranger.pin)\n", to: "pins")
      syslogd.process.send(SIGHUP)
      try syslogd.waitToSay([.pinMismatch], about: server.port)
      try syslogd.send(Messages(0..<1, run: "after"))
      try syslogd.waitForLog("run after n=0 ")
      try always("nothing arrives", during: 1) { !server.process.output.contains("after") }
    }

    @Test("a removed remote gets the messages queued for it, and no others")
    func removed() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let syslogd = try start("user.* \(remote(port, "pin=\(identity.publicKey)"))\n")
      let messages = Messages(0..<20)
      try syslogd.send(messages)
      try syslogd.waitToSay(["Connection refused"], about: port)
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      try change("user.* \(workspace.file("instead"))\n", of: syslogd)
      try syslogd.waitForLog(Said.configurationRead(rules: 1, remotes: 0))
      let later = Messages(0..<20, run: "later")
      try syslogd.send(later)
      try eventually("the later ones in the file") {
        later.found(in: Lines.of(workspace.file("instead"))) == later.contents
      }
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
      #expect(later.found(in: collector.lines).isEmpty)
    }

    @Test("rules with an error change nothing, and the log says where the error is")
    func mistake() throws {
      let one = workspace.file("one")
      let syslogd = try start("user.* \(one)\n")
      try change("user.* \(workspace.file("two"))\nkernn.* /x\n", of: syslogd)
      try syslogd.waitForLog(Said.configurationKept("\(workspace.file("rules")):2:1: "))
      try syslogd.send(Messages(0..<1))
      try eventually("the message in the old file") { Lines.count(in: one) == 1 }
      #expect(!FileManager.default.fileExists(atPath: workspace.file("two")))
    }

    @Test("a remote that waits for its next attempt tries at once")
    func impatient() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(port, pins: [identity.pin], retry: "600"), in: workspace)
      let messages = Messages(0..<5)
      try syslogd.send(messages)
      try syslogd.waitToSay(["Connection refused"], about: port)
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      syslogd.process.send(SIGHUP)
      try collector.wait(for: messages)
    }
  }
}
