import Foundation
import Testing

/// Numbered messages of a test, and what must have become of them.
struct Messages {
  /// Distinguishes this run of messages from others in the same collector.
  let run: String
  let numbers: Range<Int>
  /// Length of the content.
  let size: Int
  /// The PRI of a number.
  let priority: (Int) -> Int

  init(
    _ numbers: Range<Int>, run: String = "a", size: Int = 60,
    priority: @escaping (Int) -> Int = { _ in 13 }
  ) {
    self.numbers = numbers
    self.run = run
    self.size = size
    self.priority = priority
  }

  /// What a program would send with `syslog(3)`.
  var datagrams: [String] {
    numbers.map { "<\(priority($0))>Jan  2 03:04:05 scenario[7]: \(content($0))" }
  }

  /// The contents, in order.
  var contents: [String] { numbers.map(content) }

  func content(_ number: Int) -> String {
    let head = "run \(run) n=\(number) "
    return head + String(repeating: "x", count: max(0, size - head.utf8.count - 1)) + "."
  }

  /// The contents of this run among `lines`, in whatever format they came.
  func found(in lines: [String]) -> [String] {
    let mark = "run \(run) n="
    return lines.compactMap { line in
      guard let start = line.range(of: mark) else { return nil }
      return String(line[start.lowerBound...])
    }
  }

  /// Expects every message whole, in order, once; says where that first fails.
  func expectDelivered(
    to lines: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let got = found(in: lines)
    let wanted = contents
    guard got != wanted else { return }
    let place = zip(got, wanted).prefix { $0 == $1 }.count
    let seen = place < got.count ? got[place].prefix(40).description : "nothing"
    let missing = Set(wanted).subtracting(got).count
    Issue.record(
      """
      \(got.count) messages arrived of \(wanted.count), \(missing) of them missing, \
      \(got.count - Set(got).count) twice; at place \(place) stands "\(seen)" \
      instead of number \(numbers.lowerBound + place)
      """, sourceLocation: sourceLocation)
  }
}
