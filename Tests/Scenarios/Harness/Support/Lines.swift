import Foundation

/// Reads line files without going through them byte by byte in unoptimised code.
enum Lines {
  /// How many line ends a file has; 0 when it is not there.
  static func count(in file: String) -> Int {
    var lines = 0
    each(in: file) { _ in lines += 1 }
    return lines
  }

  /// The complete lines of a file, without their ends.
  static func of(_ file: String) -> [String] {
    var lines: [String] = []
    each(in: file) { lines.append(String(decoding: $0, as: UTF8.self)) }
    return lines
  }

  /// The complete lines of a file as bytes.
  static func bytes(of file: String) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    each(in: file) { lines.append(Array($0)) }
    return lines
  }

  private static func each(in file: String, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard let data = FileManager.default.contents(atPath: file) else { return }
    data.withUnsafeBytes { raw in
      var rest = raw
      while let base = rest.baseAddress, let end = memchr(base, 10, rest.count) {
        let length = UnsafeRawPointer(end) - base
        body(UnsafeRawBufferPointer(rebasing: rest[..<length]))
        rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
      }
    }
  }
}
