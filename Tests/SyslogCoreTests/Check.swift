import Testing

/// As `#expect`, without the cost of it: these conditions are looked at millions of times. What is
/// simulated uses nothing else of Swift Testing, because Scripts/simulate has a `check` of its own.
func check(_ condition: Bool, _ promise: @autoclosure () -> String) {
  if !condition { Issue.record(Comment(rawValue: promise())) }
}
