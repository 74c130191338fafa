import COpenSSL
import CPosix
import TLSBackend

/// Bytes that TLS 1.2 and 1.3 add to one AES-GCM record: header, explicit nonce or type, tag.
private let mostOverhead = 5 + 8 + 16

func writingPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _: TLS.Type
) -> [Promise] {
  let counts = [1, 2, 16383, 16384, 16385, 100_000]
  return [
    Promise("writes of 1, 16384 and more bytes arrive whole and in order") {
      for version in [TLS1_2_VERSION, highestVersion(TLS.self)] {
        for count in counts {
          var meeting = try Meeting<TLS>(server: .only(version))
          _ = try meeting.handshake()
          try meeting.send(pattern(count))
          try meeting.exchange()
          try expect(meeting.server.plaintext == pattern(count), "\(count) bytes arrived changed")
        }
      }
    },
    Promise("one write is at most one record") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      let before = meeting.client.ciphertextSent
      let step = try meeting.client.write(pattern(50_000).span)
      // Mbed TLS 3.6 pads TLS 1.3's records to multiples of 16, with their type: 16383 is its most.
      guard case .accepted(16383...16384) = step else {
        throw BrokenPromise("\(step)", #fileID, #line)
      }
      let sent = meeting.client.ciphertextSent - before
      try expect((16384...16384 + UInt64(mostOverhead)).contains(sent), "\(sent) bytes sent")
    },
    Promise("an empty write is an error, not a step that gets nowhere") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      _ = try meeting.error { "\(try $0.write([UInt8]().span))" }
    },
    Promise("a full socket blocks until writable, and nothing is lost or doubled after it") {
      for version in [TLS1_2_VERSION, highestVersion(TLS.self)] {
        try promiseWritesThroughFullSocket(TLS.self, version)
      }
    },
    Promise("a blocked write may come back from other memory, not with another length") {
      try promiseBlockedWriteMoves(TLS.self)
    },
    Promise("ciphertextSent is what the peer received, to the byte") {
      try promiseCiphertextCounted(TLS.self)
    },
    Promise(
      "a key update while a write is blocked stops neither (C13)", needs: .tls13,
      .feature(.keyUpdate)
    ) {
      try promiseKeyUpdateWhileBlocked(TLS.self)
    },
    Promise(
      "the answer to a key update waits for a full socket, too (C13)", needs: .tls13,
      .feature(.keyUpdate)
    ) {
      try promiseKeyUpdateAnswerBlocked(TLS.self)
    },
    Promise(
      "after key updates messages still arrive (C13)", needs: .tls13, .feature(.keyUpdate)
    ) {
      // As many as GnuTLS takes in a second.
      try promiseKeyUpdates(TLS.self, count: 8)
    },
    Promise(
      "after 100 key updates messages still arrive (C13)",
      needs: .tls13, .feature(.keyUpdatesInQuickSuccession)
    ) {
      try promiseKeyUpdates(TLS.self, count: 100)
    },
    Promise("a write on a connection that was closed is a lost connection with its errno") {
      var meeting = try Meeting<TLS>()
      _ = try meeting.handshake()
      meeting.wire.closePeer()
      let error = try meeting.error { "\(try $0.write([1].span))" }
      try expectKind(error, .connection(errno: EPIPE))
    },
    Promise("a write that meets the close behind an alert reports the alert", needs: .tls13) {
      var meeting = try meetingWithoutClientCertificate(TLS.self)
      meeting.wire.closePeer()
      let error = try meeting.error { "\(try $0.write([1].span))" }
      try expectError(error, try certificateRequired(TLS.self))
    },
  ]
}

/// A meeting whose handshake is complete for the client, while the server has sent an alert about
/// the client certificate that it misses: TLS 1.3 tells so late.
func meetingWithoutClientCertificate<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type
) throws -> Meeting<TLS> {
  var configuration = TestServer.Configuration.only(TLS1_3_VERSION)
  configuration.clientCertificate = .demanded
  var meeting = try Meeting<TLS>(server: configuration)
  _ = try meeting.handshake()
  try expect(!meeting.server.isEstablished, "the server takes us without a certificate")
  return meeting
}

/// Writes until the socket takes no more; the result is what was accepted, and what is blocked.
private func writeUntilBlocked<TLS: TLSBackend & ~Copyable>(
  _ meeting: inout Meeting<TLS>, _ bytes: [UInt8]
) throws -> Int {
  var accepted = 0
  while accepted < bytes.count {
    switch try meeting.client.write(bytes.span.extracting(droppingFirst: accepted)) {
    case .accepted(let count): accepted += count
    case .blocked(until: .writable):
      try expect(!meeting.wire.isReady(.writable), "blocked by a writable socket")
      return accepted
    case .blocked(until: .readable):
      throw BrokenPromise("a full socket blocks until readable", #fileID, #line)
    }
  }
  throw BrokenPromise("the socket is never full", #fileID, #line)
}

private func promiseWritesThroughFullSocket<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ version: Int32
) throws {
  var meeting = try Meeting<TLS>(server: .only(version))
  _ = try meeting.handshake()
  let bytes = pattern(600_000)
  let accepted = try writeUntilBlocked(&meeting, bytes)
  // Still blocked, and counted once: a repetition must not send anything twice.
  let counted = meeting.client.ciphertextSent
  guard
    case .blocked(until: .writable) = try meeting.client.write(
      bytes.span.extracting(droppingFirst: accepted))
  else { throw BrokenPromise("no longer blocked", #fileID, #line) }
  try expectEqual(meeting.client.ciphertextSent, counted, "ciphertext")
  try meeting.exchange()
  try expect(meeting.server.plaintext == Array(bytes[..<accepted]), "what was accepted is whole")
  try meeting.send(Array(bytes[accepted...]))
  try meeting.exchange()
  try expect(meeting.server.plaintext == bytes, "bytes arrived changed")
}

private func promiseBlockedWriteMoves<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  for (length, otherLength) in [(16000, 0), (100, 99), (100, 101)] {
    var meeting = try Meeting<TLS>()
    _ = try meeting.handshake()
    _ = meeting.wire.fillClientSocket()
    let bytes = pattern(length)
    let step = try meeting.client.write(bytes.span)
    guard case .blocked = step else { throw BrokenPromise("\(step)", #fileID, #line) }
    if length == 100 {
      _ = try meeting.error { "\(try $0.write(pattern(otherLength).span))" }
      continue
    }
    _ = meeting.wire.receive()
    let moved = pattern(length)
    guard case .accepted(length) = try meeting.client.write(moved.span) else {
      throw BrokenPromise("not accepted from other memory", #fileID, #line)
    }
    try meeting.exchange()
    try expect(meeting.server.plaintext == bytes, "bytes arrived changed")
  }
}

private func promiseCiphertextCounted<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>()
  for _ in 0..<100 {
    let step = try meeting.step()
    try meeting.exchange()
    try expectEqual(meeting.client.ciphertextSent, meeting.wire.receivedCount, "in the handshake")
    if isComplete(step) { break }
  }
  for count in [1, 200, 16384] {
    try meeting.send(pattern(count))
    try meeting.exchange()
    try expectEqual(meeting.client.ciphertextSent, meeting.wire.receivedCount, "after a write")
  }
  _ = try writeUntilBlocked(&meeting, pattern(600_000))
  try meeting.exchange()
  try expectEqual(meeting.client.ciphertextSent, meeting.wire.receivedCount, "when blocked")
}

private func promiseKeyUpdates<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, count: Int
) throws {
  var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
  _ = try meeting.handshake()
  for round in 0..<count {
    try meeting.server.updateKeys(round % 2 == 0 ? .requested : .alone)
    try meeting.exchange()
    try meeting.drain()
    try meeting.send([UInt8(round)])
    try meeting.exchange()
  }
  try expectEqual(meeting.server.plaintext, (0..<count).map { UInt8($0) }, "plaintext")
  // Answered when asked for, and only then (RFC 8446 §4.6.3).
  let answers = meeting.server.handshakeMessages.count { $0 == 24 }
  try expectEqual(answers, count / 2, "key updates in answer")
}

private func promiseKeyUpdateWhileBlocked<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
  _ = try meeting.handshake()
  try meeting.drain()
  let bytes = pattern(600_000)
  let accepted = try writeUntilBlocked(&meeting, bytes)
  try meeting.server.updateKeys()
  try meeting.wire.send(meeting.server.output())
  switch try meeting.client.drain() {
  case .idle, .blocked(until: .writable): break
  case let step: throw BrokenPromise("drained: \(step)", #fileID, #line)
  }
  try meeting.exchange()
  try meeting.send(Array(bytes[accepted...]))
  try meeting.exchange()
  try expect(meeting.server.plaintext == bytes, "bytes arrived changed")
  try expect(meeting.server.handshakeMessages.contains(24), "no key update in answer")
}

private func promiseKeyUpdateAnswerBlocked<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var meeting = try Meeting<TLS>(server: .only(TLS1_3_VERSION))
  _ = try meeting.handshake()
  try meeting.server.updateKeys()
  try meeting.exchange()
  _ = meeting.wire.fillClientSocket()
  _ = try meeting.client.drain()
  let bytes = pattern(300)
  guard case .blocked(until: .writable) = try meeting.client.write(bytes.span) else {
    throw BrokenPromise("not blocked by a full socket", #fileID, #line)
  }
  _ = meeting.wire.receive()
  try meeting.send(bytes)
  try meeting.exchange()
  try expectEqual(meeting.server.plaintext, bytes, "plaintext")
  try expect(meeting.server.handshakeMessages.contains(24), "no key update in answer")
}
