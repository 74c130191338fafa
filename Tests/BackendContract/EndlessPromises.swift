import TLSBackend

/// A server, or whoever answers in its place, that never stops sending. No verb may go on for as
/// long as that: it takes its share from the kernel and returns, and a handshake has an end.
func endlessPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  // HelloRequest (RFC 5246 §7.4.1.1), which a client ignores during the handshake, alone and
  // thousands to a record.
  let one: [UInt8] = [22, 3, 3, 0, 4, 0, 0, 0, 0]
  let many = [22, 3, 3] + bigEndian(16_384, 2) + [UInt8](repeating: 0, count: 16_384)
  let floods: [(String, [UInt8])] = [
    ("HelloRequests", one), ("records full of HelloRequests", many),
    ("warnings", [21, 3, 3, 0, 2, 1, 112]), ("change_cipher_spec", [20, 3, 3, 0, 1, 1]),
    ("empty records", [22, 3, 3, 0, 0]),
  ]
  let lowest: [(version: TLSVersion, needs: [Need])] = [(.tls12, []), (.tls13, [.tls13])]
  return floods.flatMap { name, record in
    lowest.map { version, needs in
      Promise(
        "\(name) without end hold no verb and end the handshake, from \(version.name)", needs: needs
      ) {
        var meeting = try Meeting<TLS>(parameters: TLSParameters(minimumVersion: version))
        _ = try meeting.step()
        let flood = meeting.wire.pour(record, limit: 16 << 20)
        defer { flood.stop() }
        try ends(&meeting, flood)
      }
    }
  }
}

/// Repeats the handshake until it throws: no call takes more than its share, all together not more
/// than a handshake may have.
private func ends<TLS: TLSBackend & ~Copyable>(
  _ meeting: inout Meeting<TLS>, _ flood: Flood
) throws {
  // What has been sent and is still in the kernel's buffers counts as taken.
  let slack = 512 * 1024
  for _ in 0..<100_000 {
    flood.waitUntilFull()
    let before = flood.count
    do {
      guard case .blocked = try meeting.client.handshake() else {
        throw BrokenPromise("the handshake is complete", #fileID, #line)
      }
    } catch let error as TLSError {
      try expectKind(error, .negotiation)
      return try expect(
        flood.count < Int(SessionLimits.handshake) + slack,
        "\(flood.count) bytes were taken before the handshake ended")
    }
    let taken = flood.count - before
    try expect(taken < Int(SessionLimits.turn) + slack, "one call took \(taken) bytes")
  }
  throw BrokenPromise("the handshake does not end", #fileID, #line)
}
