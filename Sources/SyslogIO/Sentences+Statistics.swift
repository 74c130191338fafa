internal import Bytes
internal import TLSBackend

// What is said of certificates that expire soon.

extension Sentence {
  /// Behind the name of the remote. `time`: in seconds since 1970.
  static func expires(
    _ certificate: CertificateSummary, isOwn: Bool, at time: Int64
  ) -> Sentence {
    let whose: Literal = isOwn ? "the client certificate" : "the server's certificate"
    return Sentence(
      "$ of '$' expires at $, days left: $", Text(whose), certificate.subject,
      Text(utc: certificate.notAfter), Text((certificate.notAfter &- time) / 86_400))
  }
}
