/// A fixed text in one word, where a StaticString has three.
///
/// A call with one is 10 bytes shorter, a table of them a third as large; the program has hundreds
/// of both. The text has no NUL.
@safe
public struct Literal: ExpressibleByStringLiteral, @unchecked Sendable {
  /// The characters with the NUL that the compiler puts behind every literal.
  public let cString: UnsafePointer<CChar>

  // Inlined, or a table of them would be made at run time.
  @inline(__always)
  public init(stringLiteral literal: StaticString) {
    unsafe cString = UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// Bytes without the NUL.
  public var count: Int {
    @inline(never) get {
      var count = 0
      while unsafe cString[count] != 0 { count += 1 }
      return count
    }
  }

  /// 0 when it is empty.
  public var first: UInt8 { unsafe UInt8(bitPattern: cString.pointee) }

  /// The byte at an index up to `count`, where the NUL is.
  public subscript(index: Int) -> UInt8 { unsafe UInt8(bitPattern: cString[index]) }

  public var text: Text { Text(self) }
}

extension Literal: CustomStringConvertible {
  /// For tests; no product calls it.
  public var description: String { unsafe String(cString: cString) }
}
