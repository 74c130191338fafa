import Bytes
import SyslogCore
import Testing

@testable import SelectedBackend
@testable import SyslogIO
@testable import syslogd

/// How the parts of a sentence are put together. All words are in Tests/Golden/sentences.txt, too.
@Suite("Sentences, as they are read")
struct SentenceTests {
  private static let value = OptionValue("--option", "VALUE")

  static let values: [(Sentence, String)] = [
    (.notInRange(OptionValue("-l", "9"), 1...8), "-l: number 9 is not in 1..8 range"),
    (.mustBe(["octet"], not: value), "--option: must be octet, not 'VALUE'"),
    (.mustBe(["1.2", "1.3"], not: value), "--option: must be 1.2 or 1.3, not 'VALUE'"),
    (
      .mustBe(["raw", "3164", "5424"], not: value),
      "--option: must be raw, 3164 or 5424, not 'VALUE'"
    ),
    (
      .emptyName(in: OptionValue("--option", "a,,b")),
      "--option: 'a,,b' has an empty name; expected a comma-separated list"
    ),
    (.givenTwice(value), "--option: 'VALUE' is given twice"),
    (
      .unknownCipherSuite(value),
      "--option: 'VALUE' is not one of the cipher suites that --help lists"
    ),
    (.notAFileName(OptionValue("-O", "")), "-O: '' is not a file name"),
    (
      .notASize(value, 16400...536_870_912),
      "--option: 'VALUE' is not a size in bytes in 16400..536870912 (K and M are multiples of 1024)"
    ),
    (.notSeconds(value), "--option: 'VALUE' is not a number of seconds in 0.001..86400"),
    (
      .notARetry(value),
      "--option: 'VALUE' is not MIN[:MAX] in seconds in 0.001..86400, with MIN not above MAX"
    ),
    (.notAnAddress(value), "--option: 'VALUE' is not an IPv4 or IPv6 address"),
    (.neitherFileNorPin(OptionValue("-c", "")), "-c: '' is neither a file nor a pin"),
    (
      .notAPin(value),
      "--option: 'VALUE' is not sha256//BASE64 or sha-256:AA:BB.. of 32 bytes, or sha-1:AA:BB.. of 20"
    ),
    (.neitherNameNorAddress(value), "--option: 'VALUE' is neither a host name nor an address"),
    (.notHostPort(value), "--option: 'VALUE' is not HOST[:PORT] with a port in 1..65535"),
  ]

  static let options: [(Sentence, String)] = [
    (.unknownOption("-x"), "-x: unknown option (see --help)"),
    (.takesNoValue("--tcp"), "--tcp: takes no value (see --help)"),
    (.valueMissing("-O"), "-O: value missing (see --help)"),
    (.unexpectedArgument("extra"), "unexpected argument 'extra' (see --help)"),
    (.cannotCombine("--tcp", with: "-d"), "--tcp cannot be combined with -d"),
    (.needs("--crl", "--ca"), "--crl needs --ca"),
    (
      .cannotCertify(host: "a..b", "--ca", without: "--server-name"),
      "--ca needs --server-name: a certificate cannot be for 'a..b'"
    ),
    (
      .needsTLS("-c", for: "h:514", in: .commandLine), "-c: needs TLS; add -d to -R h:514"
    ),
    (.needsTLS("pin", for: "h:514", in: .rule), "pin: needs TLS; write @tls://h:514"),
    (
      .noEffect("--queue", over: .udp, for: "h:514", in: .commandLine),
      "--queue: has no effect over UDP; add -d to -R h:514, or remove it"
    ),
    (
      .noEffect("tls-min", over: .tcp, for: "h:601", in: .rule),
      "tls-min: has no effect over TCP; write @tls://h:601, or remove it"
    ),
  ]

  static let files: [(Sentence, String)] = [
    (.builtWithoutTLS, "this syslogd was built without TLS"),
    (.noFIPSModule(in: "Mbed TLS"), "this build has no FIPS module (Mbed TLS)"),
    (
      .refused("h:6514", option: nil, .builtWithoutTLS),
      "-R h:6514: this syslogd was built without TLS"
    ),
    (
      .refused("h:6514", option: "-d", .builtWithoutTLS),
      "-R h:6514 -d: this syslogd was built without TLS"
    ),
    (
      .refused(option: "tls-min", .builtWithoutTLS), "tls-min: this syslogd was built without TLS"
    ),
    (
      .cannotRead("/x", "No such file or directory"),
      "-f: cannot read '/x': No such file or directory"
    ),
    (
      .at("/x", line: 2, column: 17, .needs("key", "cert")), "/x:2:17: key needs cert"
    ),
    (
      .notAnOption("pun=x"),
      "'pun=x' is not NAME=VALUE with an option of a remote (see syslogd(8))"
    ),
    (.summary(Configuration()), "configuration: rules 0, files 0, remotes 0"),
  ]

  @Test("of values, options and files", arguments: values + options + files)
  func words(_ sentence: Sentence, _ words: String) {
    #expect(sentence.text.words == words)
  }
}
