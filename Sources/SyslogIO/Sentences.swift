internal import Bytes
internal import SyslogCore

// What the daemon says of itself, of this machine's files and of its sandbox. Clauses without a
// full stop; no command-line spelling, which is the programs' (`DaemonParameter`).

// MARK: Start, reload and end

extension Sentence {
  /// BusyBox's words, up to the version.
  static func started(_ version: Text) -> Sentence { Sentence("syslogd started: $", version) }

  /// BusyBox's words.
  static var exiting: Sentence { Sentence("syslogd exiting") }

  static func noBackground(_ cause: Errno) -> Sentence {
    Sentence("cannot run in the background: $", cause.description)
  }

  static func noLogSocket(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("cannot open the log socket '$': $", path, cause.description)
  }

  static func noPIDFile(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("cannot write the pid file $: $", path, cause.description)
  }

  static func noStatistics(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("cannot write the statistics file $: $", path, cause.description)
  }

  static func configurationRead(rules: Int, remotes: Int) -> Sentence {
    Sentence("configuration reloaded: rules $, remotes $", Text(rules), Text(remotes))
  }

  /// `refusal` names file, line and column.
  static func configurationKept(_ refusal: Text) -> Sentence {
    Sentence("keeping the previous configuration: $", refusal)
  }

  /// The counters of the daemon itself.
  static func counters(
    received: UInt64, truncated: UInt64, repeated: UInt64, _ lost: LocalOutput.Losses
  ) -> Sentence {
    Sentence(
      "received $, truncated $, repeated $, $",
      filledWith: [Text(received), Text(truncated), Text(repeated), losses(lost).text])
  }

  static func losses(_ lost: LocalOutput.Losses) -> Sentence {
    let bytes = Text(lost.bytes)
    if let lines = lost.ringLines {
      return Sentence("local bytes lost $, ring lines lost $", bytes, Text(lines))
    }
    guard let refused = lost.refusedByKernel else { return Sentence("local bytes lost $", bytes) }
    return Sentence("local bytes lost $, refused by the kernel $", bytes, Text(refused))
  }
}

extension Sentence {
  /// More than one turn of the loop has room for.
  static func omitted(_ count: Int) -> Sentence {
    Sentence("$ more lines of syslogd itself omitted", Text(count))
  }
}

// MARK: Local destinations

extension Sentence {
  static func noRing(bytes: Int, _ failure: RingFailure) -> Sentence {
    let size = Text(bytes / 1024)
    return switch failure {
    case .system(let cause):
      Sentence("cannot make a ring of $ KB in shared memory: $", size, cause.description)
    case .notRemoved(let cause):
      Sentence(
        "cannot make a ring of $ KB in shared memory: another one is there and cannot be removed: $",
        size, cause.description)
    }
  }

  /// Why a ring that was there was not used.
  static func ringReplaced(_ flaw: RingFlaw) -> Sentence {
    guard case .foreign(let user) = flaw else {
      return Sentence("others could write to the ring in shared memory; it was made anew")
    }
    return Sentence("the ring in shared memory was one of uid $; it was made anew", Text(user))
  }

  static func noKernelLog(_ cause: Errno) -> Sentence {
    Sentence("cannot open /dev/kmsg: $", cause.description)
  }

  static var ringHeldByReader: Sentence {
    Sentence("a reader has locked the ring for more than a second; writing anyway")
  }
}

// MARK: Privileges and sandbox

extension Sentence {
  static func noUser(_ name: Text) -> Sentence { Sentence("there is no user '$'", name) }

  static func notRoot(_ name: Text) -> Sentence { Sentence("only root can become '$'", name) }

  static func notBecome(_ name: Text, _ cause: Errno) -> Sentence {
    Sentence("cannot become '$': $", name, cause.description)
  }

  static func running(as name: Text, user: UInt32, group: UInt32) -> Sentence {
    Sentence("running as $ (uid $, gid $)", name, Text(user), Text(group))
  }

  /// Which capability is kept, and for which file; nil when none is.
  static func keeping(_ lack: DaemonFiles.Lack, _ name: Text) -> Sentence? {
    switch lack {
    case .nothing: nil
    case .reading(let path):
      Sentence("keeping CAP_DAC_READ_SEARCH: $ may not read '$'", name, path)
    case .writing(let path):
      Sentence("keeping CAP_DAC_OVERRIDE: $ may not write to '$'", name, path)
    }
  }

  /// A log whose folder holds more than logs.
  static func exposing(_ log: Text) -> Sentence {
    Sentence(
      """
      the sandbox cannot allow '$' to be rotated without allowing files of the system in that \
      folder; use another one
      """, log)
  }

  static func noSeccomp(_ cause: Errno) -> Sentence {
    Sentence("sandbox: seccomp is not available: $", cause.description)
  }

  static func noLandlock(_ cause: Errno) -> Sentence {
    Sentence("sandbox: Landlock is not available: $", cause.description)
  }

  static func asGoodAsRoot(_ cause: Errno) -> Sentence {
    Sentence(
      """
      sandbox: Landlock is not available: $; with CAP_DAC_OVERRIDE this process can write to every \
      file, which is as good as root
      """, cause.description)
  }

  /// A log file that the sandbox cannot be opened for.
  static func notAllowed(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("sandbox: '$' can no longer be written: $", path, cause.description)
  }
}

// MARK: Time

extension Sentence {
  static func noStateFile(_ path: Text, _ cause: Errno) -> Sentence {
    Sentence("cannot save the time in the state file $: $", path, cause.description)
  }

  /// A synchronised clock that is more than a day ahead of what is known. Times are in seconds since
  /// 1970.
  static func clockAhead(_ clock: Int64, of floor: Int64, _ path: Text) -> Sentence {
    Sentence(
      """
      the clock stands at $, far ahead of $, the last time that is known; $ follows it by a day in \
      an hour. If the clock was wrong, remove that file and restart
      """, Text(utc: clock), Text(utc: floor), path)
  }

  /// What a refusal says behind its reason while the clock is before the earliest time that it can
  /// be. The times are in seconds since 1970.
  static func clock(_ clock: Int64, before floor: Int64, _ event: ClockFloor.Event) -> Sentence {
    let (now, then) = (Text(utc: clock), Text(utc: floor))
    return switch event {
    case .built:
      Sentence("; the clock stands at $, before $, when this program was built", now, then)
    case .written(let path):
      Sentence("; the clock stands at $, before $, when $ was written", now, then, path)
    }
  }
}
