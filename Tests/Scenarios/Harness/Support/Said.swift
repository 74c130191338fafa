import Foundation

/// A sentence of the program, to be found in a line that it has written.
///
/// Scenarios name the sentence, as it is called in its module's `Sentences.swift`; the wording comes
/// from Tests/Golden/sentences.txt, which `SentenceTests` compares with what the modules render.
struct Said: Sendable, CustomStringConvertible {
  private enum Piece {
    case words(String)
    /// In guillemets, or a number.
    case argument(String)

    var text: String {
      switch self {
      case .words(let text), .argument(let text): text
      }
    }
  }

  private let pieces: [Piece]

  var description: String { pieces.map(\.text).joined() }

  /// `name`: as in the golden file, `MODULE.NAME` or `MODULE.NAME VARIANT`.
  init(_ name: String) {
    guard let template = Said.golden[name] else {
      preconditionFailure("Tests/Golden/sentences.txt has no sentence '\(name)'")
    }
    var pieces: [Piece] = []
    var rest = template[...]
    while let argument = rest.firstMatch(of: #/«[^»]*»|[0-9]+/#) {
      pieces.append(.words(String(rest[..<argument.range.lowerBound])))
      pieces.append(.argument(String(argument.output)))
      rest = rest[argument.range.upperBound...]
    }
    self.init(pieces + [.words(String(rest))])
  }

  private init(_ pieces: [Piece]) {
    self.pieces = pieces
  }

  /// What stands between the arguments.
  private var parts: [String] {
    var parts = [""]
    for piece in pieces {
      switch piece {
      case .words(let text): parts[parts.count - 1] += text
      case .argument: parts.append("")
      }
    }
    return parts.filter { !$0.isEmpty }
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
  func before(_ word: String) -> Said { split(at: word).0 }
  func behind(_ word: String) -> Said { split(at: word).1 }

  private func split(at word: String) -> (Said, Said) {
    for (index, piece) in pieces.enumerated() {
      guard let range = piece.text.range(of: word) else { continue }
      let (head, tail) = (piece.text[..<range.lowerBound], piece.text[range.upperBound...])
      return (
        Said(pieces[..<index] + [.words(String(head))]),
        Said([.words(String(tail))] + pieces[(index + 1)...])
      )
    }
    preconditionFailure("'\(word)' is not in: \(description)")
  }

  /// With a value in the place of an argument, which it must have.
  func with(_ argument: String, _ value: String) -> Said {
    let wanted = "«\(argument)»"
    precondition(description.contains(wanted), "'\(wanted)' is not in: \(description)")
    return Said(pieces.map { $0.text == wanted ? .words(value) : $0 })
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
  static let setAside = Said("SyslogIO.setAside")
  static let discardedForCollector = Said("SyslogIO.discarded")
    .behind("messages").before("between")
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
  static func noFolderForState(_ path: String) -> Said {
    Said("SyslogIO.noStateFile").with("path", path).with("cause", "No such file or directory")
  }
  static let noLandlock = Said("SyslogIO.noLandlock")
  static let noSeccomp = Said("SyslogIO.noSeccomp")
}
