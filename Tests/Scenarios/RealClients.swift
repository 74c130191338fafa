import Foundation
import Testing

extension Scenarios {
  @Suite("Programs that really log") struct RealClients {
    let workspace = Workspace()

    @Test("logger, BusyBox's logger, Python and syslog(3) arrive as RFC 5424 with their own names")
    func allOfThem() throws {
      let identity = try Certificates.shared().rsa
      let server = try OpenSSLServer(identity, in: workspace)
      // Under this name it can stand for /dev/log in a mount namespace.
      let devices = try workspace.folder("dev")
      try workspace.write("", to: "dev/null")
      let syslogd = try Syslogd(
        ["-L"] + Remote.tls(server.port, pins: [identity.pin]),
        in: workspace, socket: "\(devices)/log")
      try run(
        [
          "logger", "-u", "\(devices)/log", "-t", "utillinux", "--id=42", "-p", "local3.err",
          "hello 1",
        ])
      try run(
        [
          "logger", "-u", "\(devices)/log", "--rfc5424=notq", "-t", "modern", "-p", "daemon.info",
          "hello 2",
        ])
      try runWithDevLog(devices, "busybox logger -t box -p mail.warn 'hello 3'")
      try run([
        "python3", "-c",
        """
        import logging, logging.handlers
        handler = logging.handlers.SysLogHandler(address="\(devices)/log", facility="local0")
        handler.ident = "snake: "
        log = logging.getLogger()
        log.addHandler(handler)
        log.error("hello 4")
        """,
      ])
      try runWithDevLog(
        devices,
        "python3 -c 'import syslog; syslog.openlog(\"libc\", syslog.LOG_PID);"
          + " syslog.syslog(syslog.LOG_ALERT, \"hello 5\")'")
      try server.wait(for: "hello 5")
      try syslogd.process.stop()
      let frames = try server.octetFrames().map { String(decoding: $0, as: UTF8.self) }
      let expected: [(String, Regex<Substring>)] = [
        ("logger", #/<155>1 \S+ \S+ utillinux 42 - .*hello 1/#),
        ("logger --rfc5424", #/<30>1 \S+ \S+ modern - - .*hello 2/#),
        ("BusyBox's logger", #/<20>1 \S+ \S+ box - - .*hello 3/#),
        ("Python", #/<131>1 \S+ \S+ snake - - .*hello 4/#),
        ("syslog(3)", #/<9>1 \S+ \S+ libc \d+ - .*hello 5/#),
      ]
      for (name, form) in expected {
        #expect(frames.contains { $0.wholeMatch(of: form) != nil }, "\(name): \(frames)")
      }
      for number in 1...5 { try syslogd.waitForLog("hello \(number)") }
    }

    private func run(_ arguments: [String]) throws {
      let child = try Child(arguments, in: workspace, name: "client")
      guard try child.wait() == .exit(0) else { throw Failure(child.everything) }
    }

    /// Runs shell text where `devices` is /dev.
    private func runWithDevLog(_ devices: String, _ text: String) throws {
      try run([
        "unshare", "-m", "sh", "-ec",
        "mount --bind /dev/null \(devices)/null; mount --bind \(devices) /dev; \(text)",
      ])
    }
  }
}
