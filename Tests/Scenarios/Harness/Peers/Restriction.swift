/// What an `openssl s_server` can be held to.
enum Restriction {
  static let tls11 = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]
  static let tls12 = ["-tls1_2"]
  static let tls13 = ["-tls1_3"]
  /// TLS 1.2 with suites that RFC 9325 §4.1 advises against: static RSA, CBC.
  static let staticRSA = ["-tls1_2", "-cipher", "AES256-SHA"]
  static let cbc = ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA"]
}
