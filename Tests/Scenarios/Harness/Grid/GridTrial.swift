import Foundation

/// Tries one cell of the grid against a running peer.
struct GridTrial {
  /// What came of it.
  enum Outcome: Sendable {
    /// Every byte arrived; version and suite as syslogd said them.
    case delivered(String)
    /// Only with the option that syslogd's refusal names.
    case deliveredWith(option: String, String)
    /// The library cannot, which was refused in these words.
    case notAvailable(reason: String, refusal: String)
    case failed(String)
  }

  let cell: GridCell
  let library: Backend.Library
  let identity: Identity
  let station: GridStation

  func outcome() -> Outcome {
    let workspace = Workspace()
    do {
      guard cell.release == .tls12 || library.hasTLS13 else {
        return .notAvailable(
          reason: "\(library) has no TLS 1.3", refusal: try refusal(in: workspace))
      }
      do { return .delivered(try delivery(in: workspace)) } catch let failure as Failure {
        // Mbed TLS 3.6 offers RSASSA-PSS and cannot verify it in TLS 1.2.
        guard GridTrial.unreadablePSS.isIn(failure.description) else {
          throw failure
        }
      }
      let suite = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
      return .deliveredWith(
        option: GridTrial.remedy, try delivery(in: Workspace(), [GridTrial.remedy, suite]))
    } catch {
      return .failed("\(error)")
    }
  }

  private static let unreadablePSS = Said("BackendMbedTLS.unreadablePSS")
  private static let remedy = "--tls-ciphers"

  private func start(in workspace: Workspace, _ options: [String] = []) throws -> Syslogd {
    try Syslogd(
      ["-L"]
        + Remote.tls(
          try station.port(cell.framing), pins: [identity.pin], retry: "60",
          ["--framing", cell.framing.rawValue, "--format", "raw"] + options),
      in: workspace, build: .embedded(cell.product))
  }

  /// All messages arrive as they were sent, and nothing else does. Returns what was negotiated.
  private func delivery(in workspace: Workspace, _ options: [String] = []) throws -> String {
    let port = try station.port(cell.framing)
    let before = station.received(cell.framing).count
    let messages = GridMessages(cell)
    let expected = messages.expected(station.form, cell.framing)
    let syslogd = try start(in: workspace, options)
    let socket = try syslogd.connect()
    for datagram in messages.datagrams { try socket.send(datagram) }
    let said = try syslogd.waitToSay([.connected, .nextAttempt], about: port)
    guard let agreed = said.firstMatch(of: #/connected, (\S+) (\S+) \S+, pin 1 matches/#),
      agreed.1 == cell.release.negotiated
    else { throw Failure("not connected with \(cell.release.negotiated): \(said)") }
    let arrived = { station.received(cell.framing).dropFirst(before) }
    try eventually(
      "\(expected.count) bytes arrive, now \(arrived().count)\n"
        + syslogd.saysAboutRemote(port).joined(separator: "\n")
    ) { arrived().count >= expected.count }
    try syslogd.process.stop()
    let got = Array(arrived())
    guard got == expected else {
      let place = zip(got, expected).prefix { $0 == $1 }.count
      let seen = String(decoding: got.dropFirst(place).prefix(40), as: UTF8.self)
      throw Failure("byte \(place) of \(expected.count) is wrong: '\(seen)'")
    }
    return "\(agreed.1) \(agreed.2)"
  }

  /// The library has not the only version that the peer takes: nothing is sent, and the reason is
  /// the peer's. Returns it.
  private func refusal(in workspace: Workspace) throws -> String {
    let port = try station.port(cell.framing)
    let before = station.received(cell.framing).count
    let syslogd = try start(in: workspace)
    try syslogd.send(Messages(0..<10))
    let said = try syslogd.waitToSay([.nextAttempt, .connected], about: port)
    guard cell.peer.refusalsOfTLS12.contains(where: said.contains) else {
      throw Failure("refused, and none of \(cell.peer.refusalsOfTLS12) is said: \(said)")
    }
    try syslogd.process.stop()
    guard station.received(cell.framing).count == before else {
      throw Failure("something was sent: \(said)")
    }
    let words = said.firstMatch(of: #/:\d+: (.*?)(; next attempt|$)/#)?.1
    return String(words ?? "")
  }
}
