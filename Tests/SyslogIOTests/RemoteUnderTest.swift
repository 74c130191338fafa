import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

/// One TLS remote with a fake library, a collector on loopback, and a clock that a test moves.
final class RemoteUnderTest {
  let library = FakeLibrary()
  let collector: Sink
  let transport: StreamTransport<FakeTLS>
  var now = Instant(milliseconds: 1_000_000)
  private let questions: Questions
  private let diagnostics = Diagnostics()

  static let time = CalendarTime(
    year: 2025, month: 11, day: 24, hour: 7, minute: 30, second: 1, microsecond: 42,
    utcOffsetMinutes: 60, isSynchronized: true)

  static func originator(_ hostname: String) -> Originator {
    Originator(hostname: Array(hostname.utf8).span, timestamps: .client, utcOffset: { _ in 3600 })
  }

  /// Messages are sent as they are, and the backoff is one second, always, unless `change` says
  /// something else.
  init(
    receiveBuffer: Int32? = nil, _ change: (inout RemoteSettings) -> Void = { _ in }
  ) throws {
    collector = try Sink(CPOSIX_SOCK_STREAM, receiveBuffer: receiveBuffer)
    var settings = RemoteSettings()
    settings.destination.host = "127.0.0.1"
    settings.destination.port = collector.port
    settings.destination.transport = .tls
    settings.delivery.format = .raw
    settings.delivery.retry = Backoff(minimum: .seconds(1), maximum: .seconds(1))
    settings.trust.tls.serverName = library.serverName
    change(&settings)
    questions = Questions()
    transport = StreamTransport(
      settings, RemoteUnderTest.originator("router"), resolver: questions.resolver,
      floor: ClockFloor(stateFile: nil, diagnostics: diagnostics), diagnostics: diagnostics)
  }

  var phase: TransportSender.Phase { transport.sender.phase }
  var isReady: Bool { phase == .ready }
  var isBackingOff: Bool { if case .backingOff = phase { true } else { false } }

  /// What was logged since the last call, without the remote's name.
  func said() -> [Sentence] {
    let nothing = Sentence(joined: Text([]))
    let prefix = Sentence.remote(transport.settings.name, nothing).text.bytes
    return diagnostics.removeLines().map { line in
      let bytes = line.sentence.text.bytes
      #expect(bytes.starts(with: prefix))
      return Sentence(joined: Text(bytes.dropFirst(prefix.count)))
    }
  }

  /// What is said of a failure, after which the next attempt comes in a second.
  func retry(_ reason: Sentence, failures: Int = 1, waiting: Int = 0) -> Sentence {
    .failed(reason, next: .seconds(1), failures: failures, waiting: waiting)
  }

  func queue(_ text: String) {
    let bytes = Array(text.utf8)
    transport.queue(bytes.span, Message(bytes.span), Self.time, now: now)
  }

  // What the loop does. Each returns whether it has the name looked up.

  func start() -> Bool { questions.asks { transport.start(now: now) } }

  @discardableResult
  func flush() -> Bool { questions.asks { transport.flush(Self.time, now: now) } }

  func deadlineReached(after pause: Interval = .seconds(0)) -> Bool {
    questions.asks { transport.deadlineReached(now: now + pause) }
  }

  func rereadFiles(after pause: Interval = .seconds(0)) -> Bool {
    transport.hasReadFiles = false
    return questions.asks { transport.rereadFiles(now: now + pause) }
  }

  func changeSettings(to settings: RemoteSettings) -> Bool {
    questions.asks { transport.changeSettings(to: settings, now: now) }
  }

  /// Waits for the socket as the loop would, and tells the transport when it is ready.
  @discardableResult
  func turn(within milliseconds: Int32 = 10) -> Bool {
    var poller = Poller()
    let slot = poller.add(
      transport.descriptor, readable: transport.wantsReadable, writable: transport.wantsWritable)
    poller.wait(milliseconds: milliseconds)
    guard poller.isReady(slot) else { return false }
    transport.ready(now: now)
    return true
  }

  /// Turns until the condition holds; false after ten seconds.
  func turn(until condition: () -> Bool) -> Bool {
    for _ in 0..<1000 {
      if condition() { return true }
      turn()
    }
    return condition()
  }

  /// Begins, and goes on until the connection stands and the handshake has begun.
  func startHandshake() -> Bool {
    _ = start()
    return turn { library.calls.contains("handshake") || isBackingOff }
  }

  /// Begins, and goes on until messages may be sent.
  func connect() -> Bool {
    _ = start()
    return turn { isReady || isBackingOff } && isReady
  }

  /// Lets the backoff pass and connects again.
  func reconnect() -> Bool {
    attempt()
    return turn { isReady || isBackingOff } && isReady
  }

  /// Lets the backoff pass.
  func attempt() {
    now = now + .seconds(1)
    _ = deadlineReached()
  }

  /// The collector's end of the next connection; nil when nobody connects within ten seconds.
  func accept(within milliseconds: Int32 = 10_000) -> Connection? {
    var entry = pollfd(fd: collector.socket.rawValue, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, milliseconds) > 0 else { return nil }
    let descriptor = CPosix.accept(
      collector.socket.rawValue, __SOCKADDR_ARG(__sockaddr__: nil), nil)
    return descriptor >= 0 ? Connection(owning: descriptor) : nil
  }

  /// Connects, and has the collector take and acknowledge one message. Returns the connection.
  func deliverOne() throws -> Connection {
    #expect(connect())
    let connection = try #require(accept())
    queue("<13>one")
    flush()
    #expect(connection.read(9) == "7 <13>one")
    #expect(acknowledged())
    return connection
  }

  /// What arrives on `connection` while turns go on, until it is `count` bytes or ten seconds have
  /// passed.
  func read(_ count: Int, from connection: Connection) -> String {
    var text = ""
    _ = eventually {
      turn(within: 0)
      text += connection.readAll()
      return text.utf8.count >= count
    }
    return text
  }

  /// Waits until the collector's kernel has acknowledged everything that was sent.
  func acknowledged() -> Bool {
    eventually {
      // What is used with care wants to live on for a moment after it.
      now = now + Interval(milliseconds: 50)
      transport.noteAcknowledged(now: now)
      return transport.sender.queue.isEmpty
    }
  }
}

/// A resolver whose questions a test counts, and nobody answers.
final class Questions {
  let resolver = Resolver(limit: 0)

  /// Whether `body` asks.
  func asks(_ body: () -> Void) -> Bool {
    resolver.lookups = []
    body()
    return !resolver.lookups.isEmpty
  }
}

/// The collector's end of a connection.
final class Connection {
  let socket: FileDescriptor

  init(owning descriptor: Int32) {
    socket = FileDescriptor(owning: descriptor)
  }

  /// What arrives until it is `count` bytes, the end, or nothing for ten seconds.
  func read(_ count: Int) -> String {
    var bytes: [UInt8] = []
    while bytes.count < count, let more = receive(from: socket.rawValue, within: 10_000),
      !more.isEmpty
    {
      bytes += more
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What has arrived by now.
  func readAll() -> String {
    var bytes: [UInt8] = []
    while let more = receive(from: socket.rawValue), !more.isEmpty { bytes += more }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The connection ends by a reset, as when a machine has lost its memory of it.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      socket.rawValue, SOL_SOCKET, SO_LINGER, &linger,
      socklen_t(MemoryLayout<linger>.size))
    var unspecified = sockaddr_storage()
    // Disconnecting resets at once and keeps the descriptor.
    _ = cposix_connect(
      socket.rawValue, &unspecified, socklen_t(MemoryLayout<sockaddr_in>.size))
  }
}
