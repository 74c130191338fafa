import Bytes
import CPosix

extension Option {
  /// As on the command line: the letter, if there is one.
  var spelling: Text { OptionTable.entry(self).spelling }
}

extension OptionTable {
  static func entry(_ option: Option) -> OptionEntry {
    for entry in entries where entry.option == option { return entry }
    preconditionFailure("the table has every option")
  }

  /// The option that a rule means by a word; nil when it is none of a remote, or has no value.
  static func remoteOption(named word: Text) -> RemoteOption? {
    for entry in entries where entry.argument == .required && word == entry.name.text {
      if case .remote(let option) = entry.option { return option }
    }
    return nil
  }

  /// The entry that getopt_long means by a number.
  static func entry(code: Int32) -> OptionEntry? {
    for index in entries.indices where self.code(at: index) == code { return entries[index] }
    return nil
  }

  /// The letter, or a number that is none.
  private static func code(at index: Int) -> Int32 {
    let letter = entries[index].letter
    return letter == 0 ? 256 + Int32(truncatingIfNeeded: index) : Int32(letter)
  }

  /// The letters as getopt_long reads them. The colon in front makes a missing value an answer of
  /// its own.
  static var letters: Text {
    var letters: Text = ":"
    for entry in entries where entry.letter != 0 {
      letters.append(entry.letter)
      switch entry.argument {
      case .none: break
      case .required: letters.append(UInt8(ascii: ":"))
      case .optional: letters += "::"
      }
    }
    return letters
  }

  /// The names as getopt_long reads them, ending with zeros; to be deallocated by the caller.
  static func names() -> UnsafeMutablePointer<option> {
    let table = UnsafeMutablePointer<option>.allocate(capacity: entries.count + 1)
    var next = unsafe table
    for (index, entry) in entries.enumerated() where entry.name.first != 0 {
      let argument = entry.argument == .none ? no_argument : required_argument
      unsafe next.initialize(
        to: option(
          name: entry.name.cString, has_arg: argument, flag: nil, val: code(at: index)))
      unsafe next += 1
    }
    unsafe next.initialize(to: option())
    return unsafe table
  }
}
