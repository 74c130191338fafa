public import Bytes

/// Why a configuration cannot be read, and where. BusyBox refuses each of these too, except
/// `tooManyRules`, but says the line alone: the last one, of a line that is continued.
public struct ConfigurationError: Error, Equatable {
  public enum Problem: Sendable {
    case notASelector
    /// Or in front of what a continued line goes on with.
    case blankBehindSemicolon
    case unknownFacility
    case unknownSeverity
    case missingAction
    case wordBehindFile
    /// In front of the LF, where it belongs to the word that is wrong.
    case carriageReturn
    case tooManyRules
  }

  public let problem: Problem
  /// What the problem is about, cut at 64 bytes; may be empty.
  public let word: [UInt8]
  public let line: Int
  /// In bytes, from 1.
  public let column: Int

  public var reason: Sentence { .refused(problem, Text(word)) }
}
