/// Words for an operator, as bytes.
///
/// What `String` does with a single interpolation costs an Embedded build kilobytes; all of this
/// program's words together would cost more than the rest of it. `Text` knows concatenation,
/// literals and whole numbers, and nothing of Unicode. File names and host names are texts too:
/// bytes from the command line, handed on as they are.
public struct Text: Equatable, Sendable {
  public private(set) var bytes: [UInt8]

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  @inline(never)
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// The bytes of a fixed text.
  public init(_ text: Literal) {
    unsafe self.init(cString: text.cString)
  }

  /// A whole number in decimal digits.
  @inline(__always)
  public init<Number: FixedWidthInteger>(_ number: Number) {
    if Number.isSigned {
      self.init(signed: Int64(clamping: number))
    } else {
      self.init(decimal: UInt64(clamping: number), isNegative: false)
    }
  }

  @inline(never)
  private init(signed number: Int64) {
    self.init(decimal: number.magnitude, isNegative: number < 0)
  }

  @inline(never)
  private init(decimal value: UInt64, isNegative: Bool) {
    bytes = isNegative ? [UInt8(ascii: "-")] : []
    let first = bytes.count
    var rest = value
    repeat {
      bytes.insert(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), at: first)
      rest /= 10
    } while rest > 0
  }

  /// A copy of what ends with a NUL.
  @inline(never)
  public init(cString start: UnsafePointer<CChar>) {
    bytes = []
    unsafe bytes.append(cString: start)
  }

  public var isEmpty: Bool { bytes.isEmpty }

  // Not inlined, here and below: words are put together in a hundred places, none of them hot, and
  // what the compiler would write there each time is a seventh of this program.
  @inline(never)
  public static func + (left: Text, right: Text) -> Text {
    Text(left.bytes + right.bytes)
  }

  @inline(never)
  @_disfavoredOverload
  public static func += (left: inout Text, right: Text) {
    left.bytes += right.bytes
  }

  @inline(never)
  public static func += (left: inout Text, right: Literal) {
    unsafe left.bytes.append(cString: right.cString)
  }

  @inline(never)
  public mutating func append(_ byte: UInt8) {
    bytes.append(byte)
  }

  /// With a NUL behind them.
  @inline(never)
  private var terminated: [UInt8] { bytes + [0] }

  /// Calls `body` with the bytes and a NUL behind them.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe terminated.withUnsafeBytes { buffer in
      // Not empty: it has the NUL.
      let start = unsafe buffer.baseAddress.unsafelyUnwrapped
      return unsafe body(start.assumingMemoryBound(to: CChar.self))
    }
  }
}

extension Text: ExpressibleByStringInterpolation {
  @inline(__always)
  public init(stringLiteral literal: StaticString) {
    self.init(Literal(stringLiteral: literal))
  }

  public init(stringInterpolation: Interpolation) {
    bytes = stringInterpolation.bytes
  }

  /// What may stand inside `\(…)`.
  public struct Interpolation: StringInterpolationProtocol {
    public typealias StringLiteralType = StaticString

    fileprivate var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}

    @inline(__always)
    public mutating func appendLiteral(_ literal: StaticString) {
      appendInterpolation(Literal(stringLiteral: literal))
    }

    @inline(never)
    public mutating func appendInterpolation(_ text: Text) {
      bytes += text.bytes
    }

    public mutating func appendInterpolation(_ sentence: Sentence) {
      appendInterpolation(sentence.text)
    }

    @inline(never)
    public mutating func appendInterpolation(_ text: Literal) {
      unsafe bytes.append(cString: text.cString)
    }

    public mutating func appendInterpolation(_ number: some FixedWidthInteger) {
      appendInterpolation(Text(number))
    }
  }
}

extension [UInt8] {
  @inline(never)
  fileprivate mutating func append(cString start: UnsafePointer<CChar>) {
    var next = unsafe start
    while unsafe next.pointee != 0 {
      append(unsafe UInt8(bitPattern: next.pointee))
      unsafe next += 1
    }
  }
}
