import Foundation
import Testing

extension Scenarios {
  @Suite("A collector that cannot be reached for a while") struct CollectorAway {
    let workspace = Workspace()

    @Test("messages logged before the collector starts arrive when it starts")
    func downAtStart() throws {
      let identity = try Certificates.shared().rsa
      let port = try FreePort.next()
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(port, pins: [identity.publicKey]), in: workspace)
      let messages = Messages(0..<300)
      try syslogd.send(messages)
      try syslogd.waitToSay(["refused"], about: port)
      let collector = try RsyslogCollector(.ossl, identity, in: workspace, port: port)
      try collector.wait(for: messages)
      messages.expectDelivered(to: collector.lines)
    }

    @Test(
      "a collector that is killed and comes back misses nothing that fits the queue",
      arguments: Backend.allCases)
    func killedAndRestarted(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [identity.publicKey], ["--queue", "2M"]),
        in: workspace, build: .embedded(backend))
      let all = Messages(0..<6_000)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<2_000]))
      // Quiescent: nothing is unread in the process that dies.
      try collector.wait(forLines: 2_000)
      collector.crash()
      try socket.send(Array(all.datagrams[2_000..<4_000]))
      try syslogd.waitToSay([.nextAttempt], about: collector.port)
      try collector.restart()
      try socket.send(Array(all.datagrams[4_000...]))
      try collector.wait(for: all)
      all.expectDelivered(to: collector.lines)
    }

    @Test(
      "the first message after an idle collector was restarted is not lost",
      arguments: Backend.allCases)
    func restartedWhileIdle(backend: Backend) throws {
      let identity = try Certificates.shared().ecdsa
      let collector = try RsyslogCollector(.gtls, identity, in: workspace)
      let syslogd = try Syslogd(
        Remote.tls(collector.port, pins: [identity.publicKey]), in: workspace,
        build: .embedded(backend))
      let all = Messages(0..<4)
      let socket = try syslogd.connect()
      for number in all.numbers {
        try socket.send(all.datagrams[number])
        try collector.wait(forLines: number + 1)
        try collector.process.stop()
        try collector.restart()
      }
      all.expectDelivered(to: collector.lines)
    }

    @Test(
      "a collector that hangs and dies costs at most what its kernel had accepted",
      arguments: Backend.allCases)
    func hangsAndDies(backend: Backend) throws {
      let identity = try Certificates.shared().ecdsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"]
          + Remote.tls(
            collector.port, pins: [identity.publicKey], ["--queue", "32M", "--format", "raw"]),
        in: workspace, build: .embedded(backend))
      let before = Messages(0..<100, run: "before")
      try syslogd.send(before)
      try collector.wait(for: before)
      collector.process.send(SIGSTOP)
      // More than both kernels' buffers take, so that some of it stays unacknowledged.
      let during = Messages(0..<10_000, run: "during", size: 1_000)
      try syslogd.send(during)
      let taken = try settledReceiveQueue(of: collector.port)
      collector.crash()
      try collector.restart()
      try collector.wait(for: during)

      let lines = collector.lines
      before.expectDelivered(to: lines)
      let got = during.found(in: lines)
      let lost = during.numbers.count - got.count
      #expect(got == Array(during.contents.suffix(got.count)), "the rest is whole, in order, once")
      // The lost ones were in the dead process's receive buffer, which held their ciphertext.
      #expect(lost * 1_000 <= taken, "\(lost) messages lost, \(taken) bytes were taken")
      #expect(lost < during.numbers.count)
    }

    @Test("attempts follow the schedule, however many messages are logged")
    func attemptsAreCounted() throws {
      let listener = try TCPListener(.closing)
      defer { listener.stop() }
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(listener.port, retry: "1:4"), in: workspace)
      let socket = try syslogd.connect()
      var number = 0
      try eventually("six attempts", within: 30) {
        for _ in 0..<20 {
          try socket.send("<13>Jan  2 03:04:05 scenario: n=\(number)")
          number += 1
        }
        return listener.accepted >= 6
      }
      // 1 s for the first four seconds, then doubled, and up to half of it as jitter; never more
      // than that and what a busy machine adds.
      for (gap, least) in zip(listener.gaps, [1.0, 1, 1, 1, 2]) {
        #expect(gap >= least - 0.02)
        #expect(gap <= least * 1.5 + 1.5)
      }
      #expect(number > 100)
    }

    @Test(
      "a collector that closes after each message gets each one once",
      arguments: Backend.allCases)
    func closesPolitely(backend: Backend) throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace, report: .session)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        build: .embedded(backend))
      let messages = Messages(0..<5)
      let socket = try syslogd.connect()
      for number in messages.numbers {
        try socket.send(messages.datagrams[number])
        try server.wait(for: messages.content(number))
        server.process.type("q\n")
        // What is sent while it closes may be lost or doubled: its kernel's word is all there is.
        try eventually("the end of connection \(number + 1)") {
          syslogd.saysAboutRemote(server.port).count { Said.nextAttempt.isIn($0) } > number
        }
      }
      let text = server.process.output
      for content in messages.contents {
        #expect(text.components(separatedBy: content).count == 2, "once: \(content.prefix(12))")
      }
    }

    /// The bytes that wait, acknowledged and unread, in the collector's kernel, once they no
    /// longer become more.
    private func settledReceiveQueue(of port: Int) throws -> Int {
      var last = -1
      var same = 0
      try eventually("the collector's kernel takes no more") {
        let now = try receiveQueue(of: port)
        same = now == last && now > 0 ? same + 1 : 0
        last = now
        return same >= 10
      }
      return last
    }

    /// Asked of the kernel for this port alone: /proc/net/tcp is long after many connections.
    private func receiveQueue(of port: Int) throws -> Int {
      let child = try Child(
        ["ss", "-tnH", "state", "established", "sport = :\(port)"], in: workspace, name: "ss")
      guard try child.wait() == .exit(0) else { throw Failure(child.everything) }
      return child.output.split(separator: " ").first.flatMap { Int($0) } ?? 0
    }
  }
}
