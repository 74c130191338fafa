import Bytes
import CPosix
import SyslogCore
import SyslogIO

/// The configuration file of `-f`, read at the start and at every SIGHUP.
struct ConfigurationFile {
  private static let defaultPath: Text = "/etc/syslog.conf"
  /// There are at most 256 rules; anything larger is a mistake.
  private static let sizeLimit = 64 * 1024

  private let path: Text
  /// With `-f` a file that is missing is an error, as in BusyBox.
  private let isRequired: Bool
  private let defaults: RemoteSettings
  /// What relative names of pins and certificates are relative to, once the daemon's directory is "/".
  private let folder: Text?

  /// `path`: nil without `-f`. `defaults`: what options before the first `-R` say.
  init(path: Text?, defaults: RemoteSettings, isDetached: Bool) {
    folder = isDetached ? workingDirectory() : nil
    self.path = (path ?? ConfigurationFile.defaultPath).absolute(in: folder)
    isRequired = path != nil
    self.defaults = defaults
  }

  func read() throws(Configuration.Refusal) -> Configuration {
    var configuration = Configuration()
    let content: [UInt8]
    do throws(Errno) {
      content = try readFile(path, limit: ConfigurationFile.sizeLimit)
    } catch {
      guard isRequired || error.code != ENOENT else { return configuration }
      throw Configuration.Refusal(line: "-f: cannot read '\(path)': \(error.description)")
    }
    let rules: [ParsedRule]
    do throws(ConfigurationError) {
      rules = try ConfigurationReader.rules(content.span)
    } catch {
      throw refusal(error.line, error.column, error.reason.text)
    }
    for rule in rules {
      guard rule.action.first == UInt8(ascii: "@") else {
        configuration.add(rule.selector, file: Text(rule.action))
        continue
      }
      configuration.add(rule.selector, remote: try remote(of: rule))
    }
    return configuration
  }

  /// `@udp://HOST[:PORT]`, `@tls://…`, `@tcp://…`, or `@HOST[:PORT]` as sysklogd and rsyslog have
  /// it for UDP.
  private func remote(
    of rule: ParsedRule
  ) throws(Configuration.Refusal) -> RemoteSettings {
    var options = RemoteOptions(defaults, in: .rule)
    var name = rule.action.dropFirst()
    options.use(.udp)
    for (prefix, transport) in ConfigurationFile.schemes where name.starts(with: prefix) {
      name = name.dropFirst(prefix.utf8CodeUnitCount)
      options.use(transport)
    }
    do throws(UsageError) {
      try options.name(OptionValue(option: "remote", text: Text(name)))
    } catch {
      throw refusal(rule.actionLine, rule.actionColumn, error.line)
    }
    for word in rule.options {
      do throws(UsageError) {
        try apply(word.bytes, to: &options)
      } catch {
        throw refusal(word.line, word.column, error.line)
      }
    }
    do throws(UsageError) {
      return try options.finished().withAbsoluteFiles(in: folder)
    } catch {
      throw refusal(rule.actionLine, rule.actionColumn, error.line)
    }
  }

  private static let schemes: [(StaticString, RemoteSettings.Transport)] = [
    ("udp://", .udp), ("tls://", .tls), ("tcp://", .tcp),
  ]

  /// `NAME=VALUE`, where NAME is a long option of a remote without its dashes.
  private func apply(_ word: [UInt8], to options: inout RemoteOptions) throws(UsageError) {
    let parts = word[...].parts(between: UInt8(ascii: "="), limit: 2)
    let name = Text(parts[0])
    guard parts.count == 2, let code = LongOption.ofRemote(name) else {
      throw UsageError(
        line: "'\(Text(word))' is not NAME=VALUE with an option of a remote (see syslogd(8))")
    }
    try options.apply(code, OptionValue(option: name, text: Text(parts[1])))
  }

  /// FILE:LINE:COLUMN, as compilers say it. Passes through UsageError, so that what the file has
  /// in it cannot play tricks on a terminal.
  private func refusal(_ line: Int, _ column: Int, _ words: Text) -> Configuration.Refusal {
    Configuration.Refusal(line: UsageError(line: "\(path):\(line):\(column): \(words)").line)
  }
}
