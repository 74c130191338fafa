internal import Bytes
internal import SyslogCore

// What is said of the spool of a remote, whose name is put in front where it is logged.

extension Sentence {
  static func noSpool(_ path: Text, _ failure: SpoolFile.Failure) -> Sentence {
    let reason: Text =
      switch failure {
      case .system(let cause): cause.description
      case .inUse: "it is in use by another remote or program"
      case .foreign: "it holds something else and is left as it is"
      }
    return Sentence("cannot use the spool $, only the queue in memory: $", path, reason)
  }

  static func spoolHolds(_ path: Text, _ count: Int) -> Sentence {
    Sentence("the spool $ holds $ from before, which come first", path, messages(UInt64(count)))
  }

  static func spoolKeepsSize(_ path: Text, _ size: Int) -> Sentence {
    Sentence("the spool $ is not empty and keeps its size of $ bytes", path, Text(size))
  }

  static func spoolTorn(_ path: Text) -> Sentence {
    Sentence("the last message in the spool $ was not written whole and is left out", path)
  }

  static func spoolDamaged(_ path: Text, _ count: Int) -> Sentence {
    Sentence("$ bytes of the spool $ are damaged and left out", Text(count), path)
  }

  static func spooling(_ path: Text) -> Sentence {
    Sentence("the queue is full, messages go to the spool $", path)
  }

  static func spoolRefuses(
    _ path: Text, _ refusal: Spool<SpoolFile>.Refusal, _ dailyLimit: Int, _ cause: Errno
  ) -> Sentence {
    switch refusal {
    case .full: Sentence("the spool $ is full", path)
    case .spent: Sentence("the spool $ has had its $ bytes for today", path, Text(dailyLimit))
    case .failed: Sentence("cannot write to the spool $: $", path, cause.description)
    }
  }

  static func spoolKeeps(_ path: Text, _ count: Int) -> Sentence {
    Sentence("the spool $ keeps $ for the next start", path, messages(UInt64(count)))
  }

  // What a check says.

  static func spoolWaits(
    _ path: Text, _ count: Int, _ used: Int, of capacity: Int
  ) -> Sentence {
    Sentence(
      "$ holds $ in $ of $ bytes",
      filledWith: [path, messages(UInt64(count)), Text(used), Text(capacity)])
  }

  static func spoolToBeMade(_ path: Text, _ size: Int, free: Int64) -> Sentence {
    Sentence("$ is not there yet and takes $ bytes of $ free ones", path, Text(size), Text(free))
  }
}
