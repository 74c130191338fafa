import COpenSSL
import TLSBackend

func readingPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("draining a silent connection is idle") {
      var meeting = try Meeting<TLS>(server: .only(TLS1_2_VERSION))
      _ = try meeting.handshake()
      try meeting.drain()
      try meeting.drain()
    },
    Promise("session tickets are read away", needs: .tls13) {
      var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
      _ = try meeting.handshake()
      try expect(meeting.wire.isReady(.readable), "the server sent no tickets")
      try meeting.drain()
      try expect(!meeting.wire.isReady(.readable), "tickets are left")
    },
    Promise("application data is read away, and a flood gives the loop its turn") {
      try promiseFloodBounded(TLS.self) { try $0.write([7]) }
    },
    Promise(
      "a flood of key updates gives the loop its turn, too",
      needs: .tls13, .feature(.keyUpdatesInQuickSuccession)
    ) {
      try promiseFloodBounded(TLS.self) { try $0.updateKeys(.alone) }
    },
    Promise("a close_notify is the peer's close") {
      for version in [TLS1_2_VERSION, highestVersion(TLS.self)] {
        var meeting = try Meeting<TLS>(server: .only(version))
        _ = try meeting.handshake()
        meeting.server.closeNotify()
        try meeting.exchange()
        let step = try meeting.client.drain()
        guard case .peerClosed = step else { throw BrokenPromise("\(step)", #fileID, #line) }
        guard case .sent = try meeting.client.shutdown() else {
          throw BrokenPromise("no close_notify in answer", #fileID, #line)
        }
      }
    },
    Promise("an end of stream without close_notify is the peer's close") {
      for version in [TLS1_2_VERSION, highestVersion(TLS.self)] {
        var meeting = try Meeting<TLS>(server: .only(version))
        _ = try meeting.handshake()
        meeting.wire.finishPeer()
        let step = try meeting.client.drain()
        guard case .peerClosed = step else { throw BrokenPromise("\(step)", #fileID, #line) }
      }
    },
    Promise("an alert after the handshake is reported by name", needs: .tls13) {
      var meeting = try meetingWithoutClientCertificate(TLS.self)
      let error = try meeting.error { "\(try $0.drain())" }
      try expectError(error, try certificateRequired(TLS.self))
    },
    Promise("bytes changed on the way are an error, and the server is told") {
      try promiseTamperedRecordFails(TLS.self)
    },
    Promise("a HelloRequest is declined and the connection goes on (C6)") {
      try promiseNoRenegotiation(TLS.self)
    },
  ]
}

private func promiseFloodBounded<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, of record: (TestServer) throws -> Void
) throws {
  var meeting = try Meeting<TLS>()
  _ = try meeting.handshake()
  try meeting.drain()
  for _ in 0..<200 { try record(meeting.server) }
  try meeting.exchange()
  try meeting.drain()
  try expect(meeting.wire.isReady(.readable), "one drain read 200 records")
  for _ in 0..<200 where meeting.wire.isReady(.readable) { try meeting.drain() }
  try expect(!meeting.wire.isReady(.readable), "the flood is never read")
  try meeting.server.write(pattern(16384))
  try meeting.exchange()
  for _ in 0..<20 { try meeting.drain() }
  try meeting.send([1])
  try meeting.exchange()
  try expectEqual(meeting.server.plaintext, [1], "plaintext")
}

private func promiseTamperedRecordFails<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>()
  _ = try meeting.handshake()
  try meeting.drain()
  try meeting.server.write([7])
  var record = meeting.server.output()
  record[record.count - 1] ^= 1
  try meeting.wire.send(record)
  let error = try meeting.error { "\(try $0.drain())" }
  try expectKind(error, .negotiation)
  try meeting.exchange()
  try expectEqual(meeting.server.alerts, [20], "alerts that the server received")
}

private func promiseNoRenegotiation<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>(server: .only(TLS1_2_VERSION))
  _ = try meeting.handshake()
  meeting.server.renegotiate()
  try meeting.wire.send(meeting.server.output())
  guard case .idle = try meeting.client.drain() else {
    throw BrokenPromise("a HelloRequest ends the connection", #fileID, #line)
  }
  guard case .accepted = try meeting.client.write([1].span) else {
    throw BrokenPromise("a HelloRequest blocks the connection", #fileID, #line)
  }
  let hellos = meeting.server.handshakeMessages.count { $0 == 1 }
  try meeting.exchange()
  try expectEqual(meeting.server.handshakeMessages.count { $0 == 1 }, hellos, "ClientHellos")
  try expectEqual(meeting.server.alerts, [100], "alerts that the server received")
}
