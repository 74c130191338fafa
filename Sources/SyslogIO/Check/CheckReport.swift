public import Bytes
internal import TLSBackend

/// A report that has to be read on a serial console of 80 columns. It is printed as it grows.
public final class CheckReport {
  let print: (Text) -> Void

  /// `print` gets whole lines.
  public init(print: @escaping (Text) -> Void) {
    self.print = print
  }

  func add(_ topic: Topic, _ sentence: Sentence) {
    print(CheckReport.entry(topic, sentence))
  }

  /// What an entry is about.
  struct Topic {
    let label: Literal
  }

  private static var width: Int { 79 }
  private static var indent: Int { 14 }

  /// A label and what is said about it, broken between words. Only a word that is longer than a
  /// line, as a file's name may be, goes beyond the last column.
  @inline(never)
  static func entry(_ topic: Topic, _ sentence: Sentence) -> Text {
    var text: Text = "  \(topic.label)"
    var column = text.bytes.count
    for word in sentence.text.bytes[...].parts(between: UInt8(ascii: " ")) {
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
    text.append(UInt8(ascii: "\n"))
    return text
  }

  /// The chain in short, the server's own certificate first.
  func addChain(_ certificates: [CertificateSummary]) {
    for index in certificates.indices {
      add(index == 0 ? .peer : .issuer, .certificate(certificates[index]))
    }
  }

  /// Every form in which the server can be pinned on a line, each on one of its own to be pasted.
  /// The colons of a certificate's fingerprint (RFC 5425 §4.2.2, T10) would make it 103 characters
  /// long; without them a pin is understood as well.
  func addPins(of certificate: CertificateSummary) {
    var text = Sentence.pinsOfServer.text
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
      text += Sentence.pinsWithSHA1.text
      text += "    \(PinSpelling.certificate("sha-1", sha1.span))\n"
    }
    print(text)
  }
}
