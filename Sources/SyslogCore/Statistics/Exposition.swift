public import Bytes

/// Statistics in Prometheus's text format, version 0.0.4, made from tables.
///
/// A line of a table begins a metric: its kind, its name without `syslogd_`, and its help. Behind it
/// stands a line for each of its samples: how its labels end, `",state="idle"}` for instance; empty
/// when there are none. All samples of a metric stand together, as the format asks for, whatever
/// they belong to.
public final class Exposition {
  /// Bytes of a label's value: an error may name a long path.
  static let longestValue = 256
  /// In the place of a number that there is not.
  private static let none = UInt64.max

  public private(set) var text: Text = ""
  /// What the next table tells of, one thing after the other.
  private var labels: [Text] = []
  /// Where the numbers of each begin, and of the next.
  private var begins: [Int] = [0]
  private var numbers: [UInt64] = []

  public init() {}

  /// Begins a thing that the next table tells of. `label`: how its labels begin, `{name="value`.
  @inline(never)
  public func begin(_ label: Text) {
    if !labels.isEmpty { begins.append(numbers.count) }
    labels.append(label)
  }

  /// Whether there is such a thing.
  public func has(_ label: Text) -> Bool { labels.contains(label) }

  /// The label of the one that was begun last; empty before the first.
  public var label: Text { labels.last ?? "" }

  /// How many there are.
  public var count: Int { labels.count }

  /// Its next number, in the order of the table's samples. What is missing at the end it does not
  /// have.
  @inline(never)
  public func add(_ number: UInt64) { numbers.append(number) }

  /// The same, if it has one.
  @inline(never)
  public func add(_ number: UInt64?) { add(number ?? Exposition.none) }

  /// Appends what a table says of them, and forgets them.
  public func write(_ table: Literal) {
    begins.append(numbers.count)
    var row = 0
    var name: Text = ""
    for line in Text(table).bytes[...].parts(between: UInt8(ascii: "\n")) where !labels.isEmpty {
      if line.first ?? 0 > UInt8(ascii: "\"") {
        name = Exposition.word(1, line)
        let help = Exposition.word(2, line)
        text += Sentence.metric(name, help, kind: Exposition.word(0, line)).text
        continue
      }
      let end = Text(line)
      for index in labels.indices where begins[index] + row < begins[index + 1] {
        append(name, labels[index], end, numbers[begins[index] + row])
      }
      row += 1
    }
    labels = []
    begins = [0]
    numbers = []
  }

  @inline(never)
  private func append(_ name: Text, _ begin: Text, _ end: Text, _ number: UInt64) {
    if number == Exposition.none { return }
    text += Sentence.sample(name, begin, end, Text(number)).text
  }

  @inline(never)
  private static func word(_ index: Int, _ line: ArraySlice<UInt8>) -> Text {
    Text(line.parts(between: UInt8(ascii: " "), limit: 3)[index])
  }

  /// What begins the labels of a thing: `labels`, `name`, and the value. What is not printable ASCII
  /// becomes a question mark, fingerprints of keys and certificates are hidden, and a long value is
  /// cut. `name` has what stands between it and the value before it.
  @inline(never)
  public static func label(_ labels: Text, _ name: Literal, _ value: Text) -> Text {
    var label = labels + Text(name)
    let span = value.bytes.span
    var index = 0
    while index < span.count, index < longestValue {
      let rest = span.extracting(droppingFirst: index)
      let isHidden = rest.starts(with: "sha256//") || rest.starts(with: "sha-")
      if isHidden { label += "(hidden)" }
      while isHidden, index < span.count, span[index].isPrintable,
        span[index] != UInt8(ascii: ")")
      {
        index += 1
      }
      if isHidden { continue }
      var byte = span[index]
      index += 1
      let isBreak = byte == UInt8(ascii: "\n")
      if isBreak || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        label.append(UInt8(ascii: "\\"))
      }
      if isBreak {
        byte = UInt8(ascii: "n")
      } else if !byte.isPrintable, byte != UInt8(ascii: " ") {
        byte = UInt8(ascii: "?")
      }
      label.append(byte)
    }
    return label
  }
}
