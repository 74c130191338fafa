/// How much memory the queues of remotes may take that have no size of their own (`--queue`).
enum QueueMemory {
  /// What a queue always gets.
  static let least = 64 * 1024
  /// Bounds of what all of them get together.
  private static let bounds = (least: 256 * 1024, most: 16 * 1024 * 1024)

  /// Bytes for each of `count` queues, on a machine with `memory` bytes: a 64th of the memory, within
  /// bounds, in equal parts. A queue takes it only while it is that full.
  static func share(of memory: UInt64, among count: Int) -> Int {
    let part = memory / 64
    let all = max(bounds.least, part > UInt64(bounds.most) ? bounds.most : Int(part))
    return max(least, all / max(1, count))
  }
}
