internal import Bytes

// What a client meant by its time (RFC 5424 A.1, M19).
extension WireTime {
  /// How far from the time of receipt a time without a zone may be, for its zone to be told from
  /// that, in seconds.
  private static var nearby: Int64 { 60 }

  /// Nil when the client meant a day that does not exist.
  ///
  /// A time without a zone is the system's local time, or UTC where the C library is musl, whose
  /// syslog(3) knows nothing else. The one that agrees with the time of receipt was meant. When
  /// neither does, it is taken for local time, and its zone is not known.
  init?(_ client: ClientTime, receivedAt receipt: WireTime, _ utcOffset: UTCOffset) {
    if let offset = client.utcOffsetMinutes {
      self.init(client, client.year ?? receipt.year, offset)
      return
    }
    // Nearly every message, without a calendar: local time of the same day.
    if client.year == nil, client.stamp.isNear(receipt.stamp, within: Int(WireTime.nearby)) {
      self.init(client, receipt.year, receipt.utcOffsetMinutes)
      if client.stamp == receipt.stamp { fraction = receipt.fraction }
      return
    }
    guard let year = client.year ?? receipt.year(of: client.stamp) else { return nil }
    let now = receipt.seconds
    let local = WireTime(client, year, receipt.utcOffsetMinutes)
    self = local
    if !isNear(now) {
      let universal = WireTime(seconds: now, utcOffsetMinutes: 0, microsecond: nil)
      let meant = WireTime(client, client.year ?? universal.year(of: client.stamp) ?? year, 0)
      self = WireTime(
        seconds: meant.seconds, utcOffsetMinutes: receipt.utcOffsetMinutes,
        microsecond: client.microsecond)
    }
    if !isNear(now) {
      // The clocks may have been changed since.
      self = WireTime(client, year, minutes(utcOffset, at: now - WireTime.nearby))
    }
    if !isNear(now) {
      // The offset of that date.
      self = WireTime(client, year, minutes(utcOffset, at: local.seconds))
      isZoneKnown = false
    }
    // Within the same second, the time of receipt is the closest guess.
    if client.microsecond == nil, seconds == now { fraction = receipt.fraction }
  }

  @inline(never)
  private init(_ client: ClientTime, _ year: Int, _ utcOffsetMinutes: Int) {
    self.init(
      year, client.stamp, microsecond: client.microsecond, utcOffsetMinutes: utcOffsetMinutes)
  }

  @inline(never)
  private func isNear(_ now: Int64) -> Bool {
    now - WireTime.nearby...now + WireTime.nearby ~= seconds
  }

  /// The same moment in the system's time zone, as RFC 3164 wants it (B2).
  func local(_ utcOffset: UTCOffset) -> WireTime {
    WireTime(
      seconds: seconds, utcOffsetMinutes: minutes(utcOffset, at: seconds),
      microsecond: microsecond)
  }

  private func minutes(_ utcOffset: UTCOffset, at seconds: Int64) -> Int {
    max(-1439, min(1439, Int(utcOffset(seconds)) / 60))
  }

  /// The year that a client meant who left it out: the latest in which the timestamp is not more
  /// than a day ahead of this time of receipt. Nil when that year has no such day.
  private func year(of stamp: ClientTimestamp) -> Int? {
    let ahead = stamp.secondsIntoYear(year) - self.stamp.secondsIntoYear(year)
    var meant = year
    if ahead > CivilDate.secondsPerDay { meant -= 1 }
    if ahead + CivilDate.days(inYear: year) * CivilDate.secondsPerDay <= CivilDate.secondsPerDay {
      meant += 1
    }
    guard 0...9999 ~= meant else { return nil }
    return stamp.day <= CivilDate.days(inMonth: stamp.month, of: meant) ? meant : nil
  }
}
