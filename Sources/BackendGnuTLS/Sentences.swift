internal import Bytes
internal import TLSBackend

// What only GnuTLS has to say; the rest is TLSBackend's. `library` is its name and its version.

extension Sentence {
  /// The words of a handshake that failed.
  static var tooManyWarnings: Sentence { Sentence("the server sent too many warning alerts") }

  static func notStrict(_ mode: FIPSMode, _ library: Text) -> Sentence {
    let words: Literal =
      switch mode {
      case .off: "off"
      case .selfTest: "in its self-tests"
      case .lax: "lax"
      case .loggingOnly: "logging only"
      case .strict: "strict"
      case .unknown: "unknown"
      }
    return Sentence(
      """
      the FIPS mode of $ is $, not strict: this needs a GnuTLS built for FIPS 140 and a kernel \
      with fips=1
      """, library, Text(words))
  }
}

// MARK: What the library makes of an offer

extension Sentence {
  /// `words` are the library's own.
  static func refusedOffer(by library: Text, _ words: Text) -> Sentence {
    Sentence(
      "$ refuses the offer: $; its system-wide configuration may forbid it", library, words)
  }

  /// `number` is the IANA number of a suite that was not asked for.
  static func notWithout(_ number: UInt16, _ library: Text) -> Sentence {
    Sentence(
      """
      $ offers key exchanges and ciphers in every combination and cannot offer these suites \
      without $
      """, library, name(ofSuite: number))
  }

  /// `numbers` are the IANA numbers in the order that would do.
  static func wrongOrder(_ numbers: [UInt16], _ library: Text) -> Sentence {
    var names: Text = ""
    for number in numbers { names += " \(name(ofSuite: number))" }
    return Sentence(
      "$ cannot offer these suites in this order, only in this:$", library, names)
  }

  private static func name(ofSuite number: UInt16) -> Text {
    if let suite = TLSCipherSuite(rawValue: number) { return Text(suite.name) }
    return number == 0x009C ? "TLS_RSA_WITH_AES_128_GCM_SHA256" : "suite \(number)"
  }
}
