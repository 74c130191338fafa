import Foundation
import Testing

extension Scenarios {
  /// See `docs/busybox-differences.md`.
  @Suite("Nothing differs from BusyBox except what the table lists") struct Differential {
    @Test("the corpus is large, and its parts are all different")
    func corpus() {
      #expect(Set(Corpus.all).count >= 1000)
      #expect(Set(Corpus.forRules).count >= 1000)
      #expect(Set(Configurations.good).count >= 60)
    }

    @Test("every datagram, whatever the options, leaves the same files and UDP datagrams")
    func options() throws {
      let comparison = try Comparison()
      for trial in OptionSets.withoutRules { try comparison.expectSame(trial) }
    }

    @Test("-K writes the same to the kernel's buffer")
    func kernelBuffer() throws {
      let comparison = try Comparison()
      for trial in OptionSets.kernel { try comparison.expectSame(trial) }
    }

    @Test("BusyBox's logread shows the same, however often the ring wrapped")
    func ring() throws {
      let comparison = try Comparison()
      for trial in OptionSets.ring { try comparison.expectSame(trial) }
    }

    @Test("files are rotated at the same message, and the same ones are kept")
    func rotation() throws {
      let comparison = try Comparison()
      for trial in Rotations.all { try comparison.expectSame(trial) }
    }

    @Test("in the background, and without a console")
    func places() throws {
      let comparison = try Comparison()
      for trial in OptionSets.background + OptionSets.withoutConsole {
        try comparison.expectSame(trial)
      }
      for options in ["-l 9", "extra", "-f /etc/bad"] {
        var trial = Trial(options)
        trial.place = .background
        trial.files = CommandLines.files
        try comparison.expectSame(trial, busyBox: .refuses)
      }
    }

    @Test("a change of the time zone applies while it runs")
    func timeZone() throws {
      let outcomes = try Comparison().expectSame(Circumstances.changingZone)
      #expect(outcomes[0].text("/var/log/messages (100644)").contains("other zone) second"))
    }

    @Test("files are removed, renamed, truncated or grown while it runs, with and without SIGHUP")
    func changes() throws {
      let comparison = try Comparison()
      for trial in [Circumstances.changingFiles] + Circumstances.hangUps {
        try comparison.expectSame(trial)
      }
    }

    @Test("at the start there are other files in the way, another umask, closed descriptors")
    func starts() throws {
      let comparison = try Comparison()
      for trial in Circumstances.starts { try comparison.expectSame(trial) }
      try comparison.expectSame(Circumstances.socketBlocked, busyBox: .refuses)
    }

    @Test("any host name")
    func hostNames() throws {
      let comparison = try Comparison()
      for name in Circumstances.hostNames {
        try comparison.expectSame(Circumstances.trial(hostName: name))
      }
    }

    @Test("a valid configuration sorts every facility and severity into the same files")
    func goodConfigurations() throws {
      let comparison = try Comparison()
      let trial = Trial("-S", Corpus.priorities)
      for text in Configurations.good {
        try comparison.expectSame(trial.configured(Array(text.utf8)))
      }
      for text in Configurations.binary {
        try comparison.expectSame(trial.configured(text), busyBox: .either)
      }
    }

    @Test("an invalid configuration is refused with one line and changes nothing")
    func badConfigurations() throws {
      let comparison = try Comparison()
      for text in Configurations.bad {
        try comparison.expectSame(Trial("-S").configured(Array(text.utf8)), busyBox: .refuses)
      }
    }

    @Test("options and rules together")
    func optionsAndRules() throws {
      let comparison = try Comparison()
      for trial in OptionSets.withRules { try comparison.expectSame(trial) }
    }

    @Test("what BusyBox refuses is refused with one line and the same status, the rest works")
    func commandLines() throws {
      let comparison = try Comparison()
      for options in CommandLines.all {
        var trial = Trial(options)
        trial.files = CommandLines.files
        try comparison.expectSame(trial, busyBox: .either)
      }
    }
  }
}
