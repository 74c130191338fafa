internal import Bytes
internal import Features
internal import SyslogCore

// What is said of messages that were lost. The time is when they were given up.

// MARK: By remotes

extension Sentence {
  /// To the collector, as a message of its own (RFC 5424 §8.5).
  static func discardedForCollector(
    _ count: UInt64, _ lost: LossPeriod?, capacity: Int, process: Int32
  ) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence(
        "<44>syslogd[$]: $ for this collector discarded: its queue of $ bytes was full",
        Text(process), messages(count), Text(capacity))
    }
    return Sentence(
      "<44>syslogd[$]: $ for this collector discarded$: its queue of $ bytes was full",
      Text(process), messages(count), words(lost), Text(capacity))
  }

  static func discarded(_ count: UInt64, _ lost: LossPeriod?) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence("$ discarded, the queue was full", messages(count))
    }
    return Sentence("$ discarded$, the queue was full", messages(count), words(lost))
  }

  /// Over UDP, to the collector.
  static func unsentForCollector(_ lost: LossPeriod, process: Int32) -> Sentence {
    Sentence(
      "<44>syslogd[$]: $ for this collector discarded$: they could not be sent",
      Text(process), messages(lost.count), words(lost))
  }

  /// Over UDP, when the collector was told.
  static func unsent(_ lost: LossPeriod) -> Sentence {
    Sentence("$ discarded$: they could not be sent", messages(lost.count), words(lost))
  }

  static func discardedUnreported(_ count: UInt64, _ lost: LossPeriod?) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence("$ discarded, and the collector was not told", messages(count))
    }
    return Sentence(
      "$ discarded$, and the collector was not told", messages(count), words(lost))
  }
}

// MARK: By files and the ring

extension Sentence {
  static func notWritten(
    bytes: UInt64, _ lost: LossPeriod?, to path: Text, _ cause: Errno
  ) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence("$: $ bytes were not written: $", path, Text(bytes), cause.description)
    }
    return Sentence(
      "$: $ ($ bytes) were not written$: $",
      filledWith: [
        path, messages(lost?.count ?? 0), Text(bytes), words(lost), cause.description,
      ])
  }

  /// Lines that readers kept out until newer ones had pushed them out.
  static func ringLost(_ lost: LossPeriod) -> Sentence {
    Sentence(
      "$ never got into the ring$: readers held it", messages(lost.count), words(lost))
  }

  /// When it was, behind a verb.
  static func words(_ lost: LossPeriod?) -> Text {
    guard let lost else { return Text([]) }
    return Sentence(" between $ and $", Text(utc: lost.first), Text(utc: lost.last)).text
  }
}
