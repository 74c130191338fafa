/// A count for each of the eight severities.
public struct SeverityCounts: Sendable {
  private var counts = InlineArray<8, UInt64>(repeating: 0)

  public subscript(severity: Severity) -> UInt64 {
    get { counts[Int(severity.rawValue)] }
    set { counts[Int(severity.rawValue)] = newValue }
  }

  /// The sum over all severities.
  public var total: UInt64 {
    var sum: UInt64 = 0
    for rank in 0..<8 { sum &+= counts[rank] }
    return sum
  }
}
