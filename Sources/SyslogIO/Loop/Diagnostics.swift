internal import Bytes
internal import SyslogCore

/// What the daemon itself has to say, kept until the loop hands it to the local destinations.
///
/// Transports write here instead of logging, so that a failing remote never calls back into the
/// code that is calling it.
final class Diagnostics {
  struct Line {
    let priority: Priority
    let sentence: Sentence
  }

  /// More than this in one turn of the loop is not worth an operator's time.
  private static let limit = 64
  private var lines: [Line] = []

  func write(_ priority: Priority, _ sentence: Sentence) {
    guard lines.count < Diagnostics.limit else { return }
    lines.append(Line(priority: priority, sentence: sentence))
  }

  /// Hands over the lines since the last call.
  func removeLines() -> [Line] {
    guard !lines.isEmpty else { return [] }
    let removed = lines
    lines.removeAll(keepingCapacity: true)
    return removed
  }
}
