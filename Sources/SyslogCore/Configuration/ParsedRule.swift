/// One line of the configuration, as it is written: what `action` and `options` mean is not
/// looked into.
public struct ParsedRule: Equatable, Sendable {
  /// A word behind the action, and where it begins.
  public struct Option: Equatable, Sendable {
    public let bytes: [UInt8]
    public let line: Int
    /// In bytes, from 1.
    public let column: Int
  }

  public let selector: Selector
  /// The path of a file, as in BusyBox, or `@REMOTE`. Never empty, without blanks.
  public let action: [UInt8]
  public let actionLine: Int
  /// In bytes, from 1.
  public let actionColumn: Int
  /// Of `@REMOTE` only. One that begins with `@` is another remote, which takes over from it.
  public let options: [Option]

  /// The action, and where it begins.
  public var actionWord: Option {
    Option(bytes: action, line: actionLine, column: actionColumn)
  }
}
