import Foundation
import Testing

extension Scenarios {
  @Suite("A router's network comes after its daemon") struct LateNetwork {
    let workspace = Workspace()

    @Test("what was logged before arrives as soon as there is an address, with its own time")
    func address() throws {
      // The collector's address is none of this machine at first.
      let network = try NetworkNamespace(
        in: workspace, setUp: "echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind")
      let listener = try TCPListener(
        .hasty(60), socket: try network.socket(.stream, boundTo: "192.0.2.1"))
      defer { listener.stop() }
      let syslogd = try Syslogd(
        ["-L", "-R", "192.0.2.1:\(listener.port)", "--tcp", "--retry", "120"], in: workspace,
        build: .withoutTLS, wrapper: network.wrapper)
      try syslogd.connect().send("<13>app: at boot")
      try syslogd.waitToSay(["Network is unreachable"], about: listener.port)
      try syslogd.waitForLog("at boot")
      let logged = try #require(syslogd.log.first { $0.contains("at boot") })
      let command = try Child(
        network.wrapper + ["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], in: workspace,
        name: "ip")
      guard try command.wait(within: 20) == .exit(0) else { throw Failure(command.everything) }
      var message = ""
      // The backoff alone would be two minutes.
      try eventually("the message arrives", within: 20) {
        message = String(decoding: listener.received.joined(), as: UTF8.self)
        return message.contains("at boot")
      }
      let time = logged.dropFirst(7).prefix(8)
      #expect(message.contains("T\(time)"), "\(message) has the time of \(logged)")
    }

    @Test("a cable that is plugged in again is enough: addresses and routes had stayed")
    func cable() throws {
      let near = try NetworkNamespace(in: workspace)
      let far = try NetworkNamespace(in: workspace)
      func run(_ script: String, in network: NetworkNamespace) throws {
        let child = try Child(
          network.wrapper + ["sh", "-ec", script], in: workspace, name: "command")
        guard try child.wait(within: 20) == .exit(0) else { throw Failure(child.everything) }
      }
      // Without IPv6, which makes addresses and routes of its own when a link comes up.
      try run(
        """
        for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$f; done
        ip link add near type veth peer far netns \(far.pid)
        ip address add 10.9.8.1/24 dev near
        ip link set near up
        """, in: near)
      try run("ip address add 10.9.8.2/24 dev far", in: far)
      let listener = try TCPListener(
        .hasty(60), socket: try far.socket(.stream, boundTo: "10.9.8.2"))
      defer { listener.stop() }
      let syslogd = try Syslogd(
        [
          "-L", "-R", "10.9.8.2:\(listener.port)", "--tcp", "--connect-timeout", "1", "--retry",
          "120",
        ], in: workspace, build: .withoutTLS, wrapper: near.wrapper)
      try syslogd.connect().send("<13>app: without a cable")
      try syslogd.waitToSay(["next attempt"], about: listener.port)
      try run("ip link set far up", in: far)
      // The backoff alone would be two minutes.
      try eventually("the message arrives", within: 20) {
        listener.received.contains {
          String(decoding: $0, as: UTF8.self).contains("without a cable")
        }
      }
    }
  }
}
