import Foundation

/// Which ports a process listens at, from /proc, without connecting to them: a probe would be
/// a connection that the peer complains about and the test counts.
enum Listening {
  /// A UDP socket that is bound and not connected has the state of a TCP socket that is closed.
  static func ports(of pid: pid_t, _ kind: SocketKind = .stream) -> Set<Int> {
    let (tables, state) = kind == .stream ? (["tcp", "tcp6"], "0A") : (["udp", "udp6"], "07")
    let sockets = Set(Descriptors.links(of: pid).compactMap(inode))
    var ports: Set<Int> = []
    for table in tables {
      let text = (try? String(contentsOfFile: "/proc/\(pid)/net/\(table)", encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == state, sockets.contains(String(fields[9])),
          let port = fields[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) })
        else { continue }
        ports.insert(port)
      }
    }
    return ports
  }

  private static func inode(_ link: String) -> String? {
    guard link.hasPrefix("socket:[") else { return nil }
    return String(link.dropFirst(8).dropLast())
  }
}

/// A process's open descriptors and memory, from /proc.
enum Descriptors {
  /// What each descriptor is.
  static func links(of pid: pid_t) -> [String] {
    numbers(of: pid).compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\($0)")
    }
  }

  static func numbers(of pid: pid_t) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
    return names.compactMap(Int.init)
  }

  /// Resident memory in KB.
  static func residentKB(of pid: pid_t) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }
}
