import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("Files that are read")
struct ReadFileTests {
  private func content(_ path: String, limit: Int = 100) throws -> String {
    String(decoding: try readFile(Text(of: path), limit: limit), as: UTF8.self)
  }

  @Test("give what is in them, of any length up to the limit", arguments: [0, 1, 4096, 4097, 9000])
  func whole(_ count: Int) throws {
    let workspace = try Workspace()
    let text = String((0..<count).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })
    let path = try workspace.write(text, to: "file")
    #expect(try content(path, limit: count) == text)
  }

  @Test("are refused when they are larger than the limit, by one byte or by gigabytes")
  func tooLarge() throws {
    let workspace = try Workspace()
    let path = try workspace.write(String(repeating: "x", count: 101), to: "file")
    #expect(throws: Errno(code: EFBIG)) { try content(path) }
    #expect(throws: Errno(code: EFBIG)) { try content(path, limit: 50) }
    #expect(throws: Errno(code: EFBIG)) { try content("/dev/zero", limit: 1 << 16) }
    try #require(truncate(path, 1 << 33) == 0)
    #expect(throws: Errno(code: EFBIG)) { try content(path, limit: 8192) }
  }

  @Test("are not waited for when they are FIFOs")
  func fifo() throws {
    let workspace = try Workspace()
    let path = workspace.file("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    #expect(try content(path) == "")
    let writer = FileDescriptor(owning: cposix_open(path, O_RDWR, 0))
    #expect(throws: Errno(code: EAGAIN)) { try content(path) }
    _ = writer.rawValue
  }

  @Test("say why they cannot be read: a directory, nothing there")
  func failures() throws {
    let workspace = try Workspace()
    #expect(throws: Errno(code: EISDIR)) { try content(workspace.path) }
    #expect(throws: Errno(code: ENOENT)) { try content(workspace.path + "/none") }
  }
}

@Suite("Descriptors that are written")
struct WriteFullyTests {
  @Test("take everything, or as much as there is room for, without waiting")
  func room() throws {
    let pair = try SocketPair(CPOSIX_SOCK_STREAM | CPOSIX_SOCK_NONBLOCK)
    #expect(writeFully([1, 2, 3].span, to: pair.near.rawValue) == 3)
    #expect(receive(from: pair.far.rawValue) == [1, 2, 3])
    let much = [UInt8](repeating: 7, count: 1 << 24)
    let taken = writeFully(much.span, to: pair.near.rawValue)
    #expect(taken > 0 && taken < much.count)
    #expect(writeFully([1].span, to: -1) == 0)
  }

  @Test("are closed when they go out of use")
  func closed() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, CPOSIX_SOCK_STREAM, 0, &ends) == 0)
    let far = FileDescriptor(owning: ends[1])
    do { _ = FileDescriptor(owning: ends[0]) }
    #expect(receive(from: far.rawValue, within: 10_000) == [])
  }
}

@Suite("The pid file")
struct PIDFileTests {
  @Test("holds the process id and a line end, in place of what was there, and is removed")
  func life() throws {
    let workspace = try Workspace()
    let path = try workspace.write("99999999999999999999\nstale\n", to: "pid")
    let file = PIDFile(path: Text(of: path))
    try file.write()
    #expect(workspace.content(of: "pid") == "\(getpid())\n")
    file.remove()
    #expect(workspace.content(of: "pid") == nil)
    file.remove()
  }

  @Test("that cannot be written says why")
  func failures() throws {
    let workspace = try Workspace()
    #expect(throws: Errno(code: EISDIR)) { try PIDFile(path: Text(of: workspace.path)).write() }
    #expect(throws: Errno(code: ENOSPC)) { try PIDFile(path: "/dev/full").write() }
  }
}
