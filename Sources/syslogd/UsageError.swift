import Bytes

/// What is wrong with the command line, or with the rules.
struct UsageError: Error, Equatable {
  let sentence: Sentence

  init(_ sentence: Sentence) {
    self.sentence = sentence
  }

  /// One line without the program's name. Control characters, which an argument may bring with it,
  /// are escaped.
  var line: Text { sentence.text.escaped }
}
