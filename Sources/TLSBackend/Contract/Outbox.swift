internal import Bytes

/// The ciphertext that a library has sent and the kernel has not taken yet.
///
/// A library is always told that all of its ciphertext was sent. So it never has to remember a
/// record, an alert or the answer to a key update, and cannot mistake one for another when it
/// tries again. What is waiting here is sent before anything new.
public struct Outbox: ~Copyable {
  private var bytes: [UInt8] = []
  private var sentCount = 0
  /// How often something was sent because of what was read.
  private var answers = 0
  private var isReading = false

  public init() {}

  public var isEmpty: Bool { bytes.isEmpty }

  /// What is sent from now on is sent by this verb: while reading, it is an answer to the peer.
  public mutating func begin(_ phase: TLSPhase) {
    if case .reading = phase { isReading = true } else { isReading = false }
  }

  /// Sends a piece behind what is left. False, and nothing of it is taken, when the peer has asked
  /// for more answers than it gets.
  ///
  /// `send` is send(2) without EINTR: it returns how many bytes the kernel has taken, or a negative
  /// number.
  public mutating func send<Stream: ~Copyable>(
    _ piece: Span<UInt8>, into stream: inout Stream,
    by send: (inout Stream, Span<UInt8>) -> Int
  ) -> Bool {
    if isReading {
      // One more than is answered: it may be the alert that says why the connection ends.
      guard answers <= SessionLimits.answers else { return false }
      answers += 1
    }
    flush(into: &stream, by: send)
    let count = bytes.isEmpty ? max(0, send(&stream, piece)) : 0
    if count < piece.count { bytes.append(copying: piece.extracting(droppingFirst: count)) }
    return true
  }

  /// Sends what is left, as far as the kernel takes it.
  public mutating func flush<Stream: ~Copyable>(
    into stream: inout Stream, by send: (inout Stream, Span<UInt8>) -> Int
  ) {
    while sentCount < bytes.count {
      let count = send(&stream, bytes.span.extracting(droppingFirst: sentCount))
      guard count > 0 else { return }
      sentCount += count
    }
    if !bytes.isEmpty { (bytes, sentCount) = ([], 0) }
  }

  /// Throws `.negotiation` when the peer has asked for more answers than it gets.
  @inline(never)
  public func checkAnswers() throws(TLSError) {
    guard answers > SessionLimits.answers else { return }
    throw TLSError(.negotiation, .tooManyRequests(limit: SessionLimits.answers))
  }
}
