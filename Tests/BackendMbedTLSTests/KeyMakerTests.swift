import BackendMbedTLS
import Bytes
import COpenSSL
import TLSBackend
import Testing

@testable import BackendContract

@Suite("Keys and certificates that Mbed TLS makes (T7)")
struct KeyMakerTests {
  private static let names = ["logs.example.net", "second.test"].map { Array($0.utf8) }
  private static let addresses: [[UInt8]] = [
    [192, 0, 2, 7], [UInt8](repeating: 0, count: 15) + [1],
  ]

  private static func request(_ kind: IdentityRequest.Kind) -> IdentityRequest {
    var request = IdentityRequest(
      commonName: "logs.example.net", notBefore: Authority.now - 60,
      // Beyond the end of UTCTime (RFC 5280 §4.1.2.5).
      notAfter: Authority.now + 20 * 365 * Authority.day)
    request.kind = kind
    request.dnsNames = names
    request.addresses = addresses
    return request
  }

  /// As OpenSSL reads it.
  private static func identity(_ new: NewIdentity) throws -> TestIdentity {
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

  @Test("say what was asked for", arguments: [true, false])
  func says(isRSA: Bool) throws {
    let request = KeyMakerTests.request(isRSA ? .rsa : .ecdsaP256)
    let new = try MbedTLSBackend.makeIdentity(request)
    #expect(new.keyLabel == (isRSA ? "RSA PRIVATE KEY" : "EC PRIVATE KEY"))
    let summary = try MbedTLSContext(TLSParameters()).certificate(new.certificate.span)
    #expect(summary.subject == "logs.example.net" && summary.issuer == summary.subject)
    #expect(summary.notBefore == request.notBefore && summary.notAfter == request.notAfter)
    #expect("\(summary.key.kind)" == (isRSA ? "RSA" : "EC"))
    #expect(summary.key.bits == (isRSA ? 3072 : 256))
    #expect(summary.dnsNames == KeyMakerTests.names)
    #expect(summary.addresses == KeyMakerTests.addresses)
    #expect(!summary.isAuthority)
  }

  @Test("carry the extensions of RFC 5280 §4.2, and no serial number is like another")
  func extensions() throws {
    var serials: Set<[UInt8]> = []
    for _ in 0..<20 {
      let new = try MbedTLSBackend.makeIdentity(KeyMakerTests.request(.ecdsaP256))
      let certificate = try KeyMakerTests.identity(new).certificate
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
      let serial = try #require(X509_get0_serialNumber(certificate)).pointee
      #expect(serial.type == V_ASN1_INTEGER && serial.length == 16)
      serials.insert((0..<16).map { serial.data[$0] })
    }
    #expect(serials.count == 20)
  }

  @Test("are good for a server that is its own anchor, and for a client", arguments: [true, false])
  func works(isRSA: Bool) throws {
    let new = try MbedTLSBackend.makeIdentity(KeyMakerTests.request(isRSA ? .rsa : .ecdsaP256))
    let identity = try KeyMakerTests.identity(new)
    var parameters = TLSParameters()
    parameters.trustAnchors = [new.certificate]
    parameters.certificates = [new.certificate]
    parameters.privateKey = new.key
    for address in KeyMakerTests.addresses {
      var policy = PeerPolicy.validated(.address(address))
      policy.time = Authority.now
      var server = TestServer.Configuration(identity: identity)
      server.clientCertificate = .wanted
      server.clientAnchors = [identity]
      var meeting = try Meeting<MbedTLSBackend>(
        policy: policy, parameters: parameters, server: server)
      let peer = try meeting.handshake()
      #expect(peer.isValidated && peer.certificate.der == new.certificate)
      #expect(meeting.server.clientCertificates == [new.certificate])
    }
  }

  @Test("may have a name that RFC 4514 would escape")
  func escapes() throws {
    let name = "a,b+c=\"d\\"
    let new = try MbedTLSBackend.makeIdentity(
      IdentityRequest(commonName: Text(Array(name.utf8)), notBefore: 0, notAfter: 1))
    let summary = try MbedTLSContext(TLSParameters()).certificate(new.certificate.span)
    #expect(summary.subject == Text(Array(name.utf8)))
  }

  @Test("are refused when the name does not fit (RFC 5280 A.1, ub-common-name)")
  func tooLong() {
    for count in [0, 65] {
      let name = Text([UInt8](repeating: UInt8(ascii: "x"), count: count))
      #expect(throws: TLSError.self) {
        try MbedTLSBackend.makeIdentity(
          IdentityRequest(commonName: name, notBefore: 0, notAfter: 1))
      }
    }
  }
}
