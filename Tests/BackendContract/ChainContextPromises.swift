import Bytes
import COpenSSL

@testable import TLSBackend

/// Files that a context cannot be made of: `.configuration`, in one sentence, before any connection.
func chainContextPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let good = ChainWorld.server.certificateDER
  let garbage: [(String, [UInt8])] = [
    ("garbage", pattern(500)), ("a truncated one", good.dropLast(9)), ("a tail", good + [0]),
    ("a public key", ChainWorld.server.publicKeyDER),
  ]
  let certificates = garbage.map { name, der in
    Promise("a certificate of --ca or --cert that is \(name) is refused in one sentence") {
      let label: Literal = "CERTIFICATE"
      try refuses(TLS.self, malformed(label, .trustAnchors)) { $0.trustAnchors = [der] }
      try refuses(TLS.self, unreadable(TLS.self, label, .certificate)) { parameters in
        parameters.certificates = [der]
        try parameters.readPrivateKey(ChainWorld.server.privateKeyPEM().span)
      }
      try refuses(TLS.self, malformed(label, number: 2, .trustAnchors)) {
        $0.trustAnchors = [good, der, good]
      }
    }
  }
  let lists = garbage.map { name, der in
    Promise("a list of --crl that is \(name) is refused in one sentence") {
      try refuses(TLS.self, malformed("X509 CRL", .revocationLists)) {
        $0.trustAnchors = [good]
        $0.revocationLists = [der]
      }
    }
  }
  let mismatches: [(String, @Sendable () -> TestIdentity)] = [
    ("of the same kind", { .stranger }), ("of another kind", { .rsa }), ("Ed25519", { .ed25519 }),
  ]
  let keys = mismatches.map { name, other in
    Promise(
      "a key, \(name), that is not the certificate's is refused in one sentence (T4)",
      needs: name == "Ed25519" ? [.feature(.ed25519Keys)] : []
    ) {
      try refuses(TLS.self, .mismatchedKey) {
        try $0.readCertificates(ChainWorld.server.certificatePEM.span)
        try $0.readPrivateKey(other().privateKeyPEM().span)
      }
    }
  }
  return certificates + lists + keys + [
    Promise("a private key of garbage is refused in one sentence") {
      let key = Array(ChainWorld.server.privateKeyDER.dropLast(9))
      for der in [pattern(121), [0x30], key, ChainWorld.server.publicKeyDER] {
        try refuses(TLS.self, unreadable(TLS.self, "PRIVATE KEY", .key)) {
          try $0.readCertificates(ChainWorld.server.certificatePEM.span)
          $0.privateKey = der
        }
      }
    },
    Promise("an encrypted private key is refused in one sentence: nobody is there to ask") {
      for form in [AuthorityKeyForm.encrypted, .traditionalEncrypted] {
        try refuses(TLS.self, TLSError(.configuration, .encrypted(line: 1))) {
          try $0.readCertificates(ChainWorld.server.certificatePEM.span)
          try $0.readPrivateKey(ChainWorld.server.privateKeyPEM(form).span)
        }
      }
    },
    Promise("a hundred trust anchors are read, and the last one counts") {
      let others = (0..<100).map { Authority.root(.authority("CA \($0)")).identity }
      for version in versions(TLS.self) {
        var meeting: Meeting<TLS> = try ChainScene()
          .with(\.anchors, others + [ChainWorld.root.identity]).meeting(version)
        _ = try meeting.handshake()
      }
    },
  ]
}

/// Our own certificate and key are the library's to read.
private func unreadable<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ label: Literal, _ parameter: TLSParameter
) -> TLSError {
  .unreadable(label, by: TLS.capabilities.library, about: parameter)
}

private func malformed(
  _ label: Literal, number: Int? = nil, _ parameter: TLSParameter
) -> TLSError {
  TLSError(.configuration, .malformed(label, number: number, .encoding), about: parameter)
}

private func refuses<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ expected: TLSError, _ change: (inout TLSParameters) throws -> Void
) throws {
  var parameters = TLSParameters()
  do {
    try change(&parameters)
    _ = try TLS.Context(parameters)
  } catch let error as TLSError {
    return try expectError(error, expected)
  }
  throw BrokenPromise("no refusal: \(expected.reason.words)", #fileID, #line)
}
