internal import Bytes

// What only OpenSSL has to say; the rest is TLSBackend's. `words` are the library's own.

extension Sentence {
  static func unexpectedResult(_ code: Int32) -> Sentence {
    Sentence("unexpected result $ from OpenSSL", Text(code))
  }

  static func signatureAlgorithmsRefused(_ words: Text) -> Sentence {
    Sentence("OpenSSL refuses the signature algorithms: $", words)
  }
}

// MARK: FIPS

extension Sentence {
  static func unreadableConfiguration(_ words: Text) -> Sentence {
    Sentence("OpenSSL cannot read its configuration: $", words)
  }

  static func noBaseProvider(_ words: Text) -> Sentence {
    Sentence("OpenSSL cannot load its base provider: $", words)
  }

  static var noFIPSProvider: Sentence {
    Sentence("OpenSSL finds no FIPS provider: there is no fips.so in its module folder")
  }

  static var fipsUnconfigured: Sentence {
    Sentence(
      """
      OpenSSL's FIPS provider is not configured: openssl.cnf does not include the fipsmodule.cnf \
      that 'openssl fipsinstall' writes (restart after a change)
      """)
  }

  static func fipsSelfTestFailed(_ words: Text) -> Sentence {
    Sentence("OpenSSL's FIPS provider failed its self-test (restart after a change): $", words)
  }

  static func noFIPSHash(_ words: Text) -> Sentence {
    Sentence("OpenSSL's FIPS provider has no SHA-256: $", words)
  }

  static var fipsNotInForce: Sentence {
    Sentence("OpenSSL still provides MD5: its FIPS provider is not in force")
  }
}
