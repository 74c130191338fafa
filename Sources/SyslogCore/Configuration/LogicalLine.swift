/// A line of the configuration with those that a backslash at its end joins to it, as BusyBox
/// reads them; and where each byte of it stands in the file.
struct LogicalLine {
  private(set) var bytes: [UInt8] = []
  /// Where lines of the file begin in `bytes`.
  private var joints: [Int] = []
  /// How much of the file has been read: bytes and lines.
  private var position = 0
  private var lineCount = 0

  /// Reads the next line; false behind the last.
  mutating func advance(in file: Span<UInt8>) -> Bool {
    guard position < file.count else { return false }
    bytes = []
    joints = []
    repeat {
      lineCount += 1
      joints.append(bytes.count)
      appendLine(of: file)
    } while removeBackslash() && position < file.count
    return true
  }

  private mutating func appendLine(of file: Span<UInt8>) {
    while position < file.count {
      let byte = file[position]
      position += 1
      if byte == UInt8(ascii: "\n") { return }
      bytes.append(byte)
    }
  }

  /// Of two backslashes and an empty line, the empty line lets the other one continue the line.
  private mutating func removeBackslash() -> Bool {
    guard bytes.last == UInt8(ascii: "\\") else { return false }
    bytes.removeLast()
    return true
  }

  /// The next word at or behind `position`; nil when there is only a comment or nothing. A comment
  /// begins anywhere, inside a word too, and to BusyBox a NUL begins one as well.
  @inline(never)  // Smaller: it is called from three places.
  func nextWord(from position: inout Int) -> Range<Int>? {
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    let start = position
    while position < bytes.count, !isBlank(bytes[position]), bytes[position] != UInt8(ascii: "#"),
      bytes[position] != 0
    {
      position += 1
    }
    return start < position ? start..<position : nil
  }

  /// CR is not: it belongs to the word that it ends.
  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// Line and column, from 1, of a place in `bytes`.
  func place(of offset: Int) -> (line: Int, column: Int) {
    // The last line that begins here has the byte: those before it are empty.
    var line = lineCount
    for joint in joints.reversed() {
      if joint <= offset { return (line, offset - joint + 1) }
      line -= 1
    }
    return (line, offset + 1)
  }

  /// A CR at the end of the line is said whatever else is wrong with the word that it belongs to.
  func error(_ problem: ConfigurationError.Problem, at word: Range<Int>) -> ConfigurationError {
    let place = place(of: word.lowerBound)
    let endsInCR = word.upperBound == bytes.count && bytes.last == UInt8(ascii: "\r")
    return ConfigurationError(
      problem: endsInCR ? .carriageReturn : problem, word: Array(bytes[word.prefix(64)]),
      line: place.line, column: place.column)
  }
}
