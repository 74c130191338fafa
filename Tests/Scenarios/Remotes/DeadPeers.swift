import Foundation
import Testing

extension Scenarios {
  /// In a network of their own, whose loopback goes down: then no packet arrives, and nobody says so
  /// (needs root).
  @Suite("A collector that is gone without a word") struct DeadPeers {
    let workspace = Workspace()
    private let network: NetworkNamespace

    init() throws {
      network = try NetworkNamespace(in: workspace)
    }

    private func run(_ command: [String], in other: NetworkNamespace? = nil) throws {
      let child = try Child(
        (other ?? network).wrapper + command, in: workspace, name: "command")
      guard try child.wait(within: 20) == .exit(0) else { throw Failure(child.everything) }
    }

    private func start(_ listener: TCPListener, _ more: [String]) throws -> Syslogd {
      try Syslogd(
        ["-L", "-R", "127.0.0.1:\(listener.port)", "--tcp", "--retry", "0.1:0.2"] + more,
        in: workspace, build: .withoutTLS, wrapper: network.wrapper)
    }

    private func listener() throws -> TCPListener {
      try TCPListener(
        .hasty(60), socket: try network.socket(.stream, boundTo: "127.0.0.1"))
    }

    private func wait(for text: String, at listener: TCPListener) throws {
      try eventually("\(text) arrives", within: 20) {
        listener.received.contains { String(decoding: $0, as: UTF8.self).contains(text) }
      }
    }

    @Test(
      "is noticed while nothing is logged (--keepalive), and after it has not acknowledged",
      arguments: [false, true])
    func dead(isBusy: Bool) throws {
      let listener = try listener()
      defer { listener.stop() }
      let syslogd = try start(listener, ["--keepalive", "1", "--user-timeout", "2"])
      let messages = Messages(0..<20)
      let socket = try syslogd.connect()
      try socket.send(Array(messages.datagrams[..<10]))
      try wait(for: "n=9 ", at: listener)
      try run(["ip", "link", "set", "lo", "down"])
      if isBusy { try socket.send(Array(messages.datagrams[10...])) }
      try syslogd.waitToSay(["next attempt"], about: listener.port, within: 20)
      try run(["ip", "link", "set", "lo", "up"])
      if !isBusy { try socket.send(Array(messages.datagrams[10...])) }
      try wait(for: "n=19 ", at: listener)
    }

    @Test("hands over to the next one, with what it had not acknowledged (--failover)")
    func handsOver() throws {
      let far = try NetworkNamespace(in: workspace)
      try run(["ip", "link", "add", "near", "type", "veth", "peer", "far", "netns", "\(far.pid)"])
      try run(["ip", "address", "add", "10.9.8.1/24", "dev", "near"])
      try run(["ip", "link", "set", "near", "up"])
      try run(["ip", "address", "add", "10.9.8.2/24", "dev", "far"], in: far)
      try run(["ip", "link", "set", "far", "up"], in: far)
      let first = try TCPListener(
        .hasty(60), socket: try far.socket(.stream, boundTo: "10.9.8.2"))
      defer { first.stop() }
      let second = try listener()
      defer { second.stop() }
      let syslogd = try Syslogd(
        [
          "-L", "--tcp", "--user-timeout", "2", "--connect-timeout", "1",
          "-R", "10.9.8.2:\(first.port)", "-R", "127.0.0.1:\(second.port)", "--failover",
        ], in: workspace, build: .withoutTLS, wrapper: network.wrapper)
      let messages = Messages(0..<40)
      let socket = try syslogd.connect()
      try socket.send(Array(messages.datagrams[..<20]))
      try wait(for: "n=19 ", at: first)
      try run(["ip", "link", "set", "far", "down"], in: far)
      try socket.send(Array(messages.datagrams[20...]))
      try wait(for: "n=39 ", at: second)
      let text = second.received.map { String(decoding: $0, as: UTF8.self) }.joined()
      for number in 20..<40 { #expect(text.contains(messages.content(number))) }
    }

    @Test("--interface: that device and no other; one that is not there yet is waited for")
    func device() throws {
      let listener = try listener()
      defer { listener.stop() }
      let syslogd = try start(listener, ["--interface", "lo"])
      let sink = UDPSink(owning: try network.socket(.datagram, boundTo: "127.0.0.1"))
      let other = try Syslogd(
        [
          "-L", "-R", "127.0.0.1:\(listener.port)", "--tcp", "--retry", "0.1:0.2",
          "--connect-timeout", "1", "--interface", "wan", "-R", "127.0.0.1:\(sink.port)",
          "--interface", "lo",
        ], in: workspace, build: .withoutTLS, wrapper: network.wrapper, name: "other")
      try syslogd.connect().send("<13>app: by lo")
      try wait(for: "by lo", at: listener)
      try other.connect().send("<13>app: by wan")
      try sink.wait(for: "by wan")
      try other.waitToSay(
        ["cannot bind to the network device: No such device"], about: listener.port)
      #expect(
        !listener.received.contains { String(decoding: $0, as: UTF8.self).contains("by wan") })
      // What has the name now leads there.
      try run(["ip", "link", "add", "wan", "type", "veth", "peer", "far"])
      try run(["ip", "link", "set", "wan", "up"])
      try other.waitToSay(["cannot connect: ", "not connected after"], about: listener.port)
    }
  }
}
