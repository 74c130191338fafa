import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("Statistics of a remote that is connected to")
struct RemoteStatisticsTests {
  /// Every sample of the remote by its name and the labels behind those of the remote.
  private func samples(_ remote: RemoteUnderTest, time: UInt64 = 7) -> [String: String] {
    let exposition = Exposition()
    let (errors, spools) = (Exposition(), Exposition())
    remote.transport.add(
      to: exposition, errors, at: time, isEnding: false, now: remote.now)
    if let own = remote.transport.spooling.value {
      spools.begin(exposition.label)
      own.add(to: spools)
    }
    exposition.write(StatisticsTable.remote)
    spools.write(StatisticsTable.spool)
    errors.write(StatisticsTable.error)
    let name = "{remote=\"\(remote.transport.settings.name.string)\",transport=\"tls\""
    var samples: [String: String] = [:]
    let text = (exposition.text + spools.text + errors.text).string
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: " ", maxSplits: line.contains("error=") ? 0 : 1)
      let key = String(parts[0]).split(separator: name, omittingEmptySubsequences: false)
      #expect(key.count == 2, "\(line)")
      let label = key.joined().replacing("syslogd_remote_", with: "").replacing("}", with: "")
      #expect(samples[label] == nil, "each once: \(line)")
      samples[label] = parts.count > 1 ? String(parts[1]) : "1"
    }
    return samples
  }

  /// The lines of a table that are samples.
  private func rows(_ table: Literal) -> Int {
    Text(table).string.split(separator: "\n", omittingEmptySubsequences: false)
      .count { $0.isEmpty || $0.first == "\"" }
  }

  @Test("each number of a remote has its sample in the table")
  func table() throws {
    let remote = try RemoteUnderTest()
    let found = samples(remote)
    // Not sent is of UDP alone, and so is `send`; three times are not known yet.
    #expect(rows(StatisticsTable.remote) == 41)
    #expect(found.count == 41 - 1 - 3)
    #expect(found["state,state=\"idle\""] == "1")
    #expect(found["queue_capacity_bytes"] == "\(QueueMemory.least)")
    #expect(rows(StatisticsTable.daemon) == 6)
  }

  @Test("what was sent, acknowledged and sent again is counted, and bytes over all connections")
  func messages() throws {
    let remote = try RemoteUnderTest()
    _ = try remote.deliverOne()
    var found = samples(remote, time: 1_700_000_000)
    #expect(found["sent_messages_total"] == "1")
    #expect(found["acknowledged_messages_total"] == "1")
    #expect(found["sent_bytes_total"] == "9")
    #expect(found["connections_total"] == "1")
    #expect(found["state,state=\"ready\""] == "1")
    #expect(found["queue_messages"] == "0")
    #expect(found["queue_peak_bytes"] == "9")
    #expect(found["last_acknowledged_timestamp_seconds"] == "1700000000")
    #expect(found["certificate_not_after_seconds,owner=\"server\""] == "2524607999")
    remote.library.acceptsClient = false
    remote.library.drainAnswers = [.fail(TLSError(.connection(errno: 5), Sentence("gone")))]
    remote.transport.ready(now: remote.now)
    remote.queue("<13>two")
    #expect(remote.reconnect())
    let connection = try #require(remote.accept())
    #expect(connection.read(9) == "7 <13>two")
    remote.library.drainAnswers = [.fail(TLSError(.authentication, Sentence("refused")))]
    remote.transport.ready(now: remote.now)
    #expect(remote.reconnect())
    let third = try #require(remote.accept())
    #expect(third.read(9) == "7 <13>two")
    found = samples(remote, time: 1_800_000_000)
    #expect(found["sent_messages_total"] == "3")
    #expect(found["acknowledged_messages_total"] == "1")
    #expect(found["resent_messages_total"] == "1")
    #expect(found["sent_bytes_total"] == "27")
    #expect(found["connections_total"] == "3")
    #expect(found["failures_total,class=\"broken\""] == "1")
    #expect(found["failures_total,class=\"authentication\""] == "1")
    #expect(found["last_error_info,error=\"refused\" 1"] == "1", "\(found)")
    #expect(found["last_acknowledged_timestamp_seconds"] == "1700000000", "not since then")
  }

  @Test("failures are told apart by class")
  func classes() throws {
    let remote = try RemoteUnderTest()
    let kinds: [(TLSError.Kind, String)] = [
      (.configuration, "configuration"), (.authentication, "authentication"),
      (.negotiation, "negotiation"), (.connection(errno: 104), "broken"), (.library, "library"),
    ]
    for (kind, name) in kinds {
      remote.transport.fail(TLSError(kind, Sentence("$", Text(of: name))), now: remote.now)
      let found = samples(remote)
      #expect(found["failures_total,class=\"\(name)\""] == "1")
      #expect(found["last_error_info,error=\"\(name)\" 1"] == "1")
    }
    remote.transport.fail(.noUsableAddress, .lookup, now: remote.now)
    remote.transport.closed(.abrupt, now: remote.now)
    remote.transport.fail(
      .handshakeTimedOut(after: .seconds(1)), .handshakeTimeout, now: remote.now)
    let found = samples(remote)
    for name in ["lookup", "closed", "handshake_timeout"] {
      #expect(found["failures_total,class=\"\(name)\""] == "1")
    }
    #expect(found["failures_total,class=\"connect\""] == "0")
  }

  @Test("no pin and no key is in an error")
  func noPins() throws {
    let remote = try RemoteUnderTest { $0.trust.pins = [.literal("sha256//AAAA")] }
    remote.transport.fail(
      TLSError(.authentication, Sentence("key $ is wrong", "sha256//ABC+/=")), now: remote.now)
    #expect(samples(remote)["last_error_info,error=\"key (hidden) is wrong\" 1"] == "1")
  }

  @Test("the server's certificate is warned of once for each threshold, not below the clock floor")
  func expiry() throws {
    let remote = try RemoteUnderTest()
    #expect(remote.connect())
    _ = remote.said()
    let end: Int64 = 2_524_607_999
    func look(daysBefore days: Int64) -> [Sentence] {
      remote.transport.lookAtCertificates(at: end - days * 86_400 + 1)
      return remote.said()
    }
    let certificate = try #require(remote.transport.statistics.certificate)
    func warning(_ days: Int64) -> [Sentence] {
      [.expires(certificate, isOwn: false, at: end - days * 86_400 + 1)]
    }
    #expect(look(daysBefore: 31) == [])
    #expect(look(daysBefore: 30) == warning(30))
    #expect(look(daysBefore: 29) == [])
    #expect(look(daysBefore: 7) == warning(7))
    #expect(look(daysBefore: 1) == warning(1))
    #expect(look(daysBefore: 0) == warning(0))
    #expect(look(daysBefore: -1) == [])
    let other = try RemoteUnderTest()
    let floor = other.transport.floor.seconds
    // It ends when this was built.
    other.transport.statistics.certificate = CertificateSummary(
      der: [], subject: "late", issuer: "late", notBefore: 0, notAfter: floor,
      key: certificate.key, isAuthority: false, pathLimit: -1, dnsNames: [], addresses: [],
      spkiFingerprint: certificate.fingerprint, fingerprint: certificate.fingerprint,
      sha1Fingerprint: [])
    other.transport.lookAtCertificates(at: floor - 1)
    #expect(other.said() == [])
    other.transport.lookAtCertificates(at: floor)
    #expect(other.said().count == 1)
  }

  @Test("the client's own certificate is warned of as that, and its end is told")
  func own() throws {
    let workspace = try Workspace()
    let certificate = try workspace.write(
      "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n", to: "cert")
    let key = try workspace.write(
      "-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n", to: "key")
    let remote = try RemoteUnderTest {
      $0.trust.certificate = Text(of: certificate)
      $0.trust.key = Text(of: key)
    }
    #expect(remote.connect())
    _ = remote.said()
    let own = try #require(remote.transport.credentials.own)
    #expect(samples(remote)["certificate_not_after_seconds,owner=\"client\""] == "4000000000")
    let time = 4_000_000_000 - Int64(3 * 86_400)
    remote.transport.statistics.certificate = nil
    remote.transport.lookAtCertificates(at: time)
    #expect(remote.said() == [.expires(own, isOwn: true, at: time)])
  }

  @Test("a spool tells what it holds, took, gave back and refused, and what that cost the flash")
  func spool() throws {
    let workspace = try Workspace()
    let remote = try RemoteUnderTest {
      $0.delivery.queueCapacity = MessageQueue.minimumCapacity
      $0.spool = RemoteSettings.Spool(
        path: Text(of: workspace.file("spool")), size: 64 * 1024, dailyLimit: 1 << 20)
    }
    #expect(samples(remote)["spool_capacity_bytes"] == nil, "none before it is open")
    remote.transport.openSpool(now: remote.now)
    var found = samples(remote)
    #expect(rows(StatisticsTable.spool) == 13)
    #expect(found.keys.count { $0.hasPrefix("spool_") } == 13)
    #expect(found["spool_capacity_bytes"] == "57344")
    #expect(found["spool_day_limit_bytes"] == "1048576")
    #expect(found["spool_used_bytes"] == "0")
    #expect(found["spool_written_bytes_total"] == "4096", "its header")

    for number in 0..<100 {
      remote.queue("<13>\(number)" + String(repeating: "x", count: 980))
    }
    remote.flush()
    found = samples(remote)
    let written = try #require(found["spool_written_messages_total"].flatMap { Int($0) })
    #expect(written > 40 && written < 58)
    #expect(found["spool_messages"] == "\(written)")
    let inQueue = try #require(found["queue_messages"].flatMap { Int($0) })
    #expect(
      found["spool_refused_messages_total,cause=\"full\""] == "\(100 - written - inQueue)")
    #expect(found["spool_refused_messages_total,cause=\"day_limit\""] == "0")
    let used = try #require(found["spool_used_bytes"].flatMap { Int($0) })
    #expect(found["spool_written_bytes_total"] == "\(4096 * 2 + used)")
    #expect(
      found["spool_day_written_bytes"] == "\(4096 + used)",
      "the header of a new file is of no day")

    #expect(remote.connect())
    let connection = try #require(remote.accept())
    #expect(
      eventually {
        remote.turn(within: 0)
        remote.now = remote.now + Interval(milliseconds: 30)
        _ = remote.deadlineReached()
        remote.flush()
        _ = connection.readAll()
        remote.transport.noteAcknowledged(now: remote.now)
        return remote.transport.waiting == 0
      })
    found = samples(remote)
    #expect(found["spool_read_messages_total"] == "\(written)")
    #expect(found["spool_messages"] == "0")
    #expect(found["spool_written_messages_total"] == "\(written)")
  }

  @Test("what is torn or damaged in a spool, and what cannot be written, is counted")
  func damagedSpool() throws {
    let workspace = try Workspace()
    try workspace.write("lsspool1" + String(repeating: "x", count: 65_528), to: "spool")
    let remote = try RemoteUnderTest {
      $0.delivery.queueCapacity = MessageQueue.minimumCapacity
      $0.spool = RemoteSettings.Spool(
        path: Text(of: workspace.file("spool")), size: 64 * 1024, dailyLimit: 20_000)
    }
    remote.transport.openSpool(now: remote.now)
    #expect(samples(remote)["spool_damaged_bytes_total"] == "65536")
    remote.flush()
    #expect(samples(remote)["spool_damaged_bytes_total"] == "65536", "also once it was logged")
    for number in 0..<100 {
      remote.queue("<13>\(number)" + String(repeating: "x", count: 980))
    }
    remote.flush()
    let found = samples(remote)
    #expect(found["spool_refused_messages_total,cause=\"full\""] == "0")
    let refused = found["spool_refused_messages_total,cause=\"day_limit\""].flatMap { Int($0) }
    #expect(refused ?? 0 > 50)
  }
}
