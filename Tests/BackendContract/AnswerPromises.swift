import COpenSSL

@testable import TLSBackend

/// HelloRequest (RFC 5246 §7.4.1.1).
private let helloRequest: [UInt8] = [0, 0, 0, 0]
/// How a client declines it: a warning, no_renegotiation.
private let declined: [UInt8] = [1, 100]
private let closeNotify: [UInt8] = [1, 0]

/// What a server makes this end send while it reads: it must leave in its order, must not be taken
/// for a message, and there is an end to it.
func answerPromises<TLS: TLSBackend & ~Copyable & SendableMetatype>(_: TLS.Type) -> [Promise] {
  let most = SessionLimits.answers
  return [
    Promise("a request that is declined while the socket is full takes no message's place") {
      for count in 1...most {
        var connection = try Connection<TLS>()
        let junk = try connection.requestsOnFullSocket(count)
        let messages = (0..<5).map { pattern(100 + $0) }
        var accepted = 0
        while accepted < messages.count, try connection.accepts(messages[accepted]) {
          accepted += 1
        }
        try connection.makeRoom(junk)
        for message in messages[accepted...] { try connection.meeting.send(message) }
        try connection.expectSent(Array(repeating: declined, count: count), messages, behind: junk)
      }
    },
    Promise("a request that is declined while the socket is full is declined without a message") {
      var connection = try Connection<TLS>()
      let junk = try connection.requestsOnFullSocket(1)
      guard case .blocked(until: .writable) = try connection.meeting.client.drain() else {
        throw BrokenPromise("the answer is forgotten", #fileID, #line)
      }
      try connection.makeRoom(junk)
      guard case .idle = try connection.meeting.client.drain() else {
        throw BrokenPromise("drained, but not idle on an empty socket", #fileID, #line)
      }
      try connection.expectSent([declined], [], behind: junk)
    },
    Promise("a request that is declined while a write is blocked changes nothing of the write") {
      for count in 1...most { try promiseRequestsWhileBlocked(TLS.self, count) }
    },
    Promise("close_notify goes behind a request that is declined while the socket is full") {
      var connection = try Connection<TLS>()
      let junk = try connection.requestsOnFullSocket(2)
      guard case .blocked(until: .writable) = try connection.meeting.client.shutdown() else {
        throw BrokenPromise("not blocked by a full socket", #fileID, #line)
      }
      try connection.makeRoom(junk)
      guard case .sent = try connection.meeting.client.shutdown() else {
        throw BrokenPromise("shutdown blocks on an empty socket", #fileID, #line)
      }
      try connection.expectSent([declined, declined, closeNotify], [], behind: junk)
    },
    Promise("a few requests to renegotiate are declined, then the connection ends (C6)") {
      var connection = try Connection<TLS>()
      for _ in 0..<most {
        try connection.request(1)
        _ = try connection.meeting.client.drain()
      }
      try connection.expectSent(Array(repeating: declined, count: most), [], behind: 0)
      try connection.request(1)
      let error = try connection.meeting.error { "\(try $0.drain())" }
      try expectError(error, TLSError(.negotiation, .tooManyRequests(limit: most)))
    },
    Promise("a record full of requests to renegotiate makes no more answers than a few (C6)") {
      var connection = try Connection<TLS>()
      let sent = connection.meeting.client.ciphertextSent
      let full = (0..<4096).flatMap { _ in helloRequest }
      for _ in 0...most {
        try connection.meeting.wire.send(connection.meeting.server.forge(22, full))
        do throws(TLSError) { _ = try connection.meeting.client.drain() } catch {
          try expectKind(error, .negotiation)
          let most = UInt64(most + 1) * 64
          return try expect(connection.meeting.client.ciphertextSent <= sent + most, "a flood")
        }
      }
      throw BrokenPromise("the connection goes on", #fileID, #line)
    },
    Promise("nothing that has been received whole waits inside for another readiness") {
      try promiseNothingLeftInside(TLS.self)
    },
  ]
}

private func promiseRequestsWhileBlocked<TLS: TLSBackend & ~Copyable>(
  _: TLS.Type, _ count: Int
) throws {
  var connection = try Connection<TLS>()
  let bytes = pattern(600_000)
  var start = 0
  while case .accepted(let count) = try connection.meeting.client.write(
    bytes.span.extracting(droppingFirst: start))
  {
    start += count
  }
  try connection.request(count)
  _ = try connection.meeting.client.drain()
  while start < bytes.count {
    switch try connection.meeting.client.write(bytes.span.extracting(droppingFirst: start)) {
    case .accepted(let count): start += count
    case .blocked: try connection.makeRoom(0)
    }
  }
  _ = try connection.meeting.client.drain()
  try connection.makeRoom(0)
  let records = try connection.records()
  let data = records.filter { $0.type == 23 }.flatMap(\.content)
  try expect(data == bytes, "bytes arrived changed")
  let answers = records.filter { $0.type == 21 }.map(\.content)
  try expectEqual(answers, Array(repeating: declined, count: count), "alerts")
}

/// A record of three messages, at each place where a verb's turn may end: what they ask for is
/// answered as if they had come alone.
private func promiseNothingLeftInside<TLS: TLSBackend & ~Copyable>(_: TLS.Type) throws {
  var first: Int?
  for place in 0..<80 {
    var connection = try Connection<TLS>()
    var records: [UInt8] = []
    for _ in 0..<place { records += try connection.meeting.server.forge(23, [7]) }
    records += try connection.meeting.server.forge(22, helloRequest + helloRequest + helloRequest)
    try connection.meeting.wire.send(records)
    for _ in 0..<80 where connection.meeting.wire.isReady(.readable) {
      _ = try connection.meeting.client.drain()
    }
    try connection.makeRoom(0)
    let answers = try connection.records().count
    try expect((1...3).contains(answers), "\(answers) answers to three requests")
    if first == nil { first = answers }
    try expectEqual(answers, first, "answers when the requests come behind \(place) records")
  }
}

/// A TLS 1.2 connection on which the test is the server.
private struct Connection<TLS: TLSBackend & ~Copyable>: ~Copyable {
  var meeting: Meeting<TLS>
  private var opener: RecordOpener
  /// What the client has sent and nobody has decrypted yet.
  private var received: [UInt8] = []

  init() throws {
    meeting = try forgedMeeting(TLS.self, TLS1_2_VERSION)
    opener = meeting.server.opener()
  }

  func request(_ count: Int) throws {
    for _ in 0..<count { try meeting.wire.send(meeting.server.forge(22, helloRequest)) }
  }

  /// Fills the socket and has the requests read; returns how many bytes fill it.
  mutating func requestsOnFullSocket(_ count: Int) throws -> Int {
    let junk = meeting.wire.fillClientSocket()
    try request(count)
    _ = try meeting.client.drain()
    return junk
  }

  /// Whether a message is accepted now; it must not be sent again then.
  mutating func accepts(_ message: [UInt8]) throws -> Bool {
    switch try meeting.client.write(message.span) {
    case .accepted(let count):
      try expectEqual(count, message.count, "bytes accepted")
      return true
    case .blocked(let readiness):
      try expect(!meeting.wire.isReady(readiness), "blocked until \(readiness)")
      return false
    }
  }

  /// Takes everything off the wire, of which the first `junk` bytes are the test's own.
  mutating func makeRoom(_ junk: Int) throws {
    let bytes = meeting.wire.receive()
    try expect(bytes.count >= junk, "\(bytes.count) bytes on the wire")
    received += bytes.dropFirst(junk)
  }

  mutating func records() throws -> [RecordOpener.Record] {
    defer { received = [] }
    let records = try opener.open(&received)
    try expect(received.isEmpty, "half a record")
    return records
  }

  /// The alerts and messages that have been sent are these, each whole and in its order, and every
  /// byte of them is counted.
  mutating func expectSent(_ alerts: [[UInt8]], _ messages: [[UInt8]], behind junk: Int) throws {
    try makeRoom(0)
    let records = try records()
    try expectEqual(records.filter { $0.type == 21 }.map(\.content), alerts, "alerts")
    try expectEqual(records.filter { $0.type == 23 }.map(\.content), messages, "messages")
    try expectEqual(
      meeting.client.ciphertextSent, meeting.wire.receivedCount - UInt64(junk), "ciphertext")
  }
}
