/// One value for each of the eight severities.
public struct SeverityTable<Value: Sendable>: Sendable {
  private var values: InlineArray<8, Value>

  public init(repeating value: Value) {
    values = InlineArray(repeating: value)
  }

  public subscript(severity: Severity) -> Value {
    get { values[Int(severity.rawValue)] }
    set { values[Int(severity.rawValue)] = newValue }
  }

  /// By number, 0 (emergency) to 7 (debug).
  subscript(rank rank: Int) -> Value {
    get { values[rank] }
    set { values[rank] = newValue }
  }
}

extension SeverityTable<UInt64> {
  /// The sum over all severities.
  public var total: UInt64 {
    var sum: UInt64 = 0
    for rank in 0..<8 { sum &+= values[rank] }
    return sum
  }
}
