internal import Foundation
public import Testing

/// One entry of the tables in this folder: a datagram of a real program, and the header that must
/// come of it.
public struct Form: Sendable, CustomTestStringConvertible {
  public let name: String
  /// Seconds since 1970.
  public let received: Int
  public let bytes: [UInt8]
  /// Seconds since 1970; nil when the program says that it knows none.
  public let time: Int?
  /// Whether the host is ours; otherwise it is NILVALUE.
  public let isOwnHost: Bool
  public let app: String
  public let procid: String
  public let msgid: String
  public let msg: [UInt8]

  public var testDescription: String { name }

  /// The machine on which the forms were recorded.
  public static let hostname = "OpenWrt.lan"
  /// Its zone, and how far that is from UTC on the day of the recordings.
  public static let zone = "America/Los_Angeles"
  public static let utcOffset = -8 * 3600

  /// Whether it is our name: in any case, with the domain or without it.
  public static func isOwn(_ host: some StringProtocol) -> Bool {
    [hostname, "OpenWrt"].contains { $0.lowercased() == host.lowercased() }
  }

  /// The datagram without what BusyBox drops at its end.
  public var piece: [UInt8] {
    let end = bytes.lastIndex { $0 != 0 && $0 != 10 }
    return end.map { Array(bytes[...$0]) } ?? []
  }

  /// Whether it is the CONTENT of RFC 3164 for this: MSG behind its TAG, if it has one. The
  /// STRUCTURED-DATA of a message of RFC 5424 may stand between them.
  public func isContent(_ text: [UInt8]) -> Bool {
    guard app != "-" else { return text == msg }
    let tag = Array("\(app)\(procid == "-" ? "" : "[\(procid)]"):".utf8)
    guard text.count >= tag.count + msg.count, text.starts(with: tag),
      text.suffix(msg.count) == msg[...]
    else { return false }
    let between = text.dropFirst(tag.count).dropLast(msg.count)
    return between.isEmpty || between == [0x20] || hasStructuredData && between.last == 0x20
  }

  private var hasStructuredData: Bool {
    String(decoding: bytes, as: UTF8.self).contains(#/^<\d+>1 .* \[.*=.*\] /#)
  }
}

extension Form {
  /// Both tables.
  public static let all: [Form] = ["recorded", "documented"].flatMap { name in
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("\(name).txt")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [Form]() }
    return parse(text)
  }

  /// An entry that is not understood is left out; a test counts them.
  static func parse(_ text: String) -> [Form] {
    text.components(separatedBy: "\n\n").compactMap { entry in
      var name: String?
      var fields: [String: String] = [:]
      for line in entry.split(separator: "\n") where !line.hasPrefix("#") {
        if line.hasPrefix("["), line.hasSuffix("]"), name == nil {
          name = String(line.dropFirst().dropLast())
        } else if let colon = line.range(of: ": ") {
          fields[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
      }
      return name.flatMap { Form($0, fields) }
    }
  }

  private init?(_ name: String, _ fields: [String: String]) {
    guard let received = fields["received"].flatMap(Form.seconds), let time = fields["time"],
      let bytes = fields["bytes"].flatMap(Form.unescaped), let host = fields["host"],
      ["own", "-"].contains(host), let app = fields["app"], let procid = fields["procid"],
      let msgid = fields["msgid"], let msg = fields["msg"].flatMap(Form.unescaped),
      time == "-" || Form.seconds(time) != nil
    else { return nil }
    (self.name, self.received, self.bytes, self.msg) = (name, received, bytes, msg)
    (self.time, isOwnHost) = (Form.seconds(time), host == "own")
    (self.app, self.procid, self.msgid) = (app, procid, msgid)
  }

  /// Of `2026-11-30T10:55:02Z`, or with a fraction or another zone; the fraction is dropped.
  public static func seconds(_ text: String) -> Int? {
    let whole = text.replacing(#/\.\d+/#, with: "")
    return ISO8601DateFormatter().date(from: whole).map { Int($0.timeIntervalSince1970) }
  }

  private static func unescaped(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): bytes.append(10)
      case UInt8(ascii: "\\"): bytes.append(byte)
      case UInt8(ascii: "x"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard let value = UInt8(digits, radix: 16) else { return nil }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: return nil
      }
    }
    return bytes
  }
}

extension Form {
  /// Whether the program writes the time of day; otherwise that of the receipt counts.
  public var isStamped: Bool {
    String(decoding: bytes.prefix(48), as: UTF8.self).contains(#/\d\d:\d\d:\d\d/#)
  }

  /// Month, day and time of day, in UTC.
  public static func withoutYear(_ seconds: Int) -> String {
    let date = Date(timeIntervalSince1970: Double(seconds))
    return String(ISO8601DateFormatter().string(from: date).dropFirst(5))
  }
}
