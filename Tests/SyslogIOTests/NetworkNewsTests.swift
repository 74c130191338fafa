import CPosix
import Testing

@testable import SyslogIO

@Suite("News of the network", .enabled(if: canUnshare))
struct NetworkNewsTests {
  /// What the kernel has told, and whether any of it was news.
  private final class Listener {
    let socket = FileDescriptor(owning: cposix_open_routes())
    var running: UInt64 = 0
    var isNews = false
    var messages = 0

    var links: Int { running.nonzeroBitCount }

    /// Listens until so many links are known to work, for ten seconds at most.
    func listen(untilRunning count: Int) -> Bool {
      isNews = false
      messages = 0
      return eventually {
        while true {
          let answer = cposix_read_routes(socket.rawValue, &running)
          guard answer >= 0 else { break }
          messages += 1
          if answer > 0 { isNews = true }
        }
        return messages > 0 && links == count
      }
    }
  }

  @Test("a link that begins to work is news; one that is down, or only changed otherwise, is not")
  func links() async {
    await #expect(processExitsWith: .success) { leave(try Self.watchLinks()) }
  }

  private static func watchLinks() throws -> [Bool] {
    guard unshare(CLONE_NEWNET) == 0 else { return [false] }
    // IPv6 makes addresses and routes of its own when a link comes up.
    _ = shell("for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$f; done")
    let isMade =
      shell("ip link add near type veth peer far && ip link set near up && echo yes") == "yes\n"
    let listener = Listener()
    var checks = [isMade]
    for _ in 0..<2 {
      _ = shell("ip link set far up")
      checks.append(listener.listen(untilRunning: 2) && listener.isNews)
      // The same message, as a radio's driver sends it for a scan: nothing works now that did not.
      _ = shell("ip link set near alias x$$; ip link set far mtu 1400; ip link set far mtu 1500")
      checks.append(listener.listen(untilRunning: 2) && !listener.isNews)
      _ = shell("ip link set far down")
      checks.append(listener.listen(untilRunning: 0) && !listener.isNews)
    }
    _ = shell("ip link delete near")
    checks.append(listener.listen(untilRunning: 0) && !listener.isNews)
    return checks
  }
}
