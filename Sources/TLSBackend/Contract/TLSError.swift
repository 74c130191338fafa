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
  public var name: StaticString {
    switch code {
    case 0: "close_notify"
    case 10: "unexpected_message"
    case 20: "bad_record_mac"
    case 21: "decryption_failed"
    case 22: "record_overflow"
    case 30: "decompression_failure"
    case 40: "handshake_failure"
    case 41: "no_certificate"
    case 42: "bad_certificate"
    case 43: "unsupported_certificate"
    case 44: "certificate_revoked"
    case 45: "certificate_expired"
    case 46: "certificate_unknown"
    case 47: "illegal_parameter"
    case 48: "unknown_ca"
    case 49: "access_denied"
    case 50: "decode_error"
    case 51: "decrypt_error"
    case 70: "protocol_version"
    case 71: "insufficient_security"
    case 80: "internal_error"
    case 86: "inappropriate_fallback"
    case 90: "user_canceled"
    case 100: "no_renegotiation"
    case 109: "missing_extension"
    case 110: "unsupported_extension"
    case 112: "unrecognized_name"
    case 113: "bad_certificate_status_response"
    case 115: "unknown_psk_identity"
    case 116: "certificate_required"
    case 120: "no_application_protocol"
    default: "unknown"
    }
  }
}
