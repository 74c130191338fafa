import Foundation

/// What went through the man in the middle on one connection.
struct InterceptorSeen: Sendable {
  struct Part: Sendable {
    let isFromClient: Bool
    /// Of the server: as the client got them.
    let bytes: [UInt8]
  }

  /// A record's header (RFC 8446 §5.1).
  struct Record: Sendable, Equatable {
    let type: UInt8
    let length: Int
    /// Where its header begins in its direction's bytes.
    let place: Int

    var end: Int { place + 5 + length }

    static let changeCipherSpec: UInt8 = 20
    static let applicationData: UInt8 = 23
    /// What an alert of TLS 1.3 is on the wire, where it has the type of application data: two
    /// bytes, the hidden type, the tag. A message with its frame is longer.
    static let sealedAlert = 2 + 1 + 16
  }

  private(set) var parts: [Part] = []
  /// Whether the connection has ended.
  var isOver = false

  var client: [UInt8] { bytes(fromClient: true) }
  var server: [UInt8] { bytes(fromClient: false) }

  mutating func add(_ bytes: [UInt8], fromClient: Bool) {
    parts.append(Part(isFromClient: fromClient, bytes: bytes))
  }

  /// How many bytes of the server's the client had when it sent its first record of application
  /// data that is longer than an alert; nil when it has sent none.
  var serverBytesBeforeData: Int? {
    var (server, client) = (0, [UInt8]())
    for part in parts {
      if part.isFromClient {
        client += part.bytes
        if InterceptorSeen.records(in: client).contains(where: \.mayBeMessage) { return server }
      } else {
        server += part.bytes.count
      }
    }
    return nil
  }

  /// How long the server's part of a TLS 1.2 handshake is: it ends with the record after
  /// ChangeCipherSpec, its Finished (RFC 5246 §7.3).
  var serverHandshakeOfTLS12: Int? {
    let records = InterceptorSeen.records(in: server)
    let change = records.firstIndex { $0.type == Record.changeCipherSpec }
    guard let change, change + 1 < records.count else { return nil }
    return records[change + 1].end
  }

  /// Why a message may have left, as far as the bytes show; nil when none can have.
  func leak(of mark: String) -> String? {
    let client = client
    if Data(client).range(of: Data(mark.utf8)) != nil { return "'\(mark)' in clear" }
    let records = InterceptorSeen.records(in: client)
    if let strange = records.first(where: { !(20...23).contains($0.type) }) {
      return "a record of type \(strange.type)"
    }
    if let data = records.first(where: \.mayBeMessage) {
      return "application data of \(data.length) bytes"
    }
    return nil
  }

  /// The records that begin in these bytes, the last of which may not be whole.
  static func records(in bytes: [UInt8]) -> [Record] {
    var records: [Record] = []
    var place = 0
    while place < bytes.count {
      let length = place + 5 <= bytes.count ? Int(bytes[place + 3]) << 8 | Int(bytes[place + 4]) : 0
      let record = Record(type: bytes[place], length: length, place: place)
      records.append(record)
      place = record.end
    }
    return records
  }

  private func bytes(fromClient: Bool) -> [UInt8] {
    parts.reduce(into: []) { if $1.isFromClient == fromClient { $0 += $1.bytes } }
  }
}

extension InterceptorSeen.Record {
  /// Whether it can hold a message.
  var mayBeMessage: Bool {
    type == InterceptorSeen.Record.applicationData
      && length != InterceptorSeen.Record.sealedAlert
  }
}
