/// A certificate that can be read, of a key that nobody has.
enum FakeCertificate {
  static let der = sequence(
    signed, algorithm, element(3, [0] + [UInt8](repeating: 0x30, count: 70)))

  /// Version 3, serial number 1, and no extension.
  private static let signed = sequence(
    element(0xA0, element(2, [2])), element(2, [1]), algorithm, name("fake authority"),
    sequence(
      element(0x17, Array("700101000000Z".utf8)), element(0x17, Array("491231235959Z".utf8))),
    name("fake"), key)

  private static let algorithm = sequence(element(6, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]))

  /// P-256.
  private static let key = sequence(
    sequence(
      element(6, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]),
      element(6, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7])),
    element(3, [0, 4] + [UInt8](repeating: 0x11, count: 64)))

  private static func name(_ commonName: String) -> [UInt8] {
    sequence(
      element(0x31, sequence(element(6, [0x55, 4, 3]), element(0x0C, Array(commonName.utf8)))))
  }

  private static func sequence(_ parts: [UInt8]...) -> [UInt8] {
    element(0x30, parts.flatMap { $0 })
  }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let (high, low) = (UInt8(content.count >> 8), UInt8(content.count & 0xFF))
    if content.count < 0x80 { return [tag, low] + content }
    return (high == 0 ? [tag, 0x81, low] : [tag, 0x82, high, low]) + content
  }
}
