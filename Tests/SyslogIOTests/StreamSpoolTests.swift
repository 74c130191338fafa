import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("A remote with a spool")
struct StreamSpoolTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func remote(
    _ name: String = "spool", daily: Int = 1 << 20,
    _ change: (inout RemoteSettings) -> Void = { _ in }
  ) throws -> RemoteUnderTest {
    let path = Text(of: workspace.file(name))
    let remote = try RemoteUnderTest {
      $0.delivery.queueCapacity = MessageQueue.minimumCapacity
      $0.spool = RemoteSettings.Spool(path: path, size: 64 * 1024, dailyLimit: daily)
      change(&$0)
    }
    remote.transport.openSpool(now: remote.now)
    return remote
  }

  private func text(_ number: Int) -> String {
    "<13>\(number)" + String(repeating: "x", count: 995 - "\(number)".count)
  }

  /// The numbers of frames of 1,003 bytes.
  private func numbers(_ stream: String) -> [Int] {
    stream.split(separator: "999 <13>").map { Int($0.prefix { $0.isNumber }) ?? -1 }
  }

  private func receive(_ count: Int, _ remote: RemoteUnderTest) throws -> [Int] {
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    var stream = ""
    _ = eventually {
      remote.turn(within: 0)
      remote.now = remote.now + Interval(milliseconds: 30)
      _ = remote.deadlineReached()
      remote.flush()
      stream += connection.readAll()
      return stream.utf8.count >= count * 1003
    }
    return numbers(stream)
  }

  @Test("loses nothing while the spool has room, and says once that it is in use")
  func use() throws {
    let remote = try remote()
    for number in 100..<150 { remote.queue(text(number)) }
    remote.flush()
    remote.flush()
    let path = try #require(remote.transport.settings.spool?.path)
    #expect(remote.transport.waiting == 50)
    #expect(remote.said() == [.spooling(path)])
    #expect(try receive(50, remote) == Array(100..<150))
    #expect(remote.transport.hasAllInQueue)
    #expect(remote.acknowledged())
  }

  @Test("notes in its file that it is empty, although nothing else is logged")
  func emptied() throws {
    let remote = try remote()
    for number in 100..<150 { remote.queue(text(number)) }
    remote.flush()
    _ = try receive(50, remote)
    let spool = try #require(remote.transport.spooling.value?.spool)
    #expect(spool.used > 0, "nobody has asked what was acknowledged")
    // As the loop does: only when the transport wants it.
    #expect(
      eventually {
        guard let deadline = remote.transport.deadline else { return true }
        remote.now = max(remote.now, deadline)
        _ = remote.deadlineReached()
        remote.flush()
        return false
      })
    #expect(spool.used == 0)
    #expect(remote.transport.hasAllInQueue && spool.deadline == nil)
  }

  @Test("that is full, or has had its bytes of the day, discards, and says why once")
  func refusals() throws {
    for (daily, reason) in [(1 << 20, Spool<SpoolFile>.Refusal.full), (64 * 1024, .spent)] {
      let remote = try remote("spool\(daily)", daily: daily)
      if reason == .spent { remote.transport.spooling.value?.spool.dailyLimit = 20_000 }
      let path = try #require(remote.transport.settings.spool?.path)
      for _ in 0..<3 {
        for number in 100..<200 { remote.queue(text(number)) }
        remote.flush()
      }
      let said = remote.said()
      let limit = reason == .spent ? 20_000 : daily
      #expect(said.contains(.spoolRefuses(path, reason, limit, Errno(code: EIO))))
      #expect(said.contains(.discarding(capacity: MessageQueue.minimumCapacity)))
      #expect(said.count <= 3)
      #expect(remote.transport.sender.queue.discarded[.notice] > 200)
    }
  }

  @Test("keeps everything over a restart, and sends it first")
  func restart() throws {
    let first = try remote()
    for number in 100..<140 { first.queue(text(number)) }
    first.flush()
    _ = first.said()
    let path = try #require(first.transport.settings.spool?.path)
    first.transport.stopAndReport(.exit, now: first.now)
    #expect(first.said() == [.spoolKeeps(path, 40)])
    let second = try remote()
    #expect(second.said() == [.spoolHolds(path, 40)])
    for number in 140..<150 { second.queue(text(number)) }
    #expect(try receive(50, second) == Array(100..<150))
  }

  @Test("also what is in the queue alone is kept over a restart")
  func restartOfQueue() throws {
    let first = try remote()
    for number in 100..<105 { first.queue(text(number)) }
    first.flush()
    #expect(first.transport.stop(now: first.now) == 0)
    #expect(try receive(5, try remote()) == Array(100..<105))
  }

  @Test("whose file cannot be used says so and goes on with its queue")
  func unusable() throws {
    let first = try remote()
    let second = try remote()
    let path = try #require(first.transport.settings.spool?.path)
    #expect(second.said() == [.noSpool(path, .inUse)])
    for number in 100..<110 { second.queue(text(number)) }
    #expect(try receive(10, second) == Array(100..<110))
  }

  @Test("whose file another program has, or whose folder is not there, looks for it again")
  func late() throws {
    var first: RemoteUnderTest? = try remote()
    let second = try remote()
    let path = try #require(second.transport.settings.spool?.path)
    #expect(second.said() == [.noSpool(path, .inUse)])
    for _ in 0..<3 {
      second.now = second.now + .seconds(60)
      second.flush()
    }
    #expect(second.said() == [], "once is enough")
    first?.transport.closeSpool(now: second.now)
    first = nil
    second.flush()
    #expect(second.transport.spooling.value == nil, "not at each turn")
    second.now = second.now + .seconds(60)
    second.flush()
    #expect(second.said() == [.spoolHolds(path, 0)])
    for number in 100..<150 { second.queue(text(number)) }
    #expect(try receive(50, second) == Array(100..<150))

    let third = try remote("folder/spool")
    let other = try #require(third.transport.settings.spool?.path)
    #expect(third.said() == [.noSpool(other, .system(Errno(code: ENOENT)))])
    mkdir(workspace.file("folder"), 0o700)
    // The loop wakes for it, although nothing is logged.
    #expect(third.transport.deadline == third.now + .seconds(60))
    third.now = third.now + .seconds(60)
    third.flush()
    #expect(third.said() == [.spoolHolds(other, 0)])
  }

  @Test("that is removed leaves the rest in its file, for whoever names it next")
  func retired() throws {
    let first = try remote()
    for number in 100..<150 { first.queue(text(number)) }
    first.flush()
    _ = first.said()
    let inQueue = first.transport.sender.queue.count
    let path = try #require(first.transport.settings.spool?.path)
    first.transport.retire(now: first.now)
    #expect(first.said() == [.spoolKeeps(path, 50 - inQueue)])
    first.transport.openSpool(now: first.now)
    #expect(first.transport.spooling.value == nil)
    let second = try remote()
    #expect(try receive(50 - inQueue, second) == Array(100 + inQueue..<150))
  }

  @Test("keeps its file when other settings change, and leaves it when that is another")
  func changed() throws {
    let remote = try remote()
    for number in 100..<150 { remote.queue(text(number)) }
    remote.flush()
    let inQueue = remote.transport.sender.queue.count
    let path = try #require(remote.transport.settings.spool?.path)
    var settings = remote.transport.settings.copy()
    settings.spool = RemoteSettings.Spool(path: path, size: 64 * 1024, dailyLimit: 70_000)
    _ = remote.changeSettings(to: settings)
    #expect(remote.transport.spooling.value?.spool.dailyLimit == 70_000)
    #expect(remote.transport.waiting == 50)
    settings = settings.copy()
    let other = Text(of: workspace.file("other"))
    settings.spool = RemoteSettings.Spool(path: other, size: 64 * 1024, dailyLimit: 70_000)
    _ = remote.changeSettings(to: settings)
    remote.transport.openSpool(now: remote.now)
    #expect(remote.said().contains(.spoolKeeps(path, 50 - inQueue)))
    #expect(remote.transport.spooling.value?.path == other)
    #expect(remote.transport.waiting == inQueue)
    settings = settings.copy()
    settings.spool = nil
    _ = remote.changeSettings(to: settings)
    #expect(remote.transport.spooling.value == nil)
    #expect(settings.equals(remote.transport.settings))
  }
}
