import Foundation
import Testing

extension Scenarios {
  @Suite("Programs that really log") struct RealClients {
    let workspace = Workspace()

    @Test("arrive in the log, over UDP and over TLS with their own names, process ids and times")
    func allOfThem() throws {
      let identity = try Certificates.shared().rsa
      let (server, sink) = (try OpenSSLServer(identity, in: workspace), try UDPSink())
      let devices = try DeviceFolder(in: workspace)
      let syslogd = try Syslogd(
        ["-L", "-R", "127.0.0.1:\(sink.port)"] + Remote.tls(server.port, pins: [identity.pin]),
        in: workspace, socket: devices.logSocket)
      let file = try workspace.write("one\ntwo\t\u{e4}\n<11>three\n", to: "lines")
      var expected: [(LoggingClient.Said, pid_t, String)] = []
      for (number, client) in (LoggingClient.all + [try compiled()]).enumerated() {
        let child = try Child(
          devices.wrapper + client.command(file: file), in: workspace, name: "client\(number)")
        #expect(try child.wait() == .exit(0), "\(client): \(child.everything)")
        #expect(
          client.complaint.map(child.errors.contains) ?? child.errors.isEmpty,
          "\(client): \(child.errors)")
        expected += client.said.map { ($0, child.pid, client.description) }
      }
      try syslogd.send(Messages(0..<1))
      try server.wait(for: "n=0 ")
      try sink.wait(for: "n=0 ")
      try syslogd.waitForLog("n=0 ")
      try syslogd.process.stop()

      let lines = syslogd.log.filter { !$0.contains(" syslog.") }.dropLast()
      let datagrams = sink.datagrams.map { String(decoding: $0, as: UTF8.self) }.dropLast()
      let frames = try server.octetFrames().map { String(decoding: $0, as: UTF8.self) }
      try #require(lines.count == expected.count, "\(lines)")
      try #require(datagrams.count == expected.count, "\(datagrams)")
      try #require(frames.count == expected.count + 1, "\(frames)")
      for (index, (said, pid, name)) in expected.enumerated() {
        let faults = said.faults(
          pid: pid, line: lines[index], datagram: datagrams[index], frame: frames[index])
        #expect(faults.isEmpty, "\(name)")
      }
    }

    @Test("find out at once that the socket is none for streams, and go on with datagrams")
    func streamFirst() throws {
      let devices = try DeviceFolder(in: workspace)
      let syslogd = try Syslogd([], in: workspace, socket: devices.logSocket)
      let child = try Child(
        devices.wrapper + [
          "python3", "-c",
          """
          import errno, socket
          try:
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect("/dev/log")
          except OSError as error:
            print(errno.errorcode[error.errno])
          client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
          client.connect("/dev/log")
          client.send(b"<13>old: hello")
          """,
        ], in: workspace, name: "client")
      #expect(try child.wait() == .exit(0), "\(child.errors)")
      #expect(child.output == "EPROTOTYPE\n")
      try syslogd.waitForLog("user.notice old: hello")
    }

    /// A program of the C library, whose name is its tag unless it gives another.
    private func compiled() throws -> LoggingClient {
      let source = try workspace.write(
        """
        #include <syslog.h>
        int main(void) {
          openlog("libc", LOG_PID | LOG_PERROR, LOG_LOCAL7);
          syslog(LOG_ALERT, "hello %d", 5);
          syslog(LOG_AUTH | LOG_CRIT, "two\\nlines\\ttab");
          closelog();
          syslog(LOG_DEBUG, "opened again");
          return 0;
        }
        """, to: "client.c")
      let program = workspace.file("compiled")
      let child = try Child(["cc", "-o", program, source], in: workspace, name: "cc")
      guard try child.wait(within: 60) == .exit(0) else { throw Failure(child.errors) }
      return LoggingClient(
        description: "syslog(3)", command: [program],
        said: [
          .init(
            priority: 185, names: "local7.alert", text: "libc[%pid]: hello 5",
            record: "libc %pid - hello 5"),
          .init(
            priority: 34, names: "auth.crit", text: "libc[%pid]: two\nlines\ttab",
            record: "libc %pid - two\nlines\ttab"),
          .init(
            priority: 191, names: "local7.debug", text: "compiled[%pid]: opened again",
            record: "compiled %pid - opened again"),
        ], complaint: "hello 5")
    }
  }
}
