import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A local log file that grows too large")
struct LogFileRotationTests {
  private static let start = Instant(milliseconds: 5_000)

  private static func append(_ text: String, to file: LogFile) {
    file.append(now: start) { $0 += Array(text.utf8) }
  }

  /// What BusyBox does, which writes each line by itself.
  private struct Model {
    let limit: Int
    let kept: Int
    /// The file and what it was put aside as, newest first.
    var contents = [""]

    mutating func append(_ line: String) {
      if limit > 0, contents[0].utf8.count > limit {
        contents.insert("", at: 0)
        if contents.count > kept + 1 { contents.removeLast() }
      }
      contents[0] += line
    }
  }

  @Test(
    "ends behind the line where BusyBox's ends, however many lines a turn brings",
    arguments: [1, 7, 100, 1024, 5000, 40_000], [0, 1, 2, 3, 11])
  func borders(limit: Int, kept: Int) throws {
    let workspace = try Workspace()
    let names = ["log"] + (0...kept).map { "log.\($0)" }
    for name in names { _ = workspace.file(name) }
    let file = LogFile(
      path: Text(of: workspace.file("log")), rotation: LogFile.Rotation(limit: limit, kept: kept))
    var model = Model(limit: limit, kept: kept)
    var random = SystemRandomNumberGenerator()
    for number in 0..<600 {
      let length = Int.random(in: 0...(Bool.random() ? 20 : 900), using: &random)
      let line = "\(number) " + String(repeating: "x", count: length) + "\n"
      Self.append(line, to: file)
      model.append(line)
      if Int.random(in: 0..<20, using: &random) == 0 { file.flush(now: Self.start) }
    }
    file.flush(now: Self.start)
    let expected = model.contents + Array(repeating: "", count: names.count)
    for (name, content) in zip(names, expected) {
      #expect(workspace.content(of: name) ?? "" == content, "\(name)")
    }
  }

  @Test("is put aside when it is larger than its limit, not when it has just reached it")
  func exactly() throws {
    let workspace = try Workspace()
    try workspace.write("1234567\n", to: "log")
    let file = LogFile(
      path: Text(of: workspace.file("log")), rotation: LogFile.Rotation(limit: 8, kept: 1))
    Self.append("a\n", to: file)
    file.flush(now: Self.start)
    #expect(workspace.content(of: "log") == "1234567\na\n")
    #expect(workspace.content(of: "log.0") == nil)
    Self.append("b\n", to: file)
    file.flush(now: Self.start)
    #expect(workspace.content(of: "log") == "b\n")
    #expect(workspace.content(of: "log.0") == "1234567\na\n")
  }

  @Test("of more bytes than a word of 32 bits counts is measured, put aside, and begun anew")
  func huge() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    let descriptor = cposix_open(path, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    // A hole: it takes no room on the disk.
    let bytes: Int64 = 5 << 30
    try #require(ftruncate(descriptor, off_t(bytes)) == 0)
    let kept = LogFile(path: Text(of: path), rotation: .off)
    Self.append("a\n", to: kept)
    kept.flush(now: Self.start)
    // Its type says that it holds as much where Int does not.
    let size: Int64? = kept.size
    #expect(size == bytes + 2)
    _ = workspace.file("log.0")
    let file = LogFile(path: Text(of: path), rotation: LogFile.Rotation(limit: .max, kept: 1))
    Self.append("b\n", to: file)
    file.flush(now: Self.start)
    #expect(file.size == bytes + 4, "a limit beyond its size leaves it alone")
    let rotated = LogFile(path: Text(of: path), rotation: LogFile.Rotation(limit: 1000, kept: 1))
    Self.append("c\n", to: rotated)
    rotated.flush(now: Self.start)
    #expect(workspace.content(of: "log") == "c\n" && rotated.size == 2)
  }

  @Test("is kept under a hundred names, of which the last falls off")
  func many() throws {
    let workspace = try Workspace()
    for number in 0..<99 { _ = workspace.file("log.\(number)") }
    let file = LogFile(
      path: Text(of: workspace.file("log")), rotation: LogFile.Rotation(limit: 1, kept: 99))
    for number in 0..<150 { Self.append("\(number)\n", to: file) }
    file.flush(now: Self.start)
    #expect(workspace.content(of: "log") == "149\n")
    for number in 0..<99 { #expect(workspace.content(of: "log.\(number)") == "\(148 - number)\n") }
    #expect(workspace.content(of: "log.99") == nil)
  }

  @Test("goes even when its name and that of the newest kept are one file (BusyBox)")
  func hardLink() throws {
    let workspace = try Workspace()
    let path = try workspace.write("1234\n", to: "log")
    try #require(CPosix.link(path, workspace.file("log.0")) == 0)
    let file = LogFile(path: Text(of: path), rotation: LogFile.Rotation(limit: 4, kept: 1))
    Self.append("new\n", to: file)
    file.flush(now: Self.start)
    #expect(workspace.content(of: "log") == "new\n")
    #expect(workspace.content(of: "log.0") == "1234\n")
  }

  @Test(
    "that cannot be moved is written on, and what is kept stays (BusyBox tries for ever)",
    .enabled(if: canUnshare))
  func immovable() async {
    await #expect(processExitsWith: .success) { leave(try Self.writeToMountPoint()) }
  }

  private static func writeToMountPoint() throws -> [Bool] {
    let workspace = try Workspace()
    let path = try workspace.write("1234\n", to: "log")
    try workspace.write("old\n", to: "log.0")
    _ = workspace.file("log.1")
    // A mount point can be neither renamed nor unlinked, whoever asks.
    let isMounted =
      unshare(CLONE_NEWNS) == 0
      && shell("mount --make-rprivate / && mount --bind \(path) \(path) && echo yes") == "yes\n"
    defer { _ = shell("umount \(path)") }
    let file = LogFile(path: Text(of: path), rotation: LogFile.Rotation(limit: 1, kept: 2))
    func write(_ text: String, at second: Int64) {
      file.append(now: start + .seconds(second)) { $0 += Array(text.utf8) }
      file.flush(now: start + .seconds(second))
    }
    for second: Int64 in [0, 0, 2, 4] { write("\(second)\n", at: second) }
    let content = workspace.content(of: "log")
    let kept = workspace.content(of: "log.1")
    // Once the file is smaller, it is as any other.
    truncate(path, 0)
    try workspace.write("newer\n", to: "log.0")
    for second: Int64 in [6, 6] { write("\(second)\n", at: second) }
    return [
      isMounted, content == "1234\n0\n0\n2\n4\n", kept == "old\n",
      workspace.content(of: "log") == "6\n6\n", workspace.content(of: "log.1") == "newer\n",
    ]
  }

  @Test("is neither a device nor a FIFO")
  func special() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    try #require(mkfifo(path, 0o600) == 0)
    let reader = FileDescriptor(owning: cposix_open(path, O_RDONLY | O_NONBLOCK, 0))
    let file = LogFile(path: Text(of: path), rotation: LogFile.Rotation(limit: 1, kept: 1))
    for _ in 0..<3 { Self.append("line\n", to: file) }
    file.flush(now: Self.start)
    var bytes = [UInt8](repeating: 0, count: 100)
    #expect(read(reader.rawValue, &bytes, 100) == 15)
    #expect(workspace.content(of: "log.0") == nil)
  }
}
