internal import Bytes

/// What one remote asks of its TLS connections. Names and numbers are IANA's on every backend.
public struct TLSParameters: Equatable, Sendable {
  /// The name to send as SNI (RFC 6066 §3), without a trailing NUL; nil for an address literal.
  public var serverName: [UInt8]?
  /// The lowest version to accept. There is no highest (RFC 9662 §4, U3).
  public var minimumVersion: TLSVersion
  /// Suites to offer, in order of preference, TLS 1.2 and 1.3 in one list; nil for RFC 9325's, as
  /// far as the library has them.
  public var cipherSuites: [TLSCipherSuite]?
  /// Key exchange groups to offer, in order of preference; nil for RFC 9325's, as far as the
  /// library has them.
  public var groups: [TLSGroup]?
  /// DER certificates that a chain may end at (RFC 5280 §6.1.1 (d)); empty when none is validated.
  public var trustAnchors: [[UInt8]] = []
  /// DER revocation lists. When there is one, each certificate below the anchor needs a current one
  /// of its issuer.
  public var revocationLists: [[UInt8]] = []
  /// DER certificates of this client, its own first; empty when it has none (T4).
  public var certificates: [[UInt8]] = []
  /// The DER private key of the first of them: PKCS#8, PKCS#1 or SEC 1.
  public var privateKey: [UInt8] = []
  /// Whether nothing may be done outside of a FIPS module.
  public var requiresFIPS = false

  public init(
    serverName: [UInt8]? = nil,
    minimumVersion: TLSVersion = .tls12,
    cipherSuites: [TLSCipherSuite]? = nil,
    groups: [TLSGroup]? = nil
  ) {
    self.serverName = serverName
    self.minimumVersion = minimumVersion
    self.cipherSuites = cipherSuites
    self.groups = groups
  }
}

// MARK: Files

extension TLSParameters {
  /// Adds the trust anchors in PEM. Throws `.configuration` when there is none.
  public mutating func readTrustAnchors(_ text: Span<UInt8>) throws(TLSError) {
    trustAnchors += try TLSParameters.blocks(["CERTIFICATE"], text)
  }

  /// Adds the revocation lists in PEM. Throws `.configuration` when there is none.
  public mutating func readRevocationLists(_ text: Span<UInt8>) throws(TLSError) {
    revocationLists += try TLSParameters.blocks(["X509 CRL"], text)
  }

  /// Takes this client's certificates in PEM. Throws `.configuration` when there is none.
  public mutating func readCertificates(_ text: Span<UInt8>) throws(TLSError) {
    certificates = try TLSParameters.blocks(["CERTIFICATE"], text)
  }

  /// Takes this client's key in PEM. Throws `.configuration` when there is none, or an encrypted one.
  public mutating func readPrivateKey(_ text: Span<UInt8>) throws(TLSError) {
    let labels: [Literal] = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"]
    privateKey = try TLSParameters.blocks(labels, text)[0]
  }

  /// The content of the blocks with one of these labels; others are passed over, as certificates in
  /// a file with a key are.
  private static func blocks(
    _ labels: [Literal], _ text: Span<UInt8>
  ) throws(TLSError) -> [[UInt8]] {
    var reader = PEMReader(text)
    var blocks: [[UInt8]] = []
    while let block = try reader.next(text) {
      let label = block.label.bytes
      if labels.count == 3, label.span.equals("ENCRYPTED PRIVATE KEY") {
        throw TLSError(.configuration, .encrypted(line: block.line))
      }
      for wanted in labels where label.span.equals(wanted) { blocks.append(block.der) }
    }
    guard !blocks.isEmpty else { throw TLSError(.configuration, .contains(no: labels[0])) }
    return blocks
  }
}
