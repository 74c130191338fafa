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

  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// The bytes of a fixed text.
  @inline(never)
  public init(_ text: StaticString) {
    bytes = []
    bytes.append(literal: text)
  }

  /// A whole number in decimal digits.
  public init(_ number: some FixedWidthInteger) {
    self.init(decimal: UInt64(clamping: number.magnitude), isNegative: number < 0)
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
  public init(cString start: UnsafePointer<CChar>) {
    bytes = []
    var next = unsafe start
    while unsafe next.pointee != 0 {
      bytes.append(unsafe UInt8(bitPattern: next.pointee))
      unsafe next += 1
    }
  }

  public var isEmpty: Bool { bytes.isEmpty }

  // Not inlined, here and below: words are put together in a hundred places, none of them hot, and
  // what the compiler would write there each time is a seventh of this program.
  @inline(never)
  public static func + (left: Text, right: Text) -> Text {
    Text(left.bytes + right.bytes)
  }

  @inline(never)
  public static func += (left: inout Text, right: Text) {
    left.bytes += right.bytes
  }

  @inline(never)
  public mutating func append(_ byte: UInt8) {
    bytes.append(byte)
  }

  /// Calls `body` with the bytes and a NUL behind them.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe (bytes + [0]).withUnsafeBytes { buffer in
      // Not empty: it has the NUL.
      let start = unsafe buffer.baseAddress.unsafelyUnwrapped
      return unsafe body(start.assumingMemoryBound(to: CChar.self))
    }
  }
}

extension Text: ExpressibleByStringInterpolation {
  @inline(never)
  public init(stringLiteral literal: StaticString) {
    bytes = []
    bytes.append(literal: literal)
  }

  public init(stringInterpolation: Interpolation) {
    bytes = stringInterpolation.bytes
  }

  /// What may stand inside `\(…)`.
  public struct Interpolation: StringInterpolationProtocol {
    public typealias StringLiteralType = StaticString

    fileprivate var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}

    @inline(never)
    public mutating func appendLiteral(_ literal: StaticString) {
      bytes.append(literal: literal)
    }

    @inline(never)
    public mutating func appendInterpolation(_ text: Text) {
      bytes += text.bytes
    }

    public mutating func appendInterpolation(_ sentence: Sentence) {
      appendInterpolation(sentence.text)
    }

    @inline(never)
    public mutating func appendInterpolation(_ text: StaticString) {
      bytes.append(literal: text)
    }

    public mutating func appendInterpolation(_ number: some FixedWidthInteger) {
      appendInterpolation(Text(number))
    }
  }
}

extension [UInt8] {
  @inline(never)
  fileprivate mutating func append(literal: StaticString) {
    literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
  }
}
