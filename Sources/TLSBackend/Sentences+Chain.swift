internal import Bytes

// What is wrong with a server's certificates. `subject` and `issuer` are names out of certificates.

// MARK: One certificate

extension Sentence {
  static func malformedServerCertificate(_ part: CertificatePart) -> Sentence {
    Sentence("the server's certificate is malformed: $", Text(part.name))
  }

  /// `number` counts the certificates as they were sent, from 1.
  static func malformedCertificate(_ number: Int) -> Sentence {
    Sentence("certificate number $ of the server's chain is malformed", Text(number))
  }

  static func malformedExtension(_ subject: Text, _ part: CertificatePart) -> Sentence {
    Sentence("the certificate of '$' has a malformed extension: $", subject, Text(part.name))
  }

  static func tooManyNames(_ subject: Text, _ count: Int, limit: Int) -> Sentence {
    Sentence(
      "the certificate of '$' has $ names; at most $ are accepted", subject, Text(count),
      Text(limit))
  }

  /// A key that is not looked at any further.
  static func unusableKey(_ subject: Text, _ key: PublicKey) -> Sentence {
    switch key.trouble {
    case .weak: weakKeyInChain(subject, bits: key.strength)
    case .large:
      Sentence("the key of '$' has $ bits; at most 8192 are accepted", subject, Text(key.bits))
    case .exponent:
      Sentence("the exponent of the key of '$' is even, 1, or longer than 64 bits", subject)
    case .unknown, .none: Sentence("the key of '$' is of a kind that is not supported", subject)
    }
  }
}

// MARK: Paths

extension Sentence {
  static func chainBeyondLimits(_ count: Int) -> Sentence {
    Sentence(
      "the server sent $ certificates; at most 10, of 64 KB together, are accepted", Text(count))
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
      "the certificate of '$' is signed in a way that the TLS library does not support: $",
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

  static func unknownListAlgorithm(issuer: Text) -> Sentence {
    Sentence(
      "the revocation list of '$' is signed in a way that the TLS library does not support", issuer)
  }

  static func partialList(issuer: Text) -> Sentence {
    Sentence(
      """
      the revocation list of '$' tells of a part of its certificates, or has a critical extension \
      that is not supported
      """, issuer)
  }
}
