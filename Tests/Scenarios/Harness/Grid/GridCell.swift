/// One combination of the interoperability grid: one connection of one product to one peer.
struct GridCell: Hashable, Sendable {
  /// The only version that the peer accepts.
  enum Release: String, CaseIterable, Sendable {
    case tls12 = "TLS 1.2"
    case tls13 = "TLS 1.3"

    /// As syslogd's line about a connection has it, whatever library was built in.
    var negotiated: String {
      switch self {
      case .tls12: "TLSv1.2"
      case .tls13: "TLSv1.3"
      }
    }
  }

  /// The key of the peer's certificate.
  enum KeyType: String, CaseIterable, Sendable {
    case rsa = "RSA"
    case ecdsa = "ECDSA"

    func identity() throws -> Identity {
      let all = try Certificates.shared()
      return switch self {
      case .rsa: all.rsa
      case .ecdsa: all.ecdsa
      }
    }
  }

  enum Framing: String, CaseIterable, Sendable {
    case octet, lf
  }

  let product: Backend
  let peer: GridPeer
  let release: Release
  let key: KeyType
  let framing: Framing
}

extension GridCell: CustomStringConvertible {
  var description: String {
    "\(product.rawValue) to \(peer.rawValue), \(release.rawValue), \(key.rawValue), "
      + framing.rawValue
  }
}

/// What is sent in one cell, and what the peer must have of it.
struct GridMessages {
  /// 20 small ones that share records, then sizes around powers of two up to what RFC 5425 §4.3.1
  /// lets a receiver take.
  private static let sizes =
    Array(repeating: 70, count: 20) + [255, 256, 257, 1_023, 1_025, 2_048, 4_096, 71, 8_000]

  /// The datagrams for syslogd, of which none ends with an LF.
  let datagrams: [[UInt8]]

  init(_ cell: GridCell) {
    var datagrams = GridMessages.sizes.enumerated().map { number, size in
      GridMessages.message("<13>Jan  2 03:04:05 grid[\(number)]: \(cell) ✓ ", size)
    }
    // gnutls-serv shows what it has when it sees an LF; octet counting keeps one (F1).
    let end = cell.peer == .gnutls && cell.framing == .octet ? "the\nend" : "the end"
    datagrams.append(GridMessages.message("<14>Jan  2 03:04:05 grid: \(cell) \(end)", 0))
    self.datagrams = datagrams
  }

  private static func message(_ head: String, _ size: Int) -> [UInt8] {
    let head = Array(head.utf8)
    return head + (head.count..<max(head.count, size)).map { UInt8(ascii: "a") + UInt8($0 % 26) }
  }

  /// Every byte that has to be at the peer, where `form` says how it keeps them.
  func expected(_ form: GridStation.Form, _ framing: GridCell.Framing) -> [UInt8] {
    datagrams.flatMap { datagram in
      switch (form, framing) {
      case (.stream, .octet): Array("\(datagram.count) ".utf8) + datagram
      case (.stream, .lf), (.lines, _): datagram + [10]
      }
    }
  }
}
