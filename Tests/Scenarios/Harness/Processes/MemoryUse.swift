import Foundation

/// What a process keeps in memory for itself alone, in KB: pages that nobody else has mapped.
struct MemoryUse: CustomStringConvertible {
  /// Read from files, as program code is; it can be dropped and read again.
  let clean: Int
  let dirty: Int

  init(of pid: pid_t) throws {
    let text = try String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8)
    let sizes = { (name: String) throws -> Int in
      let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
      guard let size = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
        throw Failure("there is no \(name) in \(text)")
      }
      return size
    }
    clean = try sizes("Private_Clean")
    dirty = try sizes("Private_Dirty")
  }

  var total: Int { clean + dirty }
  var description: String { "\(total) KB (\(clean) clean, \(dirty) dirty)" }
}
