import Bytes
import Testing

@testable import SelectedBackend
@testable import SyslogIO
@testable import syslogd

@Suite("The table of options, and what tells of them")
struct OptionTableTests {
  private static let entries = OptionTable.entries

  @Test("every option has one entry, with spellings of its own")
  func complete() {
    let all =
      DaemonOption.allCases.map { Option.daemon($0) }
      + RemoteOption.allCases.map { Option.remote($0) }
    for option in all {
      let count = OptionTableTests.entries.count { $0.option == option }
      #expect(count == 1, "\(option) has \(count) entries")
    }
    #expect(OptionTableTests.entries.count == all.count)
    let spellings = OptionTableTests.entries.flatMap { $0.spellings }
    #expect(Set(spellings).count == spellings.count)
    for option in RemoteOption.allCases {
      #expect(!OptionTable.entry(.remote(option)).name.text.isEmpty, "a rule has no word for it")
    }
  }

  @Test("a rule may have the options of a remote that have a value, by their names")
  func rules() {
    for entry in OptionTableTests.entries where !entry.name.text.isEmpty {
      let option = OptionTable.remoteOption(named: entry.name.text)
      if case .remote(let own) = entry.option, own != .tls, own != .tcp,
        own != .failover
      {
        #expect(option == own)
      } else {
        #expect(option == nil)
      }
    }
    #expect(OptionTable.remoteOption(named: "") == nil)
  }

  @Test("getopt_long is told BusyBox's letters, the seed's, and -p, each with or without a value")
  func letters() {
    let told = "\(OptionTable.letters.words.dropFirst())"
    #expect(OptionTable.letters.words.first == ":")
    func parts(_ letters: String) -> [String] {
      letters.matches(of: #/\w:*/#).map { String($0.output) }.sorted()
    }
    #expect(parts(told) == parts("nO:l:Ss:b:tR:LC::Df:Km:dc:I:p:"))
  }

  @Test("--help has each option at the beginning of a line, no line of it is longer than 85")
  func help() {
    let text = Usage.text(NoTLS.capabilities).words
    let lines = text.split(separator: "\n")
    for entry in OptionTableTests.entries {
      let heading = "  \(entry.spelling.words)"
      let count = lines.count {
        $0 == heading || $0.hasPrefix("\(heading) ") || $0.hasPrefix("\(heading)[")
      }
      #expect(count == 1, "\(heading) begins \(count) lines")
      for spelling in entry.spellings {
        #expect(text.contains(spelling), "\(spelling) is not in the usage text")
      }
    }
    for line in lines { #expect(line.count <= 85, "\(line)") }
    #expect(text.contains("\n  -C[KB]         Log to a ring"))
    #expect(text.contains("\n  -p PATH        Socket to read"))
    #expect(text.contains("default: /dev/log (--log-socket)\n"))
    #expect(text.contains("\n  --pid-file PATH\n                 Default: /var/run"))
  }

  @Test("the manual has a heading for each option under each of its spellings, and for no other")
  func manual() throws {
    let manual = try content(of: "docs/syslogd.8").split(separator: "\n")
    var headings: Set<String> = []
    // Behind it are messages, which begin with an option, too.
    for line in manual.prefix(while: { $0 != ".Sh DIAGNOSTICS" }) where line.hasPrefix(".It ") {
      for heading in "\(line.dropFirst(4))".split(separator: " , ") {
        // `Fl` puts a dash before its argument.
        let words = heading.split(separator: " ")
        if words.count > 1, words[0] == "Fl" { headings.insert("-\(words[1])") }
      }
    }
    let spellings = OptionTableTests.entries.flatMap { $0.spellings }
    for spelling in spellings {
      #expect(headings.contains(spelling), "\(spelling) is not in docs/syslogd.8")
    }
    for heading in headings {
      #expect(spellings.contains(heading), "\(heading) is in docs/syslogd.8, and is no option")
    }
  }
}

extension OptionEntry {
  /// With their dashes.
  fileprivate var spellings: [String] {
    var spellings: [String] = []
    if letter != 0 { spellings.append("-\(Character(Unicode.Scalar(letter)))") }
    if !name.text.isEmpty { spellings.append("--\(name.text.words)") }
    return spellings
  }
}
