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

  /// Whether a socket of `type` is taken for passed. Changes the environment: for the child of an
  /// exit test.
  private static func isTaken(
    _ type: Int32 = CPOSIX_SOCK_DGRAM, fds: String?, pid: String?
  ) throws -> Bool {
    for (name, value) in [("LISTEN_FDS", fds), ("LISTEN_PID", pid)] {
      unsetenv(name)
      if let value { setenv(name, value, 1) }
    }
    let pair = try SocketPair(type)
    let taken = LogSocket.passedDescriptor(first: pair.near.rawValue)
    guard taken == -1 || taken == pair.near.rawValue else { throw Unexpected("another: \(taken)") }
    return taken >= 0
  }

  @Test("is the passed one when LISTEN_FDS and LISTEN_PID say so (sd_listen_fds(3))")
  func passed() async {
    await #expect(processExitsWith: .success) {
      leave([
        try Self.isTaken(fds: "1", pid: "\(getpid())"),
        try Self.isTaken(fds: "2", pid: "\(getpid())"),
      ])
    }
  }

  @Test("is not one that was meant for another process, or is no datagram socket, or none at all")
  func notPassed() async {
    await #expect(processExitsWith: .success) {
      let own = "\(getpid())"
      leave([
        try !Self.isTaken(fds: "1", pid: "\(getppid())"),
        try !Self.isTaken(fds: "1", pid: nil),
        try !Self.isTaken(fds: "1", pid: ""),
        try !Self.isTaken(fds: nil, pid: own),
        try !Self.isTaken(fds: "0", pid: own),
        try !Self.isTaken(fds: "-1", pid: own),
        try !Self.isTaken(CPOSIX_SOCK_STREAM, fds: "1", pid: own),
        LogSocket.passedDescriptor(first: 999) == -1,
      ])
    }
  }
}
