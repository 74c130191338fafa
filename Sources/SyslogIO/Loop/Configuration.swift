public import Bytes
public import SyslogCore

/// The rules of a configuration file: which messages go to which files and remotes.
///
/// As in BusyBox, every rule is tried, and a message that any of them matches does not go to the
/// default destination.
public struct Configuration {
  /// Why a configuration cannot be used, in one line that names file, line and column.
  public struct Refusal: Error {
    public let line: Text

    public init(line: Text) {
      self.line = line
    }
  }

  public enum Destination: Equatable, Sendable {
    /// An index into `files`.
    case file(Int)
    /// An index into `remotes`.
    case remote(Int)
  }

  public struct Rule {
    public let selector: Selector
    public let destination: Destination
  }

  /// What is forwarded to one remote.
  public struct Remote {
    public fileprivate(set) var selector: Selector
    public let settings: RemoteSettings
  }

  /// In the order of the file.
  public private(set) var rules: [Rule] = []
  /// Each file once.
  public private(set) var files: [Text] = []
  /// Each remote once: rules that name the same one share its connection and its queue.
  public private(set) var remotes: [Remote] = []

  public init() {}

  public mutating func add(_ selector: Selector, file: Text) {
    var index = 0
    while index < files.count, files[index] != file { index += 1 }
    if index == files.count { files.append(file) }
    rules.append(Rule(selector: selector, destination: .file(index)))
  }

  public mutating func add(_ selector: Selector, remote: RemoteSettings) {
    var index = 0
    while index < remotes.count, !remotes[index].settings.equals(remote) { index += 1 }
    if index == remotes.count {
      remotes.append(Remote(selector: selector, settings: remote))
    } else {
      remotes[index].selector.formUnion(selector)
    }
    rules.append(Rule(selector: selector, destination: .remote(index)))
  }
}
