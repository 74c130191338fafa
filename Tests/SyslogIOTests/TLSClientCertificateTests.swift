import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A TLS remote that may still refuse the client certificate")
struct TLSClientCertificateTests {
  @Test("gets again what only its kernel has acknowledged")
  func notYetAccepted() throws {
    let remote = try RemoteUnderTest()
    remote.library.acceptsClient = false
    remote.queue("<13>one")
    #expect(remote.connect())
    let first = try #require(remote.accept())
    #expect(first.read(9) == "7 <13>one")
    #expect(eventually { cposix_unacknowledged(remote.transport.descriptor) == 0 })
    remote.library.drainAnswers = [.fail(TLSError(.authentication, Sentence("alert")))]
    remote.transport.ready(now: remote.now)
    #expect(remote.transport.sender.counters.acknowledged == 0)
    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>one")
    // It accepts the client now.
    remote.library.acceptsClient = true
    remote.transport.ready(now: remote.now)
    #expect(remote.acknowledged())
    #expect(remote.transport.sender.counters.acknowledged == 1)
  }

  @Test("has not accepted the client certificate by sending session tickets (T4)")
  func looksLater() throws {
    let workspace = try Workspace()
    let certificate = try workspace.write(
      "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n", to: "cert")
    let key = try workspace.write(
      "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n", to: "key")
    let remote = try RemoteUnderTest {
      $0.trust.certificate = Text(of: certificate)
      $0.trust.key = Text(of: key)
    }
    remote.queue("<13>one")
    #expect(remote.connect())
    do {
      let first = try #require(remote.accept())
      #expect(first.read(9) == "7 <13>one")
      #expect(eventually { cposix_unacknowledged(remote.transport.descriptor) == 0 })
      remote.transport.ready(now: remote.now)
      remote.library.drainAnswers = [.peerClosed]
      remote.transport.ready(now: remote.now)
      #expect(remote.isReady, "how the connection ends is not known yet")
    }
    #expect(remote.turn { remote.isBackingOff })
    #expect(remote.transport.sender.counters.acknowledged == 0)
    #expect(remote.reconnect())
    let second = try #require(remote.accept())
    #expect(second.read(9) == "7 <13>one")
  }
}
