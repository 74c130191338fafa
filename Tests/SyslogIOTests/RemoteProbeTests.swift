import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A remote that --check looks at")
struct RemoteProbeTests {
  /// A remote with a fake library at a collector that takes connections and says nothing.
  private final class Scene {
    let library = FakeLibrary()
    let collector: Sink
    let settings = RemoteSettings()
    private(set) var page = ""

    init() throws {
      collector = try Sink(CPOSIX_SOCK_STREAM)
      settings.destination.host = "127.0.0.1"
      settings.destination.port = collector.port
      settings.destination.transport = .tls
      settings.trust.pins = [.literal(.pin(0x11))]
      settings.trust.tls.serverName = library.serverName
    }

    func check() -> Bool {
      page = ""
      let report = CheckReport { [self] in page += String(decoding: $0.bytes, as: UTF8.self) }
      return RemoteCheck<FakeTLS>.report(on: settings, to: report)
    }

    var verdict: String {
      page.split(separator: "\n").last.map { String($0.drop { $0 != " " }.dropFirst()) } ?? ""
    }
  }

  @Test("is sent no message, but close_notify")
  func silent() throws {
    let scene = try Scene()
    let isSound = scene.check()
    #expect(isSound, "\(scene.page)")
    #expect(scene.verdict == "127.0.0.1:\(scene.collector.port): ok")
    #expect(scene.library.count(of: "write") == 0)
    #expect(scene.library.count(of: "shutdown") == 1)
  }

  @Test("that refuses our certificate after the handshake is not sound (RFC 8446 §4.4.2.4)")
  func refusedLater() throws {
    let scene = try Scene()
    scene.library.drainAnswers = [
      .fail(TLSError(.authentication, Sentence("the server sent alert certificate_required (116)")))
    ]
    #expect(!scene.check())
    #expect(scene.verdict.hasSuffix(": the server sent alert certificate_required (116)"))
    #expect(scene.page.contains("negotiated  FakeTLS NONE, resumption: never used\n"))
  }

  @Test("that closes after the handshake is not sound, whether or not it has accepted us")
  func closedLater() throws {
    for accepts in [false, true] {
      let scene = try Scene()
      scene.library.acceptsClient = accepts
      scene.library.drainAnswers = [.peerClosed]
      #expect(!scene.check())
      #expect(scene.verdict.hasSuffix(": the server closed the connection"))
    }
  }

  @Test("whose handshake never ends is given up after its time")
  func endless() throws {
    let scene = try Scene()
    scene.settings.delivery.handshakeTimeout = Interval(milliseconds: 100)
    scene.library.handshakeAnswers = [.blocked(.readable)]
    #expect(!scene.check())
    #expect(scene.verdict.hasSuffix(": the TLS handshake was not complete after 0.1 s"))
  }

  @Test("over UDP only has to have an address, over TCP to take the connection")
  func otherTransports() throws {
    let scene = try Scene()
    scene.settings.trust.pins = []
    scene.settings.destination.transport = .tcp
    #expect(scene.check())
    scene.settings.destination.transport = .udp
    #expect(scene.check())
    #expect(!scene.page.contains("connected"))
    #expect(scene.library.calls.isEmpty)
  }

  @Test("is described in lines of 80 columns, broken between words", arguments: [1, 3, 7, 30, 70])
  func wrapped(length: Int) {
    let word = String(repeating: "x", count: length)
    let words = Array(repeating: word, count: 40)
    let text = CheckReport.entry(.advice, Sentence(joined: Text(of: words.joined(separator: " "))))
    let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.count > 1)
    for (number, line) in lines.enumerated() {
      #expect(length > 66 || line.utf8.count < 80)
      #expect(line.hasPrefix(number == 0 ? "  advice      x" : "              x"))
    }
    #expect(lines.flatMap { $0.split(separator: " ") }.map(String.init) == ["advice"] + words)
  }
}
