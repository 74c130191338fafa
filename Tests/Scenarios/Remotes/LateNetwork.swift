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
  }
}
