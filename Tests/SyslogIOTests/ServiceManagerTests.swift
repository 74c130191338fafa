import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

/// Each in a process of its own, whose environment it may change.
@Suite("The service manager")
struct ServiceManagerTests {
  /// What arrives at a socket bound to `name`, whose NOTIFY_SOCKET is `variable`, from `tell`.
  private static func notified(
    at name: [UInt8], variable: String, detachedProcess: pid_t? = nil,
    _ notify: (ServiceManager) -> Void
  ) -> String? {
    guard let address = SocketAddress(unix: name) else { return "too long" }
    let receiver = FileDescriptor(owning: CPosix.socket(AF_UNIX, CPOSIX_SOCK_DGRAM, 0))
    guard bind(receiver.rawValue, to: address) == 0 else { return "bind: \(errorWords())" }
    setenv("NOTIFY_SOCKET", variable, 1)
    var manager = ServiceManager()
    manager.detachedProcess = detachedProcess
    // Read once: what comes later is not for this daemon.
    setenv("NOTIFY_SOCKET", "/nonexistent", 1)
    notify(manager)
    return receive(from: receiver.rawValue).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func notified(
    detachedProcess: pid_t? = nil, _ notify: (ServiceManager) -> Void
  ) -> String? {
    guard let workspace = try? Workspace() else { return "no workspace" }
    let path = workspace.file("notify")
    return notified(at: Array(path.utf8), variable: path, detachedProcess: detachedProcess, notify)
  }

  @Test("is told of readiness and the end, word for word (sd_notify(3))")
  func words() async {
    await #expect(processExitsWith: .success) {
      leave([
        Self.notified { $0.notify(.ready) } == "READY=1",
        Self.notified { $0.notify(.stopping) } == "STOPPING=1",
      ])
    }
  }

  @Test("is told when a reload began, by the monotonic clock")
  func reloading() async {
    await #expect(processExitsWith: .success) {
      var before = timespec()
      clock_gettime(CLOCK_MONOTONIC, &before)
      let said = Self.notified { $0.notify(.reloading) } ?? ""
      var after = timespec()
      clock_gettime(CLOCK_MONOTONIC, &after)
      let opening = "RELOADING=1\nMONOTONIC_USEC="
      let time = Int(said.dropFirst(opening.count)) ?? -1
      leave([
        said.hasPrefix(opening),
        time >= before.tv_sec * 1_000_000 + before.tv_nsec / 1000,
        time <= after.tv_sec * 1_000_000 + after.tv_nsec / 1000,
      ])
    }
  }

  @Test("learns which process goes on when the daemon has detached since")
  func detached() async {
    await #expect(processExitsWith: .success) {
      let said = Self.notified(detachedProcess: getpid()) { $0.notify(.ready) }
      leave([said == "READY=1\nMAINPID=\(getpid())"])
    }
  }

  @Test("may listen at an abstract name")
  func abstract() async {
    await #expect(processExitsWith: .success) {
      let name = "syslogd-test-\(getpid())"
      let said = Self.notified(at: [0] + Array(name.utf8), variable: "@\(name)") {
        $0.notify(.ready)
      }
      leave([said == "READY=1"])
    }
  }

  @Test("that is not there, has no address of a unix socket or does not read, changes nothing")
  func silence() async {
    await #expect(processExitsWith: .success) {
      let long = "/" + String(repeating: "x", count: 200)
      for value in ["", "@", "relative", "vsock:2:1234", "/nonexistent/notify", long] {
        setenv("NOTIFY_SOCKET", value, 1)
        ServiceManager().notify(.ready)
      }
      unsetenv("NOTIFY_SOCKET")
      ServiceManager().notify(.ready)
      // More than any queue holds: a call that waits would never come back.
      let heard = Self.notified { manager in for _ in 0..<5000 { manager.notify(.stopping) } }
      leave([heard == "STOPPING=1"])
    }
  }
}
