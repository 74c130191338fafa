import Bytes
import TLSBackend

/// What a promise throws that a backend does not keep.
///
/// The contract is checked without a test framework, so that it is an ordinary target that the
/// tests of every backend share.
public struct BrokenPromise: Error, CustomStringConvertible {
  public let description: String

  init(_ what: String) {
    description = what
  }

  init(_ what: String, _ file: StaticString, _ line: UInt) {
    description = "\(what) (\(file):\(line))"
  }
}

/// Throws when `condition` does not hold; `what` says what was seen instead.
func expect(
  _ condition: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) throws {
  if !condition { throw BrokenPromise(what(), file, line) }
}

func expectEqual<Value: Equatable>(
  _ seen: Value, _ expected: Value, _ what: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) throws {
  if seen != expected {
    throw BrokenPromise("\(what()): \(seen) instead of \(expected)", file, line)
  }
}

/// That an error is this very one: its kind, its sentence, and the parameter that it is about.
func expectError(
  _ seen: TLSError, _ expected: TLSError, file: StaticString = #fileID, line: UInt = #line
) throws {
  try expectEqual(seen.reason.words, expected.reason.words, "reason", file: file, line: line)
  try expectKind(seen, expected.kind, file: file, line: line)
  try expectEqual(seen.parameter, expected.parameter, "parameter", file: file, line: line)
}

func expectKind(
  _ error: TLSError, _ kind: TLSError.Kind, file: StaticString = #fileID, line: UInt = #line
) throws {
  try expectEqual(error.kind, kind, "kind of '\(error.reason.words)'", file: file, line: line)
}

/// That the reason tells an operator what `words` say.
func expectSays(
  _ error: TLSError, _ words: String, file: StaticString = #fileID, line: UInt = #line
) throws {
  let reason = error.reason.words
  try expect(reason.contains(words), "no '\(words)' in '\(reason)'", file: file, line: line)
}

extension Text {
  /// For what a test compares and prints.
  var words: String { String(decoding: bytes, as: UTF8.self) }
}

extension Sentence {
  /// For what a test compares and prints.
  var words: String { text.words }
}
