// What a byte means in ASCII.
extension UInt8 {
  /// A capital letter in lower case, any other byte as it is.
  public var lowercased: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
  }

  /// The value of a decimal digit.
  public var decimalValue: UInt8? {
    let value = self &- UInt8(ascii: "0")
    return value <= 9 ? value : nil
  }

  /// The value of a hexadecimal digit of either case.
  public var hexValue: UInt8? {
    if let decimalValue { return decimalValue }
    let letter = lowercased &- UInt8(ascii: "a")
    return letter < 6 ? letter + 10 : nil
  }

  /// The hexadecimal digit, in upper case, for the low four bits of `value`.
  public init(hexDigit value: UInt8) {
    let digit = value & 15
    self = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
  }

  /// PRINTUSASCII (RFC 5424 §6): visible, without the space.
  public var isPrintable: Bool {
    33...126 ~= self
  }

  /// Whether a terminal acts on it instead of showing it.
  public var isControl: Bool {
    self < 0x20 || self == 0x7F
  }
}
