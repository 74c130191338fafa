internal import CPosix

/// The system's clock, which says what time the kernel believes it is.
enum SystemClock {
  /// Seconds since 1970.
  @inline(never)
  static var seconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }
}
