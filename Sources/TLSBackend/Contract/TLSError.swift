public import Bytes

/// Why a TLS session ended or could not be made.
///
/// The first cause wins: a backend keeps the alert, the errno or the policy's refusal where it
/// arose, and the reason is for an operator: which check, what was expected, what was seen.
public struct TLSError: Error {
  /// The class of a failure, which decides how it is treated.
  public enum Kind: Sendable, Equatable {
    /// A parameter or a file cannot be used; the network was not the reason.
    case configuration
    /// The peer is not who it must be, or would not have us.
    case authentication
    /// The two ends could not agree, or one broke the protocol.
    case negotiation
    /// The connection went away: errno, or 0 for an end of stream without close_notify.
    case connection(errno: Int32)
    /// The library reported something that fits no other kind.
    case library
  }

  public let kind: Kind
  /// One clause without a trailing full stop and without line breaks, free of keys.
  public let reason: Sentence
  /// Which of the remote's parameters it is about; nil when it is none of them.
  public let parameter: TLSParameter?

  public init(_ kind: Kind, _ reason: Sentence, about parameter: TLSParameter? = nil) {
    self.kind = kind
    self.reason = reason
    self.parameter = parameter
  }

  /// The reason, behind the name of the parameter that it is about.
  public var description: Text {
    guard let parameter else { return reason.text }
    return "\(parameter.name): \(reason.text)"
  }
}

/// An alert by its number and its name (RFC 8446 §6).
public struct TLSAlert: Equatable, Sendable {
  public let code: UInt8

  public init(code: UInt8) {
    self.code = code
  }

  /// Whether the peer objects to our certificate, or to having none.
  public var concernsCertificate: Bool {
    switch code {
    case 41...46, 48, 49, 116: true
    default: false
    }
  }

  /// The name in RFC 8446 §6, or "unknown".
  @inline(never)
  public var name: Text {
    var name = Text([])
    var number: UInt16 = 0
    var isName = false
    let all = TLSAlert.names
    var index = 0
    while all[index] != 0 {
      let byte = all[index]
      index += 1
      if byte == UInt8(ascii: " ") {
        if isName { number = 0 }
        isName.toggle()
      } else if let digit = byte.decimalValue, !isName {
        number = number * 10 + UInt16(digit)
      } else if number == code {
        name.append(byte)
      }
    }
    return name.isEmpty ? "unknown" : name
  }

  /// Numbers and names. One text, because a `switch` over them is half a kilobyte of code more.
  private static var names: Literal {
    """
    0 close_notify 10 unexpected_message 20 bad_record_mac 21 decryption_failed \
    22 record_overflow 30 decompression_failure 40 handshake_failure 41 no_certificate \
    42 bad_certificate 43 unsupported_certificate 44 certificate_revoked \
    45 certificate_expired 46 certificate_unknown 47 illegal_parameter 48 unknown_ca \
    49 access_denied 50 decode_error 51 decrypt_error 70 protocol_version \
    71 insufficient_security 80 internal_error 86 inappropriate_fallback 90 user_canceled \
    100 no_renegotiation 109 missing_extension 110 unsupported_extension \
    112 unrecognized_name 113 bad_certificate_status_response 115 unknown_psk_identity \
    116 certificate_required 120 no_application_protocol
    """
  }
}
