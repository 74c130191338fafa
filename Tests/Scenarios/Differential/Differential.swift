import Foundation
import Testing

extension Scenarios {
  @Suite("Nothing differs from BusyBox but what the table lists") struct Differential {
    @Test("the corpus is large, and its parts are all different")
    func corpus() {
      #expect(Corpus.all.count >= 500)
      #expect(Set(Corpus.all).count >= 1000)
      #expect(Corpus.forRules.count >= 500)
    }

    @Test("every datagram, whatever the options, leaves the same files and UDP datagrams")
    func options() throws {
      let comparison = try Comparison()
      for trial in OptionSets.withoutRules {
        try comparison.expectSame(trial, trial.options.joined(separator: " "))
      }
    }

    @Test("-K writes the same to the kernel's buffer")
    func kernelBuffer() throws {
      let comparison = try Comparison()
      for trial in OptionSets.kernel {
        try comparison.expectSame(trial, trial.options.joined(separator: " "))
      }
    }

    @Test("BusyBox's logread shows the same, however often the ring has gone round")
    func ring() throws {
      let comparison = try Comparison()
      for trial in OptionSets.ring {
        try comparison.expectSame(trial, trial.options.joined(separator: " "))
      }
    }
  }
}
