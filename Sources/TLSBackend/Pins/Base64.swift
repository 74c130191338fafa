public import Bytes

/// RFC 4648 §4 base64, for pins and PEM.
public enum Base64 {
  /// The encoding with padding.
  public static func encode(_ bytes: Span<UInt8>) -> Text {
    var text: Text = ""
    var index = 0
    while index < bytes.count {
      let left = bytes.count - index
      var group = UInt32(bytes[index]) << 16
      if left > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if left > 2 { group |= UInt32(bytes[index + 2]) }
      text.append(symbol(group >> 18))
      text.append(symbol(group >> 12))
      text.append(left > 1 ? symbol(group >> 6) : UInt8(ascii: "="))
      text.append(left > 2 ? symbol(group) : UInt8(ascii: "="))
      index += 3
    }
    return text
  }

  private static func symbol(_ bits: UInt32) -> UInt8 {
    switch UInt8(truncatingIfNeeded: bits & 63) {
    case let value where value < 26: UInt8(ascii: "A") + value
    case let value where value < 52: UInt8(ascii: "a") + value - 26
    case let value where value < 62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }

  /// The value of one symbol, nil when it is none.
  static func value(of symbol: UInt8) -> UInt32? {
    switch symbol {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(symbol - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(symbol - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(symbol - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

/// A base64 decoder that is fed symbol by symbol and skips white space, as PEM needs.
struct Base64Decoder {
  private(set) var bytes: [UInt8] = []
  private var group: UInt32 = 0
  private var symbols = 0
  private var padding = 0

  /// For so many symbols, at most.
  init(symbols: Int = 0) {
    bytes.reserveCapacity(symbols / 4 * 3 + 3)
  }

  /// False when the symbol cannot stand here.
  @inline(never)
  mutating func feed(_ symbol: UInt8) -> Bool {
    if symbol == UInt8(ascii: "=") {
      padding += 1
      return padding <= 2
    }
    guard padding == 0, let value = Base64.value(of: symbol) else { return false }
    group = group << 6 | value
    symbols += 1
    if symbols % 4 == 0 { flush(3) }
    return true
  }

  /// The decoded bytes, nil when the last group or its padding is incomplete.
  @inline(never)
  mutating func finish() -> [UInt8]? {
    switch (symbols % 4, padding) {
    case (0, 0): break
    case (2, 2):
      group <<= 12
      flush(1)
    case (3, 1):
      group <<= 6
      flush(2)
    default: return nil
    }
    return bytes
  }

  private mutating func flush(_ count: Int) {
    for index in 0..<count {
      bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - index * 8)))
    }
    group = 0
  }
}
