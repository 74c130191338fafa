import Foundation
import Testing

extension Scenarios.ManInTheMiddle {
  /// Why a valid certificate is still the wrong one.
  enum Impostor: String, CaseIterable, CustomTestStringConvertible {
    case anotherNameOfTheSameAuthority, theNameFromAnotherAuthority

    var testDescription: String { rawValue }

    func identity(of cast: CertificateAuthority.Cast) -> Identity {
      switch self {
      case .anotherNameOfTheSameAuthority: cast.otherName
      case .theNameFromAnotherAuthority: cast.otherAuthority
      }
    }
  }

  @Test(
    "when it presents another valid certificate and syslogd has --ca (T5, T17, T19)",
    arguments: Impostor.allCases, Backend.allCases)
  func anotherChain(impostor: Impostor, backend: Backend) throws {
    let cast = try CertificateAuthority.Cast.shared()
    let server = try OpenSSLServer(cast.collector, in: workspace)
    let other = try OpenSSLServer(impostor.identity(of: cast), in: workspace, name: "other")
    let scene = try InterceptorScene(
      backend, server, in: workspace, trust: cast.trust, then: .redirect(port: other.port))
    try scene.waitForConnections(20)
    scene.expectNothingLeft()
    #expect(other.received.isEmpty)
    try scene.expectDelivery()
  }

  @Test(
    "when it cuts, changes or replays the handshake and syslogd has --ca (T2, T5)",
    arguments: [Restriction.tls12, Restriction.tls13], Backend.allCases)
  func damagedChain(version: [String], backend: Backend) throws {
    let isTLS12 = version == Restriction.tls12
    if !isTLS12 { try backend.requireTLS13() }
    let cast = try CertificateAuthority.Cast.shared()
    let recorded = try OpenSSLServer(cast.collector, in: workspace, version, name: "recorded")
    let recording = try InterceptorRecording(
      backend, recorded, in: workspace, trust: cast.trust, isTLS12: isTLS12)
    let server = try OpenSSLServer(cast.collector, in: workspace, version)
    let cuts = stride(from: 0, to: recording.handshake, by: 23).map {
      InterceptorAttack.cut(after: $0, reset: false)
    }
    let attacks = cuts + flips(in: recording, every: 37)
    let scene = try InterceptorScene(
      backend, server, in: workspace, trust: cast.trust, attacks: attacks,
      then: .answer(recording.bytes))
    try scene.waitForConnections(attacks.count + 5)
    scene.expectNothingLeft()
    try scene.expectDelivery(bytesBeforeData: recording.handshake)
  }
}
