import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The ring in shared memory (-C)", .enabled(if: canUnshare))
struct RingBufferTests {
  @Test("holds, byte for byte, what BusyBox's would, across the end and with any long lines")
  func layout() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        var model = RingUnderTest.Model(bytes: 4096)
        var checks = [RingUnderTest.Seen()?.size == 4096 - 9, RingUnderTest.Seen()?.tail == 0]
        for number in 0..<3000 {
          let length = Int.random(in: 0...(number % 50 == 0 ? 9000 : 200))
          let line = "\(number) " + String(repeating: "x", count: length) + "\n"
          ring.append(line)
          model.append(line)
          guard Int.random(in: 0..<5) == 0 else { continue }
          ring.flush(now: RingUnderTest.start)
          checks.append(
            RingUnderTest.Seen()?.tail == Int32(model.tail)
              && RingUnderTest.Seen()?.data == model.data)
          if number % 100 < 3 { checks.append(RingUnderTest.dump() == model.shown) }
        }
        return checks + [
          ring.lostLines == 0, RingUnderTest.value(0) == 0, RingUnderTest.value(1) == 0,
        ]
      }
    }
  }

  @Test("is wrapped when a line ends exactly at its end", arguments: [0, 1, 2])
  func exactFit(_ missing: Int) async {
    await #expect(processExitsWith: .success) { [missing] in
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        var model = RingUnderTest.Model(bytes: 4096)
        for line in [String(repeating: "x", count: 4086 - 1 - missing) + "\n", "next\n"] {
          ring.append(line)
          model.append(line)
          ring.flush(now: RingUnderTest.start)
        }
        return [
          RingUnderTest.Seen()?.tail == Int32(model.tail), RingUnderTest.Seen()?.data == model.data,
          RingUnderTest.dump() == model.shown,
        ]
      }
    }
  }

  @Test("goes when the daemon leaves, memory and semaphores both")
  func removed() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 8192)
        let isThere = shmget(RingUnderTest.key, 0, 0) >= 0 && semget(RingUnderTest.key, 0, 0) >= 0
        ring.remove()
        return [isThere, shmget(RingUnderTest.key, 0, 0) < 0, semget(RingUnderTest.key, 0, 0) < 0]
      }
    }
  }
}

// MARK: Leftovers

extension RingBufferTests {
  @Test(
    "is made over what a killed daemon left, a smaller, larger or equal one",
    arguments: [4096, 8192, 16384])
  func leftovers(_ old: Int) async {
    await #expect(processExitsWith: .success) { [old] in
      try RingUnderTest.apart {
        let before = try RingBuffer.open(bytes: old)
        before.append("old\n")
        before.flush(now: RingUnderTest.start)
        // It was writing.
        let isHeld = RingUnderTest.change(1, by: 1)
        let ring = try RingBuffer.open(bytes: 8192)
        let isEmpty = RingUnderTest.dump().isEmpty
        ring.append("new\n")
        ring.flush(now: RingUnderTest.start)
        return [
          isHeld, isEmpty, RingUnderTest.Seen()?.size == 8192 - 9, RingUnderTest.dump() == "new\n",
          ring.deadline == nil,
        ]
      }
    }
  }

  @Test("is made when only a set of one semaphore is there")
  func otherSemaphores() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        semget(RingUnderTest.key, 1, IPC_CREAT | 0o600)
        let ring = try RingBuffer.open(bytes: 4096)
        ring.append("line\n")
        ring.flush(now: RingUnderTest.start)
        return [RingUnderTest.dump() == "line\n"]
      }
    }
  }

  @Test("is made again when somebody removed it: another syslogd that left, or ipcrm")
  func removedByOthers() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        ring.append("old\n")
        ring.flush(now: RingUnderTest.start)
        let words = shell("ipcrm -M 0x414e4547 -S 0x414e4547 2>&1")
        ring.append("new\n")
        ring.flush(now: RingUnderTest.start)
        return [words.isEmpty, RingUnderTest.dump() == "new\n", ring.deadline == nil]
      }
    }
  }

  @Test("is refused when the system has no memory for it")
  func refused() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        guard shell("echo 4096 >/proc/sys/kernel/shmmax; cat /proc/sys/kernel/shmmax") == "4096\n"
        else { return [false] }
        do throws(RingFailure) {
          _ = try RingBuffer.open(bytes: 8192)
          return [false]
        } catch {
          return [error == .system(Errno(code: EINVAL))]
        }
      }
    }
  }

  @Test("is not led astray by what others write into it")
  func hostile() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096)
        guard let base = shmat(shmget(RingUnderTest.key, 0, 0), nil, 0) else { return [false] }
        var checks: [Bool] = []
        for garbage in [Int32.max, .min, -1, 4088, 1 << 20] {
          memset(base + 8, 0xff, 4088)
          base.storeBytes(of: garbage, as: Int32.self)
          base.storeBytes(of: garbage, toByteOffset: 4, as: Int32.self)
          ring.append("line\n")
          ring.flush(now: RingUnderTest.start)
          checks.append(RingUnderTest.Seen()?.size == 4087)
        }
        return checks + [RingUnderTest.Seen()?.tail == 30]
      }
    }
  }
}
