public import Bytes

/// The severity of a message (RFC 5424 §6.2.1). Lower is more severe, and compares as less.
public enum Severity: UInt8, Sendable, Comparable {
  case emergency
  case alert
  case critical
  case error
  case warning
  case notice
  case info
  case debug

  /// The severity inside a PRI value: its low three bits.
  init(of priority: UInt16) {
    self = Severity(rawValue: UInt8(truncatingIfNeeded: priority & 7)) ?? .debug
  }

  /// One of `<syslog.h>`'s names, in lower case as there.
  init?(named text: Span<UInt8>) {
    for rawValue in UInt8(0)...7 {
      guard let severity = Severity(rawValue: rawValue), text.equals(severity.name) else {
        continue
      }
      self = severity
      return
    }
    if text.equals("panic") {
      self = .emergency
    } else if text.equals("error") {
      self = .error
    } else if text.equals("warning") {
      self = .warning
    } else {
      return nil
    }
  }

  /// BusyBox's spelling: the first of `<syslog.h>`'s names for this value.
  public var name: Literal {
    switch self {
    case .emergency: "emerg"
    case .alert: "alert"
    case .critical: "crit"
    case .error: "err"
    case .warning: "warn"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    }
  }

  public static func < (left: Severity, right: Severity) -> Bool {
    left.rawValue < right.rawValue
  }
}
