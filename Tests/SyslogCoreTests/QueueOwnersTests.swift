import Testing

@testable import SyslogCore

/// Anybody may write to the log socket, and claim any severity.
@Suite("A full queue and its users") struct QueueOwnersTests {
  private static let capacity = 32 * 1024
  private static let text = String(repeating: "x", count: 500)

  /// Puts in messages until one is refused; at most as many as the ring can hold twice.
  private func fill(_ queue: inout MessageQueue, _ severity: Severity, from uid: UInt32) {
    for _ in 0..<2 * QueueOwnersTests.capacity / 500
    where queue.put(QueueOwnersTests.text, severity, from: uid) == .discarded { return }
  }

  private func bytes(_ queue: borrowing MessageQueue, _ owners: ClosedRange<Int>) -> Int {
    queue.owners.evictable(of: owners, behind: -1)
  }

  @Test("a user's emergencies remove nothing of root's, whatever its severity")
  func claimedSeverity() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    for _ in 0..<20 { _ = queue.put("root's", .debug) }
    fill(&queue, .emergency, from: 1000)
    #expect(queue.put(QueueOwnersTests.text, .emergency, from: 1000) == .discarded)
    #expect(queue.takeAll().ranges(of: "root's").count == 20)
  }

  @Test("root finds half of a queue that a user has filled")
  func half() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    fill(&queue, .emergency, from: 1000)
    fill(&queue, .info, from: 0)
    let root = bytes(queue, 0...0)
    #expect(root > QueueOwnersTests.capacity / 2 - 600)
    #expect(bytes(queue, 1...7) > QueueOwnersTests.capacity / 2 - 600)
    // And for what is more severe, less severe ones of its own give way, then as before.
    #expect(queue.put(QueueOwnersTests.text, .error) == .queued)
    #expect(bytes(queue, 1...7) > QueueOwnersTests.capacity / 2 - 600)
  }

  @Test("root's severe messages remove less severe ones of everybody")
  func lessSevere() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    fill(&queue, .info, from: 0)
    _ = queue.rewind()
    var mixed = MessageQueue(capacity: QueueOwnersTests.capacity)
    for _ in 0..<30 { _ = mixed.put(QueueOwnersTests.text, .warning) }
    fill(&mixed, .debug, from: 1000)
    let root = bytes(mixed, 0...0)
    #expect(mixed.put(QueueOwnersTests.text, .notice) == .queued)
    #expect(bytes(mixed, 0...0) > root, "the user's debug messages gave way")
  }

  @Test("a user who floods loses to one who does not, and not the other way round")
  func shares() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    fill(&queue, .emergency, from: 1000)
    for _ in 0..<10 { #expect(queue.put("quiet", .debug, from: 33) == .queued) }
    let quiet = bytes(queue, 5...5)
    fill(&queue, .emergency, from: 1000)
    #expect(bytes(queue, 5...5) == quiet)
    #expect(queue.takeAll().ranges(of: "quiet").count == 10)
  }

  @Test("of one user's messages, the less severe give way")
  func withinOneUser() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    fill(&queue, .debug, from: 33)
    #expect(queue.put("bad", .error, from: 33) == .queued)
    #expect(queue.put("good", .debug, from: 33) == .discarded, "not before it has drained")
    #expect(queue.put("root", .debug) == .queued)
  }

  @Test("of more users than there are slots, none removes what another one has queued")
  func manyUsers() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    for uid in 1...6 as ClosedRange<UInt32> { _ = queue.put("one", .info, from: uid) }
    fill(&queue, .debug, from: 7)
    let shared = bytes(queue, 7...7)
    #expect(queue.put(QueueOwnersTests.text, .emergency, from: 8) == .discarded)
    #expect(bytes(queue, 7...7) == shared)
    #expect(queue.put("root", .debug) == .queued)
    #expect(queue.put("one", .debug, from: 1) == .queued)
  }

  @Test("whose a message is survives a lost connection and another capacity")
  func rebuilding() {
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    for uid in 0...9 as ClosedRange<UInt32> { _ = queue.put("of \(uid)", .info, from: uid) }
    let before = (0..<8).map { bytes(queue, $0...$0) }
    _ = queue.takeAll()
    _ = queue.rewind()
    #expect((0..<8).map { bytes(queue, $0...$0) } == before)
    queue.rebuild(
      capacity: 2 * QueueOwnersTests.capacity, from: .octetCounting, to: .octetCounting)
    #expect((0..<8).map { bytes(queue, $0...$0) } == before)
    #expect(queue.acknowledge(queue.takeAll().utf8.count) == 10)
    #expect(bytes(queue, 0...7) == 0)
  }

  /// Whoever has no more than a share loses nothing to a user.
  @Test("random floods of several users", arguments: 0..<40)
  func random(seed: UInt64) {
    var random = Xorshift(seed: seed)
    var queue = MessageQueue(capacity: QueueOwnersTests.capacity)
    for _ in 0..<1500 {
      let uid = UInt32(random.next() % (1 + random.next() % 10))
      let severity = Severity(rawValue: UInt8(random.next() % 8)) ?? .debug
      let text = String(repeating: "x", count: Int(random.next() % 900))
      let before = (0..<8).map { bytes(queue, $0...$0) }
      let admission = queue.put(text, severity, from: uid)
      let active = before.count { $0 > 0 } + 1
      for slot in 0..<8 where bytes(queue, slot...slot) < before[slot] {
        check(admission == .queued, "nothing is removed for nothing")
        check(uid == 0 || slot != 0, "root loses nothing to a user")
        let isOwn = slot == queue.owners.slot(of: uid)
        check(
          uid == 0 || isOwn || before[slot] > QueueOwnersTests.capacity / active,
          "only who has more than a share loses to another user")
      }
      check(queue.queuedBytes <= queue.capacity, "the ring is bounded")
      if random.next() % 100 == 0 {
        let run = queue.takeRun()?.utf8.count ?? 0
        _ = queue.acknowledge(run)
      }
    }
  }
}
