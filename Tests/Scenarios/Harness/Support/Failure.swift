/// What ends a test that cannot go on, with its reason as the text.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
