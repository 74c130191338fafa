import Foundation
import Testing

extension Scenarios {
  @Suite("A log socket that systemd-socket-activate passes") struct SocketActivation {
    let workspace = Workspace()
    let paths: Syslogd.Paths
    /// Given with `-p`, and not to be touched.
    let unused: String

    init() {
      paths = Syslogd.Paths(in: workspace, name: "syslogd")
      unused = workspace.file("unused.sock")
    }

    @Test("is read from its first message on, from both builds", arguments: [true, false])
    func first(hasTLS: Bool) throws {
      let socket = workspace.file("log.sock")
      let activator = try activate(
        [socket], program: hasTLS ? Programs.withTLS() : Programs.withoutTLS())
      try eventually("the socket is there\n\(activator.everything)") {
        FileManager.default.fileExists(atPath: socket)
      }
      let client = try LogSocket(socket)
      try client.send("<13>app: what starts it")
      try waitForLog("what starts it", activator)
      try client.send("<13>app: what comes later")
      try waitForLog("what comes later", activator)
      #expect(!FileManager.default.fileExists(atPath: unused))
      #expect(Lines.of(paths.log).first?.contains("syslogd started") == true)
    }

    @Test("is left alone at the end, and what comes meanwhile waits for the next one")
    func left() throws {
      let socket = workspace.file("log.sock")
      let passed = try PassedSocket(boundTo: socket)
      var before = stat()
      lstat(socket, &before)
      let client = try LogSocket(socket)
      for round in 1...3 {
        try client.send("<13>app: round \(round)")
        let process = try Child(
          ["sh", "-c", "export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"", "sh"]
            + [try Programs.withoutTLS(), "-n", "-p", unused, "--pid-file", paths.pidFile, "-O"]
            + [paths.log], in: workspace, name: "syslogd\(round)", passing: passed.descriptor)
        try waitForLog("round \(round)", process)
        #expect(try process.stop() == .signal(SIGTERM))
      }
      var after = stat()
      #expect(lstat(socket, &after) == 0 && after.st_ino == before.st_ino)
      #expect(after.st_mode == before.st_mode, "its permissions are the service manager's")
    }

    @Test("may be the first of several")
    func several() throws {
      let sockets = [workspace.file("first.sock"), workspace.file("second.sock")]
      let activator = try activate(sockets, program: Programs.withoutTLS())
      try eventually("the sockets are there\n\(activator.everything)") {
        sockets.allSatisfy(FileManager.default.fileExists)
      }
      // Either of them starts the program.
      try LogSocket(sockets[1]).send("<13>app: nobody reads the second")
      try LogSocket(sockets[0]).send("<13>app: hello")
      try waitForLog("hello", activator)
      #expect(!Lines.of(paths.log).contains { $0.contains("nobody") })
    }

    @Test("may have an abstract name")
    func abstract() throws {
      let name = "syslogd-scenario-\(getpid())"
      let activator = try activate(["@\(name)"], program: Programs.withoutTLS())
      try eventually("a datagram is taken\n\(activator.everything)") {
        let client = try Child(
          ["sh", "-c", "printf '<13>app: hello' | socat -u - ABSTRACT-SENDTO:\(name)"],
          in: workspace, name: "socat")
        return try client.wait() == .exit(0)
      }
      try waitForLog("hello", activator)
      #expect(!FileManager.default.fileExists(atPath: unused))
    }

    private func activate(_ sockets: [String], program: String) throws -> Child {
      try Child(
        ["systemd-socket-activate", "--datagram"] + sockets.flatMap { ["-l", $0] }
          + [program, "-n", "-p", unused, "--pid-file", paths.pidFile, "-O", paths.log],
        in: workspace, name: "activate")
    }

    private func waitForLog(_ text: String, _ process: Child) throws {
      try eventually("'\(text)' in the log\n\(process.everything)") {
        Lines.of(paths.log).contains { $0.contains(text) }
      }
    }
  }
}
