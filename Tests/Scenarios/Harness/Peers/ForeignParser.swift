import Forms
import Foundation

/// What a parser that is not ours reads in a message.
struct Reading: Decodable {
  /// RFC 3339, in UTC or with a zone.
  let time: String
  let host: String
  let app: String
  let procid: String
  let msgid: String
  /// MSG; of RFC 3164 with its TAG.
  let text: String
}

/// Takes messages of one format and writes down what it reads, one line of JSON for each.
struct ForeignParser: CustomStringConvertible, Sendable {
  enum Format: String, CaseIterable {
    case rfc3164 = "3164"
    case rfc5424 = "5424"
  }

  let description: String
  let read: @Sendable ([[UInt8]], Format, Workspace) throws -> [Reading]

  static let all = [rsyslog, syslogNG, python]

  /// The zone in which the collectors live: that of the forms, without summer time, which some
  /// take from today and not from the message.
  private static let zone = ["TZ": "PST\(-Form.utcOffset / 3600)"]

  private static func decode(_ lines: [[UInt8]]) throws -> [Reading] {
    try lines.map { line in
      do {
        return try JSONDecoder().decode(Reading.self, from: Data(line))
      } catch {
        throw Failure("\(String(decoding: line, as: UTF8.self)): \(error)")
      }
    }
  }

  /// Sends each message in a datagram of its own, and waits for a line for it.
  private static func collect(
    _ messages: [[UInt8]], at port: Int, in file: String, _ collector: Child
  ) throws -> [Reading] {
    try eventually("\(collector.name) listens at \(port)\n\(collector.everything)") {
      Listening.ports(of: collector.pid, .datagram).contains(port)
    }
    let socket = try InetSocket(.datagram, boundTo: "127.0.0.1", port: 0)
    for (number, message) in messages.enumerated() {
      try socket.send(message, to: "127.0.0.1", port: port)
      try eventually("line \(number + 1) of \(collector.name)\n\(collector.everything)") {
        Lines.count(in: file) > number
      }
    }
    return try decode(Lines.bytes(of: file))
  }
}

// MARK: Collectors

extension ForeignParser {
  private static let rsyslog = ForeignParser(description: "rsyslog") {
    messages, format, workspace in
    let (port, name) = (try FreePort.next(), "reader-rsyslog-\(format.rawValue)")
    let file = workspace.file("\(name).json")
    // Its %msg% of RFC 3164 begins behind the colon.
    let text = format == .rfc3164 ? #"property(name="syslogtag" format="json")"# : ""
    let configuration = try workspace.write(
      """
      global(
        workDirectory="\(try workspace.folder("\(name).d"))" parser.permitSlashInProgramName="on"
        parser.escapeControlCharactersOnReceive="off")
      module(load="imudp")
      template(name="reading" type="list") {
        constant(value="{\\"time\\":\\"")
        property(name="timestamp" dateFormat="rfc3339" date.inUTC="on")
        constant(value="\\",\\"host\\":\\"") property(name="hostname" format="json")
        constant(value="\\",\\"app\\":\\"") property(name="app-name" format="json")
        constant(value="\\",\\"procid\\":\\"") property(name="procid" format="json")
        constant(value="\\",\\"msgid\\":\\"") property(name="msgid" format="json")
        constant(value="\\",\\"text\\":\\"") \(text)
        property(name="msg" format="json") constant(value="\\"}\\n")
      }
      input(type="imudp" port="\(port)" address="127.0.0.1" ruleset="toFile")
      ruleset(name="toFile" queue.type="Direct") {
        action(type="omfile" file="\(file)" template="reading")
      }

      """, to: "\(name).conf")
    let collector = try Child(
      ["rsyslogd", "-n", "-f", configuration, "-i", workspace.file("\(name).pid")],
      in: workspace, name: name, environment: zone)
    return try collect(messages, at: port, in: file, collector)
  }

  private static let syslogNG = ForeignParser(
    description: "syslog-ng"
  ) { messages, format, workspace in
    let (port, name) = (try FreePort.next(), "reader-syslog-ng-\(format.rawValue)")
    let file = workspace.file("\(name).json")
    let source = format == .rfc3164 ? "network" : "syslog"
    let text = format == .rfc3164 ? "${LEGACY_MSGHDR}$MSG" : "$MSG"
    let configuration = try workspace.write(
      """
      @version: 3.35
      options { stats-freq(0); keep-hostname(yes); use-dns(no); };
      source from_router { \(source)(transport("udp") ip(127.0.0.1) port(\(port))); };
      destination to_file {
        file("\(file)" time-zone("UTC") template(
          "$(format-json --scope none time=$ISODATE host=$HOST app=$PROGRAM procid=$PID\\
      msgid=$MSGID text=\\"\(text)\\")\\n"));
      };
      log { source(from_router); destination(to_file); };

      """.replacing("\\\n", with: " "), to: "\(name).conf")
    let collector = try Child(
      [
        try Programs.syslogNG(), "-F", "-f", configuration, "--persist-file",
        workspace.file("\(name).persist"), "--control", workspace.file("\(name).ctl"),
        "--pidfile", workspace.file("\(name).pid"),
      ], in: workspace, name: name, environment: zone)
    return try collect(messages, at: port, in: file, collector)
  }
}

// MARK: Python

extension ForeignParser {
  /// syslog-rfc5424-parser and syslogmp of PyPI, which Scripts/bootstrap fetches.
  private static let python = ForeignParser(
    description: "parsers of PyPI"
  ) { messages, format, workspace in
    let name = "reader-python-\(format.rawValue)"
    let hexadecimal = messages.map { message in
      message.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    let input = try workspace.write(hexadecimal.joined(separator: "\n") + "\n", to: name)
    let child = try Child(
      ["/usr/bin/python3", try workspace.write(script, to: "\(name).py"), format.rawValue, input],
      in: workspace, name: name,
      environment: zone.merging(["PYTHONPATH": try Programs.pythonParsers()]) { $1 })
    guard try child.wait(within: 60) == .exit(0) else { throw Failure(child.everything) }
    return try decode(child.outputBytes.split(separator: 10).map(Array.init))
  }

  private static let script = #"""
    import datetime, json, sys
    import syslog_rfc5424_parser, syslogmp

    def modern(data):
        message = syslog_rfc5424_parser.SyslogMessage.parse(data.decode())
        return {"time": message.timestamp or "-", "host": message.hostname or "-",
                "app": message.appname or "-", "procid": str(message.procid or "-"),
                "msgid": message.msgid or "-", "text": message.msg or ""}

    def old(data):
        message = syslogmp.parse(data)
        utc = message.timestamp.astimezone(datetime.timezone.utc)
        return {"time": utc.isoformat(), "host": message.hostname, "app": "", "procid": "",
                "msgid": "", "text": message.message.decode()}

    with open(sys.argv[2]) as file:
        for line in file:
            read = old if sys.argv[1] == "3164" else modern
            print(json.dumps(read(bytes.fromhex(line))))
    """#
}
