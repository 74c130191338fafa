public import Bytes

/// A library that can make a key and a self-signed certificate for it (RFC 5425 §4.2.1, T7).
public protocol TLSKeyMaker: ~Copyable {
  /// Throws `.library`, or `.configuration` when the library does not have the kind of key.
  static func makeIdentity(_ request: IdentityRequest) throws(TLSError) -> NewIdentity
}

/// What a new key and its certificate are to be.
public struct IdentityRequest: Sendable {
  public enum Kind: Sendable {
    case ecdsaP256
    /// Of 3072 bits.
    case rsa
  }

  public var kind = Kind.ecdsaP256
  /// The subject's common name.
  public var commonName: Text
  /// subjectAltNames; the caller has checked them.
  public var dnsNames: [[UInt8]] = []
  /// 4 or 16 bytes each.
  public var addresses: [[UInt8]] = []
  /// Seconds since 1970.
  public var notBefore: Int64
  public var notAfter: Int64

  public init(commonName: Text, notBefore: Int64, notAfter: Int64) {
    self.commonName = commonName
    self.notBefore = notBefore
    self.notAfter = notAfter
  }
}

/// A key and its certificate.
public struct NewIdentity: Sendable {
  /// What stands in the PEM's frame: "PRIVATE KEY", "EC PRIVATE KEY" or "RSA PRIVATE KEY".
  public let keyLabel: Text
  public let key: [UInt8]
  public let certificate: [UInt8]

  public init(keyLabel: Text, key: [UInt8], certificate: [UInt8]) {
    self.keyLabel = keyLabel
    self.key = key
    self.certificate = certificate
  }
}
