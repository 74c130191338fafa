internal import Bytes

// What is wrong with a server's certificates.

extension Sentence {
  static func malformedServerCertificate(_ part: CertificatePart) -> Sentence {
    Sentence("the server's certificate is malformed: $", part.text)
  }

  /// What is told of a fault in the path of a server's certificate. `name` is whose fault it is, a
  /// name out of a certificate, `detail` what else is said of it, `now` the time in seconds since
  /// 1970; each as far as the sentence has a place for it.
  @inline(never)
  static func fault(
    _ kind: PathFault.Kind, _ name: Text, _ detail: Text = "", now: Int64 = 0
  ) -> Sentence {
    var text = Text([])
    var line: UInt8 = 0
    var argument = 0
    let all = templates
    var index = 0
    while all[index] != 0 {
      let byte = all[index]
      index += 1
      if byte == UInt8(ascii: "\n") {
        line += 1
      } else if line == kind.rawValue {
        if byte == UInt8(ascii: "$") {
          text += argument == 0 ? name : argument == 1 ? detail : Text(utc: now)
          argument += 1
        } else {
          text.append(byte)
        }
      }
    }
    return Sentence(joined: text)
  }

  /// A line for each kind, in their order. One text, because a `switch` with so many is half a
  /// kilobyte of code.
  private static var templates: Literal {
    """
    the chain of the server's certificate '$' does not lead to a trust anchor: '$' is not one, or \
    an intermediate certificate is missing or invalid
    certificate number $ of the server's chain is malformed
    the certificate of '$' is not signed with the key of '$' that is known here
    the certificate of '$' is signed in a way that the TLS library does not support: $
    '$' in the server's chain is not a CA and may not sign certificates
    the key usage of '$' does not permit it to sign certificates
    the server's chain is longer than '$' permits (path length $)
    the key of '$' is too weak: $ bits of strength, 112 required
    the certificate of '$' is signed with SHA-1 or MD5
    the certificate of '$' has $ names; at most 256 are accepted
    the certificate of '$' has a name that '$' is not permitted to issue
    the certificate of '$' has a malformed extension: $
    the certificate of '$' has a critical extension that is not supported
    the key usage of '$' does not permit a TLS server
    the certificate of '$' is revoked
    the certificate of '$' is not valid before $; the time is $
    the certificate of '$' expired on $; the time is $
    the key usage of '$' does not permit it to sign revocation lists
    the revocation list of '$' is signed with SHA-1 or MD5
    the revocation list of '$' is signed in a way that the TLS library does not support
    the revocation list of '$' is not signed with its key
    the revocation list of '$' tells of a part of its certificates, or has a critical extension \
    that is not supported
    the revocation list of '$' is not current; the time is $: get a new list
    there is no revocation list of '$', who issued a certificate of this chain
    the server sent $ certificates; at most 10, of 64 KB together, are accepted
    the server's chain takes more than 24 signature checks, or too many comparisons
    nothing is wrong
    the server's certificate '$' is self-signed and is not a trust anchor
    the chain of the server's certificate '$' does not lead to a trust anchor: it leads to \
    another '$' than the one that is trusted
    the trust anchor '$' is not a CA and may not sign certificates
    the key of '$' has $ bits; at most 8192 are accepted
    the exponent of the key of '$' is even, 1, or longer than 64 bits
    the key of '$' is of a kind that is not supported
    the trust anchor '$' is not valid before $; the time is $
    the trust anchor '$' expired on $; the time is $
    """
  }
}

// MARK: By what they are about

extension Sentence {
  static func weakKey(_ subject: Text, bits: Int) -> Sentence {
    .fault(.key, subject, Text(bits))
  }

  static func weakSignature(_ subject: Text) -> Sentence { .fault(.weakSignature, subject) }

  static func notAnAuthority(_ subject: Text) -> Sentence { .fault(.noAuthority, subject) }

  static func chainTooLong(for subject: Text, limit: Int) -> Sentence {
    .fault(.tooLong, subject, Text(limit))
  }

  static func selfSigned(_ subject: Text) -> Sentence { .fault(.selfSigned, subject) }

  static func noPathToAnchor(from subject: Text, issuer: Text) -> Sentence {
    .fault(.noPath, subject, issuer)
  }

  static func badSignature(_ subject: Text, by issuer: Text) -> Sentence {
    .fault(.badSignature, subject, issuer)
  }

  static func nameNotPermitted(_ subject: Text, by authority: Text) -> Sentence {
    .fault(.nameNotPermitted, subject, authority)
  }

  static func unknownCriticalExtension(_ subject: Text) -> Sentence {
    .fault(.unknownExtension, subject)
  }

  static func wrongPurpose(_ subject: Text) -> Sentence { .fault(.wrongPurpose, subject) }

  /// The times are in seconds since 1970.
  static func expired(_ subject: Text, on end: Int64, now: Int64) -> Sentence {
    .fault(.expired, subject, Text(utc: end), now: now)
  }

  static func notYetValid(_ subject: Text, from start: Int64, now: Int64) -> Sentence {
    .fault(.notYetValid, subject, Text(utc: start), now: now)
  }

  static func anchorExpired(_ subject: Text, on end: Int64, now: Int64) -> Sentence {
    .fault(.anchorExpired, subject, Text(utc: end), now: now)
  }

  static func anchorNotYetValid(_ subject: Text, from start: Int64, now: Int64) -> Sentence {
    .fault(.anchorNotYetValid, subject, Text(utc: start), now: now)
  }

  static func revoked(_ subject: Text) -> Sentence { .fault(.revoked, subject) }

  static func forgedList(issuer: Text) -> Sentence { .fault(.forgedList, issuer) }

  static func staleList(issuer: Text, now: Int64) -> Sentence {
    .fault(.staleList, issuer, Text(utc: now))
  }

  static func noList(issuer: Text) -> Sentence { .fault(.noList, issuer) }
}
