import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("The pins of a connection")
struct PolicyLoaderTests {
  private func policy(_ pins: [RemoteSettings.PinSource]) throws -> PeerPolicy {
    let settings = RemoteSettings()
    settings.pins = pins
    return try PolicyLoader.policy(for: settings, using: try FakeContext(TLSParameters()))
  }

  /// Why the pins cannot be used.
  private func refusal(_ pins: [RemoteSettings.PinSource]) -> String? {
    let error = #expect(throws: TLSError.self) { _ = try policy(pins) }
    #expect(error?.kind == .configuration)
    return error?.reason.words
  }

  /// How the policy accepts a server with this key, nil when it does not.
  private func basis(_ policy: PeerPolicy, _ key: UInt8) -> Basis? {
    let evidence = PeerEvidence(
      certificates: [.made(key: .repeating(key))], problems: ChainProblems())
    guard let peer = try? policy.judge(evidence) else { return nil }
    return peer.pin.map { .pinned(index: $0) } ?? .unauthenticated
  }

  private enum Basis: Equatable {
    case pinned(index: Int)
    case unauthenticated
  }

  @Test("none accept anybody, under a name that says so (T24)")
  func none() throws {
    let policy = try policy([])
    #expect(basis(policy, 0x11) == .unauthenticated)
  }

  @Test("of several files and literals accept whoever has any of them, and nobody else")
  func several() throws {
    let workspace = try Workspace()
    let keys = "-----BEGIN PUBLIC KEY-----\nMw==\n-----END PUBLIC KEY-----\n"
    let path = try workspace.write(keys + Text.pin(0x44).words + "\n", to: "pins")
    let policy = try policy([.literal(.pin(0x11)), .file(Text(of: path)), .literal(.pin(0x22))])
    #expect(basis(policy, 0x11) == .pinned(index: 0))
    #expect(basis(policy, 0x33) == .pinned(index: 1))
    #expect(basis(policy, 0x44) == .pinned(index: 2))
    #expect(basis(policy, 0x22) == .pinned(index: 3))
    #expect(basis(policy, 0x55) == nil)
  }

  @Test("are named by their places when they refuse somebody, and never shown")
  func source() throws {
    let workspace = try Workspace()
    let path = try workspace.write(Text.pin(0x33).words, to: "pins")
    let policy = try policy([.literal(.pin(0x11)), .file(Text(of: path))])
    let error = #expect(throws: TLSError.self) {
      _ = try policy.judge(
        PeerEvidence(certificates: [.made(key: .repeating(0x55))], problems: ChainProblems())
      ).pin
    }
    #expect(
      error?.reason.words == "the server's public key \(Text.pin(0x55).words) matches none of "
        + "the 2 pins in the command line, \(path)")
  }

  @Test("that cannot be used make the remote fail closed, even beside one that can")
  func failsClosed() throws {
    let workspace = try Workspace()
    let path = workspace.file("none")
    #expect(
      refusal([.literal(.pin(0x11)), .file(Text(of: path))])
        == "pin file \(path): No such file or directory")
  }

  @Test("in a file of rubbish are refused with the file and the line")
  func rubbish() throws {
    let workspace = try Workspace()
    let path = try workspace.write("# a comment\nrubbish\n", to: "pins")
    #expect(
      refusal([.file(Text(of: path))])
        == "pin file \(path): line 2 is neither PEM, nor sha256//BASE64, nor sha-256:AA:BB..")
    try workspace.write("", to: "pins")
    #expect(refusal([.file(Text(of: path))]) == "pin file \(path): holds no pin")
    try workspace.write(
      "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n", to: "pins")
    #expect(refusal([.file(Text(of: path))]) == "pin file \(path): is no key")
  }

  @Test("on the command line are refused with where they are")
  func literal() {
    #expect(
      refusal([.literal("sha256//short")])
        == "pin on the command line: line 1 does not hold 32 bytes of base64 after sha256//")
  }

  @Test("in a file of 10 MB, a directory or a FIFO are refused, and waited for in no case")
  func strangeFiles() throws {
    let workspace = try Workspace()
    let path = try workspace.write(Text.pin(0x11).words, to: "pins")
    try #require(truncate(path, 10 << 20) == 0)
    #expect(refusal([.file(Text(of: path))]) == "pin file \(path): File too large")
    #expect(
      refusal([.file(Text(of: workspace.path))]) == "pin file \(workspace.path): Is a directory")
    let fifo = workspace.file("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    #expect(refusal([.file(Text(of: fifo))]) == "pin file \(fifo): holds no pin")
    #expect(refusal([.file("/dev/zero")]) == "pin file /dev/zero: File too large")
  }

  @Test("in a file of 256 KB are all read")
  func manyPins() throws {
    let workspace = try Workspace()
    let line = Text.pin(0x22).words + "\n"
    let count = 256 * 1024 / line.utf8.count
    let text = String(repeating: line, count: count - 1) + Text.pin(0x11).words
    let path = try workspace.write(text, to: "pins")
    #expect(basis(try policy([.file(Text(of: path))]), 0x11) == .pinned(index: count - 1))
  }
}
