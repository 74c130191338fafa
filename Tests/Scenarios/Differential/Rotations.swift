import Foundation

/// Log files that grow too large. `-l 6` leaves out the line about the start: with it, files would
/// be full at another message.
enum Rotations {
  static let all: [Trial] =
    [
      "-s 1", "-s 1 -b 0", "-s 1 -b 1", "-s1 -b2", "-s 1 -b 3 -S", "-s 1 -b 10", "-s 2 -b 99",
      "-s 0 -b 3", "-s 3 -b 2 -t", "-s 1 -b 3 -O /var/log/other", "-b 2 -s 1 -O relative",
      "-s 1 -b 2 -O -", "-s 1 -b 2 -O /dev/null", "-s 1 -b 1 -O /dev/console",
      "-s 1 -b 2 -O /var/log/nowhere/x", "-s 1 -b 2 -D", "-s 1 -b 2 -L -R {1}",
    ].map { Trial("\($0) -l 6", lines) }
    + [Trial("-s 4 -b 20 -l 6", Corpus.all), Trial("-s 200 -b 3 -l 6", Corpus.all)]
    + [
      standing(["messages"]), standing(["messages.0"]), standing(["messages.0", "messages.1"]),
      standing(["messages", "messages.0", "messages.2", "messages.3", "messages.00"]),
      odd { try link($0, from: "messages", to: "messages.0") },
      odd { try symbolicLink($0, from: "messages", to: "elsewhere") },
      odd { try symbolicLink($0, from: "messages", to: "missing/elsewhere") },
      odd { try folder($0, "messages.0") }, odd { try folder($0, "messages.1") },
      rules,
    ]

  /// Sizes that fill a file exactly, and almost, at different messages.
  private static let lines: [[UInt8]] = (0..<400).map {
    Array("<13>Jan  2 03:04:05 app: \($0) \(String(repeating: "x", count: $0 * 7 % 97))".utf8)
  }

  /// With files that are there already, large ones.
  private static func standing(_ names: [String]) -> Trial {
    var trial = Trial("-s 1 -b 3 -l 6", lines)
    for name in names {
      trial.files["/var/log/\(name)"] = Array(String(repeating: "\(name)\n", count: 200).utf8)
    }
    return trial
  }

  private static func odd(_ prepare: @escaping @Sendable (PrivateMachine) throws -> Void) -> Trial {
    var trial = standing(["messages"])
    trial.prepare = prepare
    return trial
  }

  private static let rules: Trial = {
    let text = "user.* /var/log/a\nuser.=notice /var/log/messages\n*.* /var/log/a\n"
    return Trial(
      "-s 1 -b 2 -S", lines + Corpus.priorities.filter { !$0.starts(with: [60, 52, 54]) }
    )
    .configured(Array("syslog.=info /dev/null\n\(text)".utf8))
  }()

  private static func link(_ machine: PrivateMachine, from: String, to: String) throws {
    try FileManager.default.linkItem(
      atPath: machine.outside("/var/log/\(from)"), toPath: machine.outside("/var/log/\(to)"))
  }

  private static func symbolicLink(_ machine: PrivateMachine, from: String, to: String) throws {
    let path = machine.outside("/var/log/\(from)")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: to)
  }

  private static func folder(_ machine: PrivateMachine, _ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: machine.outside("/var/log/\(name)"), withIntermediateDirectories: false)
  }
}
