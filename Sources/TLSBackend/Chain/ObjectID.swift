internal import Bytes

/// An OBJECT IDENTIFIER (X.690 §8.19) as a number: its content, the last byte lowest. One of nine
/// bytes, as those of RSA are, loses its first, and the highest bit tells it apart.
struct ObjectID: Equatable {
  private let code: UInt64

  private init(_ code: UInt64) { self.code = code }

  /// 0, which is none, for another that is longer, or that begins with 0.
  init(_ der: [UInt8], _ range: Range<Int>) {
    var code: UInt64 = 0
    for index in range { code = code << 8 | UInt64(der[index]) }
    if range.count == 9, der[range.lowerBound] == 0x2A {
      code ^= 1 << 63
    } else if range.count > 8 || range.isEmpty || der[range.lowerBound] == 0 {
      code = 0
    }
    self.code = code
  }

  /// The number below id-ce (RFC 5280 §4.2.1); 0 for what is no extension of that RFC's.
  var certificateExtension: UInt8 {
    code >> 8 == 0x551D && code & 0xFF < 64 ? UInt8(truncatingIfNeeded: code) : 0
  }

  /// The number below id-at, as 3 for a common name; 0 for another attribute.
  var attribute: UInt8 { code >> 8 == 0x5504 ? UInt8(truncatingIfNeeded: code) : 0 }

  /// MD2, MD4, MD5 or SHA-1, with whichever kind of key.
  var isWeakSignature: Bool {
    switch code {
    case 0x0648_86F7_0D01_0102...0x0648_86F7_0D01_0105, 0x2B0E_0302_1D, 0x2A86_48CE_3D04_01,
      0x2A86_48CE_3804_03:
      true
    default: false
    }
  }

  static let none = ObjectID(0)
  static let rsa = ObjectID(0x0648_86F7_0D01_0101)
  static let rsaPSS = ObjectID(0x0648_86F7_0D01_010A)
  static let curve = ObjectID(0x2A_8648_CE3D_0201)
  static let ed25519 = ObjectID(0x2B_6570)
  static let ed448 = ObjectID(0x2B_6571)
  static let serverAuthentication = ObjectID(0x2B06_0105_0507_0301)
  static let anyPurpose = ObjectID(0x551D_2500)

  /// As people write it: the name of a kind of signature that a library may lack, or dotted numbers
  /// of an identifier that is well-formed and not too long.
  static func words(_ der: [UInt8], _ range: Range<Int>) -> Text {
    switch ObjectID(der, range) {
    case rsaPSS: return "RSASSA-PSS"
    case ed25519: return "Ed25519"
    case ed448: return "Ed448"
    default: break
    }
    var text: Text = ""
    var arc: UInt64 = 0
    for index in range.lowerBound..<min(range.upperBound, range.lowerBound + 32) {
      arc = arc << 7 | UInt64(der[index] & 0x7F)
      guard der[index] < 0x80 else { continue }
      if text.isEmpty {
        let first = min(arc / 40, 2)
        text = Text(first)
        arc -= first * 40
      }
      text.append(UInt8(ascii: "."))
      text += Text(arc)
      arc = 0
    }
    return text
  }
}
