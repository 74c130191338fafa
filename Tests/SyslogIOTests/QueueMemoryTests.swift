import Testing

@testable import SyslogIO

@Suite("The memory for queues without a size of their own") struct QueueMemoryTests {
  @Test(
    "is a 64th of the machine's, within bounds, in equal parts",
    arguments: [
      (0, 1, 256 << 10), (16 << 20, 1, 256 << 10), (64 << 20, 1, 1 << 20), (64 << 20, 4, 256 << 10),
      (64 << 20, 100, 64 << 10), (512 << 20, 2, 4 << 20), (8 << 30, 1, 16 << 20),
      (UInt64.max, 1, 16 << 20), (8 << 30, 0, 16 << 20),
    ] as [(UInt64, Int, Int)])
  func share(memory: UInt64, count: Int, share: Int) {
    #expect(QueueMemory.share(of: memory, among: count) == share)
  }
}
