/// One sentence that a person reads: a refusal, a reason, a line of the log.
///
/// Each module has one file, `Sentences.swift`, with a static function for each thing that it can
/// say, whose arguments are typed. No other file makes a `Sentence` (`Scripts/floors`), so that
/// wording changes in one place and tests name the case.
public struct Sentence: Equatable, Sendable {
  public let text: Text

  // Not inlined: there are hundreds of sentences, none of them on the path of a message, and each
  // is then one call with the addresses of its template and its arguments.

  @inline(never)
  public init(_ template: Literal) {
    text = Text(template)
  }

  /// Each `$` of the template stands for the next argument.
  @inline(never)
  public init(_ template: Literal, _ first: Text) {
    text = Text(template, filledWith: [first])
  }

  @inline(never)
  public init(_ template: Literal, _ first: Text, _ second: Text) {
    text = Text(template, filledWith: [first, second])
  }

  @inline(never)
  public init(_ template: Literal, _ first: Text, _ second: Text, _ third: Text) {
    text = Text(template, filledWith: [first, second, third])
  }

  @inline(never)
  public init(
    _ template: Literal, _ first: Text, _ second: Text, _ third: Text, _ fourth: Text
  ) {
    text = Text(template, filledWith: [first, second, third, fourth])
  }

  /// A sentence with more parts, or with parts that may be missing.
  @inline(never)
  public init(_ template: Literal, filledWith arguments: [Text]) {
    text = Text(template, filledWith: arguments)
  }

  /// The sentence with `end` directly behind it.
  public func followed(by end: Sentence) -> Sentence {
    Sentence(joined: text + end.text)
  }

  /// What was put together from parts of other sentences.
  public init(joined text: Text) {
    self.text = text
  }
}

extension Text {
  @inline(never)
  fileprivate init(_ template: Literal, filledWith arguments: [Text]) {
    var bytes: [UInt8] = []
    var next = 0
    var index = 0
    while template[index] != 0 {
      let byte = template[index]
      index += 1
      guard byte == UInt8(ascii: "$"), next < arguments.count else {
        bytes.append(byte)
        continue
      }
      bytes += arguments[next].bytes
      next += 1
    }
    precondition(next == arguments.count, "a template has a $ for each argument")
    self.init(bytes)
  }
}
