import Bytes
import Testing

@testable import syslogd

@Suite("Command lines that are refused, each with one sentence")
struct RefusalTests {
  /// A command line, split at spaces, and what is said.
  typealias Refusal = (line: String, sentence: Sentence)

  static let values: [Refusal] = [
    ("-l 9", .notInRange(OptionValue("-l", "9"), 1...8)),
    ("-l 0", .notInRange(OptionValue("-l", "0"), 1...8)),
    ("-l -1", .notInRange(OptionValue("-l", "-1"), 1...8)),
    ("-l seven", .notInRange(OptionValue("-l", "seven"), 1...8)),
    ("-l 7x", .notInRange(OptionValue("-l", "7x"), 1...8)),
    ("-l 99999999999999999999", .notInRange(OptionValue("-l", "99999999999999999999"), 1...8)),
    ("-s -1", .notInRange(OptionValue("-s", "-1"), 0...2_097_151)),
    ("-s 2097152", .notInRange(OptionValue("-s", "2097152"), 0...2_097_151)),
    ("-b 100", .notInRange(OptionValue("-b", "100"), 0...99)),
    ("-C3", .notInRange(OptionValue("-C", "3"), 4...2_097_151)),
    ("-C64K", .notInRange(OptionValue("-C", "64K"), 4...2_097_151)),
    ("-f /nowhere/syslog.conf", .cannotRead("/nowhere/syslog.conf", "No such file or directory")),
    ("-f /", .cannotRead("/", "Is a directory")),
    (
      "-R h -d --ca /ca --server-name a..b",
      .neitherNameNorAddress(OptionValue("--server-name", "a..b"))
    ),
    ("-R h -d --tls-min 1.1", .mustBe(versions, not: OptionValue("--tls-min", "1.1"))),
    ("-R h -d --tls-min 1.20", .mustBe(versions, not: OptionValue("--tls-min", "1.20"))),
    ("-R h -d --tls-min TLSv1.2", .mustBe(versions, not: OptionValue("--tls-min", "TLSv1.2"))),
    ("-R h -I eth0", .notAnAddress(OptionValue("-I", "eth0"))),
    ("-R h -I 192.0.2.1:5", .notAnAddress(OptionValue("-I", "192.0.2.1:5"))),
    ("-R h --interface a/b", .notADevice(OptionValue("--interface", "a/b"))),
    (
      "-R h --interface sixteen-letters0",
      .notADevice(OptionValue("--interface", "sixteen-letters0"))
    ),
    ("-R h --framing crlf", .mustBe(["octet", "lf"], not: OptionValue("--framing", "crlf"))),
    ("-R h --framing octets", .mustBe(["octet", "lf"], not: OptionValue("--framing", "octets"))),
    ("-R h -d --spool /s", .notASpool(OptionValue("--spool", "/s"))),
    ("-R h -d --spool :1M", .notASpool(OptionValue("--spool", ":1M"))),
    ("-R h -d --spool /s:1M:1M:1M", .notASpool(OptionValue("--spool", "/s:1M:1M:1M"))),
    (
      "-R h -d --spool /s:63K", .notASize(OptionValue("--spool", "63K"), 65_536...536_870_912)
    ),
    (
      "-R h -d --spool /s:1M:x", .notASize(OptionValue("--spool", "x"), 65_536...536_870_912)
    ),
    ("--spool /s:1M -R a -d -R b -d", .sharedSpool("--spool", "/s")),
    ("-R a -d --spool /s:1M -R a -d --spool /s:1M", .sharedSpool("--spool", "/s")),
    ("-R h --format 1", .mustBe(["raw", "3164", "5424"], not: OptionValue("--format", "1"))),
  ]

  private static let versions: [Text] = ["1.2", "1.3"]

  @Test("a value names its option and what was expected", arguments: values)
  func badValue(_ line: String, _ sentence: Sentence) {
    #expect(refusal(line.words) == sentence)
  }

  static let options: [Refusal] = [
    ("-x", .unknownOption("-x")),
    ("-nx", .unknownOption("-x")),
    ("--bogus", .unknownOption("--bogus")),
    ("--f lf", .unknownOption("--f")),
    ("--tls=1", .takesNoValue("-d")),
    ("--tcp=1", .takesNoValue("--tcp")),
    ("-O", .valueMissing("-O")),
    ("-nl", .valueMissing("-l")),
    ("--pin", .valueMissing("-c")),
    ("--framing", .valueMissing("--framing")),
    ("--state", .valueMissing("--state")),
    ("--stats", .valueMissing("--stats")),
    ("--tls-min", .valueMissing("--tls-min")),
    ("extra", .unexpectedArgument("extra")),
    ("-n extra -S", .unexpectedArgument("extra")),
    ("-m 20 10", .unexpectedArgument("10")),
    ("-C 16", .unexpectedArgument("16")),
    ("-- -n", .unexpectedArgument("-n")),
    ("-", .unexpectedArgument("-")),
  ]

  @Test("what is no option, or lacks its value, is named", arguments: options)
  func badOption(_ line: String, _ sentence: Sentence) {
    #expect(refusal(line.words) == sentence)
  }

  static let combinations: [Refusal] = [
    ("-R h -c /pin", .needsTLS("-c", for: "h:514", in: .commandLine)),
    ("-c /pin -R h -d -R g", .needsTLS("-c", for: "g:514", in: .commandLine)),
    ("-R h --ca /ca", .needsTLS("--ca", for: "h:514", in: .commandLine)),
    ("--crl /crl -R h", .needsTLS("--crl", for: "h:514", in: .commandLine)),
    ("-R h --tcp -c /pin", .needsTLS("-c", for: "h:601", in: .commandLine)),
    ("-R h --cert /c --key /k", overUDP("--cert")),
    ("-R h --server-name n", overUDP("--server-name")),
    ("-R h -d --crl /crl", .needs("--crl", "--ca")),
    ("-R h -d --server-name n", .needs("--server-name", "--ca")),
    ("-R h -d --cert /c", .needs("--cert", "--key")),
    ("-R h -d --key /k", .needs("--key", "--cert")),
    ("-R a..b -d --ca /ca", .cannotCertify(host: "a..b", "--ca", without: "--server-name")),
    ("-R h -d --tcp", .cannotCombine("--tcp", with: "-d")),
    ("--tcp --tls -R h", .cannotCombine("--tcp", with: "-d")),
    (
      "-R h --tcp --tls-min 1.3",
      .noEffect("--tls-min", over: .tcp, for: "h:601", in: .commandLine)
    ),
    ("-R h --tls-min 1.3", overUDP("--tls-min")),
    ("-R h:99 --tls-ciphers TLS_AES_128_GCM_SHA256", overUDP("--tls-ciphers", "h:99")),
    ("-R g -d -R h --tls-groups x25519", overUDP("--tls-groups")),
    ("-R h --framing lf -R g -d", overUDP("--framing")),
    ("-R h --queue 1M --retry 5", overUDP("--queue")),
    ("-R h --spool /s:1M", overUDP("--spool")),
    ("-R h --retry 5", overUDP("--retry")),
    ("-R h --replay 1M", overUDP("--replay")),
    ("-R h --replay 1M --format 5424", overUDP("--replay")),
    (
      "-R h --tcp --format 3164 --replay 1M",
      .needsRFC5424("--replay", "--format", for: "h:601")
    ),
    ("-R h -d --replay 1 --format raw", .needsRFC5424("--replay", "--format", for: "h:6514")),
    ("--format raw -R h -d --replay 1", .needsRFC5424("--replay", "--format", for: "h:6514")),
    ("-R h --connect-timeout 5", overUDP("--connect-timeout")),
    ("-R h --handshake-timeout 5", overUDP("--handshake-timeout")),
    ("-R h --user-timeout 5", overUDP("--user-timeout")),
    ("-R h --keepalive 5", overUDP("--keepalive")),
    ("-R g -d -R h --failover", overUDP("--failover")),
    ("-R h -d --failover", .noRemoteBefore("--failover")),
    ("--failover -R h -d -R g -d", .noRemoteBefore("--failover")),
    ("--failover", .noRemoteBefore("--failover")),
    (
      "-R h -d --spool /s:1M -R g -d --failover",
      .cannotCombine("--spool", with: "--failover")
    ),
    (
      "-R h -d -R g -d --failover --spool /s:1M",
      .cannotCombine("--spool", with: "--failover")
    ),
    ("-R h -R g -d --failover", .otherTransport("g:6514", than: "h:514")),
    ("-R h -d -R g --tcp --failover", .otherTransport("g:601", than: "h:6514")),
    ("-R h -d -R g -d --failover --queue 1M", .shared("--queue", by: "g:6514", with: "h:6514")),
    ("-R h -d -R g -d --failover --replay 1M", .shared("--replay", by: "g:6514", with: "h:6514")),
    ("-R h -d -R g -d --format raw --failover", .shared("--format", by: "g:6514", with: "h:6514")),
    (
      "-d -R a" + String(repeating: " -R b --failover", count: 8),
      .tooManyTakeOver("a:6514", limit: 8)
    ),
  ]

  private static func overUDP(_ option: Text, _ remote: Text = "h:514") -> Sentence {
    .noEffect(option, over: .udp, for: remote, in: .commandLine)
  }

  @Test("what does not go together is named, and what to do", arguments: combinations)
  func badCombination(_ line: String, _ sentence: Sentence) {
    #expect(refusal(line.words) == sentence)
  }

  static let hosts = [
    "", ":514", "h:", "h:0", "h:65536", "h:+1", "h:-1", "h: 1", "h:1x", "h x", "[::1]514",
    "[::1]:", "[::1]:0", "[]", "[]:514", "h:99999999999999999999", "h:1:2", "h:514:", "::g", ":::",
    "192.0.2.1:1:2", "[h:1]", "[1:2]:514", "fe80::1%", "%eth0:1:2", "[%eth0::1]", ".", ".:514",
    "h..", "..",
    String(repeating: "h", count: 256),
  ]

  @Test("-R refuses what is no host, or no port", arguments: hosts)
  func badHost(_ value: String) {
    #expect(refusal(["-R", value]) == .notHostPort(OptionValue("-R", value)))
  }

  static let controls: [(value: String, shown: String)] = [
    ("h\n", "h\\x0A"), ("h\u{1B}[2J", "h\\x1B[2J"), ("\t", "\\x09"), ("h\u{7F}", "h\\x7F"),
    ("h\r\nsyslogd: all is well", "h\\x0D\\x0Asyslogd: all is well"), ("\u{1F}", "\\x1F"),
    ("ä ö", "ä ö"), ("a\\ b", "a\\ b"),
  ]

  @Test("a refusal stays one line whatever is in the argument", arguments: controls)
  func controlCharacters(_ value: String, _ shown: String) {
    let host = Sentence.notHostPort(OptionValue("-R", shown))
    #expect(refusal(["-R", value]).map { UsageError($0).line } == host.text)
    let extra = Sentence.unexpectedArgument(Text(Array(shown.utf8)))
    #expect(refusal(["-n", value]).map { UsageError($0).line } == extra.text)
  }

  @Test("an option that does not exist is shown in one line, too")
  func controlCharactersInNames() {
    for (option, shown) in [("--a\nb", "--a\\x0Ab"), ("-\n", "-\\x0A")] {
      let unknown = Sentence.unknownOption(Text(Array(shown.utf8)))
      #expect(refusal([option]).map { UsageError($0).line } == unknown.text)
    }
  }

  @Test("a file without a name is refused", arguments: ["-O", "-p", "--pid-file"])
  func noName(_ option: String) {
    let value = OptionValue(Text(Array(option.utf8)), "")
    #expect(refusal([option, ""]) == .notAFileName(value))
  }

  static let sizes = [
    "", "K", "1", "16399", "0x10000", "64KB", "64G", "64 K", "-64K", "+64K", "513M", "536870913",
    "9999999999M", "18446744073709551616", "1.5M",
  ]

  @Test("--queue refuses what is no size, or too small or large", arguments: sizes)
  func badSize(_ value: String) {
    #expect(
      refusal(["-R", "h", "--queue", value])
        == .notASize(OptionValue("--queue", value), 16400...536_870_912))
    guard value != "1", value != "16399" else { return }
    #expect(
      refusal(["-R", "h", "--replay", value])
        == .notASize(OptionValue("--replay", value), 0...536_870_912))
  }

  static let seconds = [
    "", "0", "0.0", "0.000", ".5", "5.", "1.5.5", "0.0001", "86400.001", "86401", "-1", "+1",
    "1s", "1,5", "99999999999", "1e3",
  ]

  @Test("timeouts refuse what is no number of seconds", arguments: seconds)
  func badSeconds(_ value: String) {
    for option in [
      "--connect-timeout", "--handshake-timeout", "--user-timeout", "--keepalive",
    ] {
      let name = Text(Array(option.utf8))
      #expect(refusal(["-R", "h", option, value]) == .notSeconds(OptionValue(name, value)))
    }
  }

  @Test(
    "--retry refuses what is not MIN[:MAX]",
    arguments: ["", ":", "1:", ":1", "2:1", "1:2:3", "0:1", "1:86401", "a:b"])
  func badRetry(_ value: String) {
    #expect(refusal(["-R", "h", "--retry", value]) == .notARetry(OptionValue("--retry", value)))
  }

  @Test("an empty pin is neither a file nor a pin")
  func emptyPin() {
    #expect(refusal(["-R", "h", "-d", "-c", ""]) == .neitherFileNorPin(OptionValue("-c", "")))
  }

  @Test(
    "a pin on the command line that is none is refused at once",
    arguments: ["sha256//", "sha256//AAAA", "sha-256:AA:BB", "sha-256:", "sha-1:AA"])
  func badPin(_ value: String) {
    #expect(refusal(["-R", "h", "-d", "-c", value]) == .notAPin(OptionValue("-c", value)))
  }
}
