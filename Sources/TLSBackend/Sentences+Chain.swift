internal import Bytes

// What is wrong with a server's certificates. `subject` and `issuer` are names out of certificates.

// MARK: One certificate

extension Sentence {
  /// `number` counts the certificates as they were sent from 1; `part` is named as in RFC 5280.
  static func malformedCertificate(_ number: Int, _ part: StaticString) -> Sentence {
    Sentence(
      "certificate number $ of the server's chain is malformed: $", Text(number), Text(part))
  }

  static func malformedExtension(_ subject: Text, _ part: StaticString) -> Sentence {
    Sentence("the certificate of '$' has a malformed extension: $", subject, Text(part))
  }

  static func tooManyNames(_ subject: Text, _ count: Int, limit: Int) -> Sentence {
    Sentence(
      "the certificate of '$' has $ names; at most $ are accepted", subject, Text(count),
      Text(limit))
  }
}

// MARK: Keys

extension Sentence {
  static var unknownServerKey: Sentence {
    Sentence("the server's public key is of a kind that is not supported")
  }

  static func largeServerKey(bits: Int) -> Sentence {
    Sentence("the server's public key has $ bits; at most 8192 are accepted", Text(bits))
  }

  static var badServerExponent: Sentence {
    Sentence("the exponent of the server's public key is even, 1, or longer than 64 bits")
  }

  static func unknownKey(_ subject: Text) -> Sentence {
    Sentence("the key of '$' is of a kind that is not supported", subject)
  }

  static func largeKey(_ subject: Text, bits: Int) -> Sentence {
    Sentence("the key of '$' has $ bits; at most 8192 are accepted", subject, Text(bits))
  }

  static func badExponent(_ subject: Text) -> Sentence {
    Sentence("the exponent of the key of '$' is even, 1, or longer than 64 bits", subject)
  }
}

// MARK: Paths

extension Sentence {
  static func chainBeyondLimits(_ count: Int, bytes: Int) -> Sentence {
    Sentence(
      "the server sent $ certificates of $ bytes; at most 10 of 65536 are accepted", Text(count),
      Text(bytes))
  }

  static var tooDear: Sentence {
    Sentence("the server's chain takes more than 24 signature checks, or too many comparisons")
  }

  static func badSignature(_ subject: Text, by issuer: Text) -> Sentence {
    Sentence(
      "the certificate of '$' is not signed with the key of '$' that is known here", subject,
      issuer)
  }

  static func unknownAlgorithm(_ subject: Text, _ algorithm: Text) -> Sentence {
    Sentence(
      "the signature of the certificate of '$' is of a kind that the TLS library does not have: $",
      subject, algorithm)
  }

  static func anchorNotAuthority(_ subject: Text) -> Sentence {
    Sentence("the trust anchor '$' is not a CA and may not sign certificates", subject)
  }

  static func mayNotSign(_ subject: Text) -> Sentence {
    Sentence("the key usage of '$' does not permit it to sign certificates", subject)
  }

  static func anchorOfSameName(from subject: Text, issuer: Text) -> Sentence {
    Sentence(
      """
      the chain of the server's certificate '$' does not lead to a trust anchor: it leads to \
      another '$' than the one that is trusted
      """, subject, issuer)
  }
}

// MARK: Revocation lists

extension Sentence {
  static func mayNotSignLists(_ subject: Text) -> Sentence {
    Sentence("the key usage of '$' does not permit it to sign revocation lists", subject)
  }

  static func weakList(issuer: Text) -> Sentence {
    Sentence("the revocation list of '$' is signed with SHA-1 or MD5", issuer)
  }

  static func unknownListAlgorithm(issuer: Text, _ algorithm: Text) -> Sentence {
    Sentence(
      "the signature of the revocation list of '$' is of a kind that the TLS library does not have: $",
      issuer, algorithm)
  }

  static func partialList(issuer: Text) -> Sentence {
    Sentence(
      """
      the revocation list of '$' tells of a part of its certificates, or has a critical extension \
      that is not supported
      """, issuer)
  }
}
