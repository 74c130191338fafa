import Foundation
import Testing

extension Scenarios {
  @Suite("docs/statistics.md") struct StatisticsDocument {
    let workspace = Workspace()

    private func document() throws -> String {
      try String(
        contentsOfFile: "\(Programs.packageRoot)/docs/statistics.md", encoding: .utf8)
    }

    @Test("names the metrics of the file, and no others")
    func metrics() throws {
      let file = workspace.file("syslogd.prom")
      let port = try FreePort.next()
      let syslogd = try Syslogd(
        ["-L", "--stats", file]
          + Remote.tls(port, ["--spool", "\(workspace.file("spool")):64K"]), in: workspace)
      let report = try syslogd.waitForStatistics(file, "all metrics") {
        $0.names.contains("remote_last_error_info")
      }
      let rows = try document().matches(of: #/\| `syslogd_([a-z_]+)`/#).map { String($0.1) }
      #expect(rows.count > 20)
      #expect(Set(rows) == Set(report.names))
      #expect(Set(rows).count == rows.count)
    }

    @Test("has rules that promtool accepts")
    func rules() throws {
      let parts = try document().components(separatedBy: "```yaml\n")
      try #require(parts.count == 2)
      let rules = try #require(parts[1].components(separatedBy: "```").first)
      let path = try workspace.write(rules, to: "rules.yml")
      let child = try Child(
        [try Programs.promtool(), "check", "rules", path], in: workspace, name: "promtool")
      #expect(try child.wait(within: 60) == .exit(0), "\(child.everything)")
      #expect(child.output.contains("4 rules found"), "\(child.output)")
      let names = rules.matches(of: #/syslogd_([a-z_]+)/#).map { String($0.1) }
      #expect(names.count >= 3)
      for name in names { #expect(try document().contains("| `syslogd_\(name)`")) }
    }
  }
}
