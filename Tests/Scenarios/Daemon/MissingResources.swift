import Foundation
import Testing

extension Scenarios {
  @Suite("Without descriptors, IPv6 or an address family the daemon keeps logging")
  struct MissingResources {
    let workspace = Workspace()

    @Test(
      "without free descriptors the daemon starts and logs; it sends when descriptors are free")
    func startedWithoutDescriptors() throws {
      let plain = try Syslogd([], in: workspace, name: "plain")
      try plain.waitForLog("started")
      // As many as the daemon needs for itself. The one that it opens for its pid file is free
      // again later: the first remote takes it, and none is left for the others.
      let own = (Descriptors.numbers(of: plain.process.pid).max() ?? 0) + 2
      let identity = try Certificates.shared().rsa
      let first = try OpenSSLServer(identity, in: workspace, name: "first")
      let server = try OpenSSLServer(identity, in: workspace)
      let sink = try UDPSink()
      let syslogd = try Syslogd(
        ["-L", "-R", "127.0.0.1:\(sink.port)", "-R", "localhost:\(sink.port)"]
          + Remote.tls(first.port, pins: [identity.pin])
          + Remote.tls(server.port, pins: [identity.pin]), in: workspace,
        wrapper: ["prlimit", "--nofile=\(own):4096"])
      try syslogd.send(Messages(0..<200, run: "scarce"))
      try syslogd.waitForLog("run scarce n=199 ")
      try syslogd.waitToSay(["Too many open files"], about: server.port)
      try setLimit(4_096, of: syslogd)
      try server.wait(for: "run scarce n=199 ")
      let socket = try syslogd.connect()
      try eventually("a datagram at the UDP remote") {
        try socket.send("<13>app: again")
        return sink.collect() > 0
      }
    }

    @Test("when descriptors run out later, no message is missing from the log")
    func runOutLater() throws {
      let identity = try Certificates.shared().rsa
      let collector = try RsyslogCollector(.ossl, identity, in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(collector.port, pins: [identity.publicKey]), in: workspace)
      let all = Messages(0..<300)
      let socket = try syslogd.connect()
      try socket.send(Array(all.datagrams[..<100]))
      try collector.wait(forLines: 100)
      try setLimit(3, of: syslogd)
      collector.crash()
      // Takes more than one second, after which the log file is opened again.
      for datagram in all.datagrams[100..<200] {
        try socket.send(datagram)
        usleep(25_000)
      }
      try syslogd.waitToSay(["Too many open files"], about: collector.port)
      try syslogd.waitForLog("n=199 ")
      try collector.restart()
      try setLimit(4_096, of: syslogd)
      try socket.send(Array(all.datagrams[200...]))
      try collector.wait(for: all)
      all.expectDelivered(to: collector.lines)
      all.expectDelivered(to: syslogd.log)
    }

    @Test("without IPv6 in the network only IPv6 remotes fail")
    func withoutIPv6() throws {
      let network = try NetworkNamespace(
        in: workspace,
        setUp: "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$f; done")
      let sink = UDPSink(owning: try network.socket(.datagram, boundTo: "127.0.0.1"))
      let syslogd = try Syslogd(
        [
          "-L", "-R", "[::1]:5514", "-R", "[::1]:6514", "-d", "--retry", "0.1:0.2", "-R",
          "127.0.0.1:\(sink.port)",
        ], in: workspace, wrapper: network.wrapper)
      try expectLiving(syslogd, sink)
    }

    @Test("if the kernel has no sockets of an address family, the daemon keeps running")
    func addressFamilyNotSupported() throws {
      let sink = try UDPSink()
      // Refuses every socket but the first, the log socket, as a kernel without that family would.
      let syslogd = try Syslogd(
        [
          "-L", "-R", "[::1]:5514", "-R", "[::1]:6514", "-d", "--retry", "0.1:0.2", "-R",
          "127.0.0.1:\(sink.port)",
        ], in: workspace,
        wrapper: [
          "strace", "-D", "-qq", "-f", "-o", workspace.file("trace"), "-e", "trace=socket", "-e",
          "inject=socket:error=EAFNOSUPPORT:when=2+", "--",
        ])
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try syslogd.waitForLog("n=99 ")
      try syslogd.waitForLog("Address family not supported")
      #expect(syslogd.process.isRunning)
    }

    private func expectLiving(_ syslogd: Syslogd, _ sink: UDPSink) throws {
      let messages = Messages(0..<100)
      try syslogd.send(messages)
      try sink.wait(for: "n=99 ")
      try syslogd.waitForLog("n=99 ")
      try syslogd.waitForLog("remote [::1]:6514: ")
      #expect(sink.datagrams.count == 100)
      #expect(syslogd.process.isRunning)
    }

    private func setLimit(_ limit: Int, of syslogd: Syslogd) throws {
      let prlimit = try Child(
        ["prlimit", "--pid", "\(syslogd.process.pid)", "--nofile=\(limit):4096"],
        in: workspace, name: "prlimit")
      guard try prlimit.wait() == .exit(0) else { throw Failure(prlimit.everything) }
    }
  }
}
