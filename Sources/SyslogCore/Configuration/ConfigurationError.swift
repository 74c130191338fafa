/// Why a configuration cannot be read, and where. BusyBox refuses each of these too, except
/// `tooManyRules`, but says the line alone: the last one, of a line that is continued.
public struct ConfigurationError: Error, Equatable {
  public enum Problem: Sendable {
    case notASelector
    case unknownFacility
    case unknownSeverity
    case missingAction
    case wordBehindFile
    case tooManyRules

    /// Stands behind the quoted word that it is about: `'kernel' is not a facility`.
    public var explanation: StaticString {
      switch self {
      case .notASelector: "is not FACILITY.SEVERITY"
      case .unknownFacility: "is not a facility"
      case .unknownSeverity: "is not a severity"
      case .missingAction: "has no file or @REMOTE behind it"
      case .wordBehindFile: "stands behind a file; only an @REMOTE has options"
      case .tooManyRules: "begins one rule too many: there may be 256"
      }
    }
  }

  public let problem: Problem
  /// What the problem is about, cut at 64 bytes; may be empty.
  public let word: [UInt8]
  public let line: Int
  /// In bytes, from 1.
  public let column: Int
}
