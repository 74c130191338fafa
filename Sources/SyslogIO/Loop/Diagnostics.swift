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

  /// The most lines of one turn of the loop: the counters of every remote that a configuration can
  /// have fit.
  private static let limit = 1024
  private var lines: [Line] = []
  private var omitted = 0

  func write(_ priority: Priority, _ sentence: Sentence) {
    guard lines.count < Diagnostics.limit else {
      omitted &+= 1
      return
    }
    lines.append(Line(priority: priority, sentence: sentence))
  }

  /// Hands over the lines since the last call; the last one says how many there was no room for.
  func removeLines() -> [Line] {
    guard !lines.isEmpty else { return [] }
    var removed = lines
    if omitted > 0 { removed.append(Line(priority: .syslogWarning, sentence: .omitted(omitted))) }
    omitted = 0
    // The memory that a flood needed is given back.
    lines.removeAll(keepingCapacity: lines.count <= 64)
    return removed
  }
}
