internal import Bytes
internal import CPosix

/// Reads the name of this host, which a router may get late: from a script after the start, or by
/// DHCP.
struct HostNameReader {
  /// As `uname` gives it.
  private(set) var name: [UInt8] = []
  /// Whether that is nobody's name.
  private var isUnknown = true
  /// When it was read last, in seconds since 1970.
  private var lastRead = Int64.min

  init() {
    _ = read()
  }

  /// Once a second, until there is one.
  mutating func isDue(at seconds: Int64) -> Bool {
    guard isUnknown, seconds != lastRead else { return false }
    lastRead = seconds
    return true
  }

  /// Whether it is another one now.
  mutating func read() -> Bool {
    var system = utsname()
    guard unsafe uname(&system) == 0 else { return false }
    let new = unsafe withUnsafeBytes(of: &system.nodename) { unsafe Array($0.prefix { $0 != 0 }) }
    isUnknown =
      new.isEmpty || new.span.equals("(none)") || new.span.equals("localhost")
      || new.span.starts(with: "localhost.")
    defer { name = new }
    return new != name
  }
}
