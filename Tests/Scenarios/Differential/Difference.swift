import Foundation

/// What the comparison with BusyBox makes an exception for. Each is a row of
/// `docs/busybox-differences.md` under the same name.
enum Difference: String, CaseIterable {
  case version, facilities, wording, usage, options, values, paths, remotes, directory, kernel
  case leftover, hostname, immovable, reload

  /// A command line that BusyBox and this program do not take alike.
  struct Case {
    let difference: Difference
    let options: [String]
    let busyBox: String
    let ours: String

    init(_ difference: Difference, _ options: [String], _ busyBox: String, _ ours: String) {
      self.difference = difference
      self.options = options
      self.busyBox = busyBox
      self.ours = ours
    }
  }

  private static let serves = "served, then signal 15"
  private static let refuses = "exit status 1"

  static let cases: [Case] =
    refused(.values, ["-l", "9", "-l", "3"], ["-b", "100", "-b1"], ["-C3", "-C4"])
    + refused(.paths, ["-O", ""])
    + refused(
      .remotes, ["-R", ""], ["-R", "127.0.0.1:99999"], ["-R", "127.0.0.1:0"], ["-R", "[::1"],
      ["-R", "127.0.0.1:x"], ["-R127.0.0.1:"])
    + refused(.directory, ["-f", "/etc"])
    + taken(
      .options, ["-p", "/dev/log"], ["--log-socket", "/dev/log"],
      ["--pid-file", "/var/run/syslogd.pid"], ["-I", "127.0.0.1"], ["-R", "127.0.0.1", "--tcp"])
    + [
      Case(.options, ["--version"], refuses, "exit status 0"),
      Case(.usage, ["--help"], refuses, "exit status 0"),
    ]

  private static func refused(_ difference: Difference, _ all: [String]...) -> [Case] {
    all.map { Case(difference, $0, serves, refuses) }
  }

  private static func taken(_ difference: Difference, _ all: [String]...) -> [Case] {
    all.map { Case(difference, $0, refuses, serves) }
  }

  /// The rows of the table, without their heading: name and last column.
  static func rows() throws -> [(name: String, shownBy: String)] {
    let path = "\(Programs.packageRoot)/docs/busybox-differences.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      let columns = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard columns.count == 6, columns[0].hasPrefix("`") else { return nil }
      return (columns[0].trimmingCharacters(in: ["`"]), columns[5])
    }
  }
}
