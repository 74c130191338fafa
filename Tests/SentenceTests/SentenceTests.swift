import Bytes
import Foundation
import Testing

/// Every sentence that a person reads, in one file: Tests/Golden/sentences.txt. After a change of
/// wording, `GOLDEN=write swift test --filter SentenceTests` writes it again.
@Suite("Sentences")
struct SentenceTests {
  private static let modules: [(name: String, samples: [(name: String, sentence: Sentence)])] = [
    ("TLSBackend", samplesOfTLSBackend), ("SyslogCore", samplesOfSyslogCore),
    ("SyslogIO", samplesOfSyslogIO), ("BackendOpenSSL", samplesOfBackendOpenSSL),
    ("BackendGnuTLS", samplesOfBackendGnuTLS), ("BackendMbedTLS", samplesOfBackendMbedTLS),
    ("SelectedBackend", samplesOfSelectedBackend), ("syslogd", samplesOfSyslogd),
    ("SyslogTLS", samplesOfCompanion),
  ]

  private static let root = URL(filePath: #filePath).appending(path: "../../..").standardized

  @Test("are those of the golden file")
  func golden() throws {
    let file = SentenceTests.root.appending(path: "Tests/Golden/sentences.txt")
    var text = ""
    for module in SentenceTests.modules {
      for (name, sentence) in module.samples {
        text += "\(module.name).\(name): \(SentenceTests.shown(sentence))\n"
      }
    }
    if ProcessInfo.processInfo.environment["GOLDEN"] == "write" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let wanted = golden.split(separator: "\n")
    let rendered = text.split(separator: "\n")
    for (line, expected) in zip(rendered, wanted) { #expect(line == expected) }
    #expect(rendered.count == wanted.count)
  }

  /// Names of hosts pass through a filter that guillemets do not; the system's words are its own.
  private static func shown(_ sentence: Sentence) -> String {
    String(decoding: sentence.text.bytes, as: UTF8.self)
      .replacing("name.example", with: "«name»")
      .replacing("No such file or directory", with: "«cause»")
      .replacing("Name or service not known", with: "«cause»")
      .replacing("\n", with: "\\n")
  }

  @Test("have a sample each")
  func complete() throws {
    for module in SentenceTests.modules {
      let folder = SentenceTests.root.appending(path: "Sources/\(module.name)")
      let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil
      ).filter { $0.lastPathComponent.hasPrefix("Sentences") }
      #expect(!files.isEmpty, "\(module.name) has no table")
      let sampled = Set(module.samples.map { $0.name.prefix { $0 != " " } })
      for file in files {
        let source = try String(contentsOf: file, encoding: .utf8)
        for match in source.matches(
          of: #/\n  (?:public )?static (?:var|func) (\w+)[^{]*Sentence[^{]*{/#)
        {
          let hasSample = sampled.contains(match.1)
          #expect(hasSample, "\(module.name).\(match.1)")
        }
      }
    }
  }

  @Test("are named by the scenarios as they are called")
  func scenarios() throws {
    let tests = SentenceTests.root.appending(path: "Tests")
    let golden = try String(
      contentsOf: tests.appending(path: "Golden/sentences.txt"), encoding: .utf8)
    let names = Set(golden.split(separator: "\n").map { $0.prefix { $0 != ":" } })
    let scenarios = tests.appending(path: "Scenarios").path
    let source = try FileManager.default.subpathsOfDirectory(atPath: scenarios)
      .filter { $0.hasSuffix(".swift") }
      .map { try String(contentsOfFile: "\(scenarios)/\($0)", encoding: .utf8) }.joined()
    let named = source.matches(of: #/Said(?:\.text)?\(\s*"([^"]+)"/#).map(\.1)
    #expect(named.count > 10)
    for name in named {
      let exists = names.contains(name)
      #expect(exists, "\(name)")
    }
  }
}
