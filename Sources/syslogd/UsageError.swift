import Bytes

/// What is wrong with the command line, in one line without the program's name.
struct UsageError: Error {
  let line: Text

  /// Control characters, which an argument may bring with it, are escaped.
  init(line: Text) {
    self.line = line.escaped
  }
}
