import COpenSSL
import TLSBackend

/// Files that a context cannot be made of: `.configuration`, in one sentence, before any connection.
func chainContextPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let library = "\(TLS.capabilities.library)"
  let good = ChainWorld.server.certificateDER
  let unreadable: [(String, [UInt8])] = [
    ("garbage", pattern(500)), ("a truncated one", good.dropLast(9)), ("a tail", good + [0]),
    ("a public key", ChainWorld.server.publicKeyDER),
  ]
  let certificates = unreadable.map { name, der in
    Promise("a certificate of --ca or --cert that is \(name) is refused in one sentence") {
      let sentence = "holds a CERTIFICATE that \(library) cannot read"
      try refuses(TLS.self, sentence) { $0.trustAnchors = [der] }
      try refuses(TLS.self, sentence) { parameters in
        parameters.certificates = [der]
        try parameters.readPrivateKey(ChainWorld.server.privateKeyPEM().span)
      }
      let second = "holds a CERTIFICATE, the 2. in it, that \(library) cannot read"
      try refuses(TLS.self, second) { $0.trustAnchors = [good, der, good] }
    }
  }
  let lists = unreadable.map { name, der in
    Promise("a list of --crl that is \(name) is refused in one sentence") {
      try refuses(TLS.self, "holds a X509 CRL that \(library) cannot read") {
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
      needs: name == "Ed25519" ? [.keyType(.ed25519)] : []
    ) {
      try refuses(TLS.self, "--key: it is not the key of the certificate in --cert") {
        try $0.readCertificates(ChainWorld.server.certificatePEM.span)
        try $0.readPrivateKey(other().privateKeyPEM().span)
      }
    }
  }
  return certificates + lists + keys + [
    Promise("a private key of garbage is refused in one sentence") {
      let key = Array(ChainWorld.server.privateKeyDER.dropLast(9))
      for der in [pattern(121), [0x30], key, ChainWorld.server.publicKeyDER] {
        try refuses(TLS.self, "holds a PRIVATE KEY that \(library) cannot read") {
          try $0.readCertificates(ChainWorld.server.certificatePEM.span)
          $0.privateKey = der
        }
      }
    },
    Promise("an encrypted private key is refused in one sentence: nobody is there to ask") {
      for form in [AuthorityKeyForm.encrypted, .traditionalEncrypted] {
        try refuses(TLS.self, "line 1 begins what is encrypted: nobody is here to ask") {
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

private func refuses<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ sentence: String, _ change: (inout TLSParameters) throws -> Void
) throws {
  var parameters = TLSParameters()
  do {
    try change(&parameters)
    _ = try TLS.Context(parameters)
  } catch let error as TLSError {
    try expectEqual(error.reason.words, sentence, "reason")
    return try expectKind(error, .configuration)
  }
  throw BrokenPromise("no refusal: \(sentence)", #fileID, #line)
}
