internal import Bytes

// What is wrong with files of pins, certificates and keys. The name of the file is put in front
// where it is known. Lines are counted from 1.
extension Sentence {
  static var noPin: Sentence { Sentence("contains no pin") }

  static func notAPin(line: Int) -> Sentence {
    Sentence("line $ is not PEM, sha256//BASE64 or sha-256:AA:BB..", Text(line))
  }

  static func privateKeyAmongPins(line: Int) -> Sentence {
    Sentence("line $ begins a private key; a pin file must not contain one", Text(line))
  }

  static func pkcs1Key(line: Int) -> Sentence {
    Sentence(
      "line $ begins a PKCS#1 key; convert it: openssl rsa -RSAPublicKey_in -pubout", Text(line))
  }

  static func wrongLabel(line: Int) -> Sentence {
    Sentence("line $ does not begin a PUBLIC KEY or a CERTIFICATE", Text(line))
  }

  static func badBase64Pin(line: Int) -> Sentence {
    Sentence("line $ is not base64 after sha256//", Text(line))
  }

  static func wrongPinLength(line: Int) -> Sentence {
    Sentence("line $ does not contain 32 bytes of base64 after sha256//", Text(line))
  }

  static func badFingerprint(line: Int, bytes: Int) -> Sentence {
    Sentence("line $ does not contain $ hexadecimal bytes after the label", Text(line), Text(bytes))
  }

  static func encrypted(line: Int) -> Sentence {
    Sentence(
      "the key that begins in line $ is encrypted; syslogd cannot ask for a passphrase", Text(line))
  }

  static func incompletePEM(line: Int) -> Sentence {
    Sentence("line $ ends an incomplete PEM block", Text(line))
  }

  static func badPEMBase64(line: Int) -> Sentence {
    Sentence("line $ is not base64 inside a PEM block", Text(line))
  }

  static func unterminatedPEM(line: Int) -> Sentence {
    Sentence("line $ begins a PEM block without an end", Text(line))
  }

  /// `label` is the one of PEM, as "CERTIFICATE".
  static func contains(no label: Literal) -> Sentence {
    Sentence("contains no $", Text(label))
  }

  /// `number` counts those of the kind from 1, nil for the only one.
  static func unreadable(
    _ label: Literal, number: Int?, by library: Literal
  ) -> Sentence {
    guard let number else {
      return Sentence("contains a $ that $ cannot read", Text(label), Text(library))
    }
    return Sentence("$ number $ cannot be read by $", Text(label), Text(number), Text(library))
  }

  /// `number` counts those of the kind from 1, nil for the only one; `part` is named as in RFC 5280.
  static func malformed(_ label: Literal, number: Int?, _ part: CertificatePart) -> Sentence {
    guard let number else { return Sentence("contains a malformed $: $", Text(label), part.text) }
    return Sentence("$ number $ is malformed: $", Text(label), Text(number), part.text)
  }

  static var mismatchedKey: Sentence {
    Sentence("it is not the private key of the client certificate")
  }
}
