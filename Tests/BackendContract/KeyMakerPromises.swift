import Bytes
import COpenSSL
import TLSBackend

/// Where the libraries may differ in the keys and certificates that they make.
public struct NewIdentityForm: Sendable {
  let ecdsaLabel: Text
  let rsaLabel: Text
  let serialByteCount: ClosedRange<Int>

  /// The labels of the PEM frames of the two kinds of key, and the length of a serial number.
  public init(ecdsaLabel: Text, rsaLabel: Text, serialByteCount: ClosedRange<Int>) {
    self.ecdsaLabel = ecdsaLabel
    self.rsaLabel = rsaLabel
    self.serialByteCount = serialByteCount
  }

  func label(of kind: IdentityRequest.Kind) -> Text { kind == .rsa ? rsaLabel : ecdsaLabel }
}

extension Promise {
  /// What every library promises about the keys and certificates that it makes (RFC 5425 §4.2.1,
  /// T7). OpenSSL reads them here, whatever library made them.
  public static func allOfKeyMaking<
    TLS: TLSBackend & TLSKeyMaker & ~Copyable & SendableMetatype
  >(
    of _: TLS.Type, _ form: NewIdentityForm
  ) -> [Promise] {
    let kinds: [(IdentityRequest.Kind, name: String, bits: Int)] = [
      (.ecdsaP256, "EC", 256), (.rsa, "RSA", 3072),
    ]
    let ofKinds = kinds.flatMap { kind, name, bits in
      [
        Promise("a new certificate with an \(name) key says what was requested") {
          try saysWhatWasRequested(TLS.self, kind, name, bits, form)
        },
        Promise("a new \(name) identity works for a server that is its own anchor, and a client") {
          try worksForBothSides(TLS.self, kind)
        },
      ]
    }
    return ofKinds + [
      Promise("20 new certificates have the extensions of RFC 5280 §4.2 and 20 serial numbers") {
        try hasExtensionsAndOwnSerial(TLS.self, form)
      },
      Promise("a common name may contain what RFC 4514 would escape") {
        let name = Text(Array("a,b+c=\"d\\".utf8))
        let new = try TLS.makeIdentity(
          IdentityRequest(commonName: name, notBefore: 0, notAfter: 1))
        let summary = try TLS.Context(TLSParameters()).certificate(new.certificate.span)
        try expectEqual(summary.subject.words, name.words, "subject")
      },
      Promise("a common name that is empty or too long is refused (RFC 5280 A.1, ub-common-name)") {
        for count in [0, 65] {
          let name = Text([UInt8](repeating: UInt8(ascii: "x"), count: count))
          let new = try? TLS.makeIdentity(
            IdentityRequest(commonName: name, notBefore: 0, notAfter: 1))
          try expect(new == nil, "a certificate with a common name of \(count) bytes")
        }
        for count in [1, 64] {
          let name = Text([UInt8](repeating: UInt8(ascii: "x"), count: count))
          _ = try TLS.makeIdentity(IdentityRequest(commonName: name, notBefore: 0, notAfter: 1))
        }
      },
    ]
  }
}

private let names = ["logs.example.net", "second.test"].map { Array($0.utf8) }
private let addresses: [[UInt8]] = [[192, 0, 2, 7], [UInt8](repeating: 0, count: 15) + [1]]

private func request(_ kind: IdentityRequest.Kind) -> IdentityRequest {
  var request = IdentityRequest(
    commonName: "logs.example.net", notBefore: Authority.now - 60,
    // Beyond the end of UTCTime (RFC 5280 §4.1.2.5).
    notAfter: Authority.now + 20 * 365 * Authority.day)
  request.kind = kind
  request.dnsNames = names
  request.addresses = addresses
  return request
}

/// A new identity as OpenSSL reads it.
private func read(_ new: NewIdentity) throws -> TestIdentity {
  let key = new.key.withUnsafeBufferPointer { bytes in
    var cursor = bytes.baseAddress
    return d2i_AutoPrivateKey(nil, &cursor, bytes.count)
  }
  let certificate = new.certificate.withUnsafeBufferPointer { bytes in
    var cursor = bytes.baseAddress
    return d2i_X509(nil, &cursor, bytes.count)
  }
  guard let key, let certificate else {
    throw BrokenPromise("OpenSSL cannot read the key or the certificate")
  }
  return TestIdentity(key: key, certificate: certificate)
}

private func saysWhatWasRequested<TLS: TLSBackend & TLSKeyMaker & ~Copyable>(
  _: TLS.Type, _ kind: IdentityRequest.Kind, _ name: String, _ bits: Int, _ form: NewIdentityForm
) throws {
  let request = request(kind)
  let new = try TLS.makeIdentity(request)
  try expectEqual(new.keyLabel.words, form.label(of: kind).words, "label")
  let summary = try TLS.Context(TLSParameters()).certificate(new.certificate.span)
  try expectEqual(summary.subject.words, "logs.example.net", "subject")
  try expectEqual(summary.issuer.words, "logs.example.net", "issuer")
  try expectEqual(summary.notBefore, request.notBefore, "notBefore")
  try expectEqual(summary.notAfter, request.notAfter, "notAfter")
  try expectEqual("\(summary.key.kind)", name, "kind of key")
  try expectEqual(summary.key.bits, bits, "bits of the key")
  try expectEqual(summary.dnsNames, names, "DNS names")
  try expectEqual(summary.addresses, addresses, "addresses")
  try expect(!summary.isAuthority, "an authority")
}

private func expectExtensions(of certificate: OpaquePointer) throws {
  try expectEqual(X509_get_version(certificate), 2, "version field, 2 for version 3")
  let extensions = [
    (NID_basic_constraints, true), (NID_key_usage, true), (NID_ext_key_usage, false),
    (NID_subject_alt_name, false), (NID_subject_key_identifier, false),
  ]
  for (nid, isCritical) in extensions {
    let found = X509_get_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1))
    guard let found else { throw BrokenPromise("no extension with OpenSSL's number \(nid)") }
    try expectEqual(
      X509_EXTENSION_get_critical(found), isCritical ? 1 : 0, "critical, of extension \(nid)")
  }
  try expectEqual(X509_get_key_usage(certificate), UInt32(KU_DIGITAL_SIGNATURE), "key usage")
  try expectEqual(
    X509_get_extended_key_usage(certificate), UInt32(XKU_SSL_SERVER | XKU_SSL_CLIENT),
    "extended key usage")
}

private func hasExtensionsAndOwnSerial<TLS: TLSBackend & TLSKeyMaker & ~Copyable>(
  _: TLS.Type, _ form: NewIdentityForm
) throws {
  var serials: Set<[UInt8]> = []
  for _ in 0..<20 {
    let certificate = try read(TLS.makeIdentity(request(.ecdsaP256))).certificate
    try expectExtensions(of: certificate)
    try expectEqual(
      X509_verify(certificate, X509_get0_pubkey(certificate)), 1, "signature by its own key")
    let serial = X509_get0_serialNumber(certificate)
    // OpenSSL has another type for a negative INTEGER.
    try expectEqual(ASN1_STRING_type(serial), V_ASN1_INTEGER, "type of the serial number")
    let bytes = UnsafeBufferPointer(
      start: ASN1_STRING_get0_data(serial), count: Int(ASN1_STRING_length(serial)))
    try expect(
      form.serialByteCount.contains(bytes.count), "a serial number of \(bytes.count) bytes")
    try expect(bytes.contains { $0 != 0 }, "serial number 0")
    serials.insert(Array(bytes))
  }
  try expectEqual(serials.count, 20, "serial numbers")
}

private func worksForBothSides<TLS: TLSBackend & TLSKeyMaker & ~Copyable>(
  _: TLS.Type, _ kind: IdentityRequest.Kind
) throws {
  let new = try TLS.makeIdentity(request(kind))
  let identity = try read(new)
  var parameters = TLSParameters()
  parameters.trustAnchors = [new.certificate]
  parameters.certificates = [new.certificate]
  parameters.privateKey = new.key
  for address in addresses {
    var policy = PeerPolicy.validated(.address(address))
    policy.time = Authority.now
    var server = TestServer.Configuration(identity: identity)
    server.clientCertificate = .wanted
    server.clientAnchors = [identity]
    var meeting = try Meeting<TLS>(policy: policy, parameters: parameters, server: server)
    let peer = try meeting.handshake()
    try expect(peer.isValidated, "the server is not validated")
    try expect(peer.certificate.der == new.certificate, "another certificate of the server")
    try expect(
      meeting.server.clientCertificates == [new.certificate], "other certificates of the client")
    try expect(!meeting.client.negotiated.group.isEmpty, "no group")
  }
}
