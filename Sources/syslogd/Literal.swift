import Bytes

/// A fixed text in one word, where a StaticString has three: of the hundred in the `OptionTable`
/// that is 2 KB.
@safe
struct Literal: ExpressibleByStringLiteral, @unchecked Sendable {
  /// Ends with a NUL.
  let cString: UnsafePointer<CChar>

  // Inlined, or the table would be made at run time.
  @inline(__always)
  init(stringLiteral literal: StaticString) {
    unsafe cString = literal.cString
  }

  /// 0 when it is empty.
  var first: UInt8 { unsafe UInt8(bitPattern: cString.pointee) }

  var text: Text {
    @inline(never) get { unsafe Text(cString: cString) }
  }
}
