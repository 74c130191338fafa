import COpenSSL

/// A public key and its pin as the openssl command made them:
/// `openssl pkey -pubin -in key.pem -outform der | openssl dgst -sha256 -binary | base64`.
struct KnownKey {
  let algorithm: String
  let der: [UInt8]
  let pin: String

  init(_ algorithm: String, base64: String, pin: String) {
    self.algorithm = algorithm
    var bytes = [UInt8](repeating: 0, count: base64.utf8.count)
    let count = EVP_DecodeBlock(&bytes, base64, Int32(base64.utf8.count))
    // What stands for the padding is decoded as zeros.
    let padding = base64.suffix(2).count { $0 == "=" }
    der = Array(bytes[..<(Int(count) - padding)])
    self.pin = pin
  }

  static let all = [
    KnownKey(
      "ECDSA P-256",
      base64: """
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEOpau0Ri5mRwVVRDiSYaE+X3AnURC\
        0mIZEFrnyZQ5C+yFhG4oAmxVk9+v4hQ9ukJkmKRCeMDyOPBjSix8+4uEhg==
        """,
      pin: "sha256//0gBmRBNHt3rNg7En3CxX9fGOF9VTheo9jvaoSrqoSZQ="),
    KnownKey(
      "RSA",
      base64: """
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0R1kLyST3/aG0leViLoC\
        DqrKqz9RwEMhauWwmLWV3298LYN3iCSlMWiFDUzIFYXeL7i0zTOR2Msw7eIxrTGb\
        T8akHNTQ1dNwvtIWUP+/UoBiLYLEhmFuD0/u4Ku7XHETruUam1GdYVDP6ndKzsIM\
        c5ixl0+YzNYUW9qV+hzbnE+blfjoTIVvCzG/8Eptz5vvVykz1B4w7/6jw8Bth3yp\
        qKxFYrkurL9I5VOh3rtsZZuRYrvz+Jc0VpHE1NTXpkSIclcCkBXyao2ddcDeV6aQ\
        QeSOqRinBxDx9sSiqZnt0+3CaPwi2Py3Mh4OcKs2UATc7SgD7EshGbgzy7hwrB0Y\
        dwIDAQAB
        """,
      pin: "sha256//wBKdODZtA4ul2+UP+5KobrXfqp6LF7PoZ1KM4gJTRlY="),
  ]
}
