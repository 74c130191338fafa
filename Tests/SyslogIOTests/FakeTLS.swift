import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

/// What the fake TLS library does on the connections of one remote, and what was asked of it.
///
/// Its sessions send what they are given in clear over the real socket, so that a collector sees
/// when it comes and the kernel counts it. Used by one test on one thread.
final class FakeLibrary: @unchecked Sendable {
  /// How one verb ends.
  enum Answer {
    /// As if nothing stood in the way.
    case go
    case blocked(Readiness)
    case fail(TLSError)
    /// For `drain` only.
    case peerClosed
  }

  var contextAnswers: [Answer] = []
  var sessionAnswers: [Answer] = []
  var handshakeAnswers: [Answer] = []
  var writeAnswers: [Answer] = []
  var drainAnswers: [Answer] = []
  var shutdownAnswers: [Answer] = []
  /// The server's key: its fingerprint is this byte, 32 times.
  var serverKey: UInt8 = 0x11
  /// Whether the server is known to have taken us for a client of its own.
  var acceptsClient = true
  /// What was asked, in order: a word per call.
  private(set) var calls: [String] = []
  private(set) var longestWrite = 0

  /// The name by which `FakeContext` finds this library: its address, in the place of the SNI.
  /// The library is never freed.
  var serverName: [UInt8] {
    let address = Unmanaged.passRetained(self).toOpaque()
    return withUnsafeBytes(of: UInt(bitPattern: address)) { Array($0) }
  }

  static func named(_ name: [UInt8]) -> FakeLibrary? {
    guard name.count == MemoryLayout<UInt>.size else { return nil }
    let address = name.withUnsafeBytes { $0.loadUnaligned(as: UInt.self) }
    guard let pointer = UnsafeRawPointer(bitPattern: address) else { return nil }
    return Unmanaged<FakeLibrary>.fromOpaque(pointer).takeUnretainedValue()
  }

  func count(of call: String) -> Int { calls.count { $0 == call } }

  func forget() { calls = [] }

  fileprivate func note(_ call: String, _ bytes: Int = 0) {
    calls.append(call)
    longestWrite = max(longestWrite, bytes)
  }

  /// The next scripted answer; `.go` when there is none left. Throws the one that is a failure.
  fileprivate func next(
    _ answers: ReferenceWritableKeyPath<FakeLibrary, [Answer]>
  ) throws(TLSError) -> Answer {
    guard !self[keyPath: answers].isEmpty else { return .go }
    let answer = self[keyPath: answers].removeFirst()
    if case .fail(let error) = answer { throw error }
    return answer
  }
}

/// Finds its library by the server name. Its "fingerprint" of DER is the first byte, 32 times;
/// DER that begins with 0 is refused. Trust anchors and lists are not looked at.
final class FakeContext: TLSContext {
  fileprivate let library: FakeLibrary?

  init(_ parameters: TLSParameters) throws(TLSError) {
    library = FakeLibrary.named(parameters.serverName ?? [])
    library?.note("context")
    _ = try library?.next(\.contextAnswers)
  }

  static func checkTrust(
    _ parameters: borrowing TLSParameters, behind anchors: Int, _ lists: Int
  ) throws(TLSError) {}

  func spkiFingerprint(ofPublicKey der: Span<UInt8>) throws(TLSError) -> SHA256Digest {
    guard der.count > 0, der[0] != 0 else { throw TLSError(.configuration, Sentence("is no key")) }
    return .repeating(der[0])
  }

  func certificate(_ der: Span<UInt8>) throws(TLSError) -> CertificateSummary {
    .made(key: try spkiFingerprint(ofPublicKey: der))
  }

  var fipsModule: Text? { nil }
}

struct FakeTLS: TLSBackend, ~Copyable {
  static var capabilities: TLSCapabilities {
    TLSCapabilities(
      library: "fake", version: "1", highestVersion: .tls13,
      cipherSuites: TLSCipherSuite.allCases, groups: TLSGroup.allCases)
  }

  private let library: FakeLibrary
  private let policy: PeerPolicy
  private let socket: Int32
  /// What was offered to a write that was blocked, and must be offered again.
  private var offered: [UInt8] = []
  private(set) var ciphertextSent: UInt64 = 0
  var isAcceptedByPeer: Bool { library.acceptsClient }
  var negotiated: TLSNegotiated { TLSNegotiated(version: "FakeTLS", cipherSuite: "NONE") }
  var peer: PeerEvidence? { nil }

  init(_ context: FakeContext, policy: consuming PeerPolicy, socket: Int32) throws(TLSError) {
    guard let library = context.library else {
      throw TLSError(.library, Sentence("no fake library"))
    }
    library.note("session")
    _ = try library.next(\.sessionAnswers)
    self.library = library
    self.policy = policy
    self.socket = socket
  }

  deinit {
    library.note(isOpen ? "end" : "end after its socket")
  }

  private var isOpen: Bool {
    var type: Int32 = 0
    var size = socklen_t(4)
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) == 0
  }

  mutating func handshake() throws(TLSError) -> HandshakeStep {
    library.note("handshake")
    if case .blocked(let readiness) = try library.next(\.handshakeAnswers) {
      return .blocked(until: readiness)
    }
    var cryptography = FakeCryptography(digest: .repeating(library.serverKey))
    var shown: PeerEvidence?
    return .complete(
      try policy.judge(
        chain: [FakeCertificate.der], trust: try TrustStore(TLSParameters()), using: &cryptography,
        keeping: &shown))
  }

  mutating func write(_ bytes: Span<UInt8>) throws(TLSError) -> WriteStep {
    library.note("write", bytes.count)
    let content = bytes.withUnsafeBufferPointer { Array($0) }
    #expect(!content.isEmpty, "a write has something to write")
    #expect(offered.isEmpty || offered == content, "after .blocked, the same bytes again")
    offered = content
    if case .blocked(let readiness) = try library.next(\.writeAnswers) {
      return .blocked(until: readiness)
    }
    let sent = send(socket, content, content.count, CPOSIX_MSG_DONTWAIT | CPOSIX_MSG_NOSIGNAL)
    guard sent > 0 else {
      guard cposix_errno() != EAGAIN else { return .blocked(until: .writable) }
      throw TLSError(.connection(errno: cposix_errno()), Sentence("$", Text(of: errorWords())))
    }
    offered = []
    ciphertextSent += UInt64(sent)
    return .accepted(sent)
  }

  mutating func drain() throws(TLSError) -> DrainStep {
    library.note("drain")
    switch try library.next(\.drainAnswers) {
    case .blocked(let readiness): return .blocked(until: readiness)
    case .peerClosed: return .peerClosed
    case .go, .fail: break
    }
    return receive(from: socket) == [] ? .peerClosed : .idle
  }

  mutating func shutdown() throws(TLSError) -> ShutdownStep {
    library.note("shutdown")
    if case .blocked(let readiness) = try library.next(\.shutdownAnswers) {
      return .blocked(until: readiness)
    }
    return .sent
  }
}

/// Finds every signature bad, and one digest for everything.
private struct FakeCryptography: Cryptography {
  let digest: SHA256Digest

  func verify(
    _: Span<UInt8>, algorithm: Span<UInt8>, of: Span<UInt8>, with: Span<UInt8>
  ) -> SignatureVerdict { .bad }

  func sha256(_: Span<UInt8>) -> SHA256Digest? { digest }
  func sha1(_: Span<UInt8>) -> [UInt8] { [] }
}

extension SHA256Digest {
  static func repeating(_ byte: UInt8) -> SHA256Digest {
    guard let digest = SHA256Digest([UInt8](repeating: byte, count: byteCount).span) else {
      preconditionFailure("32 are 32 bytes")
    }
    return digest
  }
}

extension CertificateSummary {
  /// The certificate of a server called "fake", with this key; both fingerprints are the key's.
  static func made(key: SHA256Digest) -> CertificateSummary {
    CertificateSummary(
      der: [], subject: "fake", issuer: "fake authority", notBefore: 0, notAfter: 4_000_000_000,
      key: Key(kind: "EC", bits: 256, strength: 128), isAuthority: false, pathLimit: -1,
      dnsNames: [Array("collector.test".utf8)], addresses: [[127, 0, 0, 1]], spkiFingerprint: key,
      fingerprint: key, sha1Fingerprint: [])
  }
}
