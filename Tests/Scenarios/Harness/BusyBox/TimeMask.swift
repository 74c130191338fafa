import Foundation

/// Replaces what differs between two runs of the same program: its own clock, where a line begins
/// with a time of the trial. Times that a client has sent stay to be compared.
///
/// The line about the start names the program, which is the difference `version`; the line about a
/// reload is the difference `reload`.
struct TimeMask {
  private static let length = 15
  /// East of UTC; `Asia/Kolkata` has it all the year.
  static let otherZone = 19_800
  private let times: Set<[UInt8]>
  private let otherTimes: Set<[UInt8]>

  /// Every second of the trial, as `ctime(3)` in UTC and in the other zone writes it.
  init(from first: time_t, to last: time_t) {
    times = TimeMask.texts(first...max(first, last))
    otherTimes = TimeMask.texts(first + TimeMask.otherZone...max(first, last) + TimeMask.otherZone)
  }

  private static func texts(_ seconds: ClosedRange<time_t>) -> Set<[UInt8]> {
    var times: Set<[UInt8]> = []
    for second in seconds {
      var (moment, parts) = (second, tm())
      gmtime_r(&moment, &parts)
      var text = [CChar](repeating: 0, count: 32)
      strftime(&text, text.count, "%b %e %H:%M:%S", &parts)
      times.insert(text.prefix(TimeMask.length).map { UInt8(bitPattern: $0) })
    }
    return times
  }

  func applied(to bytes: [UInt8]) -> [UInt8] {
    var masked: [UInt8] = []
    masked.reserveCapacity(bytes.count)
    // By pointers: this is megabytes of unoptimised code in each test.
    bytes.withUnsafeBytes { raw in
      var rest = raw
      while let base = rest.baseAddress, let end = memchr(base, 10, rest.count) {
        let length = UnsafeRawPointer(end) - base + 1
        append(UnsafeRawBufferPointer(rebasing: rest[..<length]), to: &masked)
        rest = UnsafeRawBufferPointer(rebasing: rest[length...])
      }
      append(rest, to: &masked)
    }
    return masked
  }

  /// Appends one line with its end.
  private func append(_ line: UnsafeRawBufferPointer, to masked: inout [UInt8]) {
    let before = masked.count
    var rest = line
    let time = line.count > TimeMask.length ? Array(line.prefix(TimeMask.length)) : []
    if times.contains(time) || otherTimes.contains(time) {
      masked.append(
        contentsOf: (times.contains(time) ? "(own time)" : "(time in the other zone)").utf8)
      rest = UnsafeRawBufferPointer(rebasing: line[TimeMask.length...])
    }
    for start in TimeMask.starts where start.count < rest.count {
      guard memcmp(start, rest.baseAddress!, start.count) == 0 else { continue }
      masked.append(contentsOf: start)
      return masked.append(10)
    }
    for start in TimeMask.reloads where start.count < rest.count {
      guard memcmp(start, rest.baseAddress!, start.count) == 0 else { continue }
      return masked.removeLast(masked.count - before)
    }
    masked.append(contentsOf: rest)
  }

  /// How a line about the start begins.
  private static let starts = beginnings("syslogd started: ")
  /// How a line about a reload begins, which BusyBox does not have.
  private static let reloads = beginnings("syslogd: \(Said.configurationRead.description)")

  /// Behind a time, after `-S`, in the kernel's buffer.
  private static func beginnings(_ text: String) -> [[UInt8]] {
    [" \(PrivateMachine.shortName) syslog.info ", " ", "<46>"].map { Array("\($0)\(text)".utf8) }
  }
}
