extension CollectorWorld {
  /// What the collector does with a connection.
  enum Habit: CaseIterable, Sendable {
    case faithful
    /// Reads everything, and closes after a while.
    case impatient
    /// Closes at a message that is too long for it; what is behind that is lost. With TLS it has
    /// read the rest of the record, and the connection ends in order.
    case chokesInOrder, chokesAbruptly
    /// Closes without having read anything, until it is mended.
    case refuses, refusesAtOnce
    /// Dies at random moments and comes back.
    case dies
  }
}
