import TLSBackend
import Testing

@Suite("SHA256Digest")
struct SHA256DigestTests {
  private func make(_ bytes: [UInt8]) -> SHA256Digest? { SHA256Digest(bytes.span) }

  @Test("is made of exactly 32 bytes", arguments: [0, 1, 31, 33, 64])
  func refusesOtherLengths(_ count: Int) {
    #expect(make([UInt8](repeating: 7, count: count)) == nil)
  }

  @Test("keeps every byte in its place")
  func keepsBytes() throws {
    let bytes = (0..<32).map { UInt8($0 * 8 + 1) }
    let digest = try #require(make(bytes))
    #expect((0..<32).map { digest[$0] } == bytes)
  }

  @Test("differs when any one bit differs")
  func comparesEveryBit() throws {
    let bytes = [UInt8](repeating: 0x3C, count: 32)
    let digest = try #require(make(bytes))
    #expect(digest == make(bytes))
    for bit in 0..<256 {
      var other = bytes
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(try #require(make(other)) != digest)
    }
  }
}
