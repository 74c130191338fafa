extension Interceptor {
  /// One connection's bytes, with what an attack makes of them.
  struct Stream {
    let attack: InterceptorAttack
    /// How many bytes the server has sent.
    private var position = 0
    /// The part of a record that waits for the rest.
    private var pending: [UInt8] = []
    private var isFirstFromClient = true
    /// Whether a byte was changed.
    private(set) var hasChanged = false
    /// Set when the connection is to end now: whether by a reset.
    private(set) var isCut: Bool?

    init(attack: InterceptorAttack) {
      self.attack = attack
    }

    /// How many milliseconds each piece is to be kept.
    var pause: UInt32 {
      if case .delay(let milliseconds) = attack { return milliseconds }
      return 0
    }

    mutating func fromClient(_ bytes: [UInt8]) -> [UInt8] {
      defer { isFirstFromClient = false }
      if case .rewriteHello(let rewrite) = attack, isFirstFromClient { return rewrite(bytes) }
      return bytes
    }

    /// The pieces in which the server's bytes go on to the client.
    mutating func fromServer(_ bytes: [UInt8]) -> [[UInt8]] {
      defer { position += bytes.count }
      switch attack {
      case .cut(let limit, let reset):
        guard position + bytes.count >= limit else { return [bytes] }
        isCut = reset
        return [Array(bytes.prefix(limit - position))]
      case .flip(let place):
        guard bytes.indices.contains(place - position) else { return [bytes] }
        var changed = bytes
        changed[place - position] ^= 1
        hasChanged = true
        return [changed]
      case .delay:
        return wholeRecords(with: bytes)
      case .none, .answer, .redirect, .rewriteHello:
        return [bytes]
      }
    }

    private mutating func wholeRecords(with bytes: [UInt8]) -> [[UInt8]] {
      pending += bytes
      var pieces: [[UInt8]] = []
      for record in InterceptorSeen.records(in: pending)
      where record.place + 5 <= pending.count && record.end <= pending.count {
        pieces.append(Array(pending[record.place..<record.end]))
      }
      pending.removeFirst(pieces.reduce(0) { $0 + $1.count })
      return pieces
    }
  }
}
