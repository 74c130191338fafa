internal import Bytes

/// RFC 3492: the letters of an internationalised label in ASCII. Mapping is not done: a U-label is
/// in lower case and normalised already (RFC 5890 §2.3.2.1), and another one matches no certificate.
enum Punycode {
  private static let base: UInt32 = 36
  private static let (tMin, tMax): (UInt32, UInt32) = (1, 26)
  private static let (skew, damp): (UInt32, UInt32) = (38, 700)

  /// What follows `xn--`; nil when the bytes are not UTF-8 or more than a label holds.
  static func encode(_ label: Span<UInt8>) -> [UInt8]? {
    guard label.count <= 252, let points = UTF8Text.codePoints(label) else { return nil }
    var output = Text([])
    for point in points where point < 0x80 { output.append(UInt8(truncatingIfNeeded: point)) }
    let basic = UInt32(output.bytes.count)
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var (next, delta, bias, handled): (UInt32, UInt32, UInt32, UInt32) = (0x80, 0, 72, basic)
    while handled < UInt32(points.count) {
      var least = UInt32.max
      for point in points where point >= next { least = min(least, point) }
      // At most 0x10FFFF times 253: far below 2^32.
      delta += (least - next) * (handled + 1)
      next = least
      for point in points {
        if point < next { delta += 1 }
        guard point == next else { continue }
        append(delta, bias, to: &output)
        bias = adapted(delta, handled + 1, isFirst: handled == basic)
        (delta, handled) = (0, handled + 1)
      }
      delta += 1
      next += 1
    }
    return output.bytes
  }

  @inline(never)
  private static func append(_ delta: UInt32, _ bias: UInt32, to output: inout Text) {
    var rest = delta
    var k = base
    while true {
      let threshold = k <= bias ? tMin : min(tMax, k - bias)
      guard rest >= threshold else { return output.append(digit(rest)) }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      k += base
    }
  }

  private static func digit(_ value: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: value < 26 ? value + 0x61 : value - 26 + 0x30)
  }

  private static func adapted(_ delta: UInt32, _ points: UInt32, isFirst: Bool) -> UInt32 {
    var rest = isFirst ? delta / damp : delta / 2
    rest += rest / points
    var k: UInt32 = 0
    while rest > (base - tMin) * tMax / 2 {
      rest /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * rest / (rest + skew)
  }
}
