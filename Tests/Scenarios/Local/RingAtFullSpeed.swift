import Foundation
import Testing

extension Scenarios {
  @Suite("BusyBox's logread reads the ring while it is written at full speed")
  struct RingAtFullSpeed {
    let workspace = Workspace()

    /// A machine with a daemon that writes to a ring, and a client of it.
    private func start() throws -> (PrivateMachine, Child, LogSocket) {
      let machine = try PrivateMachine(.none, in: workspace)
      try machine.reset([:])
      let daemon = try machine.start(
        try Contender.none.command() + ["-n", "-S", "-C64"], name: "ring")
      try eventually("the daemon serves\n\(daemon.everything)") {
        FileManager.default.fileExists(atPath: machine.outside("/var/run/syslogd.pid"))
      }
      return (machine, daemon, try LogSocket(machine.outside("/dev/log")))
    }

    private func logread(_ options: [String], on machine: PrivateMachine) throws -> Child {
      try machine.start([try Contender.busyBox(), "logread"] + options, name: "logread")
    }

    /// Sends until `isOver`, but not for ever; returns how many there were.
    private func flood(_ socket: LogSocket, until isOver: () throws -> Bool) throws -> Int {
      let end = ContinuousClock.now + .seconds(90)
      var number = 0
      while true {
        guard .now < end else { throw Failure("a logread does not come to its end") }
        try socket.send("<13>Jan  2 03:04:05 app: n=\(number).")
        number += 1
        if try number % 2_000 == 0 && isOver() { return number }
      }
    }

    @Test("every dump is whole lines, one after the other, and the last ends with the last message")
    func dumps() throws {
      let (machine, daemon, socket) = try start()
      var dumps: [Child] = [try logread([], on: machine)]
      let count = try flood(socket) {
        if dumps.last?.isRunning == false {
          if dumps.count == 20 { return true }
          dumps.append(try logread([], on: machine))
        }
        return false
      }
      try eventually("the last message in a dump") {
        let dump = try logread([], on: machine)
        _ = try dump.wait()
        dumps.append(dump)
        return dump.output.hasSuffix("app: n=\(count - 1).\n")
      }
      var lines = 0
      for dump in dumps {
        #expect(try dump.wait() == .exit(0))
        // The first line of a ring that has gone round is cut where the newest one ends, and
        // logread leaves it out; that of a young one tells of the start.
        let numbers = dump.output.split(separator: "\n").filter { !$0.contains("syslogd started") }
          .map { $0.firstMatch(of: /^Jan  2 03:04:05 app: n=(\d+)\.$/).flatMap { Int($0.1) } ?? -1 }
        #expect(!numbers.contains(-1), "a broken line")
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }, "a gap")
        lines += numbers.count
      }
      #expect(lines > 1_000)
      #expect(try daemon.stop(SIGTERM) == .signal(SIGTERM))
    }

    @Test("a logread -f that is stopped holds up neither the daemon nor other readers")
    func stoppedReader() throws {
      let (machine, daemon, socket) = try start()
      let followers = try (0..<4).map { _ in try logread(["-F"], on: machine) }
      for follower in followers {
        try eventually("logread follows") { follower.output.contains("syslogd started") }
      }
      for follower in followers {
        _ = try flood(socket) { true }
        // In the middle of whatever it is doing, with the ring in its hands or not.
        follower.send(SIGSTOP)
      }
      let count = try flood(socket) { true }
      try socket.send("<13>Jan  2 03:04:05 app: the end")
      try eventually("another reader sees the end of \(count) messages") {
        let dump = try logread([], on: machine)
        return try dump.wait() == .exit(0) && dump.output.contains("app: the end\n")
      }
      for follower in followers { follower.send(SIGCONT) }
      for follower in followers {
        try eventually("a reader that goes on sees the end") {
          follower.output.contains("app: the end\n")
        }
      }
      #expect(try daemon.stop(SIGTERM) == .signal(SIGTERM))
    }
  }
}
