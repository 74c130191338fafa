import Foundation
import Testing

/// syslogd, a collector that it trusts, an interceptor between the two, and sockets that wait for
/// what would be a fallback: UDP, and TCP in clear.
final class InterceptorScene {
  let server: OpenSSLServer
  let interceptor: Interceptor
  let syslogd: Syslogd
  let messages: Messages
  private let datagrams: [UDPSink]
  private let streams: [TCPListener]

  /// `options` say whom to trust; `attacks` and `following` are what the first connections meet.
  init(
    _ backend: Backend, _ server: OpenSSLServer, in workspace: Workspace, trust options: [String],
    attacks: [InterceptorAttack] = [], then following: InterceptorAttack,
    messages: Messages = Messages(0..<50, run: "secret"), name: String = "syslogd"
  ) throws {
    self.server = server
    self.messages = messages
    // An address of its own: then the ports that are the defaults are free.
    let host = "127.77.\(server.port >> 8).\(server.port & 255)"
    let interceptor = try Interceptor(at: host, port: 6514, to: server.port)
    self.interceptor = interceptor
    interceptor.plan(attacks, then: following)
    datagrams = try [514, 601, 6514].map { try UDPSink(host, port: $0) }
    streams = try [514, 601].map {
      try TCPListener(.closing, socket: InetSocket(.stream, boundTo: host, port: $0))
    }
    for stop in streams.map({ $0.stop }) + [interceptor.stop] { workspace.atEnd(stop) }
    syslogd = try Syslogd(
      ["-L", "-R", host, "-d", "--retry", "0.001:0.001"] + options, in: workspace,
      build: .embedded(backend), name: name)
    try syslogd.send(messages)
  }

  /// What syslogd says about its attempts that failed.
  var failures: [String] {
    syslogd.log.filter { $0.contains("remote \(interceptor.host):6514: ") }
      .filter { Said.nextAttempt.isIn($0) }
  }

  /// Waits until so many connections have ended.
  func waitForConnections(_ count: Int, within deadline: Double = 60) throws {
    try eventually(
      "\(count) connections, now \(interceptor.ends)\n\(failures.suffix(2))", within: deadline
    ) { interceptor.ends >= count }
  }

  /// Not a byte of a message went to the interceptor or by another way, nor came to the collector.
  func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
    for (number, seen) in interceptor.seen.enumerated() {
      guard let leak = seen.leak(of: "run \(messages.run)") else { continue }
      Issue.record("connection \(number): \(leak)", sourceLocation: sourceLocation)
    }
    expectNoFallback(sourceLocation: sourceLocation)
    #expect(server.received.isEmpty, sourceLocation: sourceLocation)
  }

  func expectNoFallback(sourceLocation: SourceLocation = #_sourceLocation) {
    for sink in datagrams { #expect(sink.collect() == 0, sourceLocation: sourceLocation) }
    for stream in streams { #expect(stream.accepted == 0, sourceLocation: sourceLocation) }
  }

  /// The interceptor becomes honest: what was queued arrives once and in order, over a connection
  /// that carried nothing before its handshake was over, and each one before that is one line.
  func expectDelivery(
    bytesBeforeData: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    interceptor.plan([], then: .none)
    try server.wait(for: messages.content(messages.numbers.upperBound - 1))
    let lines = try server.octetFrames().map { String(decoding: $0, as: UTF8.self) }
    messages.expectDelivered(to: lines, sourceLocation: sourceLocation)
    let seen = interceptor.seen
    #expect(failures.count == seen.count - 1, "a line each", sourceLocation: sourceLocation)
    for refused in seen.dropLast() {
      #expect(refused.leak(of: "run \(messages.run)") == nil, sourceLocation: sourceLocation)
    }
    if let bytesBeforeData {
      #expect(
        seen.last?.serverBytesBeforeData ?? 0 >= bytesBeforeData, sourceLocation: sourceLocation)
    }
    expectNoFallback(sourceLocation: sourceLocation)
  }
}

/// What a server says in an honest handshake, and where that ends.
struct InterceptorRecording {
  let bytes: [UInt8]
  /// How many of them are the handshake: without all of them, no client may trust the server.
  let handshake: Int

  /// Listens to a first syslogd, which ends then, so that the next one has no session to resume.
  init(
    _ backend: Backend, _ server: OpenSSLServer, in workspace: Workspace, trust options: [String],
    isTLS12: Bool
  ) throws {
    let scene = try InterceptorScene(
      backend, server, in: workspace, trust: options, then: .none,
      messages: Messages(0..<1, run: "first"), name: "first")
    try server.wait(for: "run first")
    try scene.syslogd.process.stop()
    let seen = scene.interceptor.seen.first ?? InterceptorSeen()
    scene.interceptor.stop()
    bytes = seen.server
    guard let end = isTLS12 ? seen.serverHandshakeOfTLS12 : seen.serverBytesBeforeData else {
      throw Failure("no handshake was recorded: \(bytes.count) bytes of the server")
    }
    handshake = end
  }
}
