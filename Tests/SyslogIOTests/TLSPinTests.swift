import Bytes
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A TLS remote with a pin")
struct TLSPinTests {
  @Test("gets nothing if its key is another one, whose fingerprint is logged (T17)")
  func wrongPin() throws {
    let remote = try RemoteUnderTest { $0.pins = [.literal(.pin(0x22))] }
    remote.queue("<13>secret")
    #expect(remote.startHandshake())
    #expect(remote.turn { remote.isBackingOff })
    let connection = try #require(remote.accept())
    #expect(connection.readAll() == "")
    #expect(remote.library.count(of: "write") == 0)
    #expect(
      remote.said() == [
        "the server's public key \(Text.pin(0x11).words) does not match the pin in the command "
          + "line; next attempt in 1.0 s; 1 message waiting"
      ])
  }

  @Test("has its pin file read at each attempt, and is not connected to without a pin")
  func rereadFile() throws {
    let workspace = try Workspace()
    let path = workspace.file("pin")
    let remote = try RemoteUnderTest { $0.pins = [.file(Text(of: path))] }
    remote.queue("<13>one")
    _ = remote.transport.start(now: remote.now)
    #expect(
      remote.said() == [
        "pin file \(path): No such file or directory; next attempt in 1.0 s; 1 message waiting"
      ])
    try workspace.write("# nothing yet\nrubbish\n", to: "pin")
    remote.attempt()
    #expect(
      remote.said().map { $0.prefix(while: { $0 != ";" }) } == [
        "pin file \(path): line 2 is neither PEM, nor sha256//BASE64, nor sha-256:AA:BB.."
      ])
    #expect(remote.accept(within: 0) == nil)
    #expect(remote.library.calls == ["context"])

    try workspace.write(Text.pin(0x22).words + "\n", to: "pin")
    #expect(!remote.reconnect())
    #expect(remote.said().first?.contains("does not match the pin in \(path)") == true)
    try workspace.write(Text.pin(0x22).words + "\n" + Text.pin(0x11).words + "\n", to: "pin")
    #expect(remote.reconnect())
    #expect(remote.said().first?.contains("pin 2 matches") == true)
    // A server that was accepted is refused once its pin is removed.
    try workspace.write(Text.pin(0x22).words + "\n", to: "pin")
    remote.library.drainAnswers = [.peerClosed]
    remote.transport.ready(now: remote.now)
    remote.queue("<13>two")
    #expect(!remote.reconnect())
  }

  @Test("fails if the library refuses the context or the session, and is tried again")
  func refusedByLibrary() throws {
    let remote = try RemoteUnderTest()
    remote.library.contextAnswers = [.fail(TLSError(.configuration, "no such suite"))]
    remote.library.sessionAnswers = [.fail(TLSError(.library, "no memory"))]
    remote.queue("<13>one")
    _ = remote.transport.start(now: remote.now)
    #expect(remote.said() == ["no such suite; next attempt in 1.0 s; 1 message waiting"])
    #expect(!remote.reconnect())
    #expect(
      remote.said() == [
        "no memory; next attempt in 1.0 s (failure 2 in a row); 1 message waiting"
      ])
    #expect(remote.reconnect())
  }
}
