import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("What a local log file does not take")
struct LogFileLossTests {
  private static let start = Instant(milliseconds: 5_000)

  private static func write(_ text: String, to file: LogFile, at now: Instant = start) {
    file.append(now: now) { $0 += Array(text.utf8) }
    file.flush(now: now)
  }

  /// A FIFO that somebody reads, and that holds little.
  private final class Pipe {
    let path: String
    let reader: FileDescriptor
    /// A page, the least there is.
    static let room = 4096

    init(_ workspace: Workspace, _ name: String) throws {
      path = workspace.file(name)
      guard mkfifo(path, 0o600) == 0 else { throw Errno.last }
      reader = FileDescriptor(owning: cposix_open(path, O_RDONLY | O_NONBLOCK, 0))
      guard cposix_fcntl(reader.rawValue, F_SETPIPE_SZ, Int32(Pipe.room)) == Pipe.room else {
        throw Errno.last
      }
    }

    func take() -> String {
      var bytes = [UInt8](repeating: 0, count: 1 << 17)
      let count = read(reader.rawValue, &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
  }

  @Test("is counted, and said once, with its reason and its time, once writing works again")
  func slow() throws {
    let begin = SystemClock.seconds
    let workspace = try Workspace()
    let pipe = try Pipe(workspace, "log")
    let file = LogFile(path: Text(of: pipe.path))
    let line = String(repeating: "x", count: Pipe.room - 1) + "\n"
    Self.write(line, to: file)
    #expect(file.lostBytes == 0)
    #expect(file.removeLoss() == nil)
    Self.write("12345\n", to: file)
    Self.write("6789\n", to: file)
    #expect(file.lostBytes == 11)
    #expect(file.removeLoss() == nil)
    #expect(pipe.take() == line)
    Self.write("again\n", to: file)
    let lost = try #require(file.lost.value)
    #expect(begin <= lost.first && lost.first <= lost.last && lost.last <= SystemClock.seconds)
    let (first, last) = (Text(utc: lost.first).string, Text(utc: lost.last).string)
    #expect(
      file.removeLoss()?.string
        == "\(pipe.path): 2 messages were not written between \(first) and \(last): "
        + Errno(code: EAGAIN).description.string)
    #expect(file.removeLoss() == nil)
    #expect(pipe.take() == "again\n")
    #expect(file.lostBytes == 11)
  }

  @Test("is said at most every ten seconds, and nothing of it is forgotten meanwhile")
  func flapping() throws {
    let workspace = try Workspace()
    let pipe = try Pipe(workspace, "log")
    let file = LogFile(path: Text(of: pipe.path))
    let line = String(repeating: "x", count: Pipe.room - 1) + "\n"
    var told: [UInt64] = []
    for second: Int64 in 0..<25 {
      Self.write(line, to: file, at: Self.start + .seconds(second))
      Self.write("lost\n", to: file, at: Self.start + .seconds(second))
      _ = pipe.take()
      Self.write("fits\n", to: file, at: Self.start + .seconds(second))
      let lost = file.lost.value?.count ?? 0
      if file.removeLoss() != nil { told.append(lost) }
      _ = pipe.take()
    }
    #expect(told == [1, 10, 10])
    #expect(file.lostBytes == 125)
  }

  @Test("ends its line all the same: the next one is not glued to what was taken of it")
  func cut() throws {
    let workspace = try Workspace()
    let pipe = try Pipe(workspace, "log")
    let file = LogFile(path: Text(of: pipe.path))
    let long = String(repeating: "x", count: Pipe.room + 99) + "\n"
    Self.write(long, to: file)
    #expect(file.lostBytes == 100)
    // Not even the end of the line has room.
    Self.write("lost\n", to: file)
    #expect(file.lostBytes == 105)
    #expect(pipe.take() == String(repeating: "x", count: Pipe.room))
    Self.write("next\n", to: file)
    #expect(file.lost.value?.count == 2, "a line of which only a part was taken is lost")
    Self.write("another\n", to: file)
    #expect(pipe.take() == "\nnext\nanother\n")
    #expect(file.lostBytes == 105)
  }

  @Test("is everything while a device is full, and ends nothing")
  func deviceFull() {
    let file = LogFile(path: "/dev/full", rotation: LogFile.Rotation(limit: 1, kept: 1))
    for _ in 0..<10 { Self.write("1234\n", to: file) }
    #expect(file.lostBytes == 50)
    #expect(file.removeLoss() == nil)
  }

  @Test("is told, too, when only the console had it: a folder that was not there")
  func diverted() async {
    await #expect(processExitsWith: .success) { leave(try Self.divert()) }
  }

  private static func divert() throws -> [Bool] {
    let pair = try SocketPair(CPOSIX_SOCK_SEQPACKET)
    dup2(pair.far.rawValue, STDERR_FILENO)
    let workspace = try Workspace()
    let folder = workspace.file("stick")
    let file = LogFile(path: Text(of: folder + "/log"))
    write("one\ntwo\n", to: file)
    write("three\n", to: file)
    let early = file.removeLoss() == nil
    mkdir(folder, 0o700)
    write("four\n", to: file)
    write("five\n", to: file, at: start + .seconds(1))
    let lost = file.lost.value
    let loss = file.removeLoss()
    write("six\n", to: file, at: start + .seconds(1))
    return [
      early, lost?.count == 4,
      loss == .notWritten(bytes: 19, lost, to: file.path, Errno(code: ENOENT)),
      file.lostBytes == 0, file.removeLoss() == nil,
      workspace.content(of: "stick/log") == "five\nsix\n",
    ]
  }

  @Test("is told from what goes to the console: a FIFO that nobody reads")
  func noReader() async {
    await #expect(processExitsWith: .success) { leave(try Self.writeToNobody()) }
  }

  private static func writeToNobody() throws -> [Bool] {
    // As the daemon does.
    var pipeSignal = sigset_t()
    sigemptyset(&pipeSignal)
    sigaddset(&pipeSignal, SIGPIPE)
    sigprocmask(SIG_BLOCK, &pipeSignal, nil)
    let pair = try SocketPair(CPOSIX_SOCK_SEQPACKET)
    dup2(pair.far.rawValue, STDERR_FILENO)
    let workspace = try Workspace()
    let path = workspace.file("log")
    mkfifo(path, 0o600)
    let file = LogFile(path: Text(of: path))
    write("nobody\n", to: file)
    let console = cposix_open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK, 0)
    let fallback = receive(from: pair.near.rawValue)
    let early = file.lostBytes
    var taken = ""
    do {
      let reader = FileDescriptor(owning: cposix_open(path, O_RDONLY | O_NONBLOCK, 0))
      write("somebody\n", to: file, at: start + .seconds(1))
      var bytes = [UInt8](repeating: 0, count: 100)
      let count = read(reader.rawValue, &bytes, bytes.count)
      taken = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
    write("gone\n", to: file, at: start + .seconds(1))
    return [
      fallback == (console >= 0 ? nil : Array("nobody\n".utf8)), early == 0,
      taken == "somebody\n", file.lostBytes == 5,
    ]
  }

  @Test(
    "a full file system takes what fits, and everything again once there is room",
    .enabled(if: canUnshare))
  func fullFileSystem() async {
    await #expect(processExitsWith: .success) { leave(try Self.fillFileSystem()) }
  }

  private static func fillFileSystem() throws -> [Bool] {
    let workspace = try Workspace()
    let mount = "mount -t tmpfs -o size=32k tmpfs \(workspace.path)"
    let isMounted =
      unshare(CLONE_NEWNS) == 0
      && shell("mount --make-rprivate / && \(mount) && echo yes") == "yes\n"
    defer { _ = shell("umount \(workspace.path)") }
    let file = LogFile(
      path: Text(of: workspace.file("log")), rotation: LogFile.Rotation(limit: 1 << 20, kept: 1))
    let line = String(repeating: "x", count: 999) + "\n"
    for _ in 0..<40 { file.append(now: start) { $0 += Array(line.utf8) } }
    file.flush(now: start)
    let size = workspace.content(of: "log")?.utf8.count ?? 0
    let lost = file.lostBytes
    let early = file.removeLoss() == nil
    write("does not fit\n", to: file)
    // An operator makes room, and leaves the file as it is.
    truncate(workspace.path + "/log", 1500)
    write("fits\n", to: file)
    let told = file.lost.value
    let loss = file.removeLoss()
    let content = workspace.content(of: "log") ?? ""
    return [
      isMounted, size == 32768, lost == 40_000 - 32768, early, told?.count == 9,
      loss == .notWritten(bytes: lost + 13, told, to: file.path, Errno(code: ENOSPC)),
      content.utf8.count == 1500 + 1 + 5,
      content.hasSuffix("x\nfits\n"),
    ]
  }

  @Test("a reader of standard output that stands still is waited for once, not for every line")
  func standardOutput() async {
    await #expect(processExitsWith: .success) { leave(try Self.stopReaderOfStandardOutput()) }
  }

  private static func stopReaderOfStandardOutput() throws -> [Bool] {
    let workspace = try Workspace()
    let pipe = try Pipe(workspace, "fifo")
    let writer = cposix_open(pipe.path, O_WRONLY, 0)
    dup2(writer, STDOUT_FILENO)
    let file = LogFile(path: "-")
    let line = String(repeating: "x", count: Pipe.room - 1) + "\n"
    write(line, to: file)
    var before = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    // Blocking: each of these would stop the process for ever.
    for _ in 0..<1000 { write("lost\n", to: file) }
    var after = timespec()
    clock_gettime(CLOCK_MONOTONIC, &after)
    let taken = pipe.take()
    write("again\n", to: file)
    let lost = file.lost.value
    let loss = file.removeLoss()
    return [
      // A thousand waits would be a hundred seconds.
      after.tv_sec - before.tv_sec < 50, taken == line, file.lostBytes == 5000,
      lost?.count == 1000,
      loss == .notWritten(bytes: 5000, lost, to: file.path, Errno(code: EAGAIN)),
      pipe.take() == "again\n",
    ]
  }
}
