import Foundation

/// A program that logs with the means of its own platform, and what must come of it.
struct LoggingClient: Sendable, CustomStringConvertible {
  /// One message, with `%pid` for the program's own process id.
  struct Said: Sendable {
    let priority: Int
    /// BusyBox's `facility.severity`.
    let names: String
    /// What the program puts behind PRI and its timestamp; in the local log an LF is a blank.
    let text: String
    /// PROCID, MSGID and the message of RFC 5424, with APP-NAME before them.
    let record: String
    /// Whether the program sends a timestamp.
    var isStamped = true
  }

  let description: String
  let command: [String]
  let said: [Said]
  /// What it must print on standard error.
  var complaint: String?

  /// Its command, with `%file` for a path.
  func command(file: String) -> [String] {
    command.map { $0.replacingOccurrences(of: "%file", with: file) }
  }
}

extension LoggingClient.Said {
  /// Checks what came of it: the line of the local log, the datagram of a raw UDP remote, the frame
  /// of a TLS remote. Returns what is wrong.
  func faults(pid: pid_t, line: String, datagram: String, frame: String) -> [String] {
    let own = { (text: String) in text.replacingOccurrences(of: "%pid", with: "\(pid)") }
    var faults: [String] = []
    guard let local = line.wholeMatch(of: #/(\w{3} [ \d]\d [\d:]{8}) \S+ (\S+) (.*)/#) else {
      return ["no line of a log: \(line)"]
    }
    let shown = own(text).replacingOccurrences(of: "\n", with: " ")
    if local.2 != names || local.3 != shown { faults.append("local: \(line)") }
    // The same time in both, to the second: it is the program's.
    let sent = "<\(priority)>" + (isStamped ? "\(local.1) " : "") + own(text) + "\n"
    if datagram != sent { faults.append("UDP: \(datagram.debugDescription)") }
    let form = #/(<\d+>1) \S+ \S+ (\S+ \S+ \S+) (?:\[[^\]]*\])+ (.*)/#.dotMatchesNewlines()
    guard let parts = frame.wholeMatch(of: form) else {
      return faults + ["not RFC 5424: \(frame.debugDescription)"]
    }
    if parts.1 != "<\(priority)>1" || "\(parts.2) \(parts.3)" != own(record) {
      faults.append("TLS: \(frame.debugDescription)")
    }
    return faults
  }
}
