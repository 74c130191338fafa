import COpenSSL

@testable import TLSBackend

/// One kind of signature: who makes it, by which digest, and its DER AlgorithmIdentifier.
struct SignatureCase: Sendable {
  let name: String
  let key: TestIdentity
  /// Nil for what signs the message itself.
  let digest: String?
  let algorithm: [UInt8]
  /// Bytes of salt of RSASSA-PSS.
  var salt: Int32?

  /// What OpenSSL signs.
  func sign(_ message: [UInt8]) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var parameters: OpaquePointer?
    EVP_DigestSignInit_ex(context, &parameters, digest, nil, nil, key.key, nil)
    if let salt {
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING)
      EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt)
    }
    var count = 0
    EVP_DigestSign(context, nil, &count, message, message.count)
    var signature = [UInt8](repeating: 0, count: count)
    let result = EVP_DigestSign(context, &signature, &count, message, message.count)
    precondition(result == 1, "OpenSSL signs with \(name)")
    return Array(signature[..<count])
  }

  private static let digests: [(name: String, number: UInt8, bytes: Int32)] = [
    ("SHA256", 1, 32), ("SHA384", 2, 48), ("SHA512", 3, 64),
  ]

  static let all = rsa + pss + ecdsa + edwards

  private static let rsa = digests.map {
    SignatureCase(
      name: "RSA with \($0.name)", key: .rsa, digest: $0.name,
      algorithm: sequence(identifier(rsaArcs + [10 + $0.number]) + [5, 0]))
  }

  /// With a salt as long as the digest, the longest that there can be, and none.
  private static let pss = digests.flatMap { digest in
    [digest.bytes, 256 - digest.bytes - 2, 0].map { salt in
      SignatureCase(
        name: "RSASSA-PSS with \(digest.name) and \(salt) bytes of salt", key: .rsa,
        digest: digest.name, algorithm: pssAlgorithm(digest.number, salt), salt: salt)
    }
  }

  private static let ecdsa = [
    (TestIdentity.ecdsa, "P-256"), (.ecdsaP384, "P-384"), (.ecdsaP521, "P-521"),
  ].flatMap { key, curve in
    digests.map {
      SignatureCase(
        name: "ECDSA by \(curve) with \($0.name)", key: key, digest: $0.name,
        algorithm: sequence(identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 1 + $0.number])))
    }
  }

  private static let edwards = [
    SignatureCase(
      name: "Ed25519", key: .ed25519, digest: nil,
      algorithm: sequence(identifier([0x2B, 0x65, 0x70]))),
    SignatureCase(
      name: "Ed448", key: .ed448, digest: nil, algorithm: sequence(identifier([0x2B, 0x65, 0x71]))),
  ]

  var isEdwards: Bool { digest == nil }
}

// MARK: DER

private let rsaArcs: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1]

private func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
  precondition(content.count < 0x80, "short")
  return [tag, UInt8(content.count)] + content
}

private func sequence(_ content: [UInt8]) -> [UInt8] { element(0x30, content) }

private func identifier(_ arcs: [UInt8]) -> [UInt8] { element(6, arcs) }

/// RSASSA-PSS-params (RFC 4055 §3.1) with one digest for both.
func pssAlgorithm(_ digest: UInt8, _ salt: Int32, mask: UInt8? = nil) -> [UInt8] {
  let hash: (UInt8) -> [UInt8] = {
    sequence(identifier([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, $0]) + [5, 0])
  }
  let number: [UInt8] = salt < 0x80 ? [UInt8(salt)] : [0, UInt8(salt)]
  let parameters =
    element(0xA0, hash(digest))
    + element(0xA1, sequence(identifier(rsaArcs + [8]) + hash(mask ?? digest)))
    + element(0xA2, element(2, number))
  return sequence(identifier(rsaArcs + [10]) + sequence(parameters))
}

// MARK: The promises

extension Promise {
  /// What is promised of the cryptography that a backend lends to validation. `lacksEdwards` for a
  /// library without those curves.
  public static func allOfSignatures<Library: Cryptography & SendableMetatype>(
    of library: @escaping @Sendable () throws -> Library, lacksEdwards: Bool = false
  ) -> [Promise] {
    SignatureCase.all.map { signature in
      Promise("\(signature.name): what was signed is good, and nothing else") {
        var library = try library()
        if lacksEdwards && signature.isEdwards {
          try expectUnknown(signature, &library)
        } else {
          try expectKnown(signature, &library)
        }
      }
    } + [
      Promise("a signature of a kind that is never checked is of an unknown algorithm") {
        var library = try library()
        try promiseUnknownAlgorithms(&library)
      },
      Promise("a key that is none, or of another kind than its signature, is unusable") {
        var library = try library()
        try promiseUnusableKeys(&library)
      },
      Promise("as many checks of the dearest signature as there can be take less than 0.2 s") {
        var library = try library()
        try promiseDearestSignatures(&library)
      },
      Promise("SHA-256 and SHA-1 are those of FIPS 180-4") {
        var library = try library()
        try promiseDigests(&library)
      },
    ]
  }
}

private func verdict<Library: Cryptography>(
  _ library: inout Library, _ signature: [UInt8], _ algorithm: [UInt8], _ message: [UInt8],
  _ key: [UInt8]
) -> SignatureVerdict {
  library.verify(signature.span, algorithm: algorithm.span, of: message.span, with: key.span)
}

private func expectKnown<Library: Cryptography>(
  _ signature: SignatureCase, _ library: inout Library
) throws {
  let message = pattern(300)
  let key = signature.key.publicKeyDER
  let good = signature.sign(message)
  try expectEqual(
    verdict(&library, good, signature.algorithm, message, key), .good, "what was signed")
  for index in [0, message.count / 2, message.count - 1] {
    var other = message
    other[index] ^= 1
    try expectEqual(
      verdict(&library, good, signature.algorithm, other, key), .bad, "another message")
  }
  for index in good.indices {
    var broken = good
    broken[index] ^= 1
    let seen = verdict(&library, broken, signature.algorithm, message, key)
    try expectEqual(seen, .bad, "a signature with byte \(index) altered")
  }
  let malformed: [[UInt8]] = [[], [0], Array(good.dropLast()), good + [0], pattern(4000)]
  for malformed in malformed {
    let seen = verdict(&library, malformed, signature.algorithm, message, key)
    try expectEqual(seen, .bad, "a signature of \(malformed.count) bytes")
  }
  let other = TestIdentity(signature.key.kindOfKey).publicKeyDER
  try expectEqual(
    verdict(&library, good, signature.algorithm, message, other), .bad, "another key")
}

private func expectUnknown<Library: Cryptography>(
  _ signature: SignatureCase, _ library: inout Library
) throws {
  let message = pattern(300)
  let seen = verdict(
    &library, signature.sign(message), signature.algorithm, message, signature.key.publicKeyDER)
  try expectEqual(seen, .unknownAlgorithm, "what the library lacks")
}

private func promiseUnknownAlgorithms<Library: Cryptography>(_ library: inout Library) throws {
  let algorithms: [(String, [UInt8])] = [
    ("SHA-1", sequence(identifier(rsaArcs + [5]) + [5, 0])),
    ("SHA-224", sequence(identifier(rsaArcs + [14]) + [5, 0])),
    ("RSA without a digest", sequence(identifier(rsaArcs + [1]) + [5, 0])),
    ("DSA", sequence(identifier([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2]))),
    ("a mask of another digest", pssAlgorithm(1, 32, mask: 2)),
    ("PSS without parameters", sequence(identifier(rsaArcs + [10]))),
    ("something behind the parameters", sequence(identifier(rsaArcs + [11]) + [5, 0, 5, 0])),
    ("nothing", []), ("no sequence", [5, 0]), ("garbage", pattern(40)),
  ]
  let message = pattern(300)
  let signature = SignatureCase.all[0].sign(message)
  for (name, algorithm) in algorithms {
    let seen = verdict(
      &library, signature, algorithm, message, TestIdentity.rsa.publicKeyDER)
    try expectEqual(seen, .unknownAlgorithm, name)
  }
}

private func promiseUnusableKeys<Library: Cryptography>(_ library: inout Library) throws {
  let message = pattern(300)
  let rsa = SignatureCase.all[0]
  guard let ecdsa = SignatureCase.all.first(where: { $0.name.hasPrefix("ECDSA") }) else { return }
  let keys: [(SignatureCase, String, [UInt8])] = [
    (rsa, "nothing", []), (rsa, "garbage", pattern(200)),
    (rsa, "a key cut off", Array(rsa.key.publicKeyDER.dropLast(9))),
    (rsa, "a curve", ecdsa.key.publicKeyDER), (ecdsa, "RSA", rsa.key.publicKeyDER),
    (
      ecdsa, "a point that is not on its curve",
      Array(ecdsa.key.publicKeyDER.dropLast(32)) + pattern(32)
    ),
  ]
  for (signature, name, key) in keys {
    let seen = verdict(
      &library, signature.sign(message), signature.algorithm, message, key)
    try expectEqual(seen, .unusableKey, name)
  }
}

/// RSA of 8,192 bits with an exponent of 64, checked 24 times.
private func promiseDearestSignatures<Library: Cryptography>(_ library: inout Library) throws {
  let giant = Giant(name: "", bits: 8192, exponentBits: 64, sentence: .noServerCertificate)
  let key = TestIdentity(key: giant.key, certificate: TestIdentity.ecdsa.certificate)
  var signature = pattern(1024)
  signature[0] = 0
  let begun = processorSeconds()
  for _ in 0..<PathBuilder.maximumSignatures {
    let seen = verdict(
      &library, signature, SignatureCase.all[0].algorithm, pattern(300), key.publicKeyDER)
    try expectEqual(seen, .bad, "a signature of nobody")
  }
  let spent = processorSeconds() - begun
  try expect(spent < 0.2, "\(spent) s of CPU time")
}

private func promiseDigests<Library: Cryptography>(_ library: inout Library) throws {
  let identity = TestIdentity.ecdsa
  try expect(
    library.sha256(identity.certificateDER.span) == identity.certificateFingerprint, "SHA-256")
  let sha1 = library.sha1(identity.certificateDER.span)
  try expectEqual(sha1, identity.certificateDigest(EVP_sha1()), "SHA-1")
  let empty = library.sha256([UInt8]().span)
  try expect(empty?[0] == 0xE3 && empty?[31] == 0x55, "SHA-256 of nothing")
}

extension TestIdentity {
  /// For another key like this one.
  fileprivate var kindOfKey: Kind {
    switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA: .rsa(bits: 2048)
    case EVP_PKEY_ED25519: .ed25519
    case EVP_PKEY_ED448: .ed448
    default:
      switch EVP_PKEY_get_bits(key) {
      case 384: .ecdsa(curve: NID_secp384r1)
      case 521: .ecdsa(curve: NID_secp521r1)
      default: .ecdsa(curve: NID_X9_62_prime256v1)
      }
    }
  }
}
