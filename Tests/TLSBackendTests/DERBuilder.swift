import Bytes

@testable import TLSBackend

/// DER as tests need it.
func der(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
  DERWriter.element(tag, parts.flatMap { $0 })
}

/// An OBJECT IDENTIFIER of these arcs.
func objectID(_ arcs: Int...) -> [UInt8] {
  var content = [UInt8(arcs[0] * 40 + arcs[1])]
  for arc in arcs.dropFirst(2) {
    var septets = [UInt8(arc & 0x7F)]
    var rest = arc >> 7
    while rest > 0 {
      septets.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
      rest >>= 7
    }
    content += septets
  }
  return der(6, content)
}

/// A Name with one common name, and an organisation in front of it where one is given.
func distinguishedName(_ common: String, organisation: String? = nil) -> [UInt8] {
  func part(_ arc: Int, _ value: String) -> [UInt8] {
    der(0x31, der(0x30, objectID(2, 5, 4, arc), der(0x0C, Array(value.utf8))))
  }
  return der(0x30, organisation.map { part(10, $0) } ?? [], part(3, common))
}

/// A Time in seconds since 1970: UTCTime before 2050, GeneralizedTime from then on.
func time(_ seconds: Int64) -> [UInt8] {
  let digits = Text(utc: seconds).words.filter(\.isNumber)
  let isShort = (1950..<2050).contains(Int(digits.prefix(4))!)
  return der(isShort ? 0x17 : 0x18, Array((digits.dropFirst(isShort ? 2 : 0) + "Z").utf8))
}

let ecdsaWithSHA256 = der(0x30, objectID(1, 2, 840, 10045, 4, 3, 2))

/// An extension below id-ce.
func certificateExtension(_ number: Int, isCritical: Bool = false, _ value: [UInt8]) -> [UInt8] {
  der(0x30, objectID(2, 5, 29, number), isCritical ? [1, 1, 0xFF] : [], der(4, value))
}

/// An extension that nobody knows.
func unknownExtension(isCritical: Bool) -> [UInt8] {
  der(0x30, objectID(1, 3, 6, 1, 4, 1, 99999, 1), isCritical ? [1, 1, 0xFF] : [], der(4, [5, 0]))
}

/// dNSNames as they stand in subjectAltName.
func dnsNames(_ names: String...) -> [UInt8] {
  names.flatMap { der(0x82, Array($0.utf8)) }
}

/// A certificate in the making. Keys are points of a curve that nobody can compute with: a number
/// repeated.
struct CertificateRecipe {
  var subject = "collector"
  var issuer = "Root"
  var serial: UInt8 = 1
  var dates: ClosedRange<Int64> = 1_000_000_000...2_000_000_000
  var key: UInt8 = 1
  /// Nil for `key`'s.
  var publicKey: [UInt8]?
  var version: UInt8 = 2
  var algorithm = ecdsaWithSHA256
  var extensions: [[UInt8]] = []
  /// Instead of `subject` and `issuer`.
  var names: (subject: [UInt8], issuer: [UInt8])?

  /// A server's, below `issuer`.
  static func server(
    _ names: [UInt8] = dnsNames("logs.test"), issuer: String = "Root", more: [UInt8]...
  ) -> CertificateRecipe {
    CertificateRecipe(
      issuer: issuer,
      extensions: [
        certificateExtension(15, [3, 2, 7, 0x80]), certificateExtension(17, der(0x30, names)),
      ] + more)
  }

  /// An authority's; a root's when it is its own issuer.
  static func authority(
    _ subject: String, issuer: String, key: UInt8, pathLimit: UInt8? = nil, more: [UInt8]...
  ) -> CertificateRecipe {
    CertificateRecipe(
      subject: subject, issuer: issuer, serial: key, key: key,
      extensions: [
        certificateExtension(15, [3, 2, 1, 0x06]),
        certificateExtension(
          19, isCritical: true, der(0x30, [1, 1, 0xFF], pathLimit.map { [2, 1, $0] } ?? [])),
      ] + more)
  }

  func with<Value>(
    _ property: WritableKeyPath<CertificateRecipe, Value>, _ value: Value
  ) -> CertificateRecipe {
    var changed = self
    changed[keyPath: property] = value
    return changed
  }

  static func publicKey(_ key: UInt8) -> [UInt8] {
    der(
      0x30, der(0x30, objectID(1, 2, 840, 10045, 2, 1), objectID(1, 2, 840, 10045, 3, 1, 7)),
      der(3, [0, 4] + [UInt8](repeating: key, count: 64)))
  }

  static func rsa(bits: Int, exponent: [UInt8]) -> [UInt8] {
    let modulus = [0, 0x80] + [UInt8](repeating: 1, count: bits / 8 - 1)
    return der(
      0x30, der(0x30, objectID(1, 2, 840, 113549, 1, 1, 1), [5, 0]),
      der(3, [0], der(0x30, der(2, modulus), der(2, exponent))))
  }

  /// Signed with the key `signer`.
  func made(by signer: UInt8) -> [UInt8] {
    let dates = der(0x30, time(self.dates.lowerBound), time(self.dates.upperBound))
    let content = der(
      0x30, version == 0 ? [] : der(0xA0, [2, 1, version]), [2, 1, serial], algorithm,
      names?.issuer ?? distinguishedName(issuer), dates,
      names?.subject ?? distinguishedName(subject), publicKey ?? Self.publicKey(key),
      extensions.isEmpty ? [] : der(0xA3, der(0x30, extensions.flatMap { $0 })))
    return signed(content, algorithm, by: signer)
  }
}

/// Something with a signature of `FakeCryptography`'s.
func signed(_ content: [UInt8], _ algorithm: [UInt8], by signer: UInt8) -> [UInt8] {
  let key = CertificateRecipe.publicKey(signer)
  return der(0x30, content, algorithm, der(3, [0], FakeCryptography.signature(content, key)))
}

/// A revocation list in the making.
struct ListRecipe {
  var issuer = "Root"
  var serials: [UInt8] = []
  var dates: ClosedRange<Int64> = 1_400_000_000...1_600_000_000
  var entryExtensions: [UInt8] = []
  var extensions: [[UInt8]] = [certificateExtension(20, [2, 1, 1])]
  var algorithm = ecdsaWithSHA256

  func made(by signer: UInt8) -> [UInt8] {
    let entries = serials.flatMap { serial in
      der(
        0x30, [2, 1, serial], time(dates.lowerBound),
        entryExtensions.isEmpty ? [] : der(0x30, entryExtensions))
    }
    let content = der(
      0x30, [2, 1, 1], algorithm, distinguishedName(issuer), time(dates.lowerBound),
      time(dates.upperBound), entries.isEmpty ? [] : der(0x30, entries),
      der(0xA0, der(0x30, extensions.flatMap { $0 })))
    return signed(content, algorithm, by: signer)
  }
}
