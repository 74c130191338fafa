import COpenSSL
import TLSBackend

/// Extension types (IANA, TLS ExtensionType Values).
private enum Extension {
  static let serverName: UInt32 = 0
  static let signatureAlgorithms: UInt32 = 13
  static let alpn: UInt32 = 16
  static let extendedMasterSecret: UInt32 = 23
  static let sessionTicket: UInt32 = 35
  static let preSharedKey: UInt32 = 41
  static let earlyData: UInt32 = 42
  static let renegotiationInfo: UInt32 = 0xFF01
}

/// TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 §3.3).
private let renegotiationSCSV: UInt16 = 0x00FF

func offerPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  [
    Promise("the configured name is sent as SNI (C7)") {
      let parameters = TLSParameters(serverName: Array("logs.example.net".utf8))
      var meeting = try Meeting<TLS>(parameters: parameters)
      _ = try meeting.handshake()
      try expectEqual(meeting.server.serverName, "logs.example.net", "SNI")
    },
    Promise("without a name there is no SNI (N8)") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      let extensions = try hello(of: meeting).extensions.map(\.type)
      try expect(!extensions.contains(Extension.serverName), "SNI is sent")
    },
    Promise("a name that cannot be sent is refused when the context is made") {
      for name in [[], [UInt8](repeating: 97, count: 256), Array("a\0b".utf8)] {
        try refusesContext(TLS.self, TLSParameters(serverName: name))
      }
    },
    Promise("no suite, or none for the lowest version, is refused when the context is made") {
      try refusesContext(TLS.self, TLSParameters(cipherSuites: []))
      try refusesContext(
        TLS.self,
        TLSParameters(minimumVersion: .tls13, cipherSuites: [.ecdheRSAWithAES128GCM]))
    },
    Promise("no signature with SHA-1, MD5 or SHA-224 is offered, SHA-256 is (C14)") {
      try promiseSignatureAlgorithms(TLS.self)
    },
    Promise("RSASSA-PSS is offered as well (C14)", needs: .feature(.rsaPSSInTLS12)) {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      let algorithms = try hello(of: meeting).list(in: Extension.signatureAlgorithms)
      try expect(algorithms.contains(0x0804), "rsa_pss_rsae_sha256 is missing: \(algorithms)")
    },
    Promise("TLS 1.2 alone works with an RSA server that prefers RSASSA-PSS (C14)") {
      var server = TestServer.Configuration.only(TLS1_2_VERSION, .rsa)
      server.insistsOnItsOrder = true
      var meeting = try Meeting<TLS>(
        parameters: TLSParameters(cipherSuites: [.ecdheRSAWithAES128GCM]), server: server)
      _ = try meeting.handshake()
    },
    Promise("no compression, early data, resumption or ALPN, but RFC 5746 and 7627 (C4, C6-C9)") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      try checkFreshHello(try hello(of: meeting))
    },
    Promise("a second connection of the same context is a full handshake (T13)") {
      try promiseNoResumption(TLS.self, .only(TLS1_2_VERSION))
    },
    Promise("a second connection after tickets is a full handshake (T13, U5)", needs: .tls13) {
      try promiseNoResumption(TLS.self, .only(TLS1_3_VERSION))
    },
    Promise("TLS 1.3 alone can be asked for", needs: .tls13) {
      var meeting = try Meeting<TLS>(parameters: TLSParameters(minimumVersion: .tls13))
      _ = try meeting.handshake()
      let suites = try hello(of: meeting).cipherSuites.filter { $0 != renegotiationSCSV }
      try expectEqual(suites, [0x1301, 0x1302, 0x1303], "suites")
    },
    Promise("only TLS 1.2 suites are TLS 1.2 alone") {
      var meeting = try Meeting<TLS>(
        parameters: TLSParameters(cipherSuites: [.ecdheECDSAWithAES256GCM]))
      _ = try meeting.handshake()
      try expectEqual(meeting.client.negotiated.version.words, "TLSv1.2", "version")
    },
  ]
}

private func hello<TLS: TLSBackend & ~Copyable>(
  of meeting: borrowing Meeting<TLS>
) throws -> ClientHello {
  guard let hello = meeting.server.hello else {
    throw BrokenPromise("no ClientHello", #fileID, #line)
  }
  return hello
}

private func refusesContext<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ parameters: TLSParameters
) throws {
  do {
    _ = try TLS.Context(parameters)
  } catch {
    return try expectKind(error, .configuration)
  }
  throw BrokenPromise("a context was made from \(parameters)", #fileID, #line)
}

private func promiseSignatureAlgorithms<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>()
  _ = try meeting.handshake()
  let algorithms = try hello(of: meeting).list(in: Extension.signatureAlgorithms)
  for algorithm in algorithms {
    // Up to 0x03FF the high byte is TLS 1.2's hash: MD5 1, SHA-1 2, SHA-224 3 (RFC 5246 §7.4.1.4.1).
    try expect(algorithm >> 8 >= 4, "signature algorithm \(algorithm) is offered")
  }
  for algorithm: UInt16 in [0x0403, 0x0401] {
    try expect(algorithms.contains(algorithm), "signature algorithm \(algorithm) is missing")
  }
}

private func checkFreshHello(_ hello: ClientHello) throws {
  let extensions = hello.extensions.map(\.type)
  for type in [
    Extension.preSharedKey, Extension.sessionTicket, Extension.earlyData, Extension.alpn,
  ] {
    try expect(!extensions.contains(type), "extension \(type) is sent")
  }
  try expectEqual(hello.compressionMethods, [0], "compression methods")
  try expect(extensions.contains(Extension.extendedMasterSecret), "RFC 7627 is not signalled")
  try expect(
    extensions.contains(Extension.renegotiationInfo)
      || hello.cipherSuites.contains(renegotiationSCSV), "RFC 5746 is not signalled")
}

private func promiseNoResumption<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ configuration: TestServer.Configuration
) throws {
  let context = try TLS.Context(TLSParameters())
  for _ in 0..<2 {
    var meeting = try Meeting<TLS>(context, policy: .insecureAnyPeer, server: configuration)
    let peer = try meeting.handshake()
    try expect(
      peer.certificate.spkiFingerprint == configuration.identity?.spkiFingerprint, "no evidence")
    try meeting.drain()
    try checkFreshHello(try hello(of: meeting))
    try expect(!meeting.server.isResumed, "the session was resumed")
    _ = try meeting.client.shutdown()
  }
}
