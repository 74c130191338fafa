import Bytes
import CPosix
import Testing

@testable import SelectedBackend
@testable import TLSBackend
@testable import syslogd

@Suite("The program: what it prints, and its exit status")
struct ProgramTests {
  private static func words(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func line(_ sentence: Sentence) -> String { "syslogd: \(sentence.text.words)\n" }

  @Test("a refusal is one line on standard error, and exit status 1, before anything is opened")
  func program() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      // Something to open, had the command line been accepted so far.
      let arguments = ["-n", "-p", "/nonexistent/socket", "-l", "9"]
      exit(withArguments(arguments) { Program<NoTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardErrorContent)
    #expect(said == line(.notInRange(OptionValue("-l", "9"), 1...8)))
  }

  @Test("a build without TLS says so when TLS is asked for, before anything is opened (C3)")
  func withoutTLS() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      let arguments = ["-n", "-p", "/nonexistent/socket", "-R", "h", "-d"]
      exit(withArguments(arguments) { Program<NoTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardErrorContent)
    #expect(said == line(.refused("h:6514", option: "-d", .builtWithoutTLS)))
  }

  @Test("a log socket that cannot be opened is one line on standard error, and exit status 1")
  func unusableSocket() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      let arguments = ["-n", "-p", "/nonexistent/socket"]
      exit(withArguments(arguments) { Program<NoTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardErrorContent)
    #expect(
      said == "syslogd: -p: cannot open the log socket '/nonexistent/socket': "
        + "No such file or directory\n")
  }

  @Test("--tls-min 1.3 of a library without TLS 1.3 is refused before anything is opened (U3)")
  func withoutTLS13() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      let arguments = ["-n", "-p", "/nonexistent/socket", "-R", "h", "-d", "--tls-min", "1.3"]
      exit(withArguments(arguments) { Program<OldTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardErrorContent)
    #expect(
      said
        == line(
          .refused("h:6514", option: "--tls-min", .notSupported("TLS 1.3", by: "Old TLS 2.28.3"))))
  }

  @Test("what a remote's defaults ask of a library is refused by the name of the first such remote")
  func missingGroup() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      let line = "-n -p /nonexistent/socket --tls-groups secp256r1,x448 -R h -R g -d -R [::1]:9 -d"
      exit(withArguments(line.words) { Program<OldTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardErrorContent)
    #expect(
      said
        == line(
          .refused("g:6514", option: "--tls-groups", .notSupported("x448", by: "Old TLS 2.28.3"))))
  }

  @Test("--version names the program, the library and the library's version at run time")
  func version() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      exit(withArguments(["--version"]) { Program<OldTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardOutputContent)
    #expect(said.contains("syslogd \(ProgramVersion.number) (Old TLS 2.28.3)\n"))
  }

  @Test("--help lists the suites and groups that the library has, and marks the default ones")
  func help() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      exit(withArguments(["--help"]) { Program<OldTLS>.main($0, $1) })
    }
    let said = ProgramTests.words(try #require(result).standardOutputContent)
    let list = """
      Cipher suites of Old TLS 2.28.3 (*: default):
        * TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
          TLS_RSA_WITH_AES_128_CBC_SHA
      Key exchange groups (*: default):
        * secp256r1
          secp521r1

      """
    #expect(said.contains("\n\n\(list)"))
  }

  @Test("--help of a build without TLS lists none")
  func helpWithoutTLS() {
    #expect(Usage.names(NoTLS.capabilities).isEmpty)
  }
}
