/// What a signature is worth, as far as a library can tell.
public enum SignatureVerdict: UInt8, Sendable {
  /// The key has made this signature of this message.
  case good
  /// It has not, or the signature is malformed.
  case bad
  /// The library does not have the algorithm of the signature.
  case unknownAlgorithm
  /// The library cannot read the key, or has no use for it with this algorithm.
  case unusableKey
}

/// The cryptography of a TLS library, which is all that the validation of certificates takes from
/// it: everything else is written once, on this floor, so that the same certificate gets the same
/// verdict and the same words whatever the library (docs/decisions/0013).
public protocol Cryptography: ~Copyable {
  /// Checks a signature.
  ///
  /// `algorithm` is the DER AlgorithmIdentifier of the signature, with its parameters; `key` is the
  /// DER SubjectPublicKeyInfo (RFC 5280 §4.1). Both are whole elements, header included, and their
  /// form has been checked; the size and the exponent of an RSA key are within bounds. SHA-1 and
  /// MD5 are refused before. An ECDSA signature and its numbers are still to be parsed.
  mutating func verify(
    _ signature: Span<UInt8>, algorithm: Span<UInt8>, of message: Span<UInt8>,
    with key: Span<UInt8>
  ) -> SignatureVerdict

  /// Nil when the library could not: nobody is accepted then.
  mutating func sha256(_ bytes: Span<UInt8>) -> SHA256Digest?

  /// The 20 bytes of SHA-1, only for fingerprints (RFC 5425 §4.2.2, T11); empty where the library
  /// has none, as under FIPS.
  mutating func sha1(_ bytes: Span<UInt8>) -> [UInt8]
}
