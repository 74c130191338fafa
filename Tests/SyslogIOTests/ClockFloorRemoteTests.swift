import Bytes
import CPosix
import SyslogCore
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A remote whose chain is refused") struct ClockFloorRemoteTests {
  /// How its server is known, and where the clock stands.
  struct Case: CustomTestStringConvertible {
    let isValidated: Bool
    let isBelow: Bool
    let failure: TLSError.Kind
    let isHeld: Bool

    var testDescription: String {
      "\(isValidated ? "trust anchor" : "pin"), clock \(isBelow ? "below" : "above"), \(failure)"
    }
  }

  private static let cases = [
    Case(isValidated: true, isBelow: true, failure: .authentication, isHeld: true),
    Case(isValidated: true, isBelow: false, failure: .authentication, isHeld: false),
    Case(isValidated: true, isBelow: true, failure: .negotiation, isHeld: false),
    Case(isValidated: false, isBelow: true, failure: .authentication, isHeld: false),
  ]

  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
  }

  @Test(
    "is tried again within seconds while the clock is below the floor, and otherwise as ever",
    arguments: cases)
  func pace(_ example: Case) throws {
    let authority = try workspace.write(
      "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", to: "ca.pem")
    let remote = try RemoteUnderTest { settings in
      settings.delivery.retry = Backoff(minimum: .seconds(1), maximum: .seconds(1500))
      settings.trust.peerName = .address([127, 0, 0, 1])
      if example.isValidated {
        settings.trust.authorities = [Text(of: authority)]
      } else {
        settings.trust.pins = [.file(Text(of: authority))]
      }
    }
    if example.isBelow { try setModified(authority, to: 2_208_988_800) }
    let error = TLSError(example.failure, Sentence("refused"))
    remote.library.handshakeAnswers = [.fail(error)]
    remote.queue("<13>waiting")
    _ = remote.start()
    for failures in 1...14 {
      #expect(remote.turn { remote.isBackingOff })
      #expect(remote.accept() != nil, "or the collector's backlog is full one day")
      #expect(remote.transport.sender.consecutiveFailures == failures)
      let said = try #require(remote.said().last).string
      #expect(said.hasPrefix("refused"), "\(said)")
      guard case .backingOff(let until) = remote.phase else { return }
      let wait = until.since(remote.now)
      if failures >= 12 { #expect((wait <= .seconds(12)) == example.isHeld, "\(said)") }
      remote.now = until
      remote.library.handshakeAnswers = [.fail(error)]
      _ = remote.deadlineReached()
    }
  }

  @Test("says where the clock stands, and judges at the floor")
  func judged() throws {
    let authority = try workspace.write(
      "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n", to: "ca.pem")
    try setModified(authority, to: 2_208_988_800)
    let remote = try RemoteUnderTest { settings in
      settings.trust.peerName = .address([127, 0, 0, 1])
      settings.trust.authorities = [Text(of: authority)]
    }
    try remote.transport.readFiles()
    let policy = try #require(remote.transport.credentials.policy)
    #expect(policy.time == 2_208_988_800)
    let words = try #require(policy.clockNote).string
    #expect(words.hasPrefix("; the clock stands at 20"), "\(words)")
    #expect(
      words.hasSuffix(", before 2040-01-01 00:00:00 UTC, when \(authority) was written"),
      "\(words)")
    try setModified(authority, to: 1)
    #expect(remote.transport.floor.seconds == 2_208_988_800, "it never sinks")
  }

  private func setModified(_ path: String, to time: Int) throws {
    let times = [timespec(tv_sec: time, tv_nsec: 0), timespec(tv_sec: time, tv_nsec: 0)]
    guard utimensat(AT_FDCWD, path, times, 0) == 0 else {
      throw Unexpected("utimensat: \(errorWords())")
    }
  }
}
