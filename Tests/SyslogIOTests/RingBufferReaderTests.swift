import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("Readers of the ring in shared memory", .enabled(if: canUnshare))
struct RingBufferReaderTests {
  private static func write(_ line: String, to ring: RingBuffer, at milliseconds: Int64) -> Bool {
    ring.append(line, at: RingUnderTest.after(milliseconds))
    ring.flush(now: RingUnderTest.after(milliseconds))
    return ring.deadline == nil
  }

  @Test("are not waited for: lines wait, at most a second, and then no more for that reader")
  func held() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        var checks = [Self.write("0\n", to: ring, at: 0)]
        RingUnderTest.change(0, by: 1)
        checks.append(!Self.write("1\n", to: ring, at: 100))
        checks.append(ring.deadline == RingUnderTest.after(110))
        checks.append(!Self.write("2\n", to: ring, at: 1099))
        checks.append(RingUnderTest.dump() == "0\n" && !ring.removeForcedWrite())
        ring.flush(now: RingUnderTest.after(1100))
        checks.append(ring.deadline == nil && RingUnderTest.dump() == "0\n1\n2\n")
        checks.append(ring.removeForcedWrite() && !ring.removeForcedWrite())
        checks.append(Self.write("3\n", to: ring, at: 1101))
        checks.append(RingUnderTest.dump() == "0\n1\n2\n3\n" && RingUnderTest.value(0) == 1)
        // One more is a new reader, which is waited for too.
        RingUnderTest.change(0, by: 1)
        checks.append(!Self.write("4\n", to: ring, at: 1200))
        ring.flush(now: RingUnderTest.after(2200))
        checks.append(ring.deadline == nil && ring.removeForcedWrite())
        RingUnderTest.change(0, by: -2)
        checks.append(Self.write("5\n", to: ring, at: 2201) && !ring.removeForcedWrite())
        // With all gone, the next is a new one.
        RingUnderTest.change(0, by: 1)
        checks.append(!Self.write("6\n", to: ring, at: 3000))
        RingUnderTest.change(0, by: -1)
        ring.flush(now: RingUnderTest.after(3010))
        return checks + [
          ring.deadline == nil, !ring.removeForcedWrite(), ring.lostLines == 0,
          RingUnderTest.dump() == "0\n1\n2\n3\n4\n5\n6\n", RingUnderTest.value(1) == 0,
        ]
      }
    }
  }

  @Test("that have gone cost no line of the next burst")
  func burst() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        let line = String(repeating: "x", count: 255)
        RingUnderTest.change(0, by: 1)
        for _ in 0..<20 { ring.append(line, at: RingUnderTest.after(0)) }
        RingUnderTest.change(0, by: -1)
        ring.flush(now: RingUnderTest.after(10))
        let lost = ring.lostLines
        var checks = [ring.deadline == nil, lost < 8]
        for _ in 0..<40 { ring.append(line, at: RingUnderTest.after(20)) }
        ring.flush(now: RingUnderTest.after(20))
        checks.append(ring.lostLines == lost)
        return checks
      }
    }
  }

  @Test("as many as the semaphore counts, or a writer that is none, hold nothing up either")
  func crowd() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        RingUnderTest.change(0, by: .max)
        var checks = [!Self.write("1\n", to: ring, at: 0)]
        checks.append(Self.write("2\n", to: ring, at: 1000))
        checks.append(Self.write("3\n", to: ring, at: 1001) && RingUnderTest.value(1) == 0)
        RingUnderTest.change(0, by: -.max)
        RingUnderTest.change(1, by: 1)
        checks.append(!Self.write("4\n", to: ring, at: 1002))
        checks.append(!Self.write("5\n", to: ring, at: 3001))
        ring.flush(now: RingUnderTest.after(3002))
        checks.append(ring.deadline == nil)
        checks.append(Self.write("6\n", to: ring, at: 3003) && RingUnderTest.value(1) == 0)
        return checks + [RingUnderTest.dump() == "1\n2\n3\n4\n5\n6\n"]
      }
    }
  }

  @Test("that come and go beside one that is stopped are still waited for")
  func beside() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        RingUnderTest.change(0, by: 1)
        var checks = [!Self.write("1\n", to: ring, at: 0)]
        // A second one is there when the time is up, and was not all the time.
        RingUnderTest.change(0, by: 1)
        checks.append(!Self.write("2\n", to: ring, at: 1000))
        RingUnderTest.change(0, by: -1)
        checks.append(Self.write("3\n", to: ring, at: 1010))
        RingUnderTest.change(0, by: 1)
        checks.append(!Self.write("4\n", to: ring, at: 1020))
        RingUnderTest.change(0, by: -1)
        checks.append(Self.write("5\n", to: ring, at: 1030))
        return checks + [RingUnderTest.dump() == "1\n2\n3\n4\n5\n"]
      }
    }
  }

  @Test("leave the newest lines, as many as the ring holds, to be written when they are done")
  func overflow() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        var model = RingUnderTest.Model(bytes: 4096)
        let lines = (0..<800).map { "\(100 + $0) \(String(repeating: "x", count: $0 % 90))\n" }
        RingUnderTest.change(0, by: 1)
        for line in lines {
          ring.append(line)
          model.append(line)
        }
        ring.flush(now: RingUnderTest.start)
        let isEmpty = RingUnderTest.dump().isEmpty
        RingUnderTest.change(0, by: -1)
        ring.flush(now: RingUnderTest.start)
        let shown = RingUnderTest.dump()
        let count = shown.split(separator: "\n").count
        // BusyBox would have overwritten the others; one is there in part.
        // The log is told once, when they are done.
        let told = ring.removeWarnings().map { $0.string }
        let words = "\(ring.lostLines) messages never got into the ring between "
        guard told.count == 1, told[0].hasPrefix(words), ring.removeWarnings().isEmpty else {
          return [false]
        }
        return [
          isEmpty, shown == model.shown, ring.lostLines == UInt64(lines.count - count - 1),
          ring.deadline == nil,
        ]
      }
    }
  }

  @Test("that dump it while it is written see whole lines, one after the other")
  func dumps() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let workspace = try Workspace()
        let done = workspace.file("done")
        for number in 1...60 { _ = workspace.file("\(number)") }
        let ring = try RingBuffer.open(bytes: 65536)
        var number = 1_000_000
        func append(_ count: Int) {
          for _ in 0..<count {
            ring.append("\(number) \(String(repeating: "x", count: number % 150))\n")
            number += 1
          }
        }
        append(2000)
        let loop = "for i in $(seq 60); do timeout 10 busybox logread >$i; done; >\(done)"
        _ = shell("(cd \(workspace.path); \(loop)) >/dev/null 2>&1 &")
        var isFlowing = true
        let isDone = eventually {
          append(100)
          // The clock stands still, so that no reader is too slow, whatever else this machine does.
          isFlowing = eventually {
            ring.flush(now: RingUnderTest.start)
            return ring.deadline == nil
          }
          return access(done, F_OK) == 0 || !isFlowing
        }
        let texts = (1...60).compactMap { workspace.content(of: "\($0)") }
        return [
          isDone, isFlowing, ring.lostLines == 0, texts.map(\.utf8.count).max() ?? 0 > 60_000,
        ]
          + texts.map(Self.isConsecutive)
      }
    }
  }

  private static func isConsecutive(_ text: String) -> Bool {
    guard !text.isEmpty else { return true }
    guard text.hasSuffix("\n") else { return false }
    var previous: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let number = Int(parts[0]), parts[1].utf8.count == number % 150,
        previous == nil || number == (previous ?? 0) + 1
      else { return false }
      previous = number
    }
    return true
  }
}

// MARK: Real readers that stay

extension RingBufferReaderTests {
  @Test("that follow it see every line of megabytes, and outlive a daemon that was killed")
  func follower() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let workspace = try Workspace()
        let output = workspace.file("output")
        let ring = try RingBuffer.open(bytes: 4 << 20)
        // It may miss what is written while it starts.
        ring.append("first\n")
        ring.flush(now: RingUnderTest.start)
        let reader = pid_t(shell("busybox logread -F >\(output) 2>&1 & printf $!")) ?? -1
        defer { kill(reader, SIGKILL) }
        func shown() -> Int {
          var status = stat()
          return stat(output, &status) == 0 ? Int(status.st_size) : 0
        }
        var written = 6
        guard eventually({ shown() == written }) else { return [false] }
        var number = 1_000_000
        while written < 8 << 20 {
          // It looks once a second: no more than the ring holds is written meanwhile.
          guard eventually({ written - shown() < 3 << 20 }) else { return [false] }
          let line = "\(number) \(String(repeating: "x", count: number % 150))\n"
          number += 1
          written += line.utf8.count
          ring.append(line)
          guard
            eventually({
              ring.flush(now: RingUnderTest.start)
              return ring.deadline == nil
            })
          else { return [false] }
        }
        let isComplete = eventually { shown() == written }
        let isConsecutive = shell("cat \(output)").split(separator: "\n").dropFirst()
          .enumerated().allSatisfy { $1.hasPrefix("\(1_000_000 + $0) ") }
        // What a killed daemon leaves is taken over.
        let successor = try RingBuffer.open(bytes: 4 << 20)
        successor.append("a new life\n")
        guard
          eventually({
            successor.flush(now: RingUnderTest.start)
            return successor.deadline == nil
          })
        else { return [false] }
        let isFollowed = eventually { shell("tail -n 1 \(output)") == "a new life\n" }
        return [reader > 0, isComplete, isConsecutive, isFollowed, kill(reader, 0) == 0]
      }
    }
  }

  @Test("that are stopped in the middle, whatever is written then, come to their end later")
  func stopped() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let workspace = try Workspace()
        let path = workspace.file("fifo")
        mkfifo(path, 0o600)
        let fifo = FileDescriptor(owning: cposix_open(path, O_RDONLY | O_NONBLOCK, 0))
        let ring = try RingBuffer.open(bytes: 1 << 18)
        let line = String(repeating: "x", count: 97) + "\n"
        for _ in 0..<4000 { ring.append(line) }
        ring.flush(now: RingUnderTest.start)
        // Debian's reader writes while it holds the ring, and a pipe takes 64 KB of the 256.
        let reader = pid_t(shell("busybox logread >\(path) 2>/dev/null & printf $!")) ?? -1
        defer { kill(reader, SIGKILL) }
        guard eventually({ RingUnderTest.value(0) == 1 }) else { return [false] }
        kill(reader, SIGSTOP)
        var checks = [!Self.write("held\n", to: ring, at: 0)]
        checks.append(Self.write("written\n", to: ring, at: 1000) && ring.removeForcedWrite())
        checks.append(RingUnderTest.value(0) == 1)
        // More than three times round, in lines that end elsewhere.
        for number in 0..<10_000 { ring.append("\(number) \(line)", at: RingUnderTest.after(1001)) }
        ring.flush(now: RingUnderTest.after(1001))
        checks.append(ring.deadline == nil)
        let others = RingUnderTest.dump().split(separator: "\n")
        checks.append(others.last?.hasPrefix("9999 x") == true && others.count > 2000)
        kill(reader, SIGCONT)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var count = 0
        checks.append(
          eventually {
            count += max(0, read(fifo.rawValue, &bytes, bytes.count))
            return RingUnderTest.value(0) == 0 || count > 4 << 20
          })
        return checks + [count < 1 << 20, Self.write("after\n", to: ring, at: 1002)]
      }
    }
  }
}
