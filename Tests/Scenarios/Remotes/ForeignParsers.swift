import Forms
import Foundation
import Testing

extension Scenarios {
  /// What real programs send (Tests/Forms), through the product and into parsers that are not ours.
  @Suite("Parsers of others read what programs meant") struct ForeignParsers {
    let workspace = Workspace()

    @Test("time, host, name, process id and message", arguments: ForeignParser.Format.allCases)
    func forms(format: ForeignParser.Format) throws {
      let messages = try forward(format)
      for parser in ForeignParser.all {
        let readings = try parser.read(messages, format, workspace)
        try #require(readings.count == Form.all.count, "\(parser)")
        let faults = zip(Form.all, readings).flatMap { form, reading in
          self.faults(form, reading, format).map { "\(form.name), \(parser): \($0)" }
        }
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
      }
    }

    /// The messages that the product makes of the forms, each at its own time.
    private func forward(_ format: ForeignParser.Format) throws -> [[UInt8]] {
      let (clock, sink) = (try TestClock(in: workspace), try UDPSink())
      let place = ["unshare", "-u", "sh", "-ec", "hostname \(Form.hostname); exec \"$@\"", "sh"]
      let syslogd = try Syslogd(
        ["-R", "127.0.0.1:\(sink.port)", "--format", format.rawValue, "-L"], in: workspace,
        build: .withoutTLS, wrapper: place + clock.wrapper + ["env", "TZ=\(Form.zone)"])
      let socket = try syslogd.connect()
      for form in Form.all {
        let count = sink.collect()
        try clock.set(to: form.received, .synchronized)
        try socket.send(form.bytes)
        try eventually("\(form.name) arrives\n\(syslogd.process.everything)") {
          sink.collect() > count
        }
      }
      try #require(sink.datagrams.count == Form.all.count)
      // Over UDP each has an LF at its end, as in BusyBox.
      return sink.datagrams.map { $0.last == 10 ? $0.dropLast() : $0 }
    }

    private func faults(
      _ form: Form, _ reading: Reading, _ format: ForeignParser.Format
    ) -> [String] {
      var faults: [String] = []
      func check(_ what: String, _ isRight: Bool, _ read: String) {
        if !isRight { faults.append("\(what) \(read.debugDescription)") }
      }
      check("host", form.isOwnHost ? Form.isOwn(reading.host) : true, reading.host)
      check("time", isRight(reading.time, of: form, format), reading.time)
      let text = Array(reading.text.utf8)
      guard format == .rfc5424 else {
        check("text", form.isContent(text), reading.text)
        return faults
      }
      check("app", reading.app == form.app || (reading.app + form.app) == "-", reading.app)
      check(
        "procid", reading.procid == form.procid || (reading.procid + form.procid) == "-",
        reading.procid)
      check(
        "msgid", reading.msgid == form.msgid || (reading.msgid + form.msgid) == "-", reading.msgid)
      check("msg", text == form.msg, reading.text)
      return faults
    }

    /// RFC 3164 has no year. A message without a time has that of its receipt, when this machine
    /// may have been slow.
    private func isRight(
      _ text: String, of form: Form, _ format: ForeignParser.Format
    ) -> Bool {
      guard let read = Form.seconds(text) else { return form.time == nil }
      let delay = form.isStamped ? 0 : 30
      guard let time = form.time else { return true }
      guard format == .rfc3164 else { return (0...delay).contains(read - time) }
      return (0...delay).contains { Form.withoutYear(read) == Form.withoutYear(time + $0) }
    }
  }
}
