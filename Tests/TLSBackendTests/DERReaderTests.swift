import Bytes
import Testing

@testable import TLSBackend

@Suite("DER is read strictly (X.690)")
struct DERReaderTests {
  private func isElement(_ bytes: [UInt8]) -> Bool {
    let reader = DERReader(bytes: bytes)
    _ = reader.next()
    return reader.isComplete
  }

  @Test("a definite length in its shortest form")
  func lengths() {
    #expect(isElement([4, 0]))
    #expect(isElement([4, 0x7F] + pattern(0x7F)))
    #expect(isElement([4, 0x81, 0x80] + pattern(0x80)))
    #expect(isElement([4, 0x82, 1, 0] + pattern(256)))
    let wrong: [[UInt8]] = [
      [], [4], [4, 1], [4, 0x80], [4, 0x80, 0, 0], [4, 0x81, 0x7F] + pattern(0x7F),
      [4, 0x82, 0, 0x80] + pattern(0x80), [4, 0x84, 0, 0, 0, 0], [4, 0x84, 1, 0, 0, 0],
      [4, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [4, 0xFF], [0x1F, 0],
      [4, 1, 0, 0],
    ]
    for bytes in wrong { #expect(!isElement(bytes), "\(bytes.prefix(6))") }
  }

  private func pattern(_ count: Int) -> [UInt8] { [UInt8](repeating: 7, count: count) }

  @Test("what is inside ends where it must, and what is wrong sticks")
  func nesting() {
    let reader = DERReader(bytes: [0x30, 4, 4, 0, 4, 0])
    let outer = reader.enter(0x30)
    _ = reader.next()
    reader.leave(outer)
    #expect(!reader.isValid)
    #expect(reader.isAtEnd)
    #expect(reader.read(4).isEmpty)
    #expect(!reader.isComplete)
  }

  @Test(
    "an INTEGER in its shortest form",
    arguments: [
      ([2, 1, 0], true), ([2, 1, 0xFF], true), ([2, 2, 0, 0x80], true), ([2, 2, 0xFF, 0x7F], true),
      ([2, 0], false), ([2, 2, 0, 0x7F], false), ([2, 2, 0xFF, 0x80], false), ([3, 1, 0], false),
    ] as [([UInt8], Bool)])
  func integers(_ bytes: [UInt8], _ isRight: Bool) {
    let reader = DERReader(bytes: bytes)
    _ = reader.integer()
    #expect(reader.isComplete == isRight)
  }

  @Test("a BOOLEAN of one byte, all zeros or all ones; none is false")
  func booleans() {
    for (bytes, value, isRight): ([UInt8], Bool, Bool) in [
      ([1, 1, 0xFF], true, true), ([1, 1, 0], false, true), ([], false, true),
      ([1, 1, 1], false, false), ([1, 2, 0xFF, 0xFF], false, false), ([1, 0], false, false),
    ] {
      let reader = DERReader(bytes: bytes)
      #expect(reader.flag() == value)
      #expect(reader.isComplete == isRight)
    }
  }

  @Test("a BIT STRING says how many bits are unused, and they are zero")
  func bitStrings() {
    for (bytes, value): ([UInt8], UInt16?) in [
      ([3, 2, 7, 0x80], 0x8000), ([3, 2, 1, 6], 0x0600), ([3, 3, 7, 0, 0x80], 0x0080),
      ([3, 2, 0, 1], 0x0100), ([3, 2, 1, 1], nil), ([3, 2, 8, 0], nil), ([3, 1, 0], nil),
      ([3, 0], nil),
    ] {
      let reader = DERReader(bytes: bytes)
      let flags = reader.flags()
      #expect(reader.isComplete == (value != nil))
      if let value { #expect(flags == value) }
    }
    let reader = DERReader(bytes: [3, 2, 1, 2])
    _ = reader.bitString()
    #expect(!reader.isValid, "whole bytes only")
  }

  @Test(
    "a Time with seconds, in UTC, of a day that there is (RFC 5280 §4.1.2.5)",
    arguments: [
      ("700101000000Z", 0), ("491231235959Z", 2_524_607_999), ("500101000000Z", -631_152_000),
      ("20500101000000Z", 2_524_608_000), ("99991231235959Z", 253_402_300_799),
      ("000229000000Z", 951_782_400), ("00010101000000Z", -62_135_596_800),
    ] as [(String, Int64)])
  func times(_ text: String, _ seconds: Int64) {
    let reader = DERReader(bytes: der(text.utf8.count == 13 ? 0x17 : 0x18, Array(text.utf8)))
    #expect(reader.time() == seconds)
    #expect(reader.isComplete)
  }

  @Test(
    "another Time is none",
    arguments: [
      "7001010000Z", "700101000000", "700101000000+0000", "700001000000Z", "701301000000Z",
      "700132000000Z", "700230000000Z", "700100000000Z", "700101240000Z", "700101006000Z",
      "700101000060Z", "7001010000 0Z", "20500101000000.5Z", "205001010000Z", "19000229000000Z",
      "Z",
      "",
    ])
  func badTimes(_ text: String) {
    for tag: UInt8 in [0x17, 0x18] {
      let reader = DERReader(bytes: der(tag, Array(text.utf8)))
      _ = reader.time()
      #expect(!reader.isValid)
    }
  }

  @Test("object identifiers of up to nine bytes are told apart, and written in dotted numbers")
  func identifiers() {
    func id(_ bytes: [UInt8]) -> ObjectID { ObjectID(bytes, bytes.indices) }
    let rsa = Array(objectID(1, 2, 840, 113549, 1, 1, 1).dropFirst(2))
    #expect(id(rsa) == .rsa)
    #expect(id(Array(rsa.dropFirst())) != .rsa)
    #expect(id([0] + rsa.dropFirst()) != .rsa)
    #expect(id([0x55, 0x1D, 15]).certificateExtension == 15)
    #expect(id([0, 0x55, 0x1D, 15]).certificateExtension == 0)
    #expect(id([0x55, 0x1D, 200]).certificateExtension == 0)
    #expect(id([]) == .none)
    #expect(ObjectID.words(rsa, rsa.indices).words == "1.2.840.113549.1.1.1")
    #expect(ObjectID.words([0x2B, 0x65, 0x70], 0..<3).words == "Ed25519")
    #expect(ObjectID.words([0x88, 0x37, 3], 0..<3).words == "2.999.3")
    let long = [UInt8](repeating: 0xFF, count: 100)
    #expect(ObjectID.words(long, long.indices).words.count < 100)
  }
}
