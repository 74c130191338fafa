import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The kernel's log (-K)")
struct KernelLogTests {
  private static func write(_ text: String, to log: KernelLog) {
    let bytes = Array(text.utf8)
    log.write(bytes.span, Message(bytes.span))
  }

  /// A file in the place of /dev/kmsg.
  private func written(_ texts: String...) throws -> String? {
    let workspace = try Workspace()
    let log = try KernelLog.open(Text(of: try workspace.write("", to: "kmsg")))
    for text in texts { Self.write(text, to: log) }
    #expect(log.refused == 0)
    return workspace.content(of: "kmsg")
  }

  @Test("gets <PRI>TEXT, the text as in every local log, without its timestamp")
  func line() throws {
    #expect(try written("<30>daemon: up") == "<30>daemon: up\n")
    #expect(try written("<30>Nov 24 07:30:01 daemon: up") == "<30>daemon: up\n")
    #expect(try written("no priority") == "<13>no priority\n")
    #expect(try written("<1023>x", "<1024>y") == "<1023>x\n<13>y\n")
    #expect(try written("<0>") == "<0>\n")
    #expect(try written("<6>a\nb\tc\u{1b}d\u{7f}é") == "<6>a b\tc^[d\u{7f}é\n")
  }

  @Test("counts what is refused, and never waits")
  func refused() throws {
    let full = try KernelLog.open("/dev/full")
    Self.write("x", to: full)
    Self.write("y", to: full)
    #expect(full.refused == 2)

    let workspace = try Workspace()
    let path = workspace.file("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    let reader = FileDescriptor(owning: cposix_open(path, O_RDONLY | O_NONBLOCK, 0))
    let slow = try KernelLog.open(Text(of: path))
    for _ in 0..<100_000 where slow.refused == 0 { Self.write("12345678", to: slow) }
    #expect(slow.refused == 1)
    _ = reader.rawValue
  }

  @Test("that is not there says why")
  func missing() {
    #expect(throws: Errno(code: ENOENT)) { _ = try KernelLog.open("/nonexistent/kmsg") }
  }

  @Test(
    "gets a level alone from kernels before 3.5",
    arguments: [
      ("2.6.32", 7), ("2.6.36.4-brcmarm", 7), ("3.4.113", 7), ("3.5.0", UInt16.max),
      ("3.10.107", .max), ("3.5-rc1", .max), ("6.18.44-fc-v782", .max), ("10.0", .max), ("", .max),
      ("6", .max), ("99999999999999999999.99999999999999999999", .max), (".", 7),
    ])
  func release(_ name: String, _ mask: UInt16) {
    #expect(KernelLog.priorityMask(release: name) == mask)
  }

  @Test(
    "is the kernel's own: a message is one record, a long one cut to what it takes",
    .enabled(if: access("/dev/kmsg", R_OK | W_OK) == 0))
  func kernel() throws {
    let log = try KernelLog.open()
    let reader = FileDescriptor(owning: cposix_open("/dev/kmsg", O_RDONLY | O_NONBLOCK, 0))
    lseek(reader.rawValue, 0, SEEK_END)
    let mark = "syslogd-test-\(getpid())"
    Self.write("<31>Nov 24 07:30:01 \(mark): \(String(repeating: "x", count: 8000))", to: log)
    #expect(log.refused == 0)
    var record = [UInt8](repeating: 0, count: 8192)
    var found: String?
    while found == nil {
      let count = read(reader.rawValue, &record, record.count)
      if count < 0, cposix_errno() == EPIPE { continue }
      guard count > 0 else { break }
      let text = String(decoding: record.prefix(count), as: UTF8.self)
      if text.contains(mark) { found = text }
    }
    // The rate limit may have left it out, which the kernel does not tell.
    guard let found else { return }
    #expect(found.hasPrefix("31,"))
    #expect(found.contains(";\(mark): xxx"))
    let length = found.split(separator: ";", maxSplits: 1)[1].utf8.prefix { $0 != 10 }.count
    #expect(length == 1024 - 48 - "<31>".utf8.count - 1)
  }
}
