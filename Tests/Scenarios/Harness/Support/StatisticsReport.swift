import Foundation
import Testing

/// A file of `--stats` as a collector of such files reads it.
struct StatisticsReport {
  let text: String
  /// By name and labels, as they are written.
  let samples: [String: Double]

  /// Nil when there is no such file.
  init?(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    text = String(decoding: data, as: UTF8.self)
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " ") else { continue }
      samples[String(line[..<space])] = Double(line[line.index(after: space)...])
    }
    self.samples = samples
  }

  /// The names that have a type, without `syslogd_`.
  var names: [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("# TYPE syslogd_") }
      .map { String($0.dropFirst("# TYPE syslogd_".count).prefix { $0 != " " }) }
  }

  /// A number of the daemon.
  subscript(name: String) -> Double? { samples["syslogd_\(name)"] }

  /// A number of a remote at 127.0.0.1.
  subscript(name: String, port: Int, transport: String, more: String) -> Double? {
    samples[
      "syslogd_remote_\(name){remote=\"127.0.0.1:\(port)\",transport=\"\(transport)\"\(more)}"]
  }

  /// What `promtool check metrics` says of it: nothing when all is well.
  static func check(_ path: String, in workspace: Workspace) throws -> String {
    let child = try Child(
      ["sh", "-c", "\"$0\" check metrics <\"$1\"", try Programs.promtool(), path],
      in: workspace, name: "promtool")
    let ending = try child.wait(within: 60)
    return ending == .exit(0) ? child.output + child.errors : "\(ending) \(child.everything)"
  }
}

extension Syslogd {
  /// Has the file written again and again until it is as it is wanted; returns it. What a peer's kernel
  /// acknowledges comes without notice.
  @discardableResult
  func waitForStatistics(
    _ path: String, _ wanted: String, within deadline: Double = 30,
    _ isWanted: (StatisticsReport) -> Bool
  ) throws -> StatisticsReport {
    var last: StatisticsReport?
    try eventually("\(wanted) in\n\(last?.text ?? "no file")", within: deadline) {
      process.send(SIGUSR1)
      last = StatisticsReport(path)
      return last.map(isWanted) ?? false
    }
    guard let last else { throw Failure("no \(path)") }
    return last
  }
}
