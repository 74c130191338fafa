import Foundation

/// A message as it is in OpenSearch, Loki or Kafka.
struct StoredMessage: Decodable, Equatable {
  var timestamp: String
  var host: String
  var facility: String
  var severity: String
  var appname: String?
  var procid: String?
  var msgid: String?
  var message: String
  var structuredData: [String: [String: String]]?

  private enum CodingKeys: String, CodingKey {
    case timestamp = "@timestamp"
    case host, facility, severity, appname, procid, msgid, message
    case structuredData = "structured_data"
  }

  /// A line of OpenSearch's documents.
  struct Document: Decodable {
    let index: String
    let document: StoredMessage

    var message: StoredMessage { document }
  }

  /// A line of Loki's entries.
  struct Entry: Decodable {
    let labels: [String: String]
    let time: String
    let line: String

    /// Fails when labels and time are not those of the line.
    func message() throws -> StoredMessage {
      let message = try JSONDecoder().decode(StoredMessage.self, from: Data(line.utf8))
      let wanted = [
        "job": "routers", "host": message.host, "facility": message.facility,
        "severity": message.severity,
      ]
      guard labels == wanted else { throw Failure("\(labels) instead of \(wanted)") }
      let formatter = ISO8601DateFormatter()
      formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
      guard let date = formatter.date(from: message.timestamp), let own = Double(time),
        abs(own / 1e9 - date.timeIntervalSince1970) < 0.001
      else { throw Failure("\(time) is not \(message.timestamp)") }
      return message
    }
  }

  /// A line that kcat prints.
  struct Record: Decodable {
    let topic: String
    let key: String
    let payload: String

    /// Fails when the key is not the host.
    func message() throws -> StoredMessage {
      let message = try JSONDecoder().decode(StoredMessage.self, from: Data(payload.utf8))
      guard key == message.host else { throw Failure("key \(key) of \(message.host)") }
      return message
    }
  }
}
