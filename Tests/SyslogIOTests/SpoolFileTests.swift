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
    let spool = try SpoolFile.open(workspace.spool(), now: now)
    #expect(status().st_mode & 0o7777 == 0o600)
    #expect(status().st_size == 64 * 1024)
    #expect(status().st_blocks * 512 >= 64 * 1024)
    #expect(spool.isDrained && spool.used == 0)
    #expect(spool.size == 64 * 1024)
  }

  @Test("belongs to one at a time")
  func lock() throws {
    let spool = try SpoolFile.open(workspace.spool(), now: now)
    guard case .inUse? = failure(workspace.spool()) else {
      Issue.record("a second one has it")
      return
    }
    spool.close(now: now)
  }

  @Test("is neither a link, a folder, a device nor anybody's file")
  func foreign() throws {
    try workspace.write("precious\n", to: "precious")
    #expect(symlink(workspace.file("precious"), workspace.file("link")) == 0)
    guard case .system(Errno(code: ELOOP))? = failure(workspace.spool("link")) else {
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
    var spool: Spool<SpoolFile>? = try SpoolFile.open(workspace.spool(), now: now)
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
    spool = try SpoolFile.open(workspace.spool(size: 128 * 1024), now: now)
    #expect(spool?.size == 64 * 1024)
    #expect(spool?.unread == unread)
    spool = nil
    #expect(truncate(workspace.file("spool"), 0) == 0)
    spool = try SpoolFile.open(workspace.spool(), now: now)
    spool = nil
    spool = try SpoolFile.open(workspace.spool(size: 128 * 1024), now: now)
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
