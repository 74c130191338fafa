import Bytes
import CPosix
import Testing

@testable import SyslogIO

@Suite(
  "A ring that somebody made beforehand",
  .enabled(if: canUnshare && geteuid() == 0, "only root can become somebody else"))
struct RingBufferOwnerTests {
  private static let stranger: uid_t = 65534
  private static let other: uid_t = 65533

  /// What somebody else does.
  private static func asUser<Result>(_ user: uid_t, _ body: () -> Result) -> Result {
    seteuid(0)
    seteuid(user)
    defer { seteuid(0) }
    return body()
  }

  private static var segment: Int32 { shmget(RingUnderTest.key, 0, 0) }
  private static var semaphores: Int32 { semget(RingUnderTest.key, 0, 0) }

  private static func makeSegment(_ mode: Int32 = 0o666) -> UnsafeMutableRawPointer? {
    shmat(shmget(RingUnderTest.key, 4096, IPC_CREAT | mode), nil, 0)
  }

  private static func makeSemaphores() -> Bool {
    semget(RingUnderTest.key, 2, IPC_CREAT | 0o777) >= 0
  }

  /// Whether the ring is nobody's but root's, and shows what is logged now.
  private static func isOurs(_ ring: RingBuffer) -> Bool {
    var (memory, locks) = (shmid_ds(), semid_ds())
    guard shmctl(segment, IPC_STAT, &memory) == 0,
      cposix_semaphores_status(semaphores, &locks) == 0
    else { return false }
    ring.append("a secret\n")
    ring.flush(now: RingUnderTest.start)
    let holders = [
      memory.shm_perm.uid, memory.shm_perm.cuid, locks.sem_perm.uid, locks.sem_perm.cuid,
    ]
    return holders == [0, 0, 0, 0] && memory.shm_perm.mode & 0o777 == 0o644
      && RingUnderTest.dump() == "a secret\n"
  }

  private static func warnings(_ ring: RingBuffer) -> [Sentence] { ring.removeWarnings() }

  @Test("is removed and made anew, memory and semaphores, and this is said once")
  func foreign() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let old = Self.asUser(Self.stranger) { Self.makeSegment() }
        let hasSemaphores = Self.asUser(Self.stranger) { Self.makeSemaphores() }
        let ring = try RingBuffer.open(bytes: 4096)
        guard let old else { return [false] }
        return [
          hasSemaphores, Self.isOurs(ring),
          UnsafeRawBufferPointer(start: old, count: 4096).allSatisfy { $0 == 0 },
          Self.warnings(ring) == [.ringReplaced(.foreign(Self.stranger))],
          Self.warnings(ring).isEmpty,
        ]
      }
    }
  }

  @Test("is made anew when just its memory, or just its semaphores, are a stranger's")
  func parts() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        var checks = [Self.asUser(Self.stranger) { Self.makeSemaphores() }]
        let first = try RingBuffer.open(bytes: 4096)
        checks += [
          Self.isOurs(first), Self.warnings(first) == [.ringReplaced(.foreign(Self.stranger))],
        ]
        first.remove()
        checks.append(Self.asUser(Self.stranger) { Self.makeSegment(0o600) != nil })
        let second = try RingBuffer.open(bytes: 4096)
        return checks + [
          Self.isOurs(second), Self.warnings(second) == [.ringReplaced(.foreign(Self.stranger))],
        ]
      }
    }
  }

  @Test("is not trusted because it was given to root: its creator keeps it, too")
  func given() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let isGiven = Self.asUser(Self.stranger) {
          Self.makeSegment() != nil && Self.makeSemaphores()
            && cposix_ring_give(Self.segment, Self.semaphores, 0) == 0
        }
        let ring = try RingBuffer.open(bytes: 4096)
        return [
          isGiven, Self.isOurs(ring),
          Self.warnings(ring) == [.ringReplaced(.foreign(Self.stranger))],
        ]
      }
    }
  }

  @Test(
    "is made anew when root's older program let others write to it",
    arguments: [0o666, 0o664, 0o646] as [Int32])
  func writable(mode: Int32) async {
    await #expect(processExitsWith: .success) { [mode] in
      try RingUnderTest.apart {
        let isMade = Self.makeSegment(mode) != nil
        let old = Self.asUser(Self.stranger) { shmat(Self.segment, nil, 0) }
        let ring = try RingBuffer.open(bytes: 4096)
        return [
          isMade, old != nil, Self.isOurs(ring), Self.warnings(ring) == [.ringReplaced(.writable)],
        ]
      }
    }
  }

  @Test("is used when it is root's, or that of the user we become")
  func known() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let before = try RingBuffer.open(bytes: 4096)
        let segment = Self.segment
        let after = try RingBuffer.open(bytes: 4096)
        var checks = [Self.segment == segment, Self.warnings(after).isEmpty]
        before.setOwner(Self.stranger)
        let same = try RingBuffer.open(bytes: 4096, user: Self.stranger)
        checks += [Self.segment == segment, Self.warnings(same).isEmpty]
        let later = try RingBuffer.open(bytes: 4096)
        return checks + [
          Self.segment != segment, Self.warnings(later) == [.ringReplaced(.foreign(Self.stranger))],
        ]
      }
    }
  }

  @Test("and cannot be removed is a failure that says so, and is left alone")
  func kept() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let isMade = Self.asUser(Self.stranger) {
          Self.makeSegment() != nil && Self.makeSemaphores()
        }
        let segment = Self.segment
        let failure = Self.asUser(Self.other) {
          do throws(RingFailure) {
            _ = try RingBuffer.open(bytes: 4096)
            return nil as RingFailure?
          } catch {
            return error
          }
        }
        return [
          isMade, failure == .notRemoved(Errno(code: EPERM)), Self.segment == segment,
        ]
      }
    }
  }

  @Test("after ours was removed, when we are not root any more, is said once, until it is gone")
  func later() async {
    await #expect(processExitsWith: .success) {
      try RingUnderTest.apart {
        let ring = try RingBuffer.open(bytes: 4096, user: Self.other)
        ring.setOwner(Self.other)
        ring.remove()
        let isMade = Self.asUser(Self.stranger) {
          Self.makeSegment() != nil && Self.makeSemaphores()
        }
        seteuid(Self.other)
        for _ in 0..<3 {
          ring.append("a secret\n")
          ring.flush(now: RingUnderTest.start)
        }
        var checks = [
          isMade, ring.deadline != nil,
          Self.warnings(ring) == [.noRing(bytes: 4096, .notRemoved(Errno(code: EPERM)))],
        ]
        Self.asUser(Self.stranger) {
          shmctl(Self.segment, IPC_RMID, nil)
          cposix_semaphores_remove(Self.semaphores)
        }
        seteuid(Self.other)
        ring.flush(now: RingUnderTest.start)
        checks += [ring.deadline == nil, Self.warnings(ring).isEmpty]
        return checks + [RingUnderTest.dump() == "a secret\na secret\na secret\n"]
      }
    }
  }
}
