/// Which messages a rule of the configuration is for: some severities of each facility.
public struct Selector: Sendable {
  /// Bit s of element f: severity s of facility f.
  private var severities: InlineArray<24, UInt8>

  private init(_ severities: UInt8) {
    self.severities = InlineArray(repeating: severities)
  }

  /// Every message of facilities 0 to 23.
  public static var all: Selector { Selector(0xFF) }
  /// No message.
  public static var none: Selector { Selector(0) }

  /// Never for facilities 24 to 127, not even for `*.*`: BusyBox 1.38 looks them up behind the end
  /// of its table.
  public func matches(_ priority: Priority) -> Bool {
    let facility = Int(priority.facility.rawValue)
    guard facility < severities.count else { return false }
    return severities[facility] >> priority.severity.rawValue & 1 == 1
  }

  /// Adds what `other` is for.
  public mutating func formUnion(_ other: Selector) {
    for facility in severities.indices { severities[facility] |= other.severities[facility] }
  }

  /// What one part of a selector, as `mail,news.!=info`, does to what the parts before it have
  /// selected. The sets have bit s for severity s.
  enum Change: Equatable {
    case add(UInt8)
    /// Selects nothing: `kern.!err` alone is for no message, as in BusyBox (not in its manual).
    case keepOnly(UInt8)
  }

  /// `facilities` has bit f for facility f.
  mutating func apply(_ change: Change, to facilities: UInt32) {
    for facility in severities.indices where facilities >> facility & 1 == 1 {
      switch change {
      case .add(let set): severities[facility] |= set
      case .keepOnly(let set): severities[facility] &= set
      }
    }
  }
}

extension Selector: Equatable {
  public static func == (left: Selector, right: Selector) -> Bool {
    for facility in left.severities.indices
    where left.severities[facility] != right.severities[facility] { return false }
    return true
  }
}
