public import Bytes

/// The facility of a message: 0 to 23 in RFC 5424 §6.2.1, and up to 127 in what may arrive,
/// because BusyBox keeps ten bits of a PRI. Never an index into a table: it may be behind its end.
public struct Facility: Equatable, Sendable {
  /// 0 to 127.
  public let rawValue: UInt8

  /// Nil above 127.
  public init?(rawValue: UInt8) {
    guard rawValue <= 127 else { return nil }
    self.rawValue = rawValue
  }

  /// The facility inside a PRI value of ten bits.
  init(of priority: UInt16) {
    rawValue = UInt8(truncatingIfNeeded: priority >> 3) & 127
  }

  /// One of `<syslog.h>`'s names, in lower case as there; "mark" too, which no message has.
  init?(named text: Span<UInt8>) {
    for rawValue in UInt8(0)...24 {
      guard let facility = Facility(rawValue: rawValue), let name = facility.name,
        text.equals(name)
      else { continue }
      self = facility
      return
    }
    guard text.equals("security") else { return nil }
    rawValue = 4
  }

  /// BusyBox's spelling, which is `<syslog.h>`'s; nil where it prints `<PRI>` instead.
  public var name: Literal? {
    switch rawValue {
    case 0: "kern"
    case 1: "user"
    case 2: "mail"
    case 3: "daemon"
    case 4: "auth"
    case 5: "syslog"
    case 6: "lpr"
    case 7: "news"
    case 8: "uucp"
    case 9: "cron"
    case 10: "authpriv"
    case 11: "ftp"
    case 16: "local0"
    case 17: "local1"
    case 18: "local2"
    case 19: "local3"
    case 20: "local4"
    case 21: "local5"
    case 22: "local6"
    case 23: "local7"
    case 24: "mark"
    default: nil
    }
  }
}
