import Bytes
import Features
import SyslogCore
import SyslogIO
import TLSBackend

// Every sentence of this program that a person reads, except those of `--help`: the help of an
// option is in the `OptionTable`. Each refusal names the option, the value and what was expected.

// MARK: Values

extension Sentence {
  /// In BusyBox's words.
  static func notInRange(_ value: OptionValue, _ range: ClosedRange<Int>) -> Sentence {
    Sentence(
      "$: number $ is not in $..$ range", value.option, value.text, Text(range.lowerBound),
      Text(range.upperBound))
  }

  static func mustBe(_ choices: [Text], not value: OptionValue) -> Sentence {
    Sentence("$: must be $, not '$'", value.option, Text(choices: choices), value.text)
  }

  static func emptyName(in value: OptionValue) -> Sentence {
    Sentence("$: '$' has an empty name; expected a comma-separated list", value.option, value.text)
  }

  static func givenTwice(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is given twice", value.option, value.text)
  }

  static func unknownCipherSuite(_ value: OptionValue) -> Sentence {
    Sentence(
      "$: '$' is not one of the cipher suites that --help lists", value.option, value.text)
  }

  static func notAFileName(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is not a file name", value.option, value.text)
  }

  static func notASize(_ value: OptionValue, _ range: ClosedRange<Int>) -> Sentence {
    Sentence(
      "$: '$' is not a size in bytes in $..$ (K and M are multiples of 1024)", value.option,
      value.text, Text(range.lowerBound), Text(range.upperBound))
  }

  static func notASpool(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is not FILE:SIZE[:PER_DAY]", value.option, value.text)
  }

  static func sharedSpool(_ option: Text, _ path: Text) -> Sentence {
    Sentence("$: two remotes cannot share '$'", option, path)
  }

  static func notSeconds(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is not a number of seconds in 0.001..86400", value.option, value.text)
  }

  static func notARetry(_ value: OptionValue) -> Sentence {
    Sentence(
      "$: '$' is not MIN[:MAX] in seconds in 0.001..86400, with MIN not above MAX", value.option,
      value.text)
  }

  static func notAnAddress(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is not an IPv4 or IPv6 address", value.option, value.text)
  }

  static func notADevice(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' cannot be the name of a network device", value.option, value.text)
  }

  static func neitherFileNorPin(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is neither a file nor a pin", value.option, value.text)
  }

  static func notAPin(_ value: OptionValue) -> Sentence {
    Sentence(
      "$: '$' is not sha256//BASE64 or sha-256:AA:BB.. of 32 bytes, or sha-1:AA:BB.. of 20",
      value.option, value.text)
  }

  static func neitherNameNorAddress(_ value: OptionValue) -> Sentence {
    Sentence("$: '$' is neither a host name nor an address", value.option, value.text)
  }

  static func notHostPort(_ value: OptionValue) -> Sentence {
    Sentence(
      "$: '$' is not HOST[:PORT] with a port in 1..65535", value.option, value.text)
  }
}

// MARK: Options

extension Sentence {
  static func unknownOption(_ name: Text) -> Sentence {
    Sentence("$: unknown option (see --help)", name)
  }

  static func takesNoValue(_ name: Text) -> Sentence {
    Sentence("$: takes no value (see --help)", name)
  }

  static func valueMissing(_ name: Text) -> Sentence {
    Sentence("$: value missing (see --help)", name)
  }

  static func unexpectedArgument(_ argument: Text) -> Sentence {
    Sentence("unexpected argument '$' (see --help)", argument)
  }

  static func cannotCombine(_ option: Text, with other: Text) -> Sentence {
    Sentence("$ cannot be combined with $", option, other)
  }

  static func needs(_ option: Text, _ other: Text) -> Sentence {
    Sentence("$ needs $", option, other)
  }

  /// A certificate cannot be for the host as it is written.
  static func cannotCertify(host: Text, _ option: Text, without other: Text) -> Sentence {
    Sentence("$ needs $: a certificate cannot be for '$'", option, other, host)
  }

  static func needsTLS(_ option: Text, for remote: Text, in place: RemoteOptions.Place) -> Sentence
  {
    Sentence("$: needs TLS; $$", option, useTLS(in: place), remote)
  }

  static func needsRFC5424(_ option: Text, _ format: Text, for remote: Text) -> Sentence {
    Sentence("$: needs RFC 5424; remove $ for $", option, format, remote)
  }

  static func noEffect(
    _ option: Text, over transport: RemoteSettings.Transport, for remote: Text,
    in place: RemoteOptions.Place
  ) -> Sentence {
    Sentence(
      "$: has no effect over $; $$, or remove it", option, transport == .udp ? "UDP" : "TCP",
      useTLS(in: place), remote)
  }

  static func noRemoteBefore(_ option: Text) -> Sentence {
    Sentence("$: needs an -R before the one that it belongs to", option)
  }

  static func otherTransport(_ remote: Text, than other: Text) -> Sentence {
    Sentence(
      "$ is to take over from $; both must be reached over TLS, or both over TCP", remote, other)
  }

  static func tooManyTakeOver(_ first: Text, limit: Int) -> Sentence {
    Sentence("more than $ remotes are to take over from $", Text(limit - 1), first)
  }

  static func shared(_ option: Text, by remote: Text, with other: Text) -> Sentence {
    Sentence("$: $ takes over from $ and has what that one has", option, remote, other)
  }

  private static func useTLS(in place: RemoteOptions.Place) -> Text {
    switch place {
    case .commandLine: "add -d to -R "
    case .rule: "write @tls://"
    }
  }
}

// MARK: The start

extension Sentence {
  static func cannotStart(_ failure: StartFailure) -> Sentence {
    guard let parameter = failure.parameter else { return failure.reason }
    return refused(option: parameter.option.spelling, failure.reason)
  }
}

// MARK: What the library does not support

extension Sentence {
  /// `make` can add it again.
  static func builtWithout(_ feature: Feature) -> Sentence {
    Sentence("this syslogd was built without the feature $", Text(feature.name))
  }

  static func noFIPSModule(in library: Text) -> Sentence {
    Sentence("this build has no FIPS module ($)", library)
  }

  static func refused(_ remote: Text, option: Text?, _ reason: Sentence) -> Sentence {
    guard let option else { return Sentence("-R $: $", remote, reason.text) }
    return Sentence("-R $ $: $", remote, option, reason.text)
  }

  static func refused(option: Text, _ reason: Sentence) -> Sentence {
    Sentence("$: $", option, reason.text)
  }
}

// MARK: The configuration file

extension Sentence {
  static func cannotRead(_ path: Text, _ reason: Text) -> Sentence {
    Sentence("-f: cannot read '$': $", path, reason)
  }

  /// As compilers say it.
  static func at(_ path: Text, line: Int, column: Int, _ problem: Sentence) -> Sentence {
    Sentence("$:$:$: $", path, Text(line), Text(column), problem.text)
  }

  static func notAnOption(_ word: Text) -> Sentence {
    Sentence("'$' is not NAME=VALUE with an option of a remote (see syslogd(8))", word)
  }

  /// `bare` is the host, perhaps with a port.
  static func rsyslogs(_ action: [UInt8], isTCP: Bool, _ bare: [UInt8]) -> Sentence {
    Sentence(
      "'$' is rsyslog's; write @$$ (port 514 if it has none)", Text(action),
      isTCP ? "tcp://" : "", Text(bare))
  }

  /// What another syslogd reads as a path with something around it.
  static func oneFileName(_ action: [UInt8], _ path: [UInt8]) -> Sentence {
    Sentence(
      "'$' is one file name, and the console's if it cannot be opened; write $", Text(action),
      Text(path))
  }

  static func relativeFile(_ action: [UInt8]) -> Sentence {
    Sentence(
      "'$' is a file in the working directory, not users or an action; write an absolute path",
      Text(action))
  }

  /// The first line of `--check`.
  static func summary(_ configuration: Configuration) -> Sentence {
    Sentence(
      "configuration: rules $, files $, remotes $", Text(configuration.rules.count),
      Text(configuration.files.count), Text(configuration.remotes.count))
  }
}

extension Text {
  /// `a or b`, `a, b or c`.
  fileprivate init(choices: [Text]) {
    self.init([])
    for (index, choice) in choices.enumerated() {
      if index > 0 { self += index == choices.count - 1 ? " or " : ", " }
      self += choice
    }
  }
}
