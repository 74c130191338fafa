import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The log socket")
struct LogSocketTests {
  /// Kind and permissions of the node itself; 0 when there is none.
  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode : 0
  }

  private func isSocket(_ path: String) -> Bool { mode(path) & mode_t(S_IFMT) == mode_t(S_IFSOCK) }

  /// Sends like a program that logs to `path`; what `socket` then has.
  private func roundTrip(_ path: String, _ socket: borrowing LogSocket) throws -> String? {
    let client = FileDescriptor(owning: CPosix.socket(AF_UNIX, CPOSIX_SOCK_DGRAM, 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let connected = withUnsafePointer(to: &address) { pointer in
      connect(client.rawValue, __CONST_SOCKADDR_ARG(__sockaddr_un__: pointer), length)
    }
    guard connected == 0 else { throw Unexpected("\(path): \(errorWords())") }
    send(client.rawValue, "hello", 5, CPOSIX_MSG_DONTWAIT)
    return receive(from: socket.socket.rawValue).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("is a datagram socket that everybody may write to, and is not waited for")
  func opened() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    let socket = try LogSocket(path: Text(of: path))
    #expect(mode(path) & 0o7777 == 0o666)
    #expect(try roundTrip(path, socket) == "hello")
    var byte: UInt8 = 0
    #expect(recv(socket.socket.rawValue, &byte, 1, 0) == -1)
    #expect(cposix_errno() == EAGAIN)
  }

  @Test("says who has sent each datagram, and keeps no descriptor that comes along")
  func senders() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    let socket = try LogSocket(path: Text(of: path))
    let passed = try workspace.write("", to: "passed")
    let said = shell(
      """
      exec python3 -c 'import array, socket, sys
      log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      log.connect(sys.argv[1])
      log.send(b"plain")
      file = open(sys.argv[2])
      right = array.array("i", [file.fileno()] * 2)
      log.sendmsg([b"with descriptors"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, right)])' \(path) \(passed) 2>&1
      """)
    #expect(said == "")
    let batch = DatagramBatch()
    for _ in 0..<2 {
      #expect(batch.receive(from: socket.socket.rawValue, limit: 1))
      #expect(batch.sender(of: 0) == getuid())
    }
    #expect(!shell("ls -l /proc/\(getpid())/fd").contains(passed))
  }

  @Test("replaces an old node, be it a socket, a file or a broken leftover")
  func replaced() throws {
    let workspace = try Workspace()
    let path = try workspace.write("old", to: "log")
    let first = try LogSocket(path: Text(of: path))
    #expect(isSocket(path))
    let second = try LogSocket(path: Text(of: path))
    #expect(try roundTrip(path, second) == "hello")
    #expect(receive(from: first.socket.rawValue) == nil)
  }

  @Test("follows a symbolic link, whose target need not exist; the link stays")
  func link() throws {
    let workspace = try Workspace()
    let target = workspace.file("target")
    let path = workspace.file("log")
    try #require(symlink(target, path) == 0)
    let socket = try LogSocket(path: Text(of: path))
    #expect(mode(path) & mode_t(S_IFMT) == mode_t(S_IFLNK))
    #expect(isSocket(target))
    #expect(try roundTrip(path, socket) == "hello")
  }

  @Test("follows a relative link from the link's own directory, and a link behind it")
  func relativeLink() throws {
    let workspace = try Workspace()
    let directory = workspace.file("directory")
    try #require(mkdir(directory, 0o700) == 0)
    let path = workspace.file("directory/log")
    try #require(symlink("../second", path) == 0)
    try #require(symlink("directory/target", workspace.file("second")) == 0)
    let target = workspace.file("directory/target")
    let socket = try LogSocket(path: Text(of: path))
    #expect(isSocket(target))
    #expect(try roundTrip(target, socket) == "hello")
  }

  @Test("takes the place of a link that leads to itself")
  func linkLoop() throws {
    let workspace = try Workspace()
    let path = workspace.file("log")
    try #require(symlink("log", path) == 0)
    let socket = try LogSocket(path: Text(of: path))
    #expect(try roundTrip(path, socket) == "hello")
  }

  @Test("takes a path of 107 bytes, and refuses 108 before anything is touched")
  func longPath() throws {
    let workspace = try Workspace()
    let room = 107 - workspace.path.utf8.count - 1
    let longest = workspace.file(String(repeating: "x", count: room))
    let socket = try LogSocket(path: Text(of: longest))
    #expect(try roundTrip(longest, socket) == "hello")
    let name = String(repeating: "x", count: room + 1)
    try workspace.write("kept", to: name)
    #expect(throws: Errno(code: ENAMETOOLONG)) {
      _ = try LogSocket(path: Text(of: workspace.file(name)))
    }
    #expect(workspace.content(of: name) == "kept")
  }

  @Test("says why it cannot be opened")
  func failures() throws {
    let workspace = try Workspace()
    let directory = workspace.file("directory")
    try #require(mkdir(directory, 0o700) == 0)
    #expect(throws: Errno(code: EADDRINUSE)) { _ = try LogSocket(path: Text(of: directory)) }
    #expect(throws: Errno(code: ENOENT)) {
      _ = try LogSocket(path: Text(of: workspace.path + "/none/log"))
    }
  }

  /// What is used of `passed`, consecutive descriptors. Changes the environment: for the child of
  /// an exit test.
  private static func used(
    of passed: [PassedSocket] = [.datagram], fds: String?, pid: String? = "\(getpid())"
  ) -> PassedSocket? {
    for (name, value) in [("LISTEN_FDS", fds), ("LISTEN_PID", pid), ("LISTEN_FDNAMES", "a:b")] {
      unsetenv(name)
      if let value { setenv(name, value, 1) }
    }
    // High, so that what the runtime opens meanwhile is not next to them.
    let first: Int32 = 200
    for number in first..<first + 8 { close(number) }
    for (index, socket) in passed.enumerated() { socket.open(as: first + Int32(index)) }
    let found = LogSocket.datagramSocket(from: first, count: LogSocket.passedCount())
    return found.map { passed[Int($0 - first)] }
  }

  @Test("is the passed one when LISTEN_FDS and LISTEN_PID say so (sd_listen_fds(3))")
  func passed() async {
    await #expect(processExitsWith: .success) {
      leave([
        Self.used(fds: "1") == .datagram,
        Self.used(of: [.datagram, .stream], fds: "2") == .datagram,
      ])
    }
  }

  @Test("is the first unix datagram socket of several that were passed")
  func passedAmongOthers() async {
    await #expect(processExitsWith: .success) {
      leave([
        Self.used(of: [.stream, .file, .udp, .datagram], fds: "4") == .datagram,
        Self.used(of: [.stream, .datagram], fds: "1") == nil,
        Self.used(of: [.stream, .file, .udp], fds: "3") == nil,
        // A number that nobody means ends at the first descriptor that is not open.
        Self.used(of: [.stream, .file, .udp, .datagram], fds: "99999999999999") == .datagram,
      ])
    }
  }

  @Test("is not one that was meant for another process, or is no datagram socket, or none at all")
  func notPassed() async {
    await #expect(processExitsWith: .success) {
      leave([
        Self.used(fds: "1", pid: "\(getppid())") == nil,
        Self.used(fds: "1", pid: nil) == nil,
        Self.used(fds: "1", pid: "") == nil,
        Self.used(fds: nil) == nil,
        Self.used(fds: "0") == nil,
        Self.used(fds: "-1") == nil,
        Self.used(of: [], fds: "1") == nil,
      ])
    }
  }

  @Test("is not waited for and not inherited when it was passed, nor is anything else that was")
  func passedFlags() async {
    await #expect(processExitsWith: .success) {
      _ = Self.used(of: [.stream, .datagram, .file], fds: "3")
      leave([
        cposix_fcntl(201, F_GETFL, 0) & O_NONBLOCK != 0,
        cposix_fcntl(201, F_GETFL, 0) & O_ACCMODE == O_RDWR,
        cposix_fcntl(200, F_GETFL, 0) & O_NONBLOCK == 0,
        (200...202).allSatisfy { cposix_fcntl($0, F_GETFD, 0) & FD_CLOEXEC != 0 },
        getenv("LISTEN_FDS") == nil, getenv("LISTEN_PID") == nil,
        getenv("LISTEN_FDNAMES") == nil,
      ])
    }
  }
}

/// A descriptor as a service manager may pass it.
private enum PassedSocket {
  case datagram
  case stream
  case udp
  case file

  /// Opens one under this number.
  func open(as number: Int32) {
    let made =
      switch self {
      case .datagram: CPosix.socket(AF_UNIX, CPOSIX_SOCK_DGRAM, 0)
      case .stream: CPosix.socket(AF_UNIX, CPOSIX_SOCK_STREAM, 0)
      case .udp: CPosix.socket(AF_INET, CPOSIX_SOCK_DGRAM, 0)
      case .file: cposix_open("/dev/null", O_RDWR, 0)
      }
    dup2(made, number)
    close(made)
  }
}
