import Foundation

/// Replaces what differs between two runs of the same program: its own clock, where a line begins
/// with a time of the trial. Times that a client has sent stay to be compared.
///
/// The line about the start names the program, which is the difference `version`.
struct TimeMask {
  private static let length = 15
  private let times: Set<[UInt8]>

  /// Every second of the trial, as `ctime(3)` in UTC writes it.
  init(from first: time_t, to last: time_t) {
    var times: Set<[UInt8]> = []
    for second in first...max(first, last) {
      var (moment, parts) = (second, tm())
      gmtime_r(&moment, &parts)
      var text = [CChar](repeating: 0, count: 32)
      strftime(&text, text.count, "%b %e %H:%M:%S", &parts)
      times.insert(text.prefix(TimeMask.length).map { UInt8(bitPattern: $0) })
    }
    self.times = times
  }

  func applied(to bytes: [UInt8]) -> [UInt8] {
    var masked: [UInt8] = []
    masked.reserveCapacity(bytes.count)
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      if !masked.isEmpty || line.startIndex > 0 { masked.append(10) }
      guard times.contains(Array(line.prefix(TimeMask.length))) else {
        masked += line
        continue
      }
      masked += Array("(own time)".utf8) + withoutVersion(line.dropFirst(TimeMask.length))
    }
    return masked
  }

  private func withoutVersion(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let words = Array("syslogd started: ".utf8)
    guard line.count < 200, let place = line.firstRange(of: words) else { return line }
    return line[..<place.upperBound]
  }
}
