internal import Bytes
internal import TLSBackend

// What only Mbed TLS has to say; the rest is TLSBackend's.

extension Sentence {
  static var noFIPSModule: Sentence { Sentence("Mbed TLS has no FIPS module") }

  static var commonNameLength: Sentence { Sentence("the common name must have 1 to 64 bytes") }
}

// MARK: The words of a handshake or a connection that failed

extension Sentence {
  static var unreadableKeyUpdate: Sentence {
    Sentence("Mbed TLS cannot read the key update that the server sent")
  }

  static var unreadablePSS: Sentence {
    Sentence(
      """
      Mbed TLS cannot verify RSASSA-PSS in TLS 1.2, which the server prefers; it is not offered \
      when all cipher suites are for TLS 1.2
      """)
  }

  static func unreadableMessage(isLong: Bool) -> Sentence {
    isLong
      ? Sentence(
        """
        Mbed TLS cannot read a handshake message of more than 16 KB, as long certificate chains \
        and lists of authorities are
        """)
      : Sentence(
        "Mbed TLS before 3.6.3 cannot read a handshake message that is cut into several records")
  }
}
