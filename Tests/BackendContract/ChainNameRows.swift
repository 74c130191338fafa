@testable import TLSBackend

/// Configured and presented identifiers (T19-T25, N3-N8).
let chainNameRows: [ChainRow] = goodNames + wrongNames

/// A name as it is configured, and what stands in the certificate.
private func accepted(
  _ promise: String, _ host: String, _ presented: AuthorityExtension.Name...
) -> ChainRow {
  ChainRow(promise, .accepted) {
    var request = AuthorityRequest.server()
    request.extensions[3] = .names(presented)
    return ChainScene(request).with(\.name, .host(host))
  }
}

private func refused(
  _ promise: String, _ host: String, _ presented: AuthorityExtension.Name...
) -> ChainRow {
  ChainRow(promise, wrong(.host(host), presented)) {
    var request = AuthorityRequest.server()
    request.extensions[3] = .names(presented)
    return ChainScene(request).with(\.name, .host(host))
  }
}

/// A refusal because this name is asked for, and only these are presented.
private func wrong(
  _ name: PeerName?, _ presented: [AuthorityExtension.Name]
) -> ChainRow.Verdict {
  guard let name else { preconditionFailure("a name of these tests is a name") }
  return .refused(.wrongName(name, .presenting(presented)))
}

extension CertificateSummary {
  /// One of which nothing but the names matters.
  static func presenting(_ names: [AuthorityExtension.Name]) -> CertificateSummary {
    var (dnsNames, addresses): ([[UInt8]], [[UInt8]]) = ([], [])
    for name in names {
      switch name {
      case .dns(let name): dnsNames.append(Array(name.utf8))
      case .address(let address): addresses.append(address)
      }
    }
    let fingerprint = TestIdentity.ecdsa.spkiFingerprint
    return CertificateSummary(
      der: [], subject: "", issuer: "", notBefore: 0, notAfter: 0,
      key: Key(kind: "EC", bits: 256, strength: 128), isAuthority: false, pathLimit: -1,
      dnsNames: dnsNames, addresses: addresses, spkiFingerprint: fingerprint,
      fingerprint: fingerprint, sha1Fingerprint: [])
  }
}

private let documentation: [UInt8] = [192, 0, 2, 7]
/// 2001:db8::7
private let documentation6: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]

/// Begins and ends with `documentation`.
private let embracing6 = documentation + [UInt8](repeating: 0, count: 8) + documentation
/// 2001:db8::8
private let another6: [UInt8] = documentation6.dropLast() + [8]

private let goodNames = [
  accepted("the second of two names counts (T19)", "b.test", .dns("a.test"), .dns("b.test")),
  accepted("names match without regard to case (N4)", "LOGS.example.NET", .dns("logs.EXAMPLE.net")),
  accepted("a dot at the end of the configured name is no part of it", "a.test.", .dns("a.test")),
  accepted("a wildcard stands for the left-most label (T20)", "a.b.test", .dns("*.b.test")),
  accepted("a configured wildcard matches any one label (T21)", "*.b.test", .dns("a.b.test")),
  accepted("a configured wildcard matches the same wildcard (T21)", "*.b.test", .dns("*.b.test")),
  accepted(
    "a configured U-label matches its A-label (T22)", "bücher.example.net",
    .dns("xn--bcher-kva.example.net")),
  ChainRow("an IPv4 address matches an iPAddress (T23, N8)", .accepted) {
    ChainScene(.server(.address(documentation))).with(\.name, .address(documentation))
  },
  ChainRow("an IPv6 address matches an iPAddress (T23, N8)", .accepted) {
    ChainScene(.server(.address(documentation6))).with(\.name, .address(documentation6))
  },
]

private let wrongNames = [
  refused(
    "another server of the same authority is refused (T19)", "a.test", .dns("b.test")),
  refused(
    "a wildcard does not stand for two labels (T20, N5)", "a.b.c.test",
    .dns("*.c.test")),
  refused(
    "a wildcard does not stand for no label (T20, N5)", "b.test", .dns("*.b.test")),
  refused(
    "a part of a label is no wildcard (N7)", "logs.b.test", .dns("lo*.b.test")),
  refused(
    "a wildcard elsewhere than left-most is none (T20)", "a.b.test", .dns("a.*.test")),
  refused("a lone wildcard stands for nothing (N5)", "host", .dns("*")),
  refused(
    "a wildcard for a top-level domain stands for nothing", "a.test", .dns("*.test")),
  refused(
    "a configured wildcard does not match two labels (T21)", "*.c.test",
    .dns("a.b.c.test")),
  refused(
    "a name with a NUL in it is not its beginning", "a.test",
    .dns("a.test\0.evil.test")),
  refused("a suffix is no match", "a.test", .dns("evil-a.test")),
  refused(
    "of many names four are told", "x.test",
    .dns("a.test"), .dns("b.test"), .dns("c.test"), .dns("d.test"), .dns("e.test")),
  ChainRow(
    "a common name is no name (N7)",
    wrong(.host("logs.example.net"), [])
  ) {
    var request = AuthorityRequest.server(commonName: "logs.example.net")
    request.extensions.removeLast()
    return ChainScene(request)
  },
  ChainRow(
    "a common name is no name beside another subjectAltName (N6)",
    wrong(.host("logs.example.net"), [.dns("b.test")])
  ) {
    ChainScene(.server(.dns("b.test"), commonName: "logs.example.net"))
  },
  ChainRow(
    "another IPv4 address is refused (N8)",
    wrong(.address([192, 0, 2, 8]), [.address(documentation)])
  ) {
    ChainScene(.server(.address(documentation))).with(\.name, .address([192, 0, 2, 8]))
  },
  ChainRow(
    "another IPv6 address is refused (N8)", wrong(.address(another6), [.address(documentation6)])
  ) {
    ChainScene(.server(.address(documentation6))).with(\.name, .address(another6))
  },
  ChainRow(
    "an address written as a dNSName is none (N8)",
    wrong(.address(documentation), [.dns("192.0.2.7")])
  ) {
    ChainScene(.server(.dns("192.0.2.7"))).with(\.name, .address(documentation))
  },
  ChainRow(
    "a host name is not an iPAddress (N8)",
    wrong(.host("192.0.2.7"), [.address(documentation)])
  ) {
    ChainScene(.server(.address(documentation))).with(\.name, .host("192.0.2.7"))
  },
  ChainRow(
    "an IPv4 address is not the IPv6 address that begins or ends with it (N8)",
    wrong(.address(documentation), [.address(embracing6)])
  ) {
    ChainScene(.server(.address(embracing6))).with(\.name, .address(documentation))
  },
]
