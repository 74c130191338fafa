import COpenSSL
import CPosix
import TLSBackend

func closingPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  [
    Promise("shutdown sends close_notify and waits for nothing (T16)") {
      for version in [TLS1_2_VERSION, highestVersion(TLS.self)] {
        var meeting = try Meeting<TLS>(server: .only(version))
        _ = try meeting.handshake()
        try meeting.send([1, 2, 3])
        try sends(closeNotify: &meeting)
        // The server has answered by now: asking again changes and sends nothing.
        let sent = meeting.client.ciphertextSent
        guard case .sent = try meeting.client.shutdown() else {
          throw BrokenPromise("shutdown waits for the server's close_notify", #fileID, #line)
        }
        try expectEqual(meeting.client.ciphertextSent, sent, "ciphertext")
        try expectEqual(meeting.server.plaintext, [1, 2, 3], "plaintext")
      }
    },
    Promise("shutdown blocks until a full socket is writable, then sends close_notify") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      _ = meeting.wire.fillClientSocket()
      guard case .blocked(until: .writable) = try meeting.client.shutdown() else {
        throw BrokenPromise("not blocked by a full socket", #fileID, #line)
      }
      _ = meeting.wire.receive()
      try sends(closeNotify: &meeting)
    },
    Promise("shutdown after a blocked write ends its record first, so that all of it is whole") {
      try promiseShutdownAfterBlockedWrite(TLS.self)
    },
    Promise(
      "shutdown after a write blocked by a key update sends no byte of it",
      needs: .tls13, .feature(.keyUpdate)
    ) {
      try promiseShutdownAfterBlockedKeyUpdate(TLS.self)
    },
    Promise("after shutdown nothing more can be written") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      _ = try meeting.client.shutdown()
      _ = try meeting.error { "\(try $0.write([1].span))" }
    },
    Promise("shutdown on a connection that was closed throws, never blocks") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      meeting.wire.closePeer()
      let error = try meeting.error { "\(try $0.shutdown())" }
      try expectKind(error, .connection(errno: EPIPE))
    },
  ]
}

private func sends<TLS: TLSBackend & ~Copyable>(
  closeNotify meeting: inout Meeting<TLS>
) throws {
  guard case .sent = try meeting.client.shutdown() else {
    throw BrokenPromise("shutdown blocks on an empty socket", #fileID, #line)
  }
  try meeting.exchange()
  try expectEqual(meeting.server.alerts, [0], "alerts that the server received")
  try expect(meeting.server.failure == nil, "the server fails: \(meeting.server.failure ?? "")")
}

private func promiseShutdownAfterBlockedWrite<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type
) throws {
  var meeting = try Meeting<TLS>()
  _ = try meeting.handshake()
  let bytes = pattern(16000)
  var written = 0
  writing: while true {
    switch try meeting.client.write(bytes.span) {
    case .accepted(let count): written += count
    case .blocked: break writing
    }
  }
  guard case .blocked(until: .writable) = try meeting.client.shutdown() else {
    throw BrokenPromise("not blocked by a full socket", #fileID, #line)
  }
  try meeting.exchange()
  try sends(closeNotify: &meeting)
  let whole = meeting.server.plaintext
  try expectEqual(whole.count, written + bytes.count, "bytes received")
  for start in stride(from: 0, to: whole.count, by: bytes.count) {
    try expect(whole[start..<(start + bytes.count)] == bytes[...], "bytes arrived changed")
  }
}

private func promiseShutdownAfterBlockedKeyUpdate<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type
) throws {
  var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
  _ = try meeting.handshake()
  try meeting.server.updateKeys()
  try meeting.exchange()
  _ = meeting.wire.fillClientSocket()
  _ = try meeting.client.drain()
  guard case .blocked(until: .writable) = try meeting.client.write([1, 2, 3].span) else {
    throw BrokenPromise("not blocked by a full socket", #fileID, #line)
  }
  _ = meeting.wire.receive()
  try sends(closeNotify: &meeting)
  try expect([[], [1, 2, 3]].contains(meeting.server.plaintext), "\(meeting.server.plaintext)")
}
