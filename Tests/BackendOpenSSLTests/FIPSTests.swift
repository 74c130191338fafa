import Bytes
import CMalloc
import COpenSSL
import CPosix
import TLSBackend
import Testing

@testable import BackendContract
@testable import BackendOpenSSL

/// A machine on which the FIPS provider is in one of the states of Scripts/fips-provider.
private enum Machine: String, CaseIterable, Codable {
  case active, unconfigured, tampered, absent

  /// Makes this process one on it, which must not have used OpenSSL before.
  func enter() throws {
    let path = "\(#filePath)".split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let output = try #require(popen("'\(path)/Scripts/fips-provider'", "r"))
    var line = [CChar](repeating: 0, count: 4096)
    let isRead = fgets(&line, 4096, output) != nil
    try #require(pclose(output) == 0 && isRead)
    let folder = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    let state = "\(String(decoding: folder, as: UTF8.self))/\(rawValue)"
    setenv("OPENSSL_CONF", "\(state)/openssl.cnf", 1)
    setenv("OPENSSL_MODULES", "\(state)/ossl-modules", 1)
  }

  /// How the refusal begins.
  var reason: Sentence? {
    switch self {
    case .active: nil
    case .unconfigured: .fipsUnconfigured
    case .tampered: .fipsSelfTestFailed("")
    case .absent: .noFIPSProvider
    }
  }
}

private let required: TLSParameters = {
  var parameters = TLSParameters()
  parameters.requiresFIPS = true
  return parameters
}()

/// A server below an intermediate, all lists, and a client with a certificate: all of it under FIPS.
private func meetEverybody() throws {
  for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
    let scene = ChainScene()
      .with(\.lists, [ChainWorld.issuing.list(AuthorityList()), ChainWorld.root.list()])
    var parameters = try scene.parameters()
    parameters.requiresFIPS = true
    let own = ChainWorld.issuing.issue(.client("router"))
    try parameters.readCertificates(own.certificatePEM.span)
    try parameters.readPrivateKey(own.privateKeyPEM().span)
    var server = TestServer.Configuration.only(version, scene.chain[0])
    server.chain = Array(scene.chain.dropFirst())
    server.clientCertificate = .wanted
    server.clientAnchors = [ChainWorld.root.identity, ChainWorld.issuing.identity]
    let context = try OpenSSLContext(parameters)
    let module = try #require(context.fipsModule).words
    try #require(module.hasPrefix("OpenSSL FIPS Provider 3."))
    var meeting = try Meeting<OpenSSLBackend>(
      context, policy: try scene.policy(OpenSSLBackend.self), server: server)
    let peer = try meeting.handshake()
    try #require(peer.isValidated && peer.certificate.sha1Fingerprint.isEmpty)
    try #require(peer.certificate.spkiFingerprint == scene.chain[0].spkiFingerprint)
    try #require(peer.certificate.fingerprint == scene.chain[0].certificateFingerprint)
    try #require(meeting.server.clientCertificates == [own.certificateDER])
    try #require(TLSGroup(named: meeting.client.negotiated.group) == .secp256r1)
    try meeting.send([1, 2, 3])
    try meeting.exchange()
    try #require(meeting.server.plaintext == [1, 2, 3])
  }
}

/// Of a machine on which the FIPS provider is everybody's default.
@Suite("OpenSSL without --fips, where openssl.cnf makes FIPS everybody's default")
struct OpenSSLPolicyTests {
  @Test("offers what is there without being told, and nothing else")
  func defaults() async {
    await #expect(processExitsWith: .success) {
      try Machine.active.enter()
      for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
        var meeting = try Meeting<OpenSSLBackend>(server: .only(version))
        _ = try meeting.handshake()
        let hello = try #require(meeting.server.hello)
        let groups = hello.list(in: 10).compactMap(TLSGroup.init(rawValue:))
        let left = TLSGroup.recommended.filter(OpenSSLBackend.available.groups.contains)
        try #require(groups == left && groups.contains(.secp256r1) && !groups.contains(.x25519))
        let suites = hello.cipherSuites.compactMap(TLSCipherSuite.init(rawValue:))
        try #require(suites.contains(.aes128GCM) && suites.contains(.ecdheRSAWithAES128GCM))
        try #require(!suites.contains(.chacha20Poly1305))
        try #require(!suites.contains(.ecdheRSAWithChaCha20Poly1305))
      }
    }
  }

  @Test("shares a secret by ML-KEM where that provider has it, and by P-256 after a second hello")
  func hybrid() async {
    await #expect(processExitsWith: .success) {
      try Machine.active.enter()
      for (group, hellos) in [(TLSGroup.x25519MLKEM768, 1), (.secp256r1, 2)] {
        var server = TestServer.Configuration.only(TLS1_3_VERSION)
        server.groups = "\(group.name)"
        var meeting = try Meeting<OpenSSLBackend>(server: server)
        _ = try meeting.handshake()
        try #require(meeting.server.group == group)
        try #require(TLSGroup(named: meeting.client.negotiated.group) == group)
        try #require(meeting.server.handshakeMessages.count { $0 == 1 } == hellos)
        try meeting.send([1, 2, 3])
        try meeting.exchange()
        try #require(meeting.server.plaintext == [1, 2, 3])
      }
    }
  }

  @Test("refuses by name what is asked for and not there")
  func asked() async {
    await #expect(processExitsWith: .success) {
      try Machine.active.enter()
      let library = OpenSSLBackend.capabilities.name
      for (parameters, name, parameter) in [
        (TLSParameters(groups: [.secp256r1, .x25519]), TLSGroup.x25519.name, TLSParameter.groups),
        (
          TLSParameters(cipherSuites: [.aes128GCM, .chacha20Poly1305]),
          TLSCipherSuite.chacha20Poly1305.name, .cipherSuites
        ),
        (
          TLSParameters(cipherSuites: [.ecdheRSAWithChaCha20Poly1305, .ecdheRSAWithAES128GCM]),
          TLSCipherSuite.ecdheRSAWithChaCha20Poly1305.name, .cipherSuites
        ),
      ] {
        let error = try #require(throws: TLSError.self) { try OpenSSLContext(parameters) }
        try #require(error.reason == .notSupported(name, by: library), "\(error.reason.words)")
        try #require(error.kind == .configuration && error.parameter == parameter)
      }
    }
  }
}

@Suite("OpenSSL with --fips")
struct OpenSSLFIPSTests {
  @Test("works within the provider when it is active, chains, lists and certificate included")
  func active() async {
    await #expect(processExitsWith: .success) {
      try Machine.active.enter()
      try meetEverybody()
    }
  }

  @Test("does not touch what is done without it")
  func apart() async {
    await #expect(processExitsWith: .success) {
      try Machine.active.enter()
      // No file is read for the library's own default.
      setenv("OPENSSL_CONF", "/dev/null", 1)
      #expect(try OpenSSLContext(TLSParameters()).fipsModule == nil)
      #expect(throws: TLSError.self) { try OpenSSLContext(required) }
      let summary = try OpenSSLContext(TLSParameters())
        .certificate(TestIdentity.ecdsa.certificateDER.span)
      #expect(summary.sha1Fingerprint.count == 20)
    }
  }

  @Test(
    "says which step is missing, at each context",
    arguments: [Machine.unconfigured, .tampered, .absent])
  fileprivate func broken(machine: Machine) async {
    await #expect(processExitsWith: .success) { [machine] in
      try machine.enter()
      for _ in 1...2 {
        let error = try #require(throws: TLSError.self) { try OpenSSLContext(required) }
        try #require(error.kind == .configuration && error.parameter == .fips)
        let beginning = try #require(machine.reason).words
        try #require(error.reason.words.hasPrefix(beginning), "\(error.reason.words)")
      }
    }
  }

  @Test("a provider that is taken away is missed by the next context, and memory comes back")
  func rechecked() async {
    exposeHeapToChildren()
    await #expect(processExitsWith: .success) {
      try Machine.active.enter()
      var heap: [Int] = []
      for _ in 1...30 {
        _ = try OpenSSLContext(required)
        heap.append(Int(mallinfo2().uordblks))
      }
      // A library context that is lost is hundreds of kilobytes.
      try #require(heap[29] - heap[9] < 64 * 1024, "\(heap)")
      try Machine.tampered.enter()
      #expect(throws: TLSError.self) { try OpenSSLContext(required) }
    }
  }
}
