import Bytes
import CPosix
import Testing

@testable import SyslogIO
@testable import TLSBackend

@Suite("A TLS remote with a pin")
struct TLSPinTests {
  @Test("gets nothing if its key is another one, whose fingerprint is logged (T17)")
  func wrongPin() throws {
    let remote = try RemoteUnderTest { $0.trust.pins = [.literal(.pin(0x22))] }
    remote.queue("<13>secret")
    #expect(remote.startHandshake())
    #expect(remote.turn { remote.isBackingOff })
    let connection = try #require(remote.accept())
    #expect(connection.readAll() == "")
    #expect(remote.library.count(of: "write") == 0)
    #expect(
      remote.said() == [
        remote.retry(
          .pinMismatch(.serverKey(.pin(0x11)), pins: 1, in: Sentence.configuration.text),
          waiting: 1)
      ])
  }

  @Test("has its pin file read at each attempt, and is not connected to without a pin")
  func rereadFile() throws {
    let workspace = try Workspace()
    let path = workspace.file("pin")
    let remote = try RemoteUnderTest { $0.trust.pins = [.file(Text(of: path))] }
    remote.queue("<13>one")
    _ = remote.start()
    #expect(
      remote.said() == [
        remote.retry(.pinFile(Text(of: path), Errno(code: ENOENT)), waiting: 1)
      ])
    try workspace.write("# nothing yet\nrubbish\n", to: "pin")
    remote.attempt()
    #expect(
      remote.said() == [
        remote.retry(.pinFile(Text(of: path), .notAPin(line: 2)), failures: 2, waiting: 1)
      ])
    #expect(remote.accept(within: 0) == nil)
    #expect(remote.library.calls == ["context"])

    try workspace.write(Text.pin(0x22).string + "\n", to: "pin")
    #expect(!remote.reconnect())
    let refusal: Sentence = .pinMismatch(.serverKey(.pin(0x11)), pins: 1, in: Text(of: path))
    #expect(remote.said() == [remote.retry(refusal, failures: 3, waiting: 1)])
    try workspace.write(Text.pin(0x22).string + "\n" + Text.pin(0x11).string + "\n", to: "pin")
    #expect(remote.reconnect())
    #expect(remote.said().first?.string.contains("pin 2 matches") == true)
    // What had been accepted before is refused once its pin is gone.
    try workspace.write(Text.pin(0x22).string + "\n", to: "pin")
    remote.library.drainAnswers = [.peerClosed]
    remote.transport.ready(now: remote.now)
    remote.queue("<13>two")
    #expect(!remote.reconnect())
  }

  @Test("fails if the library refuses the context or the session, and is tried again")
  func refusedByLibrary() throws {
    let remote = try RemoteUnderTest()
    remote.library.contextAnswers = [.fail(TLSError(.configuration, Sentence("no such suite")))]
    remote.library.sessionAnswers = [.fail(TLSError(.library, Sentence("no memory")))]
    remote.queue("<13>one")
    _ = remote.start()
    #expect(remote.said() == [remote.retry(Sentence("no such suite"), waiting: 1)])
    #expect(!remote.reconnect())
    #expect(remote.said() == [remote.retry(Sentence("no memory"), failures: 2, waiting: 1)])
    #expect(remote.reconnect())
  }
}
