import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

/// The ring as everybody else sees it, and what others do with it.
enum RingUnderTest {
  /// BusyBox's key for both the memory and the semaphores.
  static let key: key_t = 0x414e_4547
  /// Any instant; the ring has no clock of its own.
  static let start = Instant(milliseconds: 5_000)

  static func after(_ milliseconds: Int64) -> Instant {
    start + Interval(milliseconds: milliseconds)
  }

  /// The checks run in a process with IPC objects of its own, and it ends by them.
  static func apart(_ checks: () throws -> [Bool]) throws -> Never {
    guard unshare(CLONE_NEWIPC) == 0 else { exit(99) }
    leave(try checks())
  }

  /// What BusyBox's reader shows.
  static func dump() -> String { shell("timeout 10 busybox logread || echo failed") }

  /// Stands for readers and writers in other processes: what they do with the semaphores.
  @discardableResult
  static func change(_ semaphore: UInt16, by count: Int16) -> Bool {
    var operation = sembuf(sem_num: semaphore, sem_op: count, sem_flg: Int16(IPC_NOWAIT))
    return semop(semget(key, 0, 0), &operation, 1) == 0
  }

  static func value(_ semaphore: Int32) -> Int32 {
    cposix_semaphore_value(semget(key, 0, 0), semaphore)
  }

  /// What is in the memory.
  struct Seen {
    let size: Int32
    let tail: Int32
    let data: [UInt8]

    init?() {
      guard let base = shmat(shmget(key, 0, 0), nil, SHM_RDONLY), Int(bitPattern: base) != -1
      else { return nil }
      defer { shmdt(base) }
      size = base.load(as: Int32.self)
      tail = base.load(fromByteOffset: 4, as: Int32.self)
      data = Array(UnsafeRawBufferPointer(start: base + 8, count: Int(size) + 1))
    }
  }

  /// What BusyBox does, which writes each line by itself.
  struct Model {
    var tail = 0
    var data: [UInt8]

    init(bytes: Int) {
      data = Array(repeating: 0, count: bytes - 8)
    }

    mutating func append(_ line: String) {
      for byte in Array(line.utf8) + [0] {
        data[tail] = byte
        tail = tail + 1 == data.count - 1 ? 0 : tail + 1
      }
    }

    /// What `logread` shows: from behind the first NUL at the tail round to the tail.
    var shown: String {
      let size = data.count - 1
      let round = Array(data[tail..<size] + data[..<tail])
      let start = (round.firstIndex(of: 0) ?? round.count) + 1
      return String(decoding: round.dropFirst(start).filter { $0 != 0 }, as: UTF8.self)
    }
  }
}

extension RingBuffer {
  func append(_ line: String, at now: Instant = RingUnderTest.start) {
    append(now: now) { $0 += Array(line.utf8) }
  }
}
