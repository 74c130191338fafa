import COpenSSL
import CPosix
import TLSBackend

/// How a peer goes away.
private enum Departure: CaseIterable, CustomStringConvertible {
  /// It ends its stream without close_notify.
  case finish
  /// It resets the connection.
  case reset

  var description: String { self == .finish ? "a FIN" : "a RST" }
}

/// The peer gone in every state of a connection over TCP (T14).
func gonePromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  let states: [(String, @Sendable (Departure) throws -> Void)] = [
    ("before the ClientHello", { try goneInHandshake(TLS.self, $0, after: .nothing) }),
    ("after the ClientHello", { try goneInHandshake(TLS.self, $0, after: .hello) }),
    ("in the middle of the server's flight", { try goneInHandshake(TLS.self, $0, after: .half) }),
    ("from an idle connection", { try goneWhileIdle(TLS.self, $0) }),
    ("between two writes", { try goneBetweenWrites(TLS.self, $0) }),
    ("while a write is blocked", { try goneWhileBlocked(TLS.self, $0) }),
    ("while close_notify is blocked", { try goneWhileClosing(TLS.self, $0) }),
  ]
  return states.flatMap { state, check in
    Departure.allCases.map { departure in
      Promise("a peer gone by \(departure) \(state) is told in one sentence (T14)") {
        try check(departure)
      }
    }
  }
}

extension Wire {
  fileprivate func leave(by departure: Departure) throws {
    switch departure {
    case .finish: finishPeer()
    case .reset: try resetPeer()
    }
  }
}

/// The one sentence for each way to go, in each phase.
private func expectGone(_ error: TLSError, _ departure: Departure, _ phase: TLSPhase) throws {
  switch departure {
  case .finish:
    try expectError(error, .endOfStream(during: phase))
  case .reset:
    try expectError(
      error, .brokeOff(phase, errno: ECONNRESET, words: "Connection reset by peer"))
  }
}

private enum Progress {
  case nothing
  case hello
  case half
}

private func goneInHandshake<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ departure: Departure, after progress: Progress
) throws {
  for version in versions(TLS.self) {
    var meeting = try Meeting<TLS>(server: .only(version), wire: .tcp)
    if progress != .nothing {
      _ = try meeting.step()
      meeting.server.feed(meeting.wire.receive())
    }
    if progress == .half {
      let flight = meeting.server.output()
      try meeting.wire.send(Array(flight.prefix(flight.count / 2)))
      _ = try meeting.step()
    }
    try meeting.wire.leave(by: departure)
    try expectGone(try meeting.failingHandshake(), departure, .handshake)
  }
}

private func goneWhileIdle<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ departure: Departure
) throws {
  for version in versions(TLS.self) {
    var meeting = try idleMeeting(TLS.self, version)
    try meeting.wire.leave(by: departure)
    switch departure {
    case .finish: try drainsClose(&meeting)
    case .reset:
      try expectGone(try meeting.error { "\(try $0.drain())" }, departure, .reading)
    }
  }
}

private func goneBetweenWrites<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ departure: Departure
) throws {
  for version in versions(TLS.self) {
    var meeting = try idleMeeting(TLS.self, version)
    try meeting.send([1])
    try meeting.exchange()
    try meeting.wire.leave(by: departure)
    switch departure {
    case .finish:
      // Its stream has ended, ours has not: what it may still read is no error.
      try meeting.send([2])
      try meeting.exchange()
      try expectEqual(meeting.server.plaintext, [1, 2], "plaintext")
      try drainsClose(&meeting)
    case .reset:
      try expectGone(try meeting.error { "\(try $0.write([1].span))" }, departure, .sending)
    }
  }
}

private func goneWhileBlocked<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ departure: Departure
) throws {
  for version in versions(TLS.self) {
    var meeting = try idleMeeting(TLS.self, version)
    let bytes = pattern(16384)
    try blockWriting(&meeting, bytes)
    try meeting.wire.leave(by: departure)
    switch departure {
    case .finish:
      // Half a connection is still one; the kernel may have made room meanwhile.
      if case .blocked(until: .readable) = try meeting.client.write(bytes.span) {
        throw BrokenPromise("a full socket blocks until readable", #fileID, #line)
      }
      try drainsClose(&meeting)
    case .reset:
      try expectGone(try meeting.error { "\(try $0.write(bytes.span))" }, departure, .sending)
    }
  }
}

private func goneWhileClosing<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ departure: Departure
) throws {
  for version in versions(TLS.self) {
    var meeting = try idleMeeting(TLS.self, version)
    try blockWriting(&meeting, pattern(16384))
    guard case .blocked(until: .writable) = try meeting.client.shutdown() else {
      throw BrokenPromise("not blocked by a full socket", #fileID, #line)
    }
    try meeting.wire.leave(by: departure)
    switch departure {
    case .finish:
      if case .blocked(until: .readable) = try meeting.client.shutdown() {
        throw BrokenPromise("close_notify waits for the server's", #fileID, #line)
      }
    case .reset:
      try expectGone(try meeting.error { "\(try $0.shutdown())" }, departure, .closing)
    }
  }
}

private func idleMeeting<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws -> Meeting<TLS> {
  var meeting = try Meeting<TLS>(server: .only(version), wire: .tcp)
  _ = try meeting.handshake()
  try meeting.drain()
  return meeting
}

/// Twice, because a loop may ask again.
private func drainsClose<TLS: TLSBackend & ~Copyable>(_ meeting: inout Meeting<TLS>) throws {
  for _ in 0..<2 {
    let step = try meeting.client.drain()
    guard case .peerClosed = step else { throw BrokenPromise("drained: \(step)", #fileID, #line) }
  }
}

/// Writes the same bytes until they do not fit.
private func blockWriting<TLS: TLSBackend & ~Copyable>(
  _ meeting: inout Meeting<TLS>, _ bytes: [UInt8]
) throws {
  var blockedAt: UInt64?
  // More than any socket buffer holds.
  for _ in 0..<10_000 {
    guard case .blocked = try meeting.client.write(bytes.span) else { continue }
    // Until the kernel has moved all that the peer's socket takes, and not a byte more fits.
    if blockedAt == meeting.client.ciphertextSent { return }
    blockedAt = meeting.client.ciphertextSent
    meeting.wire.settleFull()
  }
  throw BrokenPromise("the socket is never full", #fileID, #line)
}
