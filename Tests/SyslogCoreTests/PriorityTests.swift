import SyslogCore
import Testing

@Suite("PRI, facility and severity")
struct PriorityTests {
  /// What `busybox syslogd` 1.35 made of each, and what the RFCs say about it.
  static let readings: [(piece: String, priority: UInt16, text: String, isValid: Bool)] = [
    ("<0>t", 0, "t", true),
    ("<13>t", 13, "t", true),
    ("<191>t", 191, "t", true),
    ("<30>", 30, "", true),
    // Beyond RFC 5424's facilities, within BusyBox's ten bits.
    ("<192>t", 192, "t", false),
    ("<1016>t", 1016, "t", false),
    ("<1023>t", 1023, "t", false),
    // More than ten bits, more than 32, more than 64.
    ("<1024>t", 13, "t", false),
    ("<4294967309>t", 13, "t", false),
    ("<99999999999999999999>t", 13, "t", false),
    ("<99999999999999999999", 13, "", false),
    // Leading zeros (M6).
    ("<012>t", 12, "t", false),
    ("<00>t", 0, "t", false),
    // No digit right behind '<'.
    ("<>t", 13, "t", false),
    ("<t", 13, "t", false),
    ("<", 13, "", false),
    ("<-1>t", 13, "-1>t", false),
    ("< 5>t", 13, " 5>t", false),
    // Digits, and then something else than '>'.
    ("<12t", 13, "t", false),
    ("<0x1>t", 13, "x1>t", false),
    ("<12 t", 12, " t", false),
    ("<12", 12, "", false),
    ("<5>>t", 5, ">t", true),
    ("<5<6>t", 5, "<6>t", false),
    // No PRI.
    ("t <5>", 13, "t <5>", false),
    ("", 13, "", false),
  ]

  @Test(
    "A PRI is read as BusyBox reads it, and judged as RFC 5424 does (B6, M6)", arguments: readings)
  func reading(piece: String, priority: UInt16, text: String, isValid: Bool) {
    let bytes = Array(piece.utf8)
    let message = Message(bytes.span)
    #expect(message.priority.rawValue == priority)
    #expect(String(decoding: bytes[message.contentStart...], as: UTF8.self) == text)
    #expect(message.hasValidPRI == isValid)
    #expect(message.hasOpenedPRI == piece.hasPrefix("<"))
  }

  @Test("All ten bits of a PRI have a facility and a severity, and 192 and more no PRIVAL (M6)")
  func tenBits() throws {
    for value in UInt16(0)...1023 {
      let priority = try #require(Priority(rawValue: value))
      #expect(priority.facility.rawValue == value / 8)
      #expect(priority.severity.rawValue == value % 8)
      #expect(Priority(priority.facility, priority.severity) == priority)
      #expect(priority.isPRIVAL == (value < 192))
    }
    #expect(Priority(rawValue: 1024) == nil)
    #expect(Facility(rawValue: 128) == nil)
  }

  @Test("Facilities have BusyBox's names, and 12 to 15 and 25 to 127 have none")
  func facilityNames() throws {
    let names = [
      "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
      "authpriv", "ftp", nil, nil, nil, nil, "local0", "local1", "local2", "local3", "local4",
      "local5", "local6", "local7", "mark",
    ]
    for value in UInt8(0)...127 {
      let name = try #require(Facility(rawValue: value)).name.map { "\($0)" }
      #expect(name == (value < 25 ? names[Int(value)] : nil))
    }
  }

  @Test("Severities have BusyBox's names, and the more severe is the lesser")
  func severityNames() {
    let all = (0...7).compactMap { Severity(rawValue: $0) }
    #expect(
      all.map { "\($0.name)" }
        == ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"])
    #expect(all == all.sorted())
    #expect(Severity.emergency < Severity.debug)
  }

  @Test("The daemon's own priorities are those of the syslog facility")
  func ownPriorities() {
    #expect(Priority.userNotice.rawValue == 13)
    let own: [Priority] = [.syslogErr, .syslogWarning, .syslogNotice, .syslogInfo]
    #expect(own.map(\.facility.rawValue) == [5, 5, 5, 5])
    #expect(own.map(\.severity) == [.error, .warning, .notice, .info])
  }
}
