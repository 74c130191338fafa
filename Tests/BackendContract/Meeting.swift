import TLSBackend

/// A client session of the backend under test, a server, and the wire between them, all stepped by
/// hand: no thread, no clock, no wait.
public struct Meeting<TLS: TLSBackend & ~Copyable>: ~Copyable {
  /// More steps than any handshake fed byte by byte takes.
  private static var patience: Int { 20_000 }

  public var client: TLS
  public let server: TestServer
  public let wire: Wire

  init(
    policy: PeerPolicy = .insecureAnyPeer,
    parameters: TLSParameters = TLSParameters(),
    server configuration: TestServer.Configuration = TestServer.Configuration(),
    wire kind: Wire.Kind = .unix
  ) throws {
    let context = try TLS.Context(parameters)
    try self.init(context, policy: policy, server: configuration, wire: kind)
  }

  init(
    _ context: TLS.Context, policy: PeerPolicy, server configuration: TestServer.Configuration,
    wire kind: Wire.Kind = .unix
  ) throws {
    let wire = try Wire(kind)
    let server = try TestServer(configuration)
    let client = try TLS(context, policy: policy, socket: wire.clientSocket)
    (self.wire, self.server) = (wire, server)
    self.client = client
  }

  /// Moves what each end has to say, at most `limit` bytes of each, and lets the server step.
  func exchange(limit: Int = .max) throws {
    server.feed(wire.receive(limit: limit))
    if !wire.isClosed { try wire.send(server.output()) }
  }

  /// One step of the handshake, checked: a client that says it is blocked must be.
  mutating func step() throws -> HandshakeStep {
    let step = try client.handshake()
    switch step {
    case .complete: break
    case .blocked(let readiness):
      try expect(!wire.isReady(readiness), "blocked until \(readiness), which it is already")
    }
    return step
  }

  /// Handshakes to the end, which must be good.
  mutating func handshake() throws -> VerifiedPeer {
    for _ in 0..<Self.patience {
      switch try step() {
      case .complete(let peer):
        try exchange()
        return peer
      case .blocked: try exchange()
      }
    }
    throw BrokenPromise("the handshake does not end", #fileID, #line)
  }

  /// Handshakes to the end, which must be bad, and lets the server see everything that was sent.
  mutating func failingHandshake() throws -> TLSError {
    for _ in 0..<Self.patience {
      do {
        switch try step() {
        case .complete: throw BrokenPromise("the handshake succeeded", #fileID, #line)
        case .blocked: try exchange()
        }
      } catch let error as TLSError {
        server.feed(wire.receive())
        return error
      }
    }
    throw BrokenPromise("the handshake does not end", #fileID, #line)
  }

  /// Writes everything, with the server reading whenever the socket is full.
  mutating func send(_ bytes: [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      switch try client.write(bytes.span.extracting(droppingFirst: start)) {
      case .accepted(let count):
        try expect((1...16384).contains(count), "\(count) bytes accepted in one write")
        start += count
      case .blocked(let readiness):
        try expect(!wire.isReady(readiness), "blocked until \(readiness), which it is already")
        try exchange()
      }
    }
  }

  /// Drains, which must find nothing that ends the connection.
  mutating func drain() throws {
    let step = try client.drain()
    guard case .idle = step else { throw BrokenPromise("drained: \(step)", #fileID, #line) }
    try exchange()
  }

  /// The error that a verb must throw.
  mutating func error(of verb: (inout TLS) throws -> String) throws -> TLSError {
    do {
      throw BrokenPromise("no error, but \(try verb(&client))", #fileID, #line)
    } catch let error as TLSError {
      return error
    }
  }
}

/// Bytes that no two places share, so that a lost, doubled or moved one is seen.
func pattern(_ count: Int) -> [UInt8] {
  var state: UInt32 = 2_463_534_242
  return (0..<count).map { _ in
    state ^= state << 13
    state ^= state >> 17
    state ^= state << 5
    return UInt8(truncatingIfNeeded: state >> 24)
  }
}
