/// Decimal numbers without a String.
public enum Decimal {
  /// How many digits a value of at least 0 has.
  public static func digits(of value: Int) -> Int {
    var digits = 1
    var rest = value / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    return digits
  }

  /// Digits and nothing else, no sign and no space; nil when there are none, or when the number is
  /// too large.
  @inline(never)
  public static func parse(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
      guard let digit = digit.decimalValue else { return nil }
      let (scaled, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = scaled.addingReportingOverflow(Int(digit))
      guard !tooLarge, !overflow else { return nil }
      value = sum
    }
    return value
  }
}
