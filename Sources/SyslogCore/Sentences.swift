public import Bytes

// What is wrong with a configuration. File, line and column are put in front by the program.
extension Sentence {
  /// `word` is the one that it is about; may be empty.
  public static func refused(_ problem: ConfigurationError.Problem, _ word: Text) -> Sentence {
    switch problem {
    case .notASelector: Sentence("'$' is not FACILITY.SEVERITY", word)
    case .blankBehindSemicolon:
      Sentence(
        "a blank follows the ';', where no selector may have one, nor begin a continued line")
    case .carriageReturn:
      Sentence("the line ends with CR LF, and the CR counts; end it with LF alone")
    case .unknownFacility: Sentence("'$' is not a facility", word)
    case .unknownSeverity: Sentence("'$' is not a severity", word)
    case .missingAction: Sentence("'$' is not followed by a file or @REMOTE", word)
    case .wordBehindFile: Sentence("'$' follows a file; only an @REMOTE has options", word)
    case .tooManyRules:
      Sentence("too many rules (limit $)", Text(ConfigurationReader.maximumRules))
    }
  }
}

// MARK: Statistics

extension Sentence {
  /// What stands in front of a metric's samples in Prometheus's text format.
  static func metric(_ name: Text, _ help: Text, kind: Text) -> Sentence {
    Sentence("# HELP syslogd_$ $\n# TYPE syslogd_$ $\n", name, help, name, kind)
  }

  /// `begin` and `end`: of its labels.
  static func sample(_ name: Text, _ begin: Text, _ end: Text, _ number: Text) -> Sentence {
    Sentence("syslogd_$$$ $\n", name, begin, end, number)
  }
}
