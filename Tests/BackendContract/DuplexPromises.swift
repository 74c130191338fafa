import COpenSSL
import TLSBackend

/// Both directions at once: what waits to be read must not hold up what is written.
func duplexPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  [
    Promise("records that arrive byte by byte are read away, and close_notify is understood") {
      for version in versions(TLS.self) { try promiseTricklingRecords(TLS.self, version) }
    },
    Promise("what is written is taken off the wire byte by byte") {
      for version in versions(TLS.self) { try promiseTrickledWrites(TLS.self, version) }
    },
    Promise("a write goes out while half a record waits to be read") {
      for version in versions(TLS.self) {
        for isDrained in [false, true] {
          try promiseWritePastHalfRecord(TLS.self, version, isDrained: isDrained)
        }
      }
    },
    Promise("a write goes out while all that a server may send is left unread") {
      for version in versions(TLS.self) { try promiseWritePastUnread(TLS.self, version) }
    },
    Promise("after the server's close_notify a write arrives or is refused, nothing in between") {
      for version in versions(TLS.self) { try promiseWriteAfterClose(TLS.self, version) }
    },
    Promise("drained again, a connection that the server has closed is still closed") {
      for version in versions(TLS.self) {
        var meeting = try Meeting<TLS>(server: .only(version))
        _ = try meeting.handshake()
        meeting.server.closeNotify()
        try meeting.exchange()
        for _ in 0..<3 {
          let step = try meeting.client.drain()
          guard case .peerClosed = step else { throw BrokenPromise("\(step)", #fileID, #line) }
        }
      }
    },
    Promise("in TLS 1.2 the end of the handshake is the server's acceptance") {
      var meeting = try Meeting<TLS>(server: .only(TLS1_2_VERSION))
      try expect(!meeting.client.isAcceptedByPeer, "accepted without a handshake")
      _ = try meeting.handshake()
      try expect(meeting.client.isAcceptedByPeer, "not accepted by a complete handshake")
    },
    Promise("in TLS 1.3 the first record that is read is the server's acceptance", needs: .tls13) {
      try promiseLateAcceptance(TLS.self)
    },
  ]
}

private func promiseTricklingRecords<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws {
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.handshake()
  try meeting.server.write([1, 2, 3])
  try meeting.server.write([4])
  meeting.server.closeNotify()
  let bytes = meeting.server.output()
  for byte in bytes.dropLast() {
    try meeting.wire.send([byte])
    // A ticket or a record may be whole now; the close is not.
    guard case .idle = try meeting.client.drain() else {
      throw BrokenPromise("closed too early", #fileID, #line)
    }
    try expect(!meeting.wire.isReady(.readable), "a byte is left unread")
  }
  try meeting.wire.send(Array(bytes.suffix(1)))
  guard case .peerClosed = try meeting.client.drain() else {
    throw BrokenPromise("close_notify is not understood", #fileID, #line)
  }
}

private func promiseTrickledWrites<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws {
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.handshake()
  for value in 0..<200 { try meeting.send([UInt8(value)]) }
  while meeting.server.plaintext.count < 200 {
    let byte = meeting.wire.receive(limit: 1)
    try expect(!byte.isEmpty, "only \(meeting.server.plaintext.count) bytes have arrived")
    meeting.server.feed(byte)
  }
  try expectEqual(meeting.server.plaintext, (0..<200).map { UInt8($0) }, "plaintext")
}

private func promiseWritePastHalfRecord<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32, isDrained: Bool
) throws {
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.handshake()
  try meeting.server.write(pattern(1000))
  let record = meeting.server.output()
  try meeting.wire.send(Array(record[..<500]))
  if isDrained { try meeting.drain() }
  try writesAtOnce(&meeting, [1, 2, 3])
  try meeting.wire.send(Array(record[500...]))
  try writesAtOnce(&meeting, [4])
  try meeting.drain()
  try expect(!meeting.wire.isReady(.readable), "the record is left unread")
  try expectEqual(meeting.server.plaintext, [1, 2, 3, 4], "plaintext")
}

private func promiseWritePastUnread<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws {
  // Tickets, which come with the handshake in TLS 1.3; a HelloRequest in 1.2.
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.handshake()
  try meeting.server.write(pattern(16384))
  if version == TLS1_2_VERSION { meeting.server.renegotiate() }
  if version == TLS1_3_VERSION, Need.feature(.keyUpdate).lack(in: TLS.capabilities) == nil {
    try meeting.server.updateKeys(.requested)
  }
  try meeting.wire.send(meeting.server.output())
  for value: UInt8 in 0..<10 { try writesAtOnce(&meeting, [value]) }
  try expectEqual(meeting.server.plaintext, Array(0..<10), "plaintext")
}

/// An empty socket takes it, whatever waits to be read.
private func writesAtOnce<TLS: TLSBackend & ~Copyable>(
  _ meeting: inout Meeting<TLS>, _ bytes: [UInt8]
) throws {
  let step = try meeting.client.write(bytes.span)
  guard case .accepted(bytes.count) = step else { throw BrokenPromise("\(step)", #fileID, #line) }
  meeting.server.feed(meeting.wire.receive())
}

private func promiseWriteAfterClose<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws {
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.handshake()
  meeting.server.closeNotify()
  try meeting.exchange()
  guard case .peerClosed = try meeting.client.drain() else {
    throw BrokenPromise("not closed", #fileID, #line)
  }
  var accepted: [UInt8] = []
  do throws(TLSError) {
    if case .accepted(let count) = try meeting.client.write([1, 2, 3].span) {
      accepted = Array([1, 2, 3].prefix(count))
    }
  } catch {
    return try expectKind(error, .connection(errno: 0))
  }
  try meeting.exchange()
  try expectEqual(meeting.server.plaintext, accepted, "plaintext")
}

private func promiseLateAcceptance<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  for tickets in [2, 0] {
    var configuration = TestServer.Configuration.only(TLS1_3_VERSION)
    configuration.tickets = tickets
    var meeting = try Meeting<TLS>(server: configuration)
    _ = try meeting.handshake()
    try meeting.drain()
    try expectEqual(meeting.client.isAcceptedByPeer, tickets > 0, "accepted with the tickets")
    try meeting.server.write([7])
    try meeting.exchange()
    try meeting.drain()
    try expect(meeting.client.isAcceptedByPeer, "not accepted with application data")
  }
  var meeting = try meetingWithoutClientCertificate(TLS.self)
  try expect(!meeting.client.isAcceptedByPeer, "accepted with an alert waiting")
  _ = try meeting.error { "\(try $0.drain())" }
}
