import COpenSSL
import TLSBackend

/// What is said about a certificate: the same on every library, down to the byte.
func chainSummaryPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("a server's certificate says what it was made to say") {
      try promiseServerSummary(TLS.self)
    },
    Promise("an authority's certificate says what it may sign") {
      let limits: [(UInt8?, Int)] = [(nil, -1), (0, 0), (3, 3)]
      for (limit, expected) in limits {
        let seen = try summary(
          TLS.self, Authority.root(.authority("Some CA", pathLength: limit)).identity)
        try expect(seen.isAuthority, "no authority")
        // Any negative number means that there is no limit.
        try expectEqual(max(seen.pathLimit, -1), expected, "path limit")
        try expectEqual(seen.dnsNames.count + seen.addresses.count, 0, "names")
      }
      let bare = AuthorityRequest(commonName: "Bare", extensions: [])
      try expect(!(try summary(TLS.self, Authority.selfSigned(bare)).isAuthority), "an authority")
    },
    Promise("a certificate's key is told by kind, size and strength (C14)") {
      let kinds: [(TestIdentity, String, Int, Int)] = [
        (.rsa, "RSA", 2048, 112), (.weakRSA, "RSA", 1024, 80), (.ecdsa, "EC", 256, 128),
        (.ecdsaP384, "EC", 384, 192),
      ]
      for (identity, kind, bits, strength) in kinds {
        let key = try summary(TLS.self, identity).key
        try expectEqual("\(key.kind)", kind, "kind")
        try expectEqual(key.bits, bits, "bits of \(kind)")
        try expectEqual(key.strength, strength, "strength of \(kind) \(bits)")
      }
    },
    Promise("an Ed25519 key is told by kind and strength") {
      let key = try summary(TLS.self, .ed25519).key
      try expectEqual("\(key.kind)", "Ed25519", "kind")
      try expectEqual(key.strength, 128, "strength")
    },
    Promise("a stranger's name may stand in a log line") {
      let names = [
        ("a'b\nc\u{1B}d", "a?b?c?d"), ("Käse", "K??se"),
        (String(repeating: "x", count: 64), String(repeating: "x", count: 64)),
      ]
      for (name, words) in names {
        let identity = Authority.selfSigned(AuthorityRequest(commonName: name, extensions: []))
        let seen = try summary(TLS.self, identity)
        try expectEqual(seen.subject.words, words, "subject")
        try expectEqual(seen.issuer.words, words, "issuer")
      }
    },
    Promise("without a common name the organisation is told, without both nothing") {
      let names: [(String?, String?, String)] = [
        (nil, "Test", "Test"), (nil, nil, ""), ("cn", nil, "cn"), ("cn", "Test", "cn"),
      ]
      for (common, organisation, words) in names {
        var request = AuthorityRequest(commonName: common, extensions: [])
        request.organisation = organisation
        let seen = try summary(TLS.self, ChainWorld.root.issue(request))
        try expectEqual(seen.subject.words, words, "subject")
      }
    },
    Promise("of more names than any collector has, the first are told") {
      let names = (0..<300).map { AuthorityExtension.Name.dns("n\($0).test") }
      let request = AuthorityRequest(commonName: "many", extensions: [.names(names)])
      let seen = try summary(TLS.self, Authority.selfSigned(request)).dnsNames
      try expectEqual(
        seen, (0..<CertificateSummary.maximumNames).map { Array("n\($0).test".utf8) }, "names")
    },
    Promise("dates before and after 2050 are told to the second (RFC 5280 §4.1.2.5)") {
      for range: ClosedRange<Int64> in [
        1...2_524_607_999, 2_524_608_000...253_402_300_799,
      ] {
        let request = AuthorityRequest(commonName: "old", extensions: [], validity: range)
        let seen = try summary(TLS.self, Authority.selfSigned(request))
        try expectEqual(seen.notBefore...seen.notAfter, range, "dates")
      }
    },
  ]
}

private func summary<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ identity: TestIdentity
) throws -> CertificateSummary {
  try TLS.Context(TLSParameters()).certificate(identity.certificateDER.span)
}

private func promiseServerSummary<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let request = AuthorityRequest.server(
    .dns("a.test"), .address([192, 0, 2, 7]), .dns("*.B.test"), .address(pattern(16)))
  let identity = ChainWorld.issuing.issue(request)
  let alone = try summary(TLS.self, identity)
  // The same in the handshake as from a file.
  let scene = ChainScene(identity, below: ChainWorld.issuing).with(\.name, .host("a.test"))
  var meeting: Meeting<TLS> = try scene.meeting(versions(TLS.self)[0])
  for seen in [alone, try meeting.handshake().certificate] {
    try expect(seen.der == identity.certificateDER, "other DER")
    try expectEqual(seen.subject.words, "collector", "subject")
    try expectEqual(seen.issuer.words, "Test Issuing CA", "issuer")
    try expectEqual(seen.notBefore...seen.notAfter, Authority.good, "dates")
    try expect(!seen.isAuthority, "an authority")
    try expectEqual(seen.dnsNames, [Array("a.test".utf8), Array("*.B.test".utf8)], "DNS names")
    try expectEqual(seen.addresses, [[192, 0, 2, 7], pattern(16)], "addresses")
    try expect(seen.spkiFingerprint == identity.spkiFingerprint, "another key's fingerprint")
    try expect(seen.fingerprint == identity.certificateFingerprint, "another fingerprint")
    try expectEqual(
      seen.sha1Fingerprint, identity.certificateDigest(EVP_sha1()), "SHA-1 fingerprint")
  }
}
