import Testing

/// As `#expect`, without the cost of it: these conditions are looked at millions of times.
func check(
  _ condition: Bool, _ promise: Comment, sourceLocation: SourceLocation = #_sourceLocation
) {
  if !condition { Issue.record(promise, sourceLocation: sourceLocation) }
}

extension Span<UInt8> {
  /// An array of the same bytes.
  func copied() -> [UInt8] {
    withUnsafeBufferPointer { Array($0) }
  }
}
