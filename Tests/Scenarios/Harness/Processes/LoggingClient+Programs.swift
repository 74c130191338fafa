import Foundation

extension LoggingClient {
  /// The user's name, which `logger` takes for a tag.
  private static var user: String { ProcessInfo.processInfo.userName }

  /// The programs, each as `/dev/log` is there. `%file` has three lines.
  static var all: [LoggingClient] { utilLinux + others }

  private static var utilLinux: [LoggingClient] {
    [
      LoggingClient(
        description: "logger", command: ["logger", "plain"],
        said: [
          Said(
            priority: 13, names: "user.notice", text: "\(user): plain",
            record: "\(user) - - plain")
        ]),
      LoggingClient(
        description: "logger -p -t --id=42",
        command: ["logger", "-p", "local3.err", "-t", "utillinux", "--id=42", "hello"],
        said: [
          Said(
            priority: 155, names: "local3.err", text: "utillinux[42]: hello",
            record: "utillinux 42 - hello")
        ]),
      LoggingClient(
        description: "logger -i -s -u /dev/log",
        command: ["logger", "-i", "-s", "-u", "/dev/log", "-t", "said", "hello"],
        said: [
          Said(
            priority: 13, names: "user.notice", text: "said[%pid]: hello",
            record: "said %pid - hello")
        ], complaint: "hello"),
      LoggingClient(
        description: "logger -d, over datagrams alone",
        command: ["logger", "-d", "-t", "datagram", "hello"],
        said: [
          Said(
            priority: 13, names: "user.notice", text: "datagram: hello",
            record: "datagram - - hello")
        ]),
      LoggingClient(
        description: "logger --prio-prefix -f",
        command: ["logger", "--prio-prefix", "-t", "lines", "-f", "%file"],
        said: [
          Said(
            priority: 13, names: "user.notice", text: "lines: one", record: "lines - - one"),
          Said(
            priority: 13, names: "user.notice", text: "lines: two\t\u{e4}",
            record: "lines - - two\t\u{e4}"),
          Said(
            priority: 11, names: "user.err", text: "lines: three", record: "lines - - three"),
        ]),
      LoggingClient(
        description: "logger --rfc3164, with a host name",
        command: ["logger", "--rfc3164", "-t", "old", "hello"],
        said: [
          Said(
            priority: 13, names: "user.notice", text: "\(host) old: hello",
            record: "old - - hello")
        ]),
      LoggingClient(
        description: "logger --rfc5424",
        command: [
          "logger", "--rfc5424=notime,notq", "-t", "new", "--id=7", "--msgid", "M1", "--sd-id",
          "a@1", "--sd-param", "k=\"v\"", "hello",
        ],
        said: [
          Said(
            priority: 13, names: "user.notice", text: "1 - \(host) new 7 M1 [a@1 k=\"v\"] hello",
            record: "new 7 M1 hello", isStamped: false)
        ]),
    ]
  }

  private static var others: [LoggingClient] {
    [
      LoggingClient(
        description: "BusyBox's logger",
        command: ["busybox", "logger", "-s", "-t", "box", "-p", "mail.warn", "hello"],
        said: [
          Said(
            priority: 20, names: "mail.warn", text: "box: hello", record: "box - - hello")
        ], complaint: "box: hello"),
      LoggingClient(
        description: "Python's syslog, which is glibc's",
        command: [
          "python3", "-c",
          "import syslog as s; s.openlog('libc', s.LOG_PID | s.LOG_PERROR); s.syslog(1, 'hello')",
        ],
        said: [
          Said(
            priority: 9, names: "user.alert", text: "libc[%pid]: hello",
            record: "libc %pid - hello")
        ], complaint: "libc["),
      LoggingClient(
        description: "Python's SysLogHandler, with its NUL and without",
        command: ["python3", "-c", handler],
        said: [
          Said(
            priority: 131, names: "local0.err", text: "snake: h\u{e9}llo",
            record: "snake - - h\u{e9}llo", isStamped: false),
          Said(
            priority: 134, names: "local0.info", text: "snake: two\nlines",
            record: "snake - - two\nlines", isStamped: false),
        ]),
    ]
  }

  private static let handler = """
    import logging, logging.handlers
    handler = logging.handlers.SysLogHandler(address="/dev/log", facility="local0")
    handler.ident = "snake: "
    log = logging.getLogger()
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    log.error("h\\u00e9llo")
    handler.append_nul = False
    log.info("two\\nlines")
    """

  /// As `logger` writes it: up to the first dot for RFC 3164.
  private static var host: String {
    var name = utsname()
    uname(&name)
    let bytes = withUnsafeBytes(of: &name.nodename) { Array($0.prefix { $0 != 0 }) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
