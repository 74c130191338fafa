internal import Bytes

/// Facility × 8 + severity, as BusyBox keeps it: ten bits, of which RFC 5424 allows 0 to 191.
public struct Priority: Equatable, Sendable {
  /// 0 to 1023.
  public let rawValue: UInt16

  /// Nil when there are bits outside BusyBox's 0x3ff.
  public init?(rawValue: UInt16) {
    guard rawValue <= 1023 else { return nil }
    self.rawValue = rawValue
  }

  public init(_ facility: Facility, _ severity: Severity) {
    rawValue = UInt16(facility.rawValue) << 3 | UInt16(severity.rawValue)
  }

  private init(known rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public var facility: Facility { Facility(of: rawValue) }
  public var severity: Severity { Severity(of: rawValue) }

  /// Whether this is a PRIVAL: facility 0 to 23 (RFC 5424 §6.2.1, M6).
  public var isPRIVAL: Bool { rawValue <= 191 }

  /// What a message without a usable PRI gets (RFC 3164 §4.3.3, B6; BusyBox).
  public static var userNotice: Priority { Priority(known: 13) }
  /// The daemon's own messages, in BusyBox's choice.
  public static var syslogInfo: Priority { Priority(known: 46) }
  public static var syslogNotice: Priority { Priority(known: 45) }
  public static var syslogWarning: Priority { Priority(known: 44) }
  public static var syslogErr: Priority { Priority(known: 43) }
}

/// What the beginning of a message says about its priority.
struct PRIField {
  /// As BusyBox reads it.
  let priority: Priority
  /// Whether a relay may take it for a PRI: '<', one to three digits without a leading zero,
  /// '>', at most 191 (RFC 5424 §6.2.1, M6; RFC 3164 §4.3.3, B6).
  let isValid: Bool
  /// Where BusyBox takes the text to begin.
  let end: Int

  init(_ piece: Span<UInt8>) {
    guard piece.count > 0, piece[0] == UInt8(ascii: "<") else {
      priority = .userNotice
      isValid = false
      end = 0
      return
    }
    var index = 1
    var value: UInt16 = 0
    while index < piece.count, let digit = piece[index].decimalValue {
      // Saturated at the first value that BusyBox refuses.
      value = min(value &* 10 &+ UInt16(digit), 1024)
      index &+= 1
    }
    let digits = index - 1
    let isClosed = index < piece.count && piece[index] == UInt8(ascii: ">")
    // A letter right behind the digits makes the whole number unusable; punctuation does not.
    let isUsable = digits > 0 && !(index < piece.count && piece[index].isLetter)
    priority = (isUsable ? Priority(rawValue: value) : nil) ?? .userNotice
    let hasLeadingZero = digits > 1 && piece[1] == UInt8(ascii: "0")
    isValid = isClosed && 1...3 ~= digits && !hasLeadingZero && value <= 191
    end = isClosed ? index + 1 : index
  }
}

extension UInt8 {
  /// An ASCII letter of either case.
  fileprivate var isLetter: Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20
  }
}
