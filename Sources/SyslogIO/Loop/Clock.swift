internal import CPosix
internal import SyslogCore

/// The two clocks of the daemon, read once per turn of its loop.
struct Clock {
  /// Monotonic: for deadlines.
  private(set) var now = Instant(milliseconds: 0)
  /// Local calendar time: for timestamps.
  private(set) var calendar = CalendarTime(
    year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, microsecond: 0,
    utcOffsetMinutes: 0, isSynchronized: false)
  /// System time in seconds since 1970.
  private(set) var seconds = Int64.min
  private let floor: ClockFloor
  /// What `calendar` was made with.
  private var knownFloor = Int64.min

  init(floor: ClockFloor) {
    self.floor = floor
    update()
  }

  /// Reads both clocks.
  mutating func update() {
    var monotonic = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &monotonic)
    now = Instant(
      milliseconds: Int64(monotonic.tv_sec) &* 1000 &+ Int64(monotonic.tv_nsec) / 1_000_000)
    var real = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &real)
    if Int64(real.tv_sec) != seconds || floor.seconds != knownFloor { breakDown(real.tv_sec) }
    calendar.microsecond = Int(real.tv_nsec) / 1000
  }

  private mutating func breakDown(_ time: time_t) {
    seconds = Int64(time)
    knownFloor = floor.seconds
    var time = time
    var parts = unsafe tm()
    // As ctime(3) does for BusyBox: a time zone that is set later holds without a restart.
    tzset()
    unsafe localtime_r(&time, &parts)
    calendar = unsafe CalendarTime(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min),
      // A leap second does not exist in RFC 5424 (M7).
      second: min(59, Int(parts.tm_sec)), microsecond: 0,
      utcOffsetMinutes: Int(parts.tm_gmtoff) / 60,
      // A clock below the floor is wrong, whatever it says of itself.
      isSynchronized: seconds >= knownFloor && cposix_is_unsynchronized() == 0)
  }
}

/// 32 random bits for the jitter of the backoff. Never waits for entropy: at boot the clock's low
/// bits must do.
func jitter() -> UInt32 {
  var bits: UInt32 = 0
  let got = unsafe withUnsafeMutableBytes(of: &bits) { buffer in
    unsafe getrandom(buffer.baseAddress, buffer.count, CPOSIX_GRND_NONBLOCK)
  }
  if got == MemoryLayout<UInt32>.size { return bits }
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt32(truncatingIfNeeded: time.tv_nsec) &* 2_654_435_761
}
