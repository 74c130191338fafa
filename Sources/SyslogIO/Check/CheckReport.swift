internal import Bytes
internal import TLSBackend

/// The words of a report that has to be read on a serial console of 80 columns.
enum CheckReport {
  private static var width: Int { 79 }
  private static var indent: Int { 14 }

  /// A label and what is said about it, broken between words. Only a word that is longer than a
  /// line, as a file's name may be, goes beyond the last column.
  @inline(never)
  static func entry(_ label: StaticString, _ words: Text) -> Text {
    var text: Text = "  \(label)"
    var column = text.bytes.count
    for word in words.bytes[...].parts(between: UInt8(ascii: " ")) {
      if column > indent, column + 1 + word.count > width {
        text.append(UInt8(ascii: "\n"))
        column = 0
      }
      repeat {
        text.append(UInt8(ascii: " "))
        column += 1
      } while column < indent
      text += Text(word)
      column += word.count
    }
    return text + "\n"
  }

  /// The chain in short, the server's own certificate first.
  static func chain(_ certificates: [CertificateSummary]) -> Text {
    var text: Text = ""
    var label: StaticString = "peer"
    for certificate in certificates {
      text += entry(label, summary(of: certificate))
      label = "above it"
    }
    return text
  }

  static func summary(of certificate: CertificateSummary) -> Text {
    var words: Text = "'\(certificate.subject)' issued by '\(certificate.issuer)',"
    words += " \(Text(utc: certificate.notBefore)) to"
    words += " \(Text(utc: certificate.notAfter)),"
    words += " \(certificate.key.kind) \(certificate.key.bits) bits"
    // As many as a line has room for; the check of the name says more.
    for name in certificate.dnsNames.prefix(2) {
      words += ", \(Text(quotable: name.span))"
    }
    for address in certificate.addresses.prefix(2) {
      words += ", \(PeerName.address(address).words)"
    }
    return words
  }

  /// Every form in which the server can be pinned on a line, each on one of its own to be pasted.
  /// The colons of a certificate's fingerprint (RFC 5425 §4.2.2, T10) would make it 103 characters
  /// long; without them a pin is understood as well.
  static func pins(of certificate: CertificateSummary) -> Text {
    var text: Text = "  pins of this server, for --pin: its key, its certificate\n"
    text += "    \(PinSpelling.spki(certificate.spkiFingerprint))\n"
    var isLabel = true
    var digest: Text = "    "
    for byte in PinSpelling.certificate(certificate.fingerprint).bytes {
      if byte != UInt8(ascii: ":") || isLabel { digest.append(byte) }
      if byte == UInt8(ascii: ":") { isLabel = false }
    }
    text += "\(digest)\n"
    let sha1 = certificate.sha1Fingerprint
    if !sha1.isEmpty {
      text += "  the same with SHA-1, which is weak\n    "
      text += PinSpelling.certificate("sha-1", sha1.span) + "\n"
    }
    return text
  }
}
