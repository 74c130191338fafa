import Foundation
import Testing

extension Scenarios.Attacker {
  @Test(
    "who ends the connection after each byte of the server's handshake (T2)",
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
    // The last of them had all but one byte: the place of each cut is where it was meant to be.
    #expect(scene.interceptor.seen[attacks.count - 1].server.count == recording.handshake - 1)
    scene.expectNothingLeft()
    try scene.expectDelivery(bytesBeforeData: recording.handshake)
  }

  @Test(
    "who changes a bit, in each record of the server's handshake many times",
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

  /// The length and every so manieth byte of each record, and its last; the type of those in
  /// clear.
  ///
  /// Left out is what says nothing and what GnuTLS therefore does not look at, where RFC 8446 §5
  /// would have it do so: the one byte of ChangeCipherSpec, the type outside of a sealed record,
  /// and, as anybody before there are keys, the version.
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
