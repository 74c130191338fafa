import Foundation
import Testing

extension Scenarios {
  /// musl is the C library of OpenWrt and Alpine: its syslog() stamps UTC and writes no zone.
  @Suite("A real program of musl, eight hours from Greenwich") struct MuslTime {
    let workspace = Workspace()
    private let zone = "America/Los_Angeles"

    @Test(
      "leaves with the time that it was, in every format that has one, and so does one of glibc")
    func time() throws {
      let sinks = try ["3164", "5424"].map { ($0, try UDPSink()) }
      let remotes = sinks.flatMap { ["-R", "127.0.0.1:\($1.port)", "--format", $0] }
      let devices = try DeviceFolder(in: workspace)
      let syslogd = try Syslogd(
        ["-L"] + remotes, in: workspace, build: .withoutTLS, wrapper: ["env", "TZ=\(zone)"],
        socket: devices.logSocket)
      for compiler in ["musl-gcc", "cc"] {
        let program = try compile(compiler)
        let begin = Date().timeIntervalSince1970
        let child = try Child(
          devices.wrapper + ["env", "TZ=\(zone)", program], in: workspace, name: "run-\(compiler)")
        #expect(try child.wait() == .exit(0), "\(child.everything)")
        for (format, sink) in sinks {
          try sink.wait(for: "from \(compiler)")
          let text = String(decoding: sink.datagrams.last ?? [], as: UTF8.self)
          let stamp = try #require(try format == "3164" ? local(text) : modern(text), "\(text)")
          // Cut to a whole second.
          let range = begin.rounded(.down)...Date().timeIntervalSince1970
          #expect(range.contains(stamp.timeIntervalSince1970), "\(compiler), \(format): \(text)")
        }
      }
      #expect(syslogd.process.errors.isEmpty)
    }

    private func compile(_ compiler: String) throws -> String {
      let source = try workspace.write(
        """
        #include <syslog.h>
        int main(void) {
          openlog("program", LOG_PID, LOG_DAEMON);
          syslog(LOG_NOTICE, "from \(compiler)");
          return 0;
        }
        """, to: "\(compiler).c")
      let program = workspace.file("of-\(compiler)")
      let child = try Child(
        [compiler, "-o", program, source], in: workspace, name: "compile-\(compiler)")
      guard try child.wait(within: 60) == .exit(0) else { throw Failure(child.everything) }
      return program
    }

    private func modern(_ text: String) throws -> Date? {
      let match = text.prefixMatch(of: #/<\d+>1 (\d\S+T[\d:]{8})(?:\.\d+)?([-+]\S+) /#)
      return match.flatMap { ISO8601DateFormatter().date(from: "\($0.1)\($0.2)") }
    }

    /// Of this year, or the last one when the year has ended meanwhile.
    private func local(_ text: String) throws -> Date? {
      guard let match = text.prefixMatch(of: #/<\d+>(\w{3} [ \d]\d [\d:]{8}) /#) else { return nil }
      let parser = DateFormatter()
      parser.locale = Locale(identifier: "en_US_POSIX")
      parser.timeZone = TimeZone(identifier: zone)
      parser.dateFormat = "yyyy MMM d HH:mm:ss"
      var calendar = Calendar(identifier: .gregorian)
      calendar.timeZone = parser.timeZone
      let year = calendar.component(.year, from: Date())
      return [year, year - 1].lazy.compactMap { year in
        parser.date(from: "\(year) \(match.1)".replacing("  ", with: " "))
      }.first { $0 <= Date() }
    }
  }
}
