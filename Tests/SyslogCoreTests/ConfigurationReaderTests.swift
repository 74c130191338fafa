import Bytes
import Testing

@testable import SyslogCore

@Suite("The configuration file")
struct ConfigurationReaderTests {
  @Test("rules select what they select in BusyBox", arguments: BusyBoxReading.all)
  func busyBox(_ reading: BusyBoxReading) throws {
    switch reading.outcome {
    case .files(let expected):
      let rules = try rules(reading.configuration)
      #expect(written(by: rules) == expected.mapValues(priorities).filter { !$0.value.isEmpty })
      #expect(rules.allSatisfy { $0.options.isEmpty })
    case .refused(let line):
      let error = #expect(throws: ConfigurationError.self) { try rules(reading.configuration) }
      let refused = try #require(error)
      #expect(refused.line <= line)
      #expect(refused.column >= 1)
    }
  }

  @Test("what is long, BusyBox reads as well")
  func long() throws {
    let kern = priorities("0:0F")
    for configuration in [
      String(repeating: "kern.err;", count: 2000) + "kern.err a\n",
      String(repeating: "kern,", count: 2000) + "kern.err a\n",
      String(repeating: " ", count: 9000) + "kern.err" + String(repeating: "\t", count: 9000)
        + "a" + String(repeating: " ", count: 9000) + String(repeating: "#", count: 9000),
      String(repeating: "#", count: 40_000) + "\nkern.err a\n",
      String(repeating: "\\\n", count: 4000) + "kern.err a\n",
    ] {
      #expect(written(by: try rules(configuration)) == ["a": kern])
    }
  }

  static let refusals:
    [(
      configuration: String, problem: ConfigurationError.Problem, word: String, line: Int,
      column: Int
    )] = [
      ("kern a", .notASelector, "kern", 1, 1),
      ("  kern.*;  a", .blankBehindSemicolon, "", 1, 10),
      ("kern.*;;user.* a", .notASelector, "", 1, 8),
      ("kern,uzer.err a", .unknownFacility, "uzer", 1, 6),
      ("\n# c\n\tkern.*;.err a", .unknownFacility, "", 3, 9),
      ("kern,*.err a", .unknownFacility, "*", 1, 6),
      ("uzer.bad a", .unknownFacility, "uzer", 1, 1),
      ("kern.* a\nuser.!=ERR b", .unknownSeverity, "ERR", 2, 8),
      ("user. b", .unknownSeverity, "", 1, 6),
      ("user.err;kern.err,info b", .unknownSeverity, "err,info", 1, 15),
      ("kern.*\n", .missingAction, "kern.*", 1, 1),
      ("kern.* # a\n", .missingAction, "kern.*", 1, 1),
      ("kern.* a\r\n\r\n", .carriageReturn, "\r", 2, 1),
      ("kern.*\r\n", .carriageReturn, "kern.*\r", 1, 1),
      ("kern.* a b\r\n", .carriageReturn, "b\r", 1, 10),
      // It is not at fault for what is wrong further to the left.
      ("uzer.* a\r\n", .unknownFacility, "uzer", 1, 1),
      ("kern.* # c\r\n", .missingAction, "kern.*", 1, 1),
      ("kern.*  a  b c", .wordBehindFile, "b", 1, 12),
      // Counted in the lines of the file, not in what they are joined to.
      ("kern.*;\\\nuzer.* a", .unknownFacility, "uzer", 2, 1),
      ("kern.*;\\\nuz\\\ner.* a", .unknownFacility, "uzer", 2, 1),
      // Empty, and so where something was expected.
      ("kern.*;\\\n\\\n\\\n  user.bad a", .blankBehindSemicolon, "", 4, 1),
      ("*.=info;\\\n\tmail.none\t-/var/log/info", .blankBehindSemicolon, "", 2, 1),
      ("; a", .notASelector, "", 1, 1),
      ("kern.*\\\n a\\\n b\n", .wordBehindFile, "b", 3, 2),
      ("kern.* a\\\\\n\n\nuser.bad b\n", .unknownSeverity, "bad", 4, 6),
      ("kern.* \\\n@x \\\n\\\n y=\\\nz\nkern.*", .missingAction, "kern.*", 6, 1),
      // The first one only.
      ("bad\nkern.bad a", .notASelector, "bad", 1, 1),
      // What other syslogds have beside rules.
      ("!ppp\n*.* /var/log/ppp", .notASelector, "!ppp", 1, 1),
      ("module(load=\"x\")", .notASelector, "module(load=\"x\")", 1, 1),
      // Long words are cut.
      (
        "kern." + String(repeating: "e", count: 5000) + " a", .unknownSeverity,
        String(repeating: "e", count: 64), 1, 6
      ),
    ]

  @Test("a refusal says what is wrong, and where", arguments: refusals)
  func refusal(
    configuration: String, problem: ConfigurationError.Problem, word: String, line: Int,
    column: Int
  ) {
    let expected = ConfigurationError(
      problem: problem, word: Array(word.utf8), line: line, column: column)
    #expect(throws: expected) { try rules(configuration) }
  }

  @Test("behind a line that is wrong, the next ones are read")
  func afterAnError() throws {
    let file = Array("kern.* a\nbad\nmail.bad b\n\\\n # c\nuser.* \\\nc\nworse".utf8)
    var reader = ConfigurationReader()
    var read: [String] = []
    while true {
      do throws(ConfigurationError) {
        guard let rule = try reader.next(in: file.span) else { break }
        read.append(String(decoding: rule.action, as: UTF8.self))
      } catch {
        read.append("\(error.line): \(String(decoding: error.word, as: UTF8.self))")
      }
    }
    #expect(read == ["a", "2: bad", "3: bad", "c", "8: worse"])
  }

  @Test("a remote has options, each with its place in the file")
  func options() throws {
    let rules = try rules(
      """
      kern.* @tls://host:6514 pin=/a#b c
        *.info   @udp://192.0.2.1
      mail.* \\
        @x one  \\
      two\tthree\\
      four # five
      """)
    #expect(rules.map(\.action) == ["@tls://host:6514", "@udp://192.0.2.1", "@x"].map(bytes))
    #expect(rules.map(\.actionLine) == [1, 2, 4])
    #expect(rules.map(\.actionColumn) == [8, 12, 3])
    #expect(
      rules.map(\.options) == [
        [.init(bytes: bytes("pin=/a"), line: 1, column: 25)], [],
        [
          .init(bytes: bytes("one"), line: 4, column: 6),
          .init(bytes: bytes("two"), line: 5, column: 1),
          .init(bytes: bytes("threefour"), line: 5, column: 5),
        ],
      ])
  }

  @Test("256 rules are read, comments not counted, and one more is refused")
  func limit() throws {
    let most = String(repeating: "*.err /a\n\n# c\n", count: 256)
    #expect(try rules(most).count == 256)
    let tooMany = ConfigurationError(
      problem: .tooManyRules, word: bytes("mail.*"), line: 769, column: 3)
    #expect(throws: tooMany) { try rules(most + "  mail.* /b") }
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// Bytes above 127 as in `BusyBoxReading`.
  private func rules(_ text: String) throws -> [ParsedRule] {
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return try ConfigurationReader.rules(bytes.span)
  }

  /// What is in each file when every PRIVAL has been logged: once for each rule that matches.
  private func written(by rules: [ParsedRule]) -> [String: [UInt16]] {
    var files: [String: [UInt16]] = [:]
    for value in UInt16(0)...191 {
      guard let priority = Priority(rawValue: value) else { continue }
      for rule in rules where rule.selector.matches(priority) {
        let name = String(String.UnicodeScalarView(rule.action.map { UnicodeScalar($0) }))
        files[name, default: []].append(value)
      }
    }
    return files
  }

  /// `0-3:FF 5:0F` as priorities, each as often as it is named.
  private func priorities(_ text: String) -> [UInt16] {
    var found: [UInt16] = []
    for part in text.split(separator: " ") {
      let halves = part.split(separator: ":")
      let bounds = halves[0].split(separator: "-").compactMap { UInt16($0) }
      let severities = UInt16(halves[1], radix: 16) ?? 0
      for facility in bounds[0]...(bounds.last ?? 0) {
        for severity in 0..<8 where severities >> severity & 1 == 1 {
          found.append(facility * 8 + UInt16(severity))
        }
      }
    }
    return found.sorted()
  }
}

@Suite("A refused configuration")
struct ConfigurationErrorTests {
  private static let reasons: [(ConfigurationError.Problem, String)] = [
    (.notASelector, "'x' is not FACILITY.SEVERITY"),
    (.unknownFacility, "'x' is not a facility"),
    (.unknownSeverity, "'x' is not a severity"),
    (.missingAction, "'x' is not followed by a file or @REMOTE"),
    (.wordBehindFile, "'x' follows a file; only an @REMOTE has options"),
    (.tooManyRules, "too many rules (limit 256)"),
  ]

  @Test("says what is wrong", arguments: reasons)
  func reason(_ problem: ConfigurationError.Problem, _ expected: String) {
    let error = ConfigurationError(problem: problem, word: Array("x".utf8), line: 1, column: 1)
    #expect(String(decoding: error.reason.text.bytes, as: UTF8.self) == expected)
  }
}
