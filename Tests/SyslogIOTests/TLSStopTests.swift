import Bytes
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A TLS remote when the daemon ends")
struct TLSStopTests {
  @Test("is sent close_notify, and acknowledged messages are not counted as lost (T16)")
  func stopped() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    let connection = try #require(remote.accept())
    remote.queue("<13>one")
    remote.flush()
    #expect(remote.acknowledged())
    #expect(remote.transport.isFinished(now: remote.now))
    #expect(remote.transport.stop(now: remote.now) == 0)
    #expect(remote.library.calls.suffix(2) == ["shutdown", "end"])
    #expect(connection.read(100) == "7 <13>one")
    #expect(remote.phase == .stopped)
    #expect(remote.transport.descriptor == -1)
  }

  @Test("that accepts nothing more is not finished; what is left is counted at the end")
  func stoppedBehind() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    remote.library.writeAnswers = [.blocked(.writable)]
    remote.library.shutdownAnswers = [.blocked(.writable)]
    for number in 1...3 { remote.queue("<13>\(number)") }
    remote.flush()
    #expect(!remote.transport.isFinished(now: remote.now))
    #expect(remote.transport.stop(now: remote.now) == 3)
    #expect(remote.library.count(of: "shutdown") == 1)
    // Neither messages nor deadlines open it again.
    remote.queue("<13>late")
    #expect(!remote.flush())
    #expect(!remote.deadlineReached(after: .seconds(3600)))
    #expect(remote.transport.descriptor == -1)
  }

  @Test("that is not connected is not waited for and gets no close_notify")
  func stoppedAway() throws {
    let remote = try RemoteUnderTest()
    remote.library.handshakeAnswers = [.fail(TLSError(.negotiation, Sentence("no")))]
    remote.queue("<13>one")
    #expect(remote.startHandshake())
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.transport.isFinished(now: remote.now))
    #expect(remote.transport.stop(now: remote.now) == 1)
    #expect(remote.library.count(of: "shutdown") == 0)
  }
}
