/// Reads a configuration file, whose grammar is BusyBox's (its `docs/syslog.conf.txt`, and where
/// that is silent or wrong, what it does).
///
///     SELECTOR[;SELECTOR]...  FILE               # comment
///     SELECTOR[;SELECTOR]...  @REMOTE  OPTION... # ours alone
public enum ConfigurationReader {
  /// A rule may have a file of its own, and a process has 1024 descriptors by default. BusyBox has
  /// no limit.
  static let maximumRules = 256

  /// The rules in the order of the file, whose size it is for the caller to limit.
  public static func rules(
    _ file: Span<UInt8>
  ) throws(ConfigurationError) -> [ConfigurationRule] {
    var rules: [ConfigurationRule] = []
    var line = LogicalLine()
    while line.advance(in: file) {
      var position = 0
      guard let selector = line.nextWord(from: &position) else { continue }
      guard rules.count < maximumRules else { throw line.error(.tooManyRules, at: selector) }
      guard let action = line.nextWord(from: &position) else {
        throw line.error(.missingAction, at: selector)
      }
      let place = line.place(of: action)
      rules.append(
        ConfigurationRule(
          selector: try SelectorParser(line: line).selector(selector), action: Array(action),
          actionLine: place.line, actionColumn: place.column,
          options: try options(of: action, in: line, from: position)))
    }
    return rules
  }

  private static func options(
    of action: ArraySlice<UInt8>, in line: LogicalLine, from start: Int
  ) throws(ConfigurationError) -> [ConfigurationRule.Option] {
    var options: [ConfigurationRule.Option] = []
    var position = start
    while let word = line.nextWord(from: &position) {
      guard action.first == UInt8(ascii: "@") else { throw line.error(.wordBehindFile, at: word) }
      let place = line.place(of: word)
      options.append(
        ConfigurationRule.Option(bytes: Array(word), line: place.line, column: place.column))
    }
    return options
  }
}
