import Bytes
import COpenSSL
import TLSBackend
import Testing

@testable import BackendContract
@testable import BackendGnuTLS

@Suite("Keys and certificates that GnuTLS makes (T7), read by OpenSSL")
struct GnuTLSIdentityTests {
  private static let names = ["logs.example.net", "second.test"].map { Array($0.utf8) }
  private static let addresses: [[UInt8]] = [
    [192, 0, 2, 7], [UInt8](repeating: 0, count: 15) + [1],
  ]

  private static func make(_ kind: IdentityRequest.Kind) throws -> NewIdentity {
    var request = IdentityRequest(
      commonName: "logs.example.net", notBefore: Authority.now - 60,
      // Beyond the end of UTCTime (RFC 5280 §4.1.2.5).
      notAfter: Authority.now + 20 * 365 * Authority.day)
    request.kind = kind
    request.dnsNames = names
    request.addresses = addresses
    return try GnuTLSBackend.makeIdentity(request)
  }

  private static func identity(_ new: NewIdentity) throws -> TestIdentity {
    try #require(new.keyLabel == "PRIVATE KEY")
    let key = new.key.withUnsafeBufferPointer { bytes in
      var cursor = bytes.baseAddress
      return d2i_AutoPrivateKey(nil, &cursor, bytes.count)
    }
    let certificate = new.certificate.withUnsafeBufferPointer { bytes in
      var cursor = bytes.baseAddress
      return d2i_X509(nil, &cursor, bytes.count)
    }
    return TestIdentity(key: try #require(key), certificate: try #require(certificate))
  }

  @Test(
    "say what was asked for",
    arguments: [(.ecdsaP256, "EC", 256), (.rsa, "RSA", 3072)]
      as [(IdentityRequest.Kind, String, Int)])
  func says(kind: IdentityRequest.Kind, name: String, bits: Int) throws {
    let new = try GnuTLSIdentityTests.make(kind)
    let summary = try GnuTLSContext(TLSParameters()).certificate(new.certificate.span)
    #expect(summary.subject == "logs.example.net" && summary.issuer == summary.subject)
    #expect(summary.notBefore == Authority.now - 60)
    #expect(summary.notAfter == Authority.now + 20 * 365 * Authority.day)
    #expect("\(summary.key.kind)" == name && summary.key.bits == bits)
    #expect(summary.dnsNames == GnuTLSIdentityTests.names)
    #expect(summary.addresses == GnuTLSIdentityTests.addresses)
    #expect(!summary.isAuthority)
  }

  @Test("carry the extensions of RFC 5280 §4.2, and no serial number is like another")
  func extensions() throws {
    var serials: Set<[UInt8]> = []
    for _ in 0..<20 {
      let certificate = try GnuTLSIdentityTests.identity(GnuTLSIdentityTests.make(.ecdsaP256))
        .certificate
      #expect(X509_get_version(certificate) == 2)
      for (nid, isCritical) in [
        (NID_basic_constraints, true), (NID_key_usage, true), (NID_ext_key_usage, false),
        (NID_subject_alt_name, false), (NID_subject_key_identifier, false),
      ] {
        let place = X509_get_ext_by_NID(certificate, nid, -1)
        let found = try #require(X509_get_ext(certificate, place))
        #expect(X509_EXTENSION_get_critical(found) == (isCritical ? 1 : 0))
      }
      #expect(X509_get_key_usage(certificate) == UInt32(KU_DIGITAL_SIGNATURE))
      #expect(
        X509_get_extended_key_usage(certificate) == UInt32(XKU_SSL_SERVER | XKU_SSL_CLIENT))
      #expect(X509_verify(certificate, X509_get0_pubkey(certificate)) == 1)
      let serial = X509_get0_serialNumber(certificate)
      // Positive: a negative INTEGER would have another type.
      #expect(ASN1_STRING_type(serial) == V_ASN1_INTEGER)
      let count = Int(ASN1_STRING_length(serial))
      #expect(count == 16)
      serials.insert(
        Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(serial), count: count)))
    }
    #expect(serials.count == 20)
  }

  @Test("are good for a server that is its own anchor, and for a client", arguments: [true, false])
  func works(isRSA: Bool) throws {
    let new = try GnuTLSIdentityTests.make(isRSA ? .rsa : .ecdsaP256)
    let identity = try GnuTLSIdentityTests.identity(new)
    var parameters = TLSParameters()
    parameters.trustAnchors = [new.certificate]
    parameters.certificates = [new.certificate]
    parameters.privateKey = new.key
    for address in GnuTLSIdentityTests.addresses {
      var policy = PeerPolicy.validated(.address(address))
      policy.time = Authority.now
      var server = TestServer.Configuration(identity: identity)
      server.clientCertificate = .wanted
      server.clientAnchors = [identity]
      var meeting = try Meeting<GnuTLSBackend>(
        policy: policy, parameters: parameters, server: server)
      let peer = try meeting.handshake()
      #expect(peer.isValidated && peer.certificate.der == new.certificate)
      #expect(meeting.server.clientCertificates == [new.certificate])
      #expect(!meeting.client.negotiated.group.isEmpty)
    }
  }

  @Test("are refused, not cut short, when the name does not fit (RFC 5280 A.1, ub-common-name)")
  func tooLong() {
    let name = Text([UInt8](repeating: UInt8(ascii: "x"), count: 65))
    #expect(throws: TLSError.self) {
      try GnuTLSBackend.makeIdentity(IdentityRequest(commonName: name, notBefore: 0, notAfter: 1))
    }
  }
}

@Suite("GnuTLS and FIPS 140")
struct GnuTLSFIPSTests {
  @Test("a library that is not in strict mode is no FIPS module, and says what it takes")
  func refuses() throws {
    var parameters = TLSParameters()
    parameters.requiresFIPS = true
    do {
      let context = try GnuTLSContext(parameters)
      // Only where the distribution's GnuTLS is built for FIPS, and the kernel asks for it.
      #expect(context.fipsModule != nil)
    } catch {
      #expect(error.kind == .configuration && error.parameter == .fips)
      #expect(error.reason == .notStrict(FIPSMode.current, GnuTLSBackend.capabilities.name))
    }
    #expect(try GnuTLSContext(TLSParameters()).fipsModule == nil)
  }
}
