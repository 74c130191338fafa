import TLSBackend
import Testing

@Suite("What is written in DER")
struct DERWriterTests {
  @Test(
    "has its length in the shortest form, whatever it is (X.690 §10.1)",
    arguments: [
      (0, [0]), (1, [1]), (127, [127]), (128, [0x81, 128]), (255, [0x81, 255]),
      (256, [0x82, 1, 0]), (65_535, [0x82, 255, 255]), (65_536, [0x83, 1, 0, 0]),
      (0x12_3456, [0x83, 0x12, 0x34, 0x56]), (0x100_0000, [0x84, 1, 0, 0, 0]),
    ] as [(Int, [UInt8])])
  func lengths(_ count: Int, _ length: [UInt8]) {
    let content = [UInt8](repeating: 0xA5, count: count)
    let element = DERWriter.element(4, content)
    #expect(Array(element.prefix(1 + length.count)) == [4] + length)
    #expect(Array(element.dropFirst(1 + length.count)) == content)
  }
}
