import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("The file of a spool")
struct SpoolFileTests {
  private let workspace: Workspace
  private let now = Instant(milliseconds: 1_000_000)

  init() throws { workspace = try Workspace() }

  private func settings(_ name: String = "spool", size: Int = 64 * 1024) -> RemoteSettings.Spool {
    RemoteSettings.Spool(path: Text(of: workspace.file(name)), size: size, dailyLimit: 1 << 20)
  }

  private func status(_ name: String = "spool") -> stat {
    var status = stat()
    #expect(stat(workspace.file(name), &status) == 0)
    return status
  }

  private func failure(_ settings: RemoteSettings.Spool) -> SpoolFile.Failure? {
    do throws(SpoolFile.Failure) {
      _ = try SpoolFile.open(settings, now: now)
      return nil
    } catch {
      return error
    }
  }

  @Test("is made for its owner alone, with all its bytes on the disk")
  func made() throws {
    let spool = try SpoolFile.open(settings(), now: now)
    #expect(status().st_mode & 0o7777 == 0o600)
    #expect(status().st_size == 64 * 1024)
    #expect(status().st_blocks * 512 >= 64 * 1024)
    #expect(spool.isDrained && spool.used == 0)
    #expect(spool.size == 64 * 1024)
  }

  @Test("belongs to one at a time")
  func lock() throws {
    let spool = try SpoolFile.open(settings(), now: now)
    guard case .inUse? = failure(settings()) else {
      Issue.record("a second one has it")
      return
    }
    spool.close(now: now)
  }

  @Test("is neither a link, a folder, a device nor anybody's file")
  func foreign() throws {
    try workspace.write("precious\n", to: "precious")
    #expect(symlink(workspace.file("precious"), workspace.file("link")) == 0)
    guard case .system(Errno(code: ELOOP))? = failure(settings("link")) else {
      Issue.record("a link was followed")
      return
    }
    for path in [workspace.file("precious"), "/dev/null"] {
      let settings = RemoteSettings.Spool(path: Text(of: path), size: 65_536, dailyLimit: 65_536)
      guard case .foreign? = failure(settings) else {
        Issue.record("\(path) was taken")
        continue
      }
    }
    #expect(workspace.content(of: "precious") == "precious\n")
    guard
      case .system(Errno(code: EISDIR))? = failure(
        RemoteSettings.Spool(path: Text(of: workspace.path), size: 65_536, dailyLimit: 65_536))
    else {
      Issue.record("a folder was taken")
      return
    }
  }

  @Test("gets another size when it is empty, and keeps its own while it is not")
  func resized() throws {
    var spool: Spool<SpoolFile>? = try SpoolFile.open(settings(), now: now)
    var sender = TransportSender(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(1), handshake: .seconds(1)))
    let text = [UInt8](repeating: 120, count: 1000)
    for _ in 0..<30 {
      #expect(
        spool?.put(
          .info, from: 0, .octetCounting, header: [UInt8]().span, body: text.span, into: &sender,
          now: now) == .queued)
    }
    spool?.turn(&sender, .octetCounting, now: now)
    let unread = spool?.unread ?? 0
    #expect(unread > 10)
    spool?.close(now: now)
    spool = nil
    spool = try SpoolFile.open(settings(size: 128 * 1024), now: now)
    #expect(spool?.size == 64 * 1024)
    #expect(spool?.unread == unread)
    spool = nil
    #expect(truncate(workspace.file("spool"), 0) == 0)
    spool = try SpoolFile.open(settings(), now: now)
    spool = nil
    spool = try SpoolFile.open(settings(size: 128 * 1024), now: now)
    #expect(spool?.size == 128 * 1024)
    #expect(status().st_size == 128 * 1024)
  }

  @Test("that the disk has no room for is refused, and takes none", .enabled(if: canUnshare))
  func fullDisk() async {
    await #expect(processExitsWith: .success) { leave(try Self.fillDisk()) }
  }

  private static func fillDisk() throws -> [Bool] {
    let workspace = try Workspace()
    let mount = "mount -t tmpfs -o size=256k tmpfs \(workspace.path)"
    let isMounted =
      unshare(CLONE_NEWNS) == 0
      && shell("mount --make-rprivate / && \(mount) && echo yes") == "yes\n"
    defer { _ = shell("umount \(workspace.path)") }
    let settings = RemoteSettings.Spool(
      path: Text(of: workspace.file("spool")), size: 1 << 20, dailyLimit: 1 << 20)
    var isRefused = false
    do throws(SpoolFile.Failure) {
      _ = try SpoolFile.open(settings, now: Instant(milliseconds: 0))
    } catch {
      if case .system(Errno(code: ENOSPC)) = error { isRefused = true }
    }
    var status = stat()
    let isThere = stat(workspace.file("spool"), &status) == 0
    return [isMounted, isRefused, isThere, status.st_size == 0]
  }
}

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
    #expect(!settings.equals(remote.transport.settings.copy()) == false)
  }
}
