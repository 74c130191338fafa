import Bytes
import SyslogIO
import Testing

@testable import SelectedBackend
@testable import TLSBackend
@testable import syslogd

@Suite("Rules that ask for what the library does not support")
struct RuleTests {
  /// Rules, and what is said of them.
  typealias Refusal = (rules: String, line: Int, column: Int, problem: Sentence)

  static let refusals: [Refusal] = [
    (
      "kern.* @tls://h \\\n  tls-ciphers=TLS_AES_128_GCM_SHA256\n", 2, 3,
      .refused(option: "tls-ciphers", unsupported("TLS_AES_128_GCM_SHA256"))
    ),
    (
      "kern.* @tls://h tls-ciphers=NULL\n", 1, 17,
      .unknownCipherSuite(OptionValue("tls-ciphers", "NULL"))
    ),
    (
      "*.* /file\nkern.* @tls://h queue=1M tls-min=1.3\n", 2, 26,
      .refused(option: "tls-min", unsupported("TLS 1.3"))
    ),
    // The last one counts.
    (
      "kern.* @tls://h tls-groups=secp256r1 tls-groups=x448\n", 1, 38,
      .refused(option: "tls-groups", unsupported("x448"))
    ),
  ]

  private static func unsupported(_ what: Literal) -> Sentence {
    .notSupported(what, by: "Old TLS 2.28.3")
  }

  /// Holds a remote against what a library supports.
  private static func oldTLS(_ remote: RemoteSettings) throws(TLSError) {
    try Program<OldTLS>.checkSupport(remote)
  }

  private static func noTLS(_ remote: RemoteSettings) throws(TLSError) {
    try Program<NoTLS>.checkSupport(remote)
  }

  private func at(_ file: String, _ line: Int, _ column: Int, _ problem: Sentence) -> Sentence {
    .at(Text(Array(file.utf8)), line: line, column: column, problem)
  }

  @Test(
    "a word is refused with file, line and column, and no -R is spoken of", arguments: refusals)
  func word(_ rules: String, _ line: Int, _ column: Int, _ problem: Sentence) {
    let file = TestFile(rules)
    for mode in [[], ["--check"]] {
      let said = refusal(["-f", file.path] + mode, check: RuleTests.oldTLS)
      #expect(said == at(file.path, line, column, problem))
    }
  }

  @Test("a default of the command line that a rule inherits is spelled as the option that it is")
  func inherited() {
    let file = TestFile("kern.* @tls://h\n")
    let said = refusal(["--tls-groups", "x448", "-f", file.path], check: RuleTests.oldTLS)
    let problem = Sentence.refused(option: "--tls-groups", RuleTests.unsupported("x448"))
    #expect(said == at(file.path, 1, 8, problem))
  }

  @Test("a build without TLS refuses @tls:// where it stands, and no other remote")
  func withoutTLS() {
    let file = TestFile("*.* @h\nkern.* @tls://h\n")
    #expect(
      refusal(["-f", file.path], check: RuleTests.noTLS) == at(file.path, 2, 8, .builtWithoutTLS))
    file.write("*.* @h\nkern.* @tcp://h\n")
    #expect(refusal(["-f", file.path], check: RuleTests.noTLS) == nil)
  }

  @Test("it is refused likewise when the file is read again")
  func reload() throws {
    let file = TestFile("kern.* @tls://h tls-min=1.2\n")
    let command = try parse(["-f", file.path], check: RuleTests.oldTLS).get()
    guard case .run(let settings) = command else { throw DoesNotRun() }
    #expect(try settings.readConfiguration().remotes.count == 1)
    file.write("kern.* @tls://h tls-min=1.3\n")
    let problem = Sentence.refused(option: "tls-min", RuleTests.unsupported("TLS 1.3"))
    do throws(Configuration.Refusal) {
      _ = try settings.readConfiguration()
      Issue.record("it was accepted")
    } catch {
      #expect(error.line == at(file.path, 1, 17, problem).text)
    }
  }

  /// Rules with several remotes in a line, and what is said of them.
  static let several: [Refusal] = [
    ("*.* @tls://h @tcp://g\n", 1, 14, .otherTransport("g:601", than: "h:6514")),
    ("*.* @h @tls://g\n", 1, 8, .otherTransport("g:6514", than: "h:514")),
    ("*.* @h @g\n", 1, 8, .otherTransport("g:514", than: "h:514")),
    (
      "*.* @tls://h \\\n @tls://g queue=1M\n", 2, 2,
      .shared("queue", by: "g:6514", with: "h:6514")
    ),
    ("*.* @tls://h @tls://g retry=x\n", 1, 23, .notARetry(OptionValue("retry", "x"))),
    ("*.* @tls://h @@g\n", 1, 14, .rsyslogs(Array("@@g".utf8), isTCP: true, Array("g".utf8))),
    (
      "*.* @tls://h spool=/s:1M @tls://g\n", 1, 26, .cannotCombine("spool", with: "failover")
    ),
    ("*.* @tls://h failover=g\n", 1, 14, .notAnOption("failover=g")),
    ("*.* /file @tls://h\n", 1, 11, .refused(.wordBehindFile, "@tls://h")),
  ]

  @Test("a remote that takes over is refused where it stands", arguments: several)
  func takesOver(_ rules: String, _ line: Int, _ column: Int, _ problem: Sentence) {
    let file = TestFile(rules)
    #expect(refusal(["-f", file.path]) == at(file.path, line, column, problem))
  }

  @Test("the second remote of a rule takes over from the first, with its format and queue")
  func failover() throws {
    let file = TestFile("*.* @tls://h format=3164 queue=1M @tls://g retry=5 @tls://f\n")
    let command = try parse(["-f", file.path]).get()
    guard case .run(let settings) = command else { throw DoesNotRun() }
    let remotes = settings.configuration.remotes
    #expect(remotes.count == 1)
    let members = backups(of: remotes[0].settings)
    #expect(members.map { $0.name.words } == ["h:6514", "g:6514", "f:6514"])
    #expect(members.allSatisfy { $0.delivery.format == .rfc3164 })
    #expect(members.allSatisfy { $0.delivery.queueCapacity == 1_048_576 })
  }

  /// A remote and those that take over from it.
  private func backups(of remote: RemoteSettings) -> [RemoteSettings] {
    [remote] + (remote.successor.map { backups(of: $0) } ?? [])
  }

  /// An action for rsyslog, and what is written here: nil where that cannot be told.
  static let rsyslogs: [(action: String, isTCP: Bool, bare: String?)] = [
    ("@@h:514", true, "h:514"), ("@@h", true, "h"), ("@@(o)h:6514;Template", true, "h:6514"),
    ("@(z9)[2001:db8::1]:514", false, "[2001:db8::1]:514"), ("@h;Template", false, "h"),
    ("@h:514;", false, "h:514"), ("@@(o,z9)192.0.2.1", true, "192.0.2.1"), ("@*", true, nil),
    ("@h/x", false, nil), ("@h(o)", false, nil), ("@", false, nil), ("@(o", false, nil),
    ("@;T", false, nil),
  ]

  @Test("an action of rsyslog is refused with what is written here", arguments: rsyslogs)
  func rsyslog(_ action: String, _ isTCP: Bool, _ bare: String?) {
    let file = TestFile("kern.* \(action)\n")
    let value = OptionValue("remote", String(action.dropFirst()))
    let problem =
      bare.map { Sentence.rsyslogs(Array(action.utf8), isTCP: isTCP, Array($0.utf8)) }
      ?? .notHostPort(value)
    #expect(refusal(["-f", file.path]) == at(file.path, 1, 8, problem))
  }
}
