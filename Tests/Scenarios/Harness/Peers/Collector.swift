/// A peer that takes messages over a connection and writes one line for each.
protocol Collector: AnyObject {
  var port: Int { get }
  var process: Child { get }
  /// The file with the lines.
  var file: String { get }
}

extension Collector {
  /// Everything that has arrived.
  var lines: [String] { Lines.of(file) }

  /// Waits until so many lines have arrived.
  func wait(forLines count: Int, within deadline: Double = 30) throws {
    try eventually(
      "\(count) lines at \(process.name), which has \(Lines.count(in: file))", within: deadline
    ) { Lines.count(in: file) >= count }
  }

  /// Waits until a line with `text` has arrived.
  func wait(for text: String, within deadline: Double = 15) throws {
    try eventually("'\(text)' at \(process.name)\n\(process.errors)", within: deadline) {
      lines.contains { $0.contains(text) }
    }
  }

  func wait(for messages: Messages, within deadline: Double = 30) throws {
    guard let last = messages.numbers.last else { return }
    // The contents end with the number and padding: the last one alone does not say that the
    // others have come, so that is checked by expectDelivered.
    try wait(for: messages.content(last), within: deadline)
  }
}
