import Bytes
import CPosix
import Testing

@testable import SyslogIO
@testable import TLSBackend

@Suite("The pins of a connection")
struct PolicyLoaderTests {
  private func policy(_ pins: [RemoteSettings.PinSource]) throws -> PeerPolicy {
    let settings = RemoteSettings()
    settings.trust.pins = pins
    return try PolicyLoader.policy(for: settings.trust, using: try FakeContext(TLSParameters()))
  }

  /// Why the pins cannot be used.
  private func refusal(_ pins: [RemoteSettings.PinSource]) -> Sentence? {
    let error = #expect(throws: TLSError.self) { _ = try policy(pins) }
    #expect(error?.kind == .configuration)
    return error?.reason
  }

  /// How the policy accepts a server with this key, nil when it does not.
  private func basis(_ policy: PeerPolicy, _ key: UInt8) -> Basis? {
    do {
      let pin = try policy.checkPins(.made(key: .repeating(key)))
      return pin.map { .pinned(index: $0) } ?? .unauthenticated
    } catch {
      return nil
    }
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
    let path = try workspace.write(keys + Text.pin(0x44).string + "\n", to: "pins")
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
    let path = try workspace.write(Text.pin(0x33).string, to: "pins")
    let policy = try policy([.literal(.pin(0x11)), .file(Text(of: path))])
    let error = #expect(throws: TLSError.self) {
      _ = try policy.checkPins(.made(key: .repeating(0x55)))
    }
    #expect(
      error?.reason
        == .pinMismatch(
          .serverKey(.pin(0x55)), pins: 2, in: "the configuration, \(Text(of: path))"))
  }

  @Test("that cannot be used make the remote fail closed, even beside one that can")
  func failsClosed() throws {
    let workspace = try Workspace()
    let path = workspace.file("none")
    #expect(
      refusal([.literal(.pin(0x11)), .file(Text(of: path))])
        == .pinFile(Text(of: path), Errno(code: ENOENT)))
  }

  @Test("in a file of rubbish are refused with the file and the line")
  func rubbish() throws {
    let workspace = try Workspace()
    let path = try workspace.write("# a comment\nrubbish\n", to: "pins")
    #expect(
      refusal([.file(Text(of: path))])
        == .pinFile(Text(of: path), .notAPin(line: 2)))
    try workspace.write("", to: "pins")
    #expect(refusal([.file(Text(of: path))]) == .pinFile(Text(of: path), .noPin))
    try workspace.write(
      "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n", to: "pins")
    #expect(refusal([.file(Text(of: path))]) == .pinFile(Text(of: path), Sentence("is no key")))
  }

  @Test("in the configuration itself are refused as such")
  func literal() {
    #expect(refusal([.literal("sha256//short")]) == .wrongPinLength(line: 1))
    let error = #expect(throws: TLSError.self) { _ = try policy([.literal("sha256//short")]) }
    #expect(error?.parameter == .pins)
  }

  @Test("in a file of 10 MB, a directory or a FIFO are refused, and waited for in no case")
  func strangeFiles() throws {
    let workspace = try Workspace()
    let path = try workspace.write(Text.pin(0x11).string, to: "pins")
    try #require(truncate(path, 10 << 20) == 0)
    #expect(refusal([.file(Text(of: path))]) == .pinFile(Text(of: path), Errno(code: EFBIG)))
    #expect(
      refusal([.file(Text(of: workspace.path))])
        == .pinFile(Text(of: workspace.path), Errno(code: EISDIR)))
    let fifo = workspace.file("fifo")
    try #require(mkfifo(fifo, 0o600) == 0)
    #expect(refusal([.file(Text(of: fifo))]) == .pinFile(Text(of: fifo), .noPin))
    #expect(refusal([.file("/dev/zero")]) == .pinFile("/dev/zero", Errno(code: EFBIG)))
  }

  @Test("in a file of 256 KB are all read")
  func manyPins() throws {
    let workspace = try Workspace()
    let line = Text.pin(0x22).string + "\n"
    let count = 256 * 1024 / line.utf8.count
    let text = String(repeating: line, count: count - 1) + Text.pin(0x11).string
    let path = try workspace.write(text, to: "pins")
    #expect(basis(try policy([.file(Text(of: path))]), 0x11) == .pinned(index: count - 1))
  }
}
