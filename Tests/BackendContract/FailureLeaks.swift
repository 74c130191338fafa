import CMalloc
import COpenSSL
import CPosix
import TLSBackend

/// What a process holds: anything that grows with every failed connection ends a router.
private struct Holdings {
  let descriptors: Int
  /// What malloc has given and not got back.
  let heapBytes: Int
  let residentBytes: Int

  init() {
    descriptors = (0..<Int32(1024)).count { descriptor in
      var status = stat()
      return fstat(descriptor, &status) == 0
    }
    heapBytes = Int(mallinfo2().uordblks)
    residentBytes = Holdings.residentPages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The second number of /proc/self/statm.
  private static var residentPages: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 256)
    let count = fread(&line, 1, line.count, file)
    let text = String(decoding: line[..<count], as: UTF8.self)
    return Int(text.split(separator: " ")[1]) ?? 0
  }
}

/// Makes processes started from here on give back every byte at once: malloc's cache per thread
/// would count as given, and fills slowly.
public func exposeHeapToChildren() {
  setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1)
}

/// 1,000 handshakes that fail in every way leave no descriptor and no memory behind. To be run in
/// a process of its own, where nothing else allocates, after `exposeHeapToChildren()`.
public func promiseNoLeakInFailures<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  let parameters = try everything()
  var context = try TLS.Context(parameters)
  let pins = try pinSet(TLS.self, TestIdentity.stranger.publicKeyPEM)
  var policies = [PeerPolicy.pinned(pins), .validated(.dns(Array("logs.example.net".utf8)))]
  for index in policies.indices {
    policies[index].time = Authority.now
    policies[index].keepsPeer = true
  }
  // The first time, looking makes something of its own that stays.
  var early: Holdings? = Holdings()
  for round in 1...1000 {
    // As when a pin file has changed.
    if round % 10 == 0 { context = try TLS.Context(parameters) }
    try fail(round, context, policies[round / 16 % 2], TLS.self)
    if round == 100 { early = Holdings() }
  }
  let late = Holdings()
  guard let early else { return }
  try expectEqual(late.descriptors, early.descriptors, "descriptors")
  // What is made on first use comes late for the rarer failures; a loss of 9 bytes per handshake
  // would be more.
  try expect(
    late.heapBytes - early.heapBytes < 8 * 1024,
    "\(early.heapBytes) bytes of heap became \(late.heapBytes)")
  // The heap grows by steps of 128 KB; a certificate lost per handshake would be more.
  try expect(
    late.residentBytes - early.residentBytes < 512 * 1024,
    "\(early.residentBytes) resident bytes became \(late.residentBytes)")
}

/// All that files can bring into a context.
private func everything() throws -> TLSParameters {
  var parameters = TLSParameters(serverName: Array("logs.example.net".utf8))
  try parameters.readTrustAnchors(ChainWorld.root.identity.certificatePEM.span)
  try parameters.readRevocationLists(ChainWorld.root.list().span)
  let own = ChainWorld.issuing.issue(.client("router"))
  try parameters.readCertificates(
    (own.certificatePEM + ChainWorld.issuing.identity.certificatePEM).span)
  try parameters.readPrivateKey(own.privateKeyPEM().span)
  return parameters
}

private func fail<TLS: TLSBackend & ~Copyable>(
  _ round: Int, _ context: TLS.Context, _ policy: PeerPolicy, _: TLS.Type
) throws {
  // Without a list of its authority.
  var unlisted = TestServer.Configuration(identity: ChainWorld.server)
  unlisted.chain = ChainWorld.issuing.path
  let configurations: [TestServer.Configuration] = [
    .only(TLS1_2_VERSION), unlisted, .only(TLS1_1_VERSION), .only(TLS1_2_VERSION, nil),
  ]
  let configuration = configurations[round % configurations.count]
  var meeting = try Meeting<TLS>(context, policy: policy, server: configuration)
  switch round / configurations.count % 4 {
  case 0, 1: _ = try meeting.failingHandshake()
  case 2:
    // Given up half way, as a timeout does.
    _ = try meeting.step()
  default:
    _ = try meeting.step()
    meeting.wire.closePeer()
    _ = try meeting.error { "\(try isComplete($0.handshake()))" }
  }
}
