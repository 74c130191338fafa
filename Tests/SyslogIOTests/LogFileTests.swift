import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The local log file")
struct LogFileTests {
  /// Any instant; the file has no clock of its own.
  private static let start = Instant(milliseconds: 5_000)

  private static func after(_ milliseconds: Int64) -> Instant {
    start + Interval(milliseconds: milliseconds)
  }

  private static func write(_ text: String, to file: LogFile, at now: Instant) {
    file.append(now: now) { $0 += Array(text.utf8) }
    file.flush(now: now)
  }

  @Test("is appended to, and made when it is not there")
  func appended() throws {
    let workspace = try Workspace()
    Self.write("new\n", to: LogFile(path: Text(of: workspace.file("log"))), at: Self.start)
    #expect(workspace.content(of: "log") == "new\n")
    Self.write("more\n", to: LogFile(path: Text(of: workspace.file("log"))), at: Self.start)
    #expect(workspace.content(of: "log") == "new\nmore\n")
  }

  @Test("comes back after it was removed, once a second has passed and not before (BusyBox)")
  func reopened() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    let file = LogFile(path: Text(of: path))
    Self.write("first\n", to: file, at: Self.start)
    try #require(unlink(path) == 0)
    Self.write("into the removed file\n", to: file, at: Self.after(999))
    #expect(workspace.content(of: "log") == nil)
    Self.write("back\n", to: file, at: Self.after(1000))
    #expect(workspace.content(of: "log") == "back\n")
    // The second counts from the opening.
    try #require(unlink(path) == 0)
    Self.write("lost\n", to: file, at: Self.after(1999))
    #expect(workspace.content(of: "log") == nil)
    #expect(file.lostBytes == 0)
  }

  @Test("is opened anew at once when asked to (SIGHUP)")
  func reopenedOnRequest() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    let file = LogFile(path: Text(of: path))
    Self.write("first\n", to: file, at: Self.start)
    try #require(CPosix.link(path, workspace.file("log.0")) == 0 && unlink(path) == 0)
    file.reopen()
    Self.write("second\n", to: file, at: Self.start)
    #expect(workspace.content(of: "log.0") == "first\n")
    #expect(workspace.content(of: "log") == "second\n")
  }

  @Test("counts the bytes that it does not take")
  func full() {
    let file = LogFile(path: "/dev/full")
    Self.write("12345", to: file, at: Self.start)
    Self.write("678", to: file, at: Self.start)
    #expect(file.lostBytes == 8)
  }

  @Test("is written when the buffer is full, without waiting for the end of the turn")
  func bufferLimit() throws {
    let workspace = try Workspace()
    let file = LogFile(path: Text(of: workspace.file("log")))
    let line = String(repeating: "x", count: 1023) + "\n"
    for _ in 1..<16 { file.append(now: Self.start) { $0 += Array(line.utf8) } }
    #expect(workspace.content(of: "log") == "")
    file.append(now: Self.start) { $0 += Array(line.utf8) }
    #expect(workspace.content(of: "log")?.utf8.count == 16 * 1024)
    file.flush(now: Self.start)
    #expect(workspace.content(of: "log")?.utf8.count == 16 * 1024)
  }

  @Test("- is standard output, never opened again, and the lines of a turn are one write")
  func standardOutput() async {
    await #expect(processExitsWith: .success) {
      let pair = try SocketPair(CPOSIX_SOCK_SEQPACKET)
      dup2(pair.far.rawValue, STDOUT_FILENO)
      let file = LogFile(path: "-")
      file.append(now: Self.start) { $0 += Array("one\n".utf8) }
      file.append(now: Self.start) { $0 += Array("two\n".utf8) }
      let early = receive(from: pair.near.rawValue)
      file.flush(now: Self.start)
      let first = receive(from: pair.near.rawValue)
      let rest = receive(from: pair.near.rawValue)
      file.reopen()
      Self.write("three\n", to: file, at: Self.after(5000))
      leave([
        early == nil, first == Array("one\ntwo\n".utf8), rest == nil,
        receive(from: pair.near.rawValue) == Array("three\n".utf8),
      ])
    }
  }

  @Test("that cannot be opened falls back, is tried again after a second, and ends nothing")
  func unwritable() async {
    await #expect(processExitsWith: .success) {
      let workspace = try Workspace()
      let pair = try SocketPair(CPOSIX_SOCK_SEQPACKET)
      dup2(pair.far.rawValue, STDERR_FILENO)
      let directory = workspace.file("directory")
      let file = LogFile(path: Text(of: directory + "/log"))
      Self.write("fallback\n", to: file, at: Self.start)
      // The console has it, or standard error where there is none.
      let console = cposix_open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK, 0)
      let expected = console >= 0 ? nil : Array("fallback\n".utf8)
      let fallback = receive(from: pair.near.rawValue)
      mkdir(directory, 0o700)
      _ = workspace.file("directory/log")
      Self.write("again\n", to: file, at: Self.after(1000))
      let content = workspace.content(of: "directory/log")
      leave([fallback == expected, content == "again\n"])
    }
  }
}
