import Foundation
import Testing

extension Scenarios {
  @Suite("Datagrams with thousands of messages, which NULs divide, hold nothing")
  struct ManyMessagesInOne {
    let workspace = Workspace()

    @Test("other work has its turn between them, and the daemon ends in time")
    func turns() throws {
      let sink = try UDPSink()
      let other = try TCPListener(.closing)
      defer { other.stop() }
      let syslogd = try Syslogd(
        ["-R", "127.0.0.1:\(sink.port)", "--format", "5424"] + Remote.tcp(other.port),
        in: workspace, build: .withoutTLS)
      let socket = syslogd.paths.logSocket
      let isOver = Flag()
      let done = Flag()
      Thread {
        let datagram = [UInt8](repeating: 0, count: 8191) + [UInt8(ascii: "x")]
        guard let flood = try? LogSocket(socket) else { return }
        while !isOver.isSet, (try? flood.send(datagram)) != nil {}
        done.set()
      }.start()
      try eventually("the flood has begun") { sink.collect() > 100 }
      // Two million messages are in the socket and the daemon's memory: half a minute of work.
      let before = other.accepted
      try eventually("five more attempts to connect", within: 10) { other.accepted >= before + 5 }
      let began = ContinuousClock.now
      #expect(try syslogd.process.stop() == .signal(SIGTERM))
      #expect(ContinuousClock.now - began < .seconds(10))
      isOver.set()
      try eventually("the sender has ended") { done.isSet }
    }
  }
}

/// Something that happened, for another thread.
private final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false

  var isSet: Bool { lock.withLock { value } }

  func set() { lock.withLock { value = true } }
}
