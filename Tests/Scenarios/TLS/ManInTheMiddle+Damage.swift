import Foundation
import Testing

extension Scenarios.ManInTheMiddle {
  @Test(
    "when it cuts the connection after any byte of the server's handshake (T2)",
    arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
  func cut(version: [String], backend: Backend) throws {
    let (server, pin, recording) = try recording(version, backend)
    let attacks = (0..<recording.handshake).map {
      InterceptorAttack.cut(after: $0, reset: $0 % 2 == 1)
    }
    let scene = try InterceptorScene(
      backend, server, in: workspace, trust: ["-c", pin], attacks: attacks,
      then: .cut(after: 0, reset: false))
    try scene.waitForConnections(attacks.count)
    // The last connection got all bytes but one, so each cut was where it was planned.
    #expect(scene.interceptor.seen[attacks.count - 1].server.count == recording.handshake - 1)
    scene.expectNothingLeft()
    try scene.expectDelivery(bytesBeforeData: recording.handshake)
  }

  @Test(
    "when it changes one bit, at many places of each record of the handshake",
    arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
  func flipped(version: [String], backend: Backend) throws {
    let (server, pin, recording) = try recording(version, backend)
    let attacks = flips(in: recording, every: 11)
    let scene = try InterceptorScene(
      backend, server, in: workspace, trust: ["-c", pin], attacks: attacks,
      then: .cut(after: 0, reset: false))
    try scene.waitForConnections(attacks.count)
    scene.expectNothingLeft()
    try scene.expectDelivery(bytesBeforeData: recording.handshake)
  }

  /// Flips in each record: its length, its last byte, every `step`-th byte of its contents, and
  /// its type if the record is not encrypted.
  ///
  /// Left out is what carries no information and GnuTLS does not check, although RFC 8446 §5 asks
  /// for it: the single byte of ChangeCipherSpec, the outer type of an encrypted record, and the
  /// version, which no library checks before there are keys.
  func flips(in recording: InterceptorRecording, every step: Int) -> [InterceptorAttack] {
    let handshake = Array(recording.bytes[..<recording.handshake])
    return InterceptorSeen.records(in: handshake).flatMap { record -> [Int] in
      let contents =
        stride(from: record.place + 5, to: record.end - 1, by: step) + [record.end - 1]
      let length = record.place + 4
      switch record.type {
      case InterceptorSeen.Record.changeCipherSpec: return [record.place, length]
      case InterceptorSeen.Record.applicationData: return [length] + contents
      default: return [record.place, length] + contents
      }
    }.map { .flip(at: $0) }
  }
}
