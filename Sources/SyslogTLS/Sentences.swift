import Bytes

// Every sentence of this program that a person reads, except those of `--help`.

// MARK: The command line

extension Sentence {
  static var commandMissing: Sentence {
    Sentence("command missing: keygen, fingerprint, pin or fetch (see --help)")
  }

  static func unknownCommand(_ name: Text) -> Sentence {
    Sentence(
      "'$': unknown command, must be keygen, fingerprint, pin or fetch (see --help)", name)
  }

  static func unknownOption(_ name: Text) -> Sentence {
    Sentence("$: unknown option (see --help)", name)
  }

  static func takesNoValue(_ name: Text) -> Sentence {
    Sentence("$: takes no value (see --help)", name)
  }

  static func valueMissing(_ name: Text) -> Sentence {
    Sentence("$: value missing (see --help)", name)
  }

  /// `argument` is FILE or HOST:PORT.
  static func needsOne(_ argument: Literal, _ command: Text) -> Sentence {
    Sentence("$ needs one $ (see --help)", command, Text(argument))
  }

  static var keygenNeedsFiles: Sentence {
    Sentence("keygen needs --cert FILE and --key FILE (see --help)")
  }

  static var keygenHasOnlyOptions: Sentence {
    Sentence("keygen takes only --cert, --key, --name, --days and --rsa (see --help)")
  }

  static func optionOfAnotherCommand(_ command: Text) -> Sentence {
    Sentence("$: an option of another command was given (see --help)", command)
  }

  static func neitherNameNorAddress(_ value: Text) -> Sentence {
    Sentence("--name: '$' is neither a host name nor an address (see --help)", value)
  }

  static func notInRange(days: Text) -> Sentence {
    Sentence("--days: number $ is not in 1..36500 range (see --help)", days)
  }

  static func notHostPort(_ value: Text) -> Sentence {
    Sentence("fetch: '$' is not HOST[:PORT] with a port in 1..65535 (see --help)", value)
  }
}

// MARK: Files and servers

extension Sentence {
  /// `subject` is a file or a server.
  static func about(_ subject: Text, _ problem: Sentence) -> Sentence {
    Sentence("$: $", subject, problem.text)
  }

  /// `words` are strerror(3)'s.
  static func failed(_ path: Text, _ words: Text) -> Sentence {
    Sentence("$: $", path, words)
  }

  static func nothingToPin(_ path: Text) -> Sentence {
    Sentence("$: no CERTIFICATE or PUBLIC KEY in PEM in this file", path)
  }

  static var noMachineName: Sentence {
    Sentence("keygen: this machine has no host name; give one with --name")
  }

  /// What to do before what `fetch` saw is pinned: a paragraph, each line of which ends.
  static func unauthenticated(fingerprints: Text, pin: Text) -> Sentence {
    Sentence(
      """
      Nothing was authenticated: anybody may have answered. Before you pin this, compare it with
      what the server's administrator says:
      $$

      """, fingerprints, pin)
  }
}
