import Foundation
import Testing

extension Scenarios {
  @Suite("Messages that were lost are told, with their number and their time") struct LostMessages {
    let workspace = Workspace()

    /// A time as a sentence has it. Such texts compare as their times do.
    static func text(_ date: Date) -> String {
      date.formatted(
        Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day()
          .dateSeparator(.dash).time(includingFractionalSeconds: false)
      ).replacing("Z", with: "") + " UTC"
    }

    /// The losses that these lines tell of, as many as they say, all of them since `begin`.
    static func told(_ lines: [String], since begin: String) -> Int {
      let end = text(Date())
      let time = #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/#
      return lines.reduce(0) { sum, line in
        guard let count = line.firstMatch(of: #/(\d+) messages? /#).flatMap({ Int($0.1) })
        else { return sum }
        let times = line.matches(of: time).map { String($0.output) }
        #expect(times.count == 2 && line.contains(" between "), "\(line)")
        #expect(begin <= times[0] && times[0] <= times[1] && times[1] <= end, "\(line)")
        return sum + count
      }
    }

    @Test("on a full disk: the file itself says so, in the first line that it takes again")
    func fullDisk() throws {
      let disk = workspace.file("disk")
      let network = try NetworkNamespace(
        in: workspace, setUp: "mkdir \(disk); mount -t tmpfs -o size=64k tmpfs \(disk)")
      let begin = Self.text(Date())
      let sink = UDPSink(owning: try network.socket(.datagram, boundTo: "127.0.0.1"))
      let syslogd = try Syslogd(
        ["-O", "\(disk)/log", "-L", "-R", "127.0.0.1:\(sink.port)"], in: workspace,
        wrapper: network.wrapper)
      let log = "/proc/\(network.pid)/root\(disk)/log"
      let messages = Messages(0..<200, size: 1_000)
      try syslogd.send(messages)
      try sink.wait(for: "n=199 ")
      let found = messages.found(in: Lines.of(log)).filter { $0.hasSuffix(".") }
      #expect(found.count < 70)
      // An operator makes room.
      try #require(truncate(log, 0) == 0)
      try syslogd.send(Messages(0..<1, run: "again"))
      try eventually("the losses are in the log") {
        Lines.of(log).contains { $0.contains("were not written") }
      }
      let lines = Lines.of(log)
      #expect(lines.first.map { !$0.contains("run a") } == true, "\(lines)")
      #expect(lines.contains { $0.contains("run again") })
      let told = lines.filter { $0.contains("were not written") }
      #expect(told.allSatisfy { $0.contains("No space left on device") })
      #expect(Self.told(told, since: begin) == 200 - found.count)
    }

    @Test("over UDP, while there is no way to the collector: once there is one for ten seconds")
    func withoutNetwork() throws {
      let network = try NetworkNamespace(
        in: workspace, setUp: "echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind")
      let sink = UDPSink(owning: try network.socket(.datagram, boundTo: "192.0.2.1"))
      let begin = Self.text(Date())
      let syslogd = try Syslogd(
        ["-L", "-R", "192.0.2.1:\(sink.port)"], in: workspace, build: .withoutTLS,
        wrapper: network.wrapper)
      let lost = Messages(0..<50, run: "lost")
      try syslogd.send(lost)
      try syslogd.waitForLog("run lost n=49 ")
      let command = try Child(
        network.wrapper + ["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], in: workspace,
        name: "ip")
      guard try command.wait(within: 20) == .exit(0) else { throw Failure(command.everything) }
      let socket = try syslogd.connect()
      var sent = 0
      var received: [String] = []
      try eventually("the collector is told", within: 60) {
        try socket.send("<13>run later n=\(sent)")
        sent += 1
        sink.collect()
        received = sink.datagrams.map { String(decoding: $0, as: UTF8.self) }
        return received.contains { $0.contains(" for this collector discarded") }
      }
      let notices = received.filter { $0.contains(" for this collector discarded") }
      #expect(notices.count == 1)
      #expect(Self.told(notices, since: begin) == 50)
      #expect(!received.contains { $0.contains("run lost") })
      try syslogd.waitForLog("they could not be sent")
      let said = syslogd.log.filter { $0.contains("they could not be sent") }
      #expect(Self.told(said, since: begin) == 50)
    }
  }
}
