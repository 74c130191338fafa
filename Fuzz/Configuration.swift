// Fuzzes: SyslogCore

internal import Bytes

/// A configuration and datagrams that its rules are asked about, with a record separator (0x1E)
/// behind the configuration and between the datagrams.
@c(LLVMFuzzerTestOneInput)
public func fuzzConfiguration(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  let parts = input.split(separator: 0x1E, omittingEmptySubsequences: false).map { Array($0) }
  let file = parts[0]
  switch read(file) {
  case .failure(let error):
    let place = Place(line: error.line, column: error.column)
    expect(place.isFor(error.word, in: file), "a refusal says where")
    expect(error.word.count <= 64, "a refusal is short")
  case .success(let rules):
    expect(rules.count <= ConfigurationReader.maximumRules, "rules are limited")
    // Hundreds of rules and datagrams teach nothing that a few do not, and take their time.
    for rule in rules.suffix(8) { check(rule, in: file) }
    checkRewritten(rules.suffix(3))
    for datagram in parts.dropFirst().prefix(8) { check(datagram, with: rules) }
  }
  checkLocality(file)
  return 0
}

private func read(_ file: [UInt8]) -> Result<[ParsedRule], ConfigurationError> {
  do throws(ConfigurationError) {
    return .success(try ConfigurationReader.rules(file.span))
  } catch {
    return .failure(error)
  }
}

private struct Place {
  let line: Int
  let column: Int

  /// Whether `word` may begin here. It may be joined from lines, and of an empty one nothing is
  /// seen; but it is inside the line, or at its end.
  func isFor(_ word: [UInt8], in file: [UInt8]) -> Bool {
    let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.indices ~= line - 1, case let text = lines[line - 1], 1...text.count + 1 ~= column
    else { return false }
    return word.isEmpty || text.dropFirst(column - 1).first == word[0]
  }
}

private func check(_ rule: ParsedRule, in file: [UInt8]) {
  expect(isWord(rule.action), "an action is one word")
  let place = Place(line: rule.actionLine, column: rule.actionColumn)
  expect(place.isFor(rule.action, in: file), "an action has its place")
  expect(rule.options.isEmpty || rule.action[0] == UInt8(ascii: "@"), "a file has no options")
  for option in rule.options {
    expect(isWord(option.bytes), "an option is one word")
    let place = Place(line: option.line, column: option.column)
    expect(place.isFor(option.bytes, in: file), "an option has its place")
  }
}

private func isWord(_ bytes: [UInt8]) -> Bool {
  !bytes.isEmpty && !bytes.contains { [0, 9, 10, 32, UInt8(ascii: "#")].contains($0) }
}

/// Rules that are written again with one part for each severity of each facility are the same.
private func checkRewritten(_ rules: ArraySlice<ParsedRule>) {
  var file: [UInt8] = []
  for rule in rules {
    let words = [spelling(of: rule.selector), rule.action] + rule.options.map(\.bytes)
    // A blank behind a backslash at the end.
    for word in words { file += word + [UInt8(ascii: " ")] }
    file.append(UInt8(ascii: "\n"))
  }
  guard case .success(let again) = read(file) else {
    fatalError("broken promise: what was read can be written")
  }
  expect(again.map(\.selector) == rules.map(\.selector), "the same selectors")
  expect(again.map(\.action) == rules.map(\.action), "the same actions")
  for (left, right) in zip(again, rules) {
    expect(left.options.map(\.bytes) == right.options.map(\.bytes), "the same options")
  }
}

private func spelling(of selector: Selector) -> [UInt8] {
  var text = "mark.none"
  for severity in UInt8(0)...7 {
    // Facilities 12 to 15 have no name: they are selected with all the others, or not at all.
    let nameless = (UInt8(12)...15).map { selects(selector, $0, severity) }
    expect(Set(nameless).count == 1, "what has no name is not told apart")
    let name = Severity(rawValue: severity)?.name ?? "none"
    if nameless[0] { text += ";*.=\(name)" }
    for value in UInt8(0)...23 where selects(selector, value, severity) != nameless[0] {
      guard let facility = Facility(rawValue: value)?.name else { continue }
      text += ";\(facility).\(nameless[0] ? "!=" : "=")\(name)"
    }
  }
  return Array(text.utf8)
}

private func selects(_ selector: Selector, _ facility: UInt8, _ severity: UInt8) -> Bool {
  Priority(rawValue: UInt16(facility) << 3 | UInt16(severity)).map(selector.matches) ?? false
}

private let hostname = Array("router".utf8)
private let localLine = LocalLine(hostname: hostname.span, style: .full, timestamps: .client)
private let time = CalendarTime(
  year: 2025, month: 11, day: 24, hour: 7, minute: 30, second: 1, microsecond: 42,
  utcOffsetMinutes: 60, isSynchronized: true)

private func check(_ bytes: [UInt8], with rules: [ParsedRule]) {
  var union = Selector.none
  for rule in rules { union.formUnion(rule.selector) }
  let datagram = Array(bytes.prefix(Message.trimmedCount(bytes.span)))
  var position = 0
  while let range = Message.nextPiece(datagram.span, from: &position) {
    let piece = Array(datagram[range])
    let message = Message(piece.span)
    let isMatched = rules.contains { $0.selector.matches(message.priority) }
    expect(union.matches(message.priority) == isMatched, "a union is for what its parts are for")
    expect(!isMatched || message.priority.isPRIVAL, "no rule is for facilities above 23")
    var line: [UInt8] = []
    localLine.append(piece.span, message, at: time, to: &line)
    expect(line.popLast() == UInt8(ascii: "\n"), "a line ends")
    expect(!line.contains { $0 < 0x20 && $0 != UInt8(ascii: "\t") }, "a line is one line")
  }
}

/// A line in front moves everything by one line, and changes nothing else.
private func checkLocality(_ file: [UInt8]) {
  let moved = read(Array("# \\#\n".utf8) + file)
  switch (read(file), moved) {
  case (.success(let rules), .success(let moved)):
    expect(rules.map(\.selector) == moved.map(\.selector), "the same selectors below a comment")
    expect(rules.map { $0.actionLine + 1 } == moved.map(\.actionLine), "one line below")
    expect(rules.map(\.actionColumn) == moved.map(\.actionColumn), "the same column")
  case (.failure(let error), .failure(let moved)):
    expect(error.problem == moved.problem && error.word == moved.word, "the same refusal")
    expect(error.line + 1 == moved.line && error.column == moved.column, "one line below")
  default:
    expect(false, "a comment changes nothing")
  }
}

private func expect(_ condition: Bool, _ promise: StaticString) {
  if !condition { fatalError("broken promise: \(promise)") }
}
