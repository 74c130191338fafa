import Bytes
import CPosix
import Features
import SyslogCore
import SyslogIO
import TLSBackend

/// The configuration file of `-f`, read at the start and at every SIGHUP.
final class ConfigurationFile {
  private static let defaultPath: Text = "/etc/syslog.conf"
  /// There are at most 256 rules; anything larger is a mistake.
  private static let sizeLimit = 64 * 1024

  let path: Text
  /// With `-f` a file that is missing is an error, as in BusyBox.
  private let isRequired: Bool
  private let defaults: RemoteSettings
  /// What relative names of pins and certificates are relative to, once the daemon's directory is "/".
  private let folder: Text?
  /// For `--check`, says of every line what is wrong, and of rules that BusyBox accepts what their
  /// author may not expect.
  private let isAsked: Bool
  private var advises: Bool { Feature.check.isBuilt && isAsked }
  private let check: Options.LibraryCheck

  /// `path`: nil without `-f`. `defaults`: what options before the first `-R` say.
  init(
    path: Text?, defaults: RemoteSettings, isDetached: Bool, advises: Bool,
    check: @escaping Options.LibraryCheck
  ) {
    self.check = check
    isAsked = advises
    folder = isDetached ? workingDirectory() : nil
    var absolute = path ?? ConfigurationFile.defaultPath
    absolute.makeAbsolute(in: folder)
    self.path = absolute
    isRequired = path != nil
    self.defaults = defaults
  }

  func read() throws(UsageError) -> Configuration {
    var configuration = Configuration()
    let content: [UInt8]
    do throws(Errno) {
      content = try readFile(path, limit: ConfigurationFile.sizeLimit)
    } catch {
      guard isRequired || error.code != ENOENT else { return configuration }
      throw UsageError(.cannotRead(path, error.description))
    }
    var reader = ConfigurationReader()
    var refused: UsageError?
    while true {
      do throws(UsageError) {
        guard let rule = try next(of: &reader, in: content) else { break }
        if rule.action.first == UInt8(ascii: "@") {
          configuration.add(rule.selector, remote: try remote(of: rule))
        } else {
          configuration.add(rule.selector, file: Text(rule.action))
          if advises { advise(on: rule) }
        }
      } catch {
        guard advises else { throw error }
        // The last is said by whoever catches it.
        if let refused { ConfigurationFile.print("syslogd: \(refused.line)", to: STDERR_FILENO) }
        refused = error
      }
    }
    if let refused { throw refused }
    return configuration
  }

  private func next(
    of reader: inout ConfigurationReader, in content: [UInt8]
  ) throws(UsageError) -> ParsedRule? {
    do throws(ConfigurationError) {
      return try reader.next(in: content.span)
    } catch {
      throw refusal(error.line, error.column, error.reason)
    }
  }

  private static func print(_ line: Text, to descriptor: Int32) {
    _ = writeFully((line + "\n").bytes.span, to: descriptor)
  }

  private static let schemes: [(Literal, RemoteSettings.Transport)] = [
    ("udp://", .udp), ("tls://", .tls), ("tcp://", .tcp),
  ]

  /// The remote of a rule, and behind it on the same line those that take over from it.
  private func remote(of rule: ParsedRule) throws(UsageError) -> RemoteSettings {
    guard Feature.failover.isBuilt else {
      return try remote(rule.actionWord, rule.options[...]).settings
    }
    var first: RemoteSettings?
    var (action, start) = (rule.actionWord, 0)
    while true {
      var end = start
      while end < rule.options.count, rule.options[end].bytes.first != UInt8(ascii: "@") {
        end += 1
      }
      let options = try remote(action, rule.options[start..<end])
      do throws(UsageError) {
        if first != nil { try options.join(first) }
      } catch {
        throw refusal(action.line, action.column, error.sentence)
      }
      let head = first ?? options.settings
      guard end < rule.options.count else { return head }
      first = head
      (action, start) = (rule.options[end], end + 1)
    }
  }

  /// `@udp://HOST[:PORT]`, `@tls://…`, `@tcp://…`, or `@HOST[:PORT]` as sysklogd and rsyslog have
  /// it for UDP.
  private func remote(
    _ action: ParsedRule.Option, _ words: ArraySlice<ParsedRule.Option>
  ) throws(UsageError) -> RemoteOptions {
    let options = RemoteOptions(defaults, in: .rule)
    var name = action.bytes.dropFirst()
    options.use(.udp)
    for (prefix, transport) in ConfigurationFile.schemes where name.starts(with: prefix) {
      name = name.dropFirst(prefix.count)
      options.use(transport)
    }
    var place = action
    let settings: RemoteSettings
    do throws(UsageError) {
      let bare = ConfigurationFile.bare(action.bytes)
      guard bare.isEmpty || bare.count + 1 == action.bytes.count else {
        throw UsageError(.rsyslogs(action.bytes, isTCP: name.first == UInt8(ascii: "@"), bare))
      }
      try options.name(OptionValue(option: "remote", text: Text(name)))
      for word in words {
        place = word
        try apply(word.bytes, to: options)
      }
      place = action
      settings = try options.finished()
      settings.keepFiles(in: folder)
    } catch {
      throw refusal(place.line, place.column, error.sentence)
    }
    do throws(TLSError) {
      try check(settings)
    } catch {
      throw refusal(error, action, words)
    }
    return options
  }

  /// Prints what the name of a file means to others. BusyBox takes any word for one.
  private func advise(on rule: ParsedRule) {
    let action = rule.action
    let path = ConfigurationFile.bare(action)
    let advice: Sentence
    if action.last == UInt8(ascii: "\r") {
      advice = .refused(.carriageReturn, "")
    } else if path.first != UInt8(ascii: "/") {
      // '-' alone is standard output.
      if path.isEmpty { return }
      advice = .relativeFile(action)
    } else if path.count < action.count {
      advice = .oneFileName(action, path)
    } else {
      return
    }
    let line = refusal(rule.actionLine, rule.actionColumn, advice).line
    ConfigurationFile.print(line, to: STDOUT_FILENO)
  }

  /// Without what others write in front of a file or a host, and the template behind a ';': '-' for
  /// a file that is not synchronised, '|' for a FIFO, a second '@' for TCP, options in parentheses.
  private static func bare(_ action: [UInt8]) -> [UInt8] {
    var bare: [UInt8] = []
    var isOption = false
    for byte in action {
      if byte == UInt8(ascii: ";") { break }
      if bare.isEmpty {
        if byte == UInt8(ascii: "(") { isOption = true }
        let isMark =
          byte == UInt8(ascii: "-") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: "@")
        if isMark { continue }
      }
      if !isOption { bare.append(byte) }
      if byte == UInt8(ascii: ")") { isOption = false }
    }
    return bare
  }

  private func apply(_ word: [UInt8], to options: RemoteOptions) throws(UsageError) {
    guard let (option, value) = option(word) else { throw UsageError(.notAnOption(Text(word))) }
    try options.apply(option, value)
  }

  /// `NAME=VALUE`, where NAME is a long option of a remote without its dashes.
  private func option(_ word: [UInt8]) -> (RemoteOption, OptionValue)? {
    let parts = word[...].parts(between: UInt8(ascii: "="), limit: 2)
    let name = Text(parts[0])
    guard parts.count == 2, let option = OptionTable.remoteOption(named: name) else { return nil }
    return (option, OptionValue(option: name, text: Text(parts[1])))
  }

  private func refusal(_ line: Int, _ column: Int, _ problem: Sentence) -> UsageError {
    UsageError(.at(path, line: line, column: column, problem))
  }

  /// Of the word that asks for what the library does not support; of the action, when that asks
  /// for it itself, or a default on the command line does.
  private func refusal(
    _ error: TLSError, _ action: ParsedRule.Option, _ words: ArraySlice<ParsedRule.Option>
  ) -> UsageError {
    var place = action
    guard let parameter = error.parameter, parameter != .tls else {
      return refusal(place.line, place.column, error.reason)
    }
    var name = parameter.option.spelling
    for word in words {
      guard let (option, value) = option(word.bytes), .remote(option) == parameter.option else {
        continue
      }
      place = word
      name = value.option
    }
    return refusal(place.line, place.column, .refused(option: name, error.reason))
  }
}
