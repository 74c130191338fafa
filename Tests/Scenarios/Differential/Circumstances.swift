import Foundation

/// What happens around a syslogd, before it starts and while it runs.
enum Circumstances {
  /// Another /etc/localtime comes by rename when the first message is in the log.
  static let changingZone: Trial = {
    var trial = Trial("-S", ["first", "second"].map { Array($0.utf8) })
    trial.midway = { machine in
      let log = machine.outside("/var/log/messages")
      try eventually("the first message") { Lines.of(log).last?.hasSuffix(" midway") == true }
      let zone = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Asia/Kolkata"))
      let file = URL(fileURLWithPath: machine.outside("/etc/localtime"))
      try zone.write(to: file, options: .atomic)
    }
    // The clock is looked at closely once in a second.
    trial.pause = 1
    return trial
  }()

  /// Each file is changed in another way, and written again two seconds later.
  static let changingFiles: Trial = {
    let names = ["removed", "renamed", "cut", "grown", "folder", "link", "replaced", "left"]
    let rules = names.map { "user,mail.* /var/log/\($0)\n" }.joined()
    var trial = Trial("-s 1 -b 2 -l 6", Corpus.priorities + Corpus.priorities)
    trial.files["/etc/syslog.conf"] = Array("\(rules)kern.emerg /var/log/marks\n".utf8)
    trial.midway = { machine in
      let log = machine.outside("/var/log")
      try eventually("the first half") {
        Lines.of("\(log)/marks").last?.hasSuffix("midway") == true
      }
      let manager = FileManager.default
      for name in ["removed", "folder", "link"] { try manager.removeItem(atPath: "\(log)/\(name)") }
      try manager.moveItem(atPath: "\(log)/renamed", toPath: "\(log)/away")
      try manager.createDirectory(atPath: "\(log)/folder", withIntermediateDirectories: false)
      try manager.createSymbolicLink(atPath: "\(log)/link", withDestinationPath: "target")
      truncate("\(log)/cut", 0)
      truncate("\(log)/grown", 5000)
      try machine.write("another\n", to: "/var/log/replaced")
    }
    trial.pause = 3
    return trial
  }()

  /// A signal that BusyBox ignores changes nothing in what is written where.
  static let hangUps: [Trial] = [
    "", "-D -S", "-s 1 -b 3 -l 6", "-C2000", "-K", "-L -R {1}", "-O -",
  ]
  .map { options in
    var trial = Trial(options, Corpus.forRules)
    trial.files["/dev/kmsg"] = []
    if options == "-C2000" { trial.reading = .dump }
    if options.isEmpty { trial.files["/etc/syslog.conf"] = Array("mail.* /var/log/a\n".utf8) }
    trial.midway = { machine in
      let file = machine.outside("/var/run/syslogd.pid")
      guard let pid = Lines.of(file).first.flatMap(pid_t.init) else { throw Failure("no pid") }
      kill(pid, SIGHUP)
    }
    return trial
  }

  static let starts: [Trial] =
    [umask("0"), umask("077"), umask("0777"), umask("0", "-K"), umask("0", "-C2000")]
    + ["<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"].flatMap {
      [shell("exec \"$@\" \($0)", ""), shell("exec \"$@\" \($0)", "-L -R {1} -C2000")]
    }
    + [
      found("/var/run/syslogd.pid", "a much longer old content\n"), found("/dev/log", "a file"),
      found("/var/log/messages", "no line end"), found("/var/log/messages", "a line\n"),
      linked("/dev/log", to: "socket"), linked("/dev/log", to: "../var/run/socket"),
      linked("/dev/log", to: "log"), linked("/var/log/messages", to: "/var/log/elsewhere"),
      linked("/var/log/messages", to: "messages"), linked("/etc/syslog.conf", to: "missing"),
    ]

  /// A folder where the socket should be.
  static let socketBlocked: Trial = {
    var trial = Trial("-S")
    trial.prepare = { machine in
      try FileManager.default.createDirectory(
        atPath: machine.outside("/dev/log"), withIntermediateDirectories: false)
    }
    return trial
  }()

  static let hostNames = [
    "a", "a.b", "a.", ".a", "", "-", "localhost", "with blank", "UPPER", "\u{e4}",
    String(repeating: "h", count: 63), String(repeating: "h", count: 64),
    String(repeating: "h", count: 40) + "." + String(repeating: "d", count: 20),
  ]

  /// `-l 6` leaves out the line about the start, which is known by the usual name.
  static func trial(hostName: String) -> Trial {
    var trial = Trial("-l 6", Corpus.priorities)
    trial.wrapper = [
      "sh", "-ec",
      "printf '%s\\n' \"$1\" >/proc/sys/kernel/hostname; shift; exec \"$@\"", "sh", hostName,
    ]
    return trial
  }

  private static func umask(_ mask: String, _ options: String = "") -> Trial {
    shell("umask \(mask); exec \"$@\"", options)
  }

  private static func shell(_ text: String, _ options: String) -> Trial {
    var trial = Trial(options, Corpus.priorities)
    trial.wrapper = ["sh", "-ec", text, "sh"]
    if options == "-K" { trial.files["/dev/kmsg"] = [] }
    if options.contains("-C2000") { trial.reading = .dump }
    return trial
  }

  private static func found(_ path: String, _ content: String) -> Trial {
    var trial = Trial("-S -l 6", Corpus.priorities)
    trial.files[path] = Array(content.utf8)
    return trial
  }

  private static func linked(_ path: String, to target: String) -> Trial {
    var trial = Trial("-S", Corpus.priorities)
    trial.prepare = { machine in
      try FileManager.default.createSymbolicLink(
        atPath: machine.outside(path), withDestinationPath: target)
    }
    return trial
  }
}
