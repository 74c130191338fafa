public import Bytes
internal import Features

/// What is said about a certificate, by the policy, in the log and by `--check`. It is
/// made by our own parser, the same with every library.
///
/// A class, because copies of so many fields are kilobytes of code; nobody changes one.
public final class CertificateSummary: Sendable {
  /// The certificate itself.
  public let der: [UInt8]
  /// The common name of the subject, or its organisation's when it has none; see `Text.init(quotable:)`.
  public let subject: Text
  /// The same of the issuer.
  public let issuer: Text
  /// Seconds since 1970.
  public let notBefore: Int64
  /// Seconds since 1970.
  public let notAfter: Int64
  public let key: Key
  /// Whether basicConstraints make it an authority (RFC 5280 §4.2.1.9).
  public let isAuthority: Bool
  /// How many intermediate certificates may follow below it; negative when that is not limited.
  public let pathLimit: Int
  /// The subjectAltNames of the kind dNSName, as they stand there, at most `maximumNames`.
  public let dnsNames: [[UInt8]]
  /// Those of the kind iPAddress: 4 or 16 bytes, at most `maximumNames`.
  public let addresses: [[UInt8]]
  /// SHA-256 of the DER SubjectPublicKeyInfo.
  public let spkiFingerprint: SHA256Digest
  /// SHA-256 of the DER certificate.
  public let fingerprint: SHA256Digest
  /// SHA-1 of the DER certificate, for RFC 5425 §4.2.2 (T11); empty where the library computes none,
  /// as under FIPS.
  public let sha1Fingerprint: [UInt8]

  /// A public key: its kind, e.g. "RSA" or "EC", its size, and what that is worth.
  public struct Key: Sendable {
    public let kind: Literal
    public let bits: Int
    /// Bits of strength (see `KeyStrength`).
    public let strength: Int

    public init(kind: Literal, bits: Int, strength: Int) {
      self.kind = kind
      self.bits = bits
      self.strength = strength
    }
  }

  /// More names than any collector has. A certificate with more is told by the first, and refused.
  public static let maximumNames = 256

  public init(
    der: [UInt8], subject: Text, issuer: Text, notBefore: Int64, notAfter: Int64, key: Key,
    isAuthority: Bool, pathLimit: Int, dnsNames: [[UInt8]], addresses: [[UInt8]],
    spkiFingerprint: SHA256Digest, fingerprint: SHA256Digest, sha1Fingerprint: [UInt8]
  ) {
    self.der = der
    self.subject = subject
    self.issuer = issuer
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.key = key
    self.isAuthority = isAuthority
    self.pathLimit = pathLimit
    self.dnsNames = dnsNames
    self.addresses = addresses
    self.spkiFingerprint = spkiFingerprint
    self.fingerprint = fingerprint
    self.sha1Fingerprint = sha1Fingerprint
  }

  init(
    _ certificate: Certificate, spkiFingerprint: SHA256Digest, fingerprint: SHA256Digest,
    sha1Fingerprint: [UInt8]
  ) {
    der = certificate.der
    subject = certificate.words
    issuer = certificate.words(certificate.issuer)
    notBefore = certificate.notBefore
    notAfter = certificate.notAfter
    key = Key(
      kind: certificate.key.name, bits: certificate.key.bits, strength: certificate.key.strength)
    isAuthority = certificate.isAuthority
    pathLimit = certificate.pathLimit
    dnsNames = Feature.chains.isBuilt ? certificate.names(GeneralName.dns) : []
    addresses = Feature.chains.isBuilt ? certificate.names(GeneralName.address) : []
    self.spkiFingerprint = spkiFingerprint
    self.fingerprint = fingerprint
    self.sha1Fingerprint = sha1Fingerprint
  }
}
