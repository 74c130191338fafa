import Bytes
import Foundation
import Testing

@testable import TLSBackend

@Suite("PeerPolicy")
struct PeerPolicyTests {
  let certificate = CertificateSummary.made(sha1: [UInt8](repeating: 0x77, count: 20))
  var seen: PeerEvidence { .of(certificate) }
  private var seenKey: Sentence { .serverKey(PinSpelling.spki(certificate.spkiFingerprint)) }

  private func pinned(_ pins: PinSet.Pin...) -> PeerPolicy {
    var set = PinSet(source: "/etc/syslog/pin.pem")
    for pin in pins { set.insert(pin) }
    return .pinned(set)
  }

  private func refusal(by policy: PeerPolicy) throws -> TLSError {
    try #require(#expect(throws: TLSError.self) { _ = try policy.judge(seen) })
  }

  @Test("accepts the pinned key and says by which pin")
  func pinnedKey() throws {
    let peer = try pinned(.spki(.repeating(0x11))).judge(seen)
    #expect(peer.pin == 0)
    #expect(peer.isValidated == false)
    #expect(peer.advice == nil)
    #expect(peer.certificate.spkiFingerprint == .repeating(0x11))
  }

  @Test("accepts the pinned certificate (T18)")
  func pinnedCertificate() throws {
    let peer = try pinned(.certificate(.repeating(0x22))).judge(seen)
    #expect(peer.pin == 0)
  }

  @Test("accepts by the second of two pins, in either order of old and new")
  func rotation() throws {
    let peer = try pinned(.spki(.repeating(9)), .spki(.repeating(0x11))).judge(seen)
    #expect(peer.pin == 1)
  }

  @Test("warns when only the last of several pins matches, and when a SHA-1 fingerprint does (T11)")
  func advice() throws {
    let last = try pinned(.spki(.repeating(9)), .spki(.repeating(0x11))).judge(seen)
    #expect(last.advice == .onlyLastPinMatches(of: 2))
    let first = try pinned(.spki(.repeating(0x11)), .spki(.repeating(9))).judge(seen)
    #expect(first.advice == nil)
    let only = try pinned(.spki(.repeating(0x11))).judge(seen)
    #expect(only.advice == nil)
    let sha1 = try pinned(.certificateSHA1([UInt8](repeating: 0x77, count: 20))).judge(seen)
    #expect(
      sha1.advice == .matchedBySHA1(replaceWith: PinSpelling.certificate(.repeating(0x22))))
  }

  @Test("takes no missing SHA-1 fingerprint for any pin")
  func missingSHA1() throws {
    var set = PinSet(source: "x")
    set.insert(.certificateSHA1([UInt8](repeating: 0x77, count: 20)))
    let policy = PeerPolicy.pinned(set)
    #expect(throws: TLSError.self) { _ = try policy.judge(.of(.made())) }
  }

  @Test("refuses a key of less than 112 bits whatever is pinned (C14)")
  func weakKey() throws {
    let weak = PeerEvidence.of(.made(strength: 80))
    let policy = pinned(.spki(.repeating(0x11)))
    let error = #expect(throws: TLSError.self) { _ = try policy.judge(weak) }
    #expect(error?.reason == .weakServerKey(bits: 80))
  }

  @Test("never takes a key's fingerprint for a certificate's, nor the other way round")
  func kindsAreApart() throws {
    _ = try refusal(by: pinned(.spki(.repeating(0x22)), .certificate(.repeating(0x11))))
  }

  @Test("accepts nobody with an empty pin set, and says so")
  func empty() throws {
    let error = try refusal(by: .pinned(PinSet(source: "/etc/syslog/pin.pem")))
    #expect(error.kind == .authentication)
    #expect(error.reason == .pinMismatch(seenKey, pins: 0, in: "/etc/syslog/pin.pem"))
  }

  @Test("accepts anybody only when told so by an insecure name (T24)")
  func insecure() throws {
    let peer = try PeerPolicy.insecureAnyPeer.judge(seen)
    #expect(peer.pin == nil)
    #expect(peer.isValidated == false)
  }

  @Test("names the key that was seen, and where the pin is, never the pin")
  func wordsForKey() throws {
    let error = try refusal(by: pinned(.spki(.repeating(0))))
    #expect(error.kind == .authentication)
    #expect(error.reason == .pinMismatch(seenKey, pins: 1, in: "/etc/syslog/pin.pem"))
    #expect(!error.reason.words.contains(PinSpelling.spki(.repeating(0)).words))
  }

  @Test("names the certificate, too, when a certificate was pinned")
  func wordsForCertificate() throws {
    let reason = try refusal(by: pinned(.certificate(.repeating(0x33)))).reason
    let both = Sentence.serverKey(
      PinSpelling.spki(certificate.spkiFingerprint),
      certificate: PinSpelling.certificate(certificate.fingerprint))
    #expect(reason == .pinMismatch(both, pins: 1, in: "/etc/syslog/pin.pem"))
    #expect(!reason.words.contains(PinSpelling.certificate(.repeating(0x33)).words))
  }

  @Test("of many pins, the words say how many, not which")
  func wordsForMany() throws {
    let reason = try refusal(
      by: pinned(.spki(.repeating(0)), .spki(.repeating(1)), .spki(.repeating(2)))
    ).reason
    #expect(reason == .pinMismatch(seenKey, pins: 3, in: "/etc/syslog/pin.pem"))
    for byte: UInt8 in 0...2 {
      #expect(!reason.words.contains(PinSpelling.spki(.repeating(byte)).words))
    }
  }

  @Test("spellings read back as the pins they are")
  func spellings() throws {
    let text = PinSpelling.spki(.repeating(0x5A)) + "\n" + PinSpelling.certificate(.repeating(0xC3))
    let pins = try read(text.words).get()
    #expect(pins.place(spki: 0x5A) == 0)
    #expect(pins.place(spki: 0, certificate: 0xC3) == 1)
  }

  @Test("is the only maker of a VerifiedPeer: its initialiser is private to that file")
  func onlyMaker() throws {
    let root = URL(filePath: #filePath).appending(path: "../../../Sources/TLSBackend").standardized
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    let makers = try files.compactMap { $0 as? URL }.filter { file in
      try file.pathExtension == "swift"
        && String(contentsOf: file, encoding: .utf8).contains("VerifiedPeer(")
    }
    #expect(makers.map(\.lastPathComponent) == ["PeerPolicy.swift"])
    let source = try String(contentsOf: #require(makers.first), encoding: .utf8)
    let declaration = try #require(source.split(separator: "struct VerifiedPeer").last)
    let initialisers = declaration.split(separator: "\n").filter { $0.contains("init(") }
    #expect(initialisers.count == 1)
    #expect(initialisers.first?.contains("fileprivate init(") == true)
  }
}
