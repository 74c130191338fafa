import Foundation
import Testing

extension Scenarios {
  @Suite("What differs from BusyBox on purpose") struct Differences {
    @Test("the table lists every exception of the comparison, and only those")
    func table() throws {
      let rows = try Difference.rows()
      #expect(Set(rows.map(\.name)).count == rows.count)
      let compared = rows.filter { $0.shownBy.hasPrefix("compared") }.map(\.name)
      #expect(Set(compared) == Set(Difference.allCases.map(\.rawValue)))
    }

    @Test("where the table names a test instead, there is one")
    func namedTests() throws {
      let files = try FileManager.default.subpathsOfDirectory(
        atPath: "\(Programs.packageRoot)/Tests")
      let names = Set(files.map { URL(fileURLWithPath: $0).lastPathComponent })
      for row in try Difference.rows() where row.shownBy.hasPrefix("`") {
        let name = row.shownBy.trimmingCharacters(in: ["`"])
        #expect(names.contains(name), "\(row.name)")
      }
    }

    @Test("only one of them refuses a command line only where the table says so")
    func commandLines() throws {
      let comparison = try Comparison()
      for one in Difference.cases {
        let all = try comparison.outcomes(Trial(one.options))
        #expect(all[0].outcome.ending == one.busyBox, "\(one.difference): \(one.options)")
        for (contender, outcome) in all.dropFirst() {
          #expect(outcome.ending == one.ours, "\(one.difference): \(one.options), \(contender)")
          #expect(!outcome.isRefusal || outcome.isOneLine, "\(outcome.complaint)")
        }
      }
    }

    @Test("--help alone: both show a usage with status 0 (usage)")
    func usage() throws {
      let workspace = Workspace()
      for contender in Contender.allCases {
        let child = try Child(
          try contender.command() + ["--help"], in: workspace, name: contender.rawValue)
        #expect(try child.wait() == .exit(0))
        let (shown, silent) =
          contender == .oracle ? (child.errors, child.output) : (child.output, child.errors)
        #expect(shown.contains("Usage: syslogd [OPTIONS]") && silent.isEmpty)
      }
    }

    @Test("-C64 over the small ring of a killed daemon: refused by BusyBox only (leftover)")
    func leftover() throws {
      var trial = Trial("-C64 -S", Corpus.priorities)
      trial.reading = .dump
      trial.prepare = { try $0.leaveRing(kilobytes: 4) }
      for (contender, outcome) in try Comparison().outcomes(trial) {
        #expect(outcome.hasServed == (contender != .oracle), "\(contender): \(outcome.complaint)")
        let lines = outcome.text("the ring").split(separator: "\n")
        #expect(contender == .oracle || lines.count == Corpus.priorities.count + 2)
      }
    }

    @Test("-K without /dev/kmsg: both refuse, but only BusyBox has made /dev/log by then (kernel)")
    func kernel() throws {
      let socket = "/dev/log (140666)"
      for (contender, outcome) in try Comparison().outcomes(Trial("-K")) {
        #expect(outcome.isRefusal)
        #expect(outcome.has(socket) == (contender == .oracle), "\(contender)")
      }
    }

    @Test("with rules for everything, facilities beyond the named are in the default file")
    func facilities() throws {
      let datagrams = Corpus.facilitiesWithoutName
      let trial = Trial("-S", datagrams).configured(Array("*.* /var/log/a\n".utf8))
      for (contender, outcome) in try Comparison().outcomes(trial, without: .oracle) {
        let lines = outcome.text("/var/log/messages (100644)").split(separator: "\n")
        #expect(lines.count == datagrams.count, "\(contender)")
      }
    }

    @Test("a control character in the host name is in BusyBox's lines only (hostname)")
    func hostName() throws {
      let trial = Circumstances.trial(hostName: "a\u{1}b")
      for (contender, outcome) in try Comparison().outcomes(trial) {
        let name = contender == .oracle ? "a\u{1}b" : "a?b"
        let text = outcome.text("/var/log/messages (100644)")
        #expect(text.hasPrefix("Jan  2 03:04:05 \(name) kern.emerg app[1]: "), "\(contender)")
      }
    }

    @Test("a full log file that cannot be rotated does not stop the daemon (immovable)")
    func immovable() throws {
      var trial = Trial("-S -s 1 -b 2", Corpus.priorities)
      trial.prepare = { machine in
        try machine.write("", to: "/var/log/messages")
        let mount = ["mount", "--bind", "/var/log/messages", "/var/log/messages"]
        let child = try machine.start(mount, name: "mount")
        guard try child.wait() == .exit(0) else { throw Failure(child.everything) }
      }
      for (contender, outcome) in try Comparison().outcomes(trial, without: .oracle) {
        #expect(outcome.hasServed, "\(contender)")
        let lines = outcome.text("/var/log/messages (100644)").split(separator: "\n")
        #expect(lines.count == Corpus.priorities.count + 3, "\(contender)")
      }
    }
  }
}
