internal import TLSBackend

/// Why an attempt or a connection failed, as statistics tell it apart: in the order of the samples
/// in `StatisticsTable`.
enum FailureCause: UInt8 {
  case lookup
  case connect
  case handshakeTimeout
  case authentication
  case negotiation
  /// An established connection was lost.
  case broken
  case closed
  /// A file or a setting cannot be used.
  case configuration
  case library
  /// The kernel did not take a datagram.
  case send

  init(_ kind: TLSError.Kind) {
    self =
      switch kind {
      case .configuration: .configuration
      case .authentication: .authentication
      case .negotiation: .negotiation
      case .connection: .broken
      case .library: .library
      }
  }
}
