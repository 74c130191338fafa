public import Bytes

// What the backends say alike of the library that they were built with.

/// What a library may fail at before there is a peer.
public enum LibraryOperation: Sendable {
  case start
  case seedRandomGenerator
  case makeContext
  case makeSession
  case makeKey
  case makeCertificate

  fileprivate var words: Literal {
    switch self {
    case .start: "start"
    case .seedRandomGenerator: "seed its random generator"
    case .makeContext: "create a context"
    case .makeSession: "create a session"
    case .makeKey: "create a key"
    case .makeCertificate: "create a certificate"
    }
  }
}

extension Sentence {
  /// `words` are the library's own.
  static func cannot(
    _ operation: LibraryOperation, by library: Literal, _ words: Text
  ) -> Sentence {
    Sentence("$ cannot $: $", Text(library), Text(operation.words), words)
  }

  /// The library does not take a parameter, whose name is put in front; `words` are its own.
  static func refused(by library: Literal, _ words: Text) -> Sentence {
    Sentence("refused by $: $", Text(library), words)
  }

  public static func unreadableServerKey(by library: Literal) -> Sentence {
    Sentence("the server's public key is of a type that $ does not support", Text(library))
  }

  /// No fingerprint can be computed, by whatever library.
  public static var cannotHash: Sentence { Sentence("cannot compute a SHA-256 hash") }

  /// Where the library has no words for one of its errors.
  public static func error(number: Int, of library: Literal) -> Sentence {
    Sentence("$ error $", Text(library), Text(number))
  }
}
