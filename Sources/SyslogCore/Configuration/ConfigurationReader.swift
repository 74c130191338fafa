/// Reads a configuration file, whose grammar is BusyBox's (its `docs/syslog.conf.txt`, and where
/// that is silent or wrong, what it does).
///
///     SELECTOR[;SELECTOR]...  FILE               # comment
///     SELECTOR[;SELECTOR]...  @REMOTE  OPTION... # ours alone
public struct ConfigurationReader {
  /// A rule may have a file of its own, and a process has 1024 descriptors by default. BusyBox has
  /// no limit.
  static let maximumRules = 256

  private var line = LogicalLine()
  private var count = 0

  public init() {}

  /// The next rule of the file, whose size it is for the caller to limit; nil behind the last. After
  /// an error the reader goes on with the next line.
  public mutating func next(in file: Span<UInt8>) throws(ConfigurationError) -> ParsedRule? {
    while line.advance(in: file) {
      guard let rule = try line.rule(after: count) else { continue }
      count += 1
      return rule
    }
    return nil
  }

  /// The rules in the order of the file, all of which must be right.
  public static func rules(_ file: Span<UInt8>) throws(ConfigurationError) -> [ParsedRule] {
    var reader = ConfigurationReader()
    var rules: [ParsedRule] = []
    while let rule = try reader.next(in: file) { rules.append(rule) }
    return rules
  }
}

extension LogicalLine {
  /// Nil in a line without words. `count`: how many rules there are already.
  fileprivate func rule(after count: Int) throws(ConfigurationError) -> ParsedRule? {
    var position = 0
    guard let first = nextWord(from: &position) else { return nil }
    guard count < ConfigurationReader.maximumRules else { throw error(.tooManyRules, at: first) }
    // First: of a line that is no rule at all, or has a blank behind a ';', what its other words
    // lack is only a consequence.
    let selector = try selector(in: first)
    guard let second = nextWord(from: &position) else { throw error(.missingAction, at: first) }
    let action = word(second)
    var options: [ParsedRule.Option] = []
    while let option = nextWord(from: &position) {
      guard bytes[second.lowerBound] == UInt8(ascii: "@") else {
        throw error(.wordBehindFile, at: option)
      }
      options.append(word(option))
    }
    return ParsedRule(
      selector: selector, action: action.bytes, actionLine: action.line,
      actionColumn: action.column, options: options)
  }

  private func word(_ range: Range<Int>) -> ParsedRule.Option {
    let place = place(of: range.lowerBound)
    return ParsedRule.Option(
      bytes: Array(bytes[range]), line: place.line, column: place.column)
  }
}
