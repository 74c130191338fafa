/// When to warn that a certificate expires soon: when 30, 7 and 1 days are left, and when it has
/// expired, which a pin does not mind. Once for each certificate and threshold.
public struct ExpiryWatch {
  /// What was said of certificates: the beginnings of their fingerprints, with the number of the
  /// threshold in the low bits. A name may stand for several servers; one that shows another
  /// certificate each time has a line for each connection anyway.
  private var said = InlineArray<8, UInt64>(repeating: 0)
  private var oldest = 0

  public init() {}

  /// Whether to warn of a certificate at `time`, in seconds since 1970.
  public mutating func warns(of certificate: CertificateSummary, at time: Int64) -> Bool {
    let left = certificate.notAfter &- time
    var mark = certificate.fingerprint.beginning & ~7
    let thresholds: InlineArray<4, Int64> = [30, 7, 1, 0]
    for index in 0..<4 where left < thresholds[index] * 86_400 { mark += 1 }
    if mark & 7 == 0 { return false }
    for place in 0..<8 where (said[place] ^ mark) < 8 {
      if said[place] >= mark { return false }
      said[place] = mark
      return true
    }
    said[oldest] = mark
    oldest = (oldest + 1) % 8
    return true
  }
}
