/// A key and its certificate, as files.
struct Identity: Sendable {
  let certificate: String
  let key: String
  /// The PEM file of the public key, for `-c`.
  let publicKey: String
  /// `sha256//BASE64` of its SubjectPublicKeyInfo, by OpenSSL's own tools.
  let pin: String
  /// `sha-256:AA:BB…` of the certificate (RFC 5425 §4.2.2).
  let fingerprint: String
}
