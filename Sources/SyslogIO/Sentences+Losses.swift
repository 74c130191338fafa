internal import Bytes
internal import Features
internal import SyslogCore

// What is said of messages that were lost. The time is when they were given up.

extension Sentence {
  /// To the collector, as a message of its own (RFC 5424 §8.5).
  static func notice(_ what: Sentence, process: Int32) -> Sentence {
    Sentence("<44>syslogd[$]: $", Text(process), what.text)
  }

  /// To the collector and to the log.
  static func discarded(_ count: UInt64, _ lost: LossPeriod?, capacity: Int) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence(
        "$ for this collector discarded: its queue of $ bytes was full", messages(count),
        Text(capacity))
    }
    return Sentence(
      "$ for this collector discarded$: its queue of $ bytes was full", messages(count),
      words(lost), Text(capacity))
  }

  static func discardedUnreported(_ count: UInt64, _ lost: LossPeriod?) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence("$ discarded, and the collector was not told", messages(count))
    }
    return loss("$ discarded$, and the collector was not told", lost)
  }

  /// Over UDP.
  static func unsent(_ lost: LossPeriod) -> Sentence {
    loss("$ for this collector discarded$: they could not be sent", lost)
  }

  /// Lines that readers kept out until newer ones had pushed them out.
  static func ringLost(_ lost: LossPeriod) -> Sentence {
    loss("$ never got into the ring$: readers held it", lost)
  }

  static func notWritten(
    bytes: UInt64, _ lost: LossPeriod?, to path: Text, _ cause: Errno
  ) -> Sentence {
    guard Feature.losses.isBuilt else {
      return Sentence("$: $ bytes were not written: $", path, Text(bytes), cause.description)
    }
    let what = loss("$ were not written$", lost)
    return Sentence("$: $: $", path, what.text, cause.description)
  }

  @inline(never)
  private static func loss(_ template: Literal, _ lost: LossPeriod?) -> Sentence {
    Sentence(template, messages(lost?.count ?? 0), words(lost))
  }

  /// When it was, behind a verb.
  @inline(never)
  private static func words(_ lost: LossPeriod?) -> Text {
    guard let lost else { return Text([]) }
    return Sentence(" between $ and $", Text(utc: lost.first), Text(utc: lost.last)).text
  }
}
