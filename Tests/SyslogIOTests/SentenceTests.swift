import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

/// The wording of what is put together from parts; everything else is asserted by its name.
@Suite("What is said of remotes")
struct SentenceTests {
  @Test("a failure: why, when the next attempt comes, how many failed, how much waits")
  func failures() {
    let reason = Sentence.closedByServer
    let cases: [(Sentence, String)] = [
      (.failed(reason, next: nil, failures: 2, waiting: 0), ""),
      (.failed(reason, next: .seconds(1), failures: 1, waiting: 0), "; next attempt in 1.0 s"),
      (
        .failed(reason, next: Interval(milliseconds: 12_345), failures: 3, waiting: 1),
        "; next attempt in 12.3 s (failure 3 in a row); 1 message waiting"
      ),
      (.failed(reason, next: nil, failures: 0, waiting: 2), "; 2 messages waiting"),
    ]
    for (sentence, end) in cases { #expect(sentence.string == reason.string + end) }
  }

  @Test("a connection: how, with whom, and in which form messages are sent")
  func connections() {
    let negotiated = TLSNegotiated(version: "TLSv1.3", cipherSuite: "SUITE", group: "x25519")
    #expect(
      Sentence.connected(over: negotiated, .pinMatches(1), .octetCounting, .rfc5424).string
        == "connected, TLSv1.3 SUITE x25519, pin 2 matches, framing octet counting, format RFC 5424"
    )
    #expect(
      Sentence.connected(over: nil, .notAuthenticated, .lineFeed, .raw).string
        == "connected, TCP without encryption, not authenticated, framing line feed, format raw")
    let valid = Sentence.validCertificate(of: "CN", for: .dns(Array("h.example".utf8)))
    #expect(
      Sentence.both(.pinMatches(0), valid).string
        == "pin 1 matches, certificate of 'CN' is valid for h.example")
  }

  @Test("counters, by the names that monitoring looks for")
  func counters() {
    let sender = TransportSender(
      queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
      limits: TransportSender.Limits(connect: .seconds(1), handshake: .seconds(1)))
    #expect(
      Sentence.streamRemote("h:1", .tls, .counters(of: sender)).string
        == "remote h:1 (tls): idle, queued 0, truncated 0, acknowledged 0, waiting 0, requeued 0, "
        + "replayed 0, set aside 0, discarded 0, connections 0, failures 0")
    #expect(
      Sentence.udpRemote("h:1", .counters(DatagramSender.Counters())).string
        == "remote h:1 (udp): sent 0, truncated 0, discarded 0")
    let losses = LocalOutput.Losses(bytes: 1, ringLines: 2)
    #expect(
      Sentence.counters(received: 7, truncated: 8, repeated: 9, losses).string
        == "received 7, truncated 8, repeated 9, local bytes lost 1, ring lines lost 2")
  }
}
