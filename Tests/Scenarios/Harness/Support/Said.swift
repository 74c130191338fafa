import Foundation

/// A sentence of the program, to be found in a line that it has written.
///
/// Scenarios name the sentence, as it is called in its module's `Sentences.swift`; the wording comes
/// from Tests/Golden/sentences.txt, which `SentenceTests` compares with what the modules render.
struct Said: Sendable, CustomStringConvertible {
  let description: String
  /// What stands between the arguments.
  private let parts: [String]

  /// `name`: as in the golden file, `MODULE.NAME` or `MODULE.NAME VARIANT`.
  init(_ name: String) {
    guard let template = Said.golden[name] else {
      preconditionFailure("Tests/Golden/sentences.txt has no sentence '\(name)'")
    }
    self.init(template: template)
  }

  /// Arguments are in guillemets, or numbers.
  private init(template: String) {
    description = template
    parts = template.split(separator: #/«[^»]*»|[0-9]+/#).map(String.init)
  }

  func isIn(_ line: String) -> Bool {
    var rest = line[...]
    for part in parts {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }

  /// The part of the sentence before or behind `word`, which it must have.
  func before(_ word: String) -> Said { Said(template: split(at: word).0) }
  func behind(_ word: String) -> Said { Said(template: split(at: word).1) }

  private func split(at word: String) -> (String, String) {
    guard let range = description.range(of: word) else {
      preconditionFailure("'\(word)' is not in: \(description)")
    }
    return (String(description[..<range.lowerBound]), String(description[range.upperBound...]))
  }

  /// With a value in the place of an argument.
  func with(_ argument: String, _ value: String) -> Said {
    Said(template: description.replacing("«\(argument)»", with: value))
  }

  /// The whole sentence with these arguments.
  static func text(_ name: String, _ arguments: [String: String] = [:]) -> String {
    arguments.reduce(Said(name).description) { text, argument in
      text.replacing("«\(argument.key)»", with: argument.value)
    }
  }

  private static let golden: [String: String] = {
    let file = URL(filePath: #filePath).appending(path: "../../../../Golden/sentences.txt")
      .standardized
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      preconditionFailure("cannot read \(file.path())")
    }
    var sentences: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ": ", maxSplits: 1)
      if parts.count == 2 { sentences[String(parts[0])] = String(parts[1]) }
    }
    return sentences
  }()
}

// MARK: Remotes

extension Said {
  /// An attempt or a connection ended, and there will be another.
  static let nextAttempt = Said("SyslogIO.failed next").behind("«reason»").before("7")
  /// How many failures there were in a row.
  static func failures(_ count: Int) -> String {
    Said("SyslogIO.failed again").behind("(").before(")").description
      .replacing("7", with: "\(count)")
  }
  /// How many messages are queued.
  static func waiting(_ count: Int) -> String {
    Said("SyslogIO.failed waiting").behind("; ").description.replacing("7", with: "\(count)")
  }
  static let connected = Said("SyslogIO.connected TLS").before("«")
  static let connectedInClear = Said("SyslogIO.connected clear").before("«")
  static let notResolved = Said("SyslogIO.notResolved").before("«")
  static let handshakeTimedOut = Said("SyslogIO.handshakeTimedOut")
  static let anyPeer = Said("SyslogIO.anyPeer")
  static let discardedForCollector = Said("SyslogIO.discardedForCollector")
    .behind("messages").before("7")
}

// MARK: Servers

extension Said {
  static let pinMismatch = Said("TLSBackend.pinMismatch")
  static let pinMismatchInConfiguration = Said("TLSBackend.pinMismatch")
    .with("source", Said("SyslogIO.configuration").description)
  static let certificateMismatchInConfiguration = Said("TLSBackend.pinMismatch certificate")
    .with("source", Said("SyslogIO.configuration").description)
  static let expired = Said("TLSBackend.expired")
  static let notYetValid = Said("TLSBackend.notYetValid")
  static let notTLS = Said("TLSBackend.disagreement notTLS")
  static func wrongName(_ name: String) -> Said {
    Said("TLSBackend.wrongName").with("name", name).before(":")
  }
  static func validCertificate(for name: String) -> Said {
    Said("SyslogIO.validCertificate").with("name", name)
  }
}

// MARK: The daemon

extension Said {
  static let clockBeforeFloor = Said("SyslogIO.clock built").before("20")
  static let configurationRead = Said("SyslogIO.configurationRead").before("7")
  static func configurationRead(rules: Int, remotes: Int) -> String {
    let parts = Said("SyslogIO.configurationRead").parts
    return "\(parts[0])\(rules)\(parts[1])\(remotes)"
  }
  static func configurationKept(_ refusal: String) -> String {
    Said("SyslogIO.configurationKept").with("refusal", refusal).description
  }
  static func running(as user: String) -> Said {
    Said("SyslogIO.running").with("name", user)
  }
  static func noStateFile(_ path: String) -> Said {
    Said("SyslogIO.noStateFile").with("path", path)
  }
  static let noLandlock = Said("SyslogIO.noLandlock")
  static let noSeccomp = Said("SyslogIO.noSeccomp")
}
