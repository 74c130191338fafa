import CPosix
import Testing

@testable import syslogd

@Suite("Command lines that are refused, each with one line")
struct RefusalTests {
  static let help = "(see --help)"
  static let nothing = "it means nothing over UDP; add -d to"

  /// A command line, split at spaces, and the whole of what is said.
  static let refusals: [(line: String, words: String)] = [
    ("-l 9", "-l: number 9 is not in 1..8 range"),
    ("-l 0", "-l: number 0 is not in 1..8 range"),
    ("-l -1", "-l: number -1 is not in 1..8 range"),
    ("-l seven", "-l: number seven is not in 1..8 range"),
    ("-l 7x", "-l: number 7x is not in 1..8 range"),
    ("-l 99999999999999999999", "-l: number 99999999999999999999 is not in 1..8 range"),
    ("-s -1", "-s: number -1 is not in 0..2097151 range"),
    ("-s 2097152", "-s: number 2097152 is not in 0..2097151 range"),
    ("-b 100", "-b: number 100 is not in 0..99 range"),
    ("-C3", "-C: number 3 is not in 4..2097151 range"),
    ("-C64K", "-C: number 64K is not in 4..2097151 range"),
    (
      "-f /nowhere/syslog.conf", "-f: cannot read '/nowhere/syslog.conf': No such file or directory"
    ),
    ("-f /", "-f: cannot read '/': Is a directory"),
    ("-x", "-x: there is no such option, or it takes no value \(help)"),
    ("-nx", "-x: there is no such option, or it takes no value \(help)"),
    ("--bogus", "--bogus: there is no such option, or it takes no value \(help)"),
    ("--f lf", "--f: there is no such option, or it takes no value \(help)"),
    ("--tls=1", "-d: there is no such option, or it takes no value \(help)"),
    ("-O", "-O: its value is missing \(help)"),
    ("-nl", "-l: its value is missing \(help)"),
    ("--pin", "-c: its value is missing \(help)"),
    ("--framing", "--framing: its value is missing \(help)"),
    ("extra", "unexpected argument 'extra': it belongs to no option \(help)"),
    ("-n extra -S", "unexpected argument 'extra': it belongs to no option \(help)"),
    ("-m 20 10", "unexpected argument '10': it belongs to no option \(help)"),
    ("-C 16", "unexpected argument '16': it belongs to no option \(help)"),
    ("-- -n", "unexpected argument '-n': it belongs to no option \(help)"),
    ("-", "unexpected argument '-': it belongs to no option \(help)"),
    ("-R h -c /pin", "-c: a pin needs TLS; add -d to -R h:514"),
    ("-c /pin -R h -d -R g", "-c: a pin needs TLS; add -d to -R g:514"),
    ("-R h --ca /ca", "--ca: a trust anchor needs TLS; add -d to -R h:514"),
    ("--crl /crl -R h", "--crl: a revocation list needs TLS; add -d to -R h:514"),
    ("-R h --cert /c --key /k", "--cert: \(nothing) -R h:514, or leave it out"),
    ("-R h --server-name n", "--server-name: \(nothing) -R h:514, or leave it out"),
    ("-R h -d --crl /crl", "--crl: it needs the trust anchors (--ca)"),
    ("-R h -d --server-name n", "--server-name: nothing is verified without (--ca)"),
    ("-R h -d --cert /c", "--cert: it needs the key (--key)"),
    ("-R h -d --key /k", "--key: it needs the certificate (--cert)"),
    (
      "-R h -d --ca /ca --server-name a..b",
      "--server-name: 'a..b' is neither a host name nor an address"
    ),
    ("--state", "--state: its value is missing \(help)"),
    ("-R h -d --tcp", "--tcp: -d is there, too; leave one of them out"),
    ("--tcp --tls -R h", "--tcp: -d is there, too; leave one of them out"),
    ("-R h --tcp -c /pin", "-c: a pin needs TLS; add -d to -R h:601"),
    (
      "-R h --tcp --tls-min 1.3",
      "--tls-min: it means nothing over TCP; add -d to -R h:601, or leave it out"
    ),
    ("-R h --tls-min 1.3", "--tls-min: \(nothing) -R h:514, or leave it out"),
    (
      "-R h:99 --tls-ciphers TLS_AES_128_GCM_SHA256",
      "--tls-ciphers: \(nothing) -R h:99, or leave it out"
    ),
    ("-R g -d -R h --tls-groups x25519", "--tls-groups: \(nothing) -R h:514, or leave it out"),
    ("-R h --framing lf -R g -d", "--framing: \(nothing) -R h:514, or leave it out"),
    ("-R h --queue 1M --retry 5", "--queue: \(nothing) -R h:514, or leave it out"),
    ("-R h --retry 5", "--retry: \(nothing) -R h:514, or leave it out"),
    ("-R h --connect-timeout 5", "--connect-timeout: \(nothing) -R h:514, or leave it out"),
    ("-R h --handshake-timeout 5", "--handshake-timeout: \(nothing) -R h:514, or leave it out"),
    ("-R h -d --tls-min 1.1", "--tls-min: '1.1' is none of 1.2 1.3"),
    ("-R h -d --tls-min 1.20", "--tls-min: '1.20' is none of 1.2 1.3"),
    ("-R h -d --tls-min TLSv1.2", "--tls-min: 'TLSv1.2' is none of 1.2 1.3"),
    ("--tls-min", "--tls-min: its value is missing \(help)"),
    ("-R h -I eth0", "-I: 'eth0' is not an IPv4 or IPv6 address"),
    ("-R h -I 192.0.2.1:5", "-I: '192.0.2.1:5' is not an IPv4 or IPv6 address"),
    ("-R h --framing crlf", "--framing: 'crlf' is none of octet lf"),
    ("-R h --framing octets", "--framing: 'octets' is none of octet lf"),
    ("-R h --format 1", "--format: '1' is none of raw 3164 5424"),
  ]

  @Test("option, value and what was expected", arguments: refusals)
  func refuses(_ line: String, _ words: String) {
    #expect(refusal(line.words) == words)
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
    #expect(
      refusal(["-R", value]) == "-R: '\(value)' is not HOST[:PORT] with a port in 1..65535")
  }

  static let controls: [(value: String, shown: String)] = [
    ("h\n", "h\\x0A"), ("h\u{1B}[2J", "h\\x1B[2J"), ("\t", "\\x09"), ("h\u{7F}", "h\\x7F"),
    ("h\r\nsyslogd: all is well", "h\\x0D\\x0Asyslogd: all is well"), ("\u{1F}", "\\x1F"),
    ("ä ö", "ä ö"), ("a\\ b", "a\\ b"),
  ]

  @Test("a refusal stays one line whatever is in the argument", arguments: controls)
  func controlCharacters(_ value: String, _ shown: String) {
    #expect(
      refusal(["-R", value]) == "-R: '\(shown)' is not HOST[:PORT] with a port in 1..65535")
    #expect(
      refusal(["-n", value])
        == "unexpected argument '\(shown)': it belongs to no option \(RefusalTests.help)")
  }

  @Test("an option that does not exist is shown in one line, too")
  func controlCharactersInNames() {
    #expect(
      refusal(["--a\nb"]) == "--a\\x0Ab: there is no such option, or it takes no value "
        + RefusalTests.help)
    #expect(
      refusal(["-\n"]) == "-\\x0A: there is no such option, or it takes no value "
        + RefusalTests.help)
  }

  static let suites: [(list: String, words: String)] = [
    ("TLS_AES", "'TLS_AES' is none of the cipher suites that --help lists"),
    (
      "TLS_AES_128_GCM_SHA256,ECDHE-RSA-AES128-GCM-SHA256,x",
      "'ECDHE-RSA-AES128-GCM-SHA256' is none of the cipher suites that --help lists"
    ),
    (
      "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384",
      "' TLS_AES_256_GCM_SHA384' is none of the cipher suites that --help lists"
    ),
    ("x25519", "'x25519' is none of the cipher suites that --help lists"),
    (
      "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
      "'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384' is none of the cipher suites that --help "
        + "lists"
    ),
    (
      "TLS_AES_128_GCM_SHA256,tls_aes_128_gcm_sha256",
      "'tls_aes_128_gcm_sha256' is there twice; expected each name once"
    ),
    ("", "'' has an empty name; expected names with a comma between two"),
    (
      "TLS_AES_128_GCM_SHA256,",
      "'TLS_AES_128_GCM_SHA256,' has an empty name; expected names with a comma between two"
    ),
    (
      ",TLS_AES_128_GCM_SHA256",
      "',TLS_AES_128_GCM_SHA256' has an empty name; expected names with a comma between two"
    ),
  ]

  @Test("--tls-ciphers takes IANA names that it knows, each once", arguments: suites)
  func badSuites(_ list: String, _ words: String) {
    #expect(refusal(["-R", "h", "-d", "--tls-ciphers", list]) == "--tls-ciphers: \(words)")
  }

  static let groups: [(list: String, words: String)] = [
    ("P-256", "'P-256' is none of secp256r1 secp384r1 secp521r1 x25519 x448"),
    (
      "x25519,brainpoolP256r1",
      "'brainpoolP256r1' is none of secp256r1 secp384r1 secp521r1 x25519 x448"
    ),
    ("x25519,X25519", "'X25519' is there twice; expected each name once"),
    (",", "',' has an empty name; expected names with a comma between two"),
    ("x25519,,x448", "'x25519,,x448' has an empty name; expected names with a comma between two"),
  ]

  @Test("--tls-groups takes IANA names that it knows, each once", arguments: groups)
  func badGroups(_ list: String, _ words: String) {
    #expect(refusal(["-R", "h", "-d", "--tls-groups", list]) == "--tls-groups: \(words)")
  }

  @Test("a file without a name is refused", arguments: ["-O", "-p", "--pid-file"])
  func noName(_ option: String) {
    #expect(refusal([option, ""]) == "\(option): '' is not the name of a file")
  }

  static let sizes = [
    "", "K", "1", "16399", "0x10000", "64KB", "64G", "64 K", "-64K", "+64K", "513M", "536870913",
    "9999999999M", "18446744073709551616", "1.5M",
  ]

  @Test("--queue refuses what is no size, or too small or large", arguments: sizes)
  func badSize(_ value: String) {
    let expected = "is not a size in bytes, with K or M behind it, in 16400..536870912"
    #expect(refusal(["-R", "h", "--queue", value]) == "--queue: '\(value)' \(expected)")
  }

  static let seconds = [
    "", "0", "0.0", "0.000", ".5", "5.", "1.5.5", "0.0001", "86400.001", "86401", "-1", "+1",
    "1s", "1,5", "99999999999", "1e3",
  ]

  @Test("timeouts refuse what is no number of seconds", arguments: seconds)
  func badSeconds(_ value: String) {
    for option in ["--connect-timeout", "--handshake-timeout"] {
      #expect(
        refusal(["-R", "h", option, value])
          == "\(option): '\(value)' is not a number of seconds in 0.001..86400")
    }
  }

  @Test(
    "--retry refuses what is not MIN[:MAX]",
    arguments: ["", ":", "1:", ":1", "2:1", "1:2:3", "0:1", "1:86401", "a:b"])
  func badRetry(_ value: String) {
    let expected = "is not MIN[:MAX] in seconds, 0.001..86400, MIN at most MAX"
    #expect(refusal(["-R", "h", "--retry", value]) == "--retry: '\(value)' \(expected)")
  }

  @Test("an empty pin is neither a file nor a pin")
  func emptyPin() {
    #expect(refusal(["-R", "h", "-d", "-c", ""]) == "-c: '' is neither a file nor a pin")
  }

  @Test(
    "a pin on the command line that is none is refused at once",
    arguments: ["sha256//", "sha256//AAAA", "sha-256:AA:BB", "sha-256:", "sha-1:AA"])
  func badPin(_ value: String) {
    #expect(
      refusal(["-R", "h", "-d", "-c", value])
        == "-c: '\(value)' is not sha256//BASE64 or sha-256:AA:BB.. of 32 bytes, "
        + "or sha-1:AA:BB.. of 20")
  }
}
