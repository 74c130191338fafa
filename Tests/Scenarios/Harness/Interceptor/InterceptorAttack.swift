/// What the man in the middle does to one connection.
enum InterceptorAttack: Sendable {
  /// Passes everything on, as a router does.
  case none
  /// Ends the connection after so many bytes of the server's, in order or by a reset.
  case cut(after: Int, reset: Bool)
  /// Changes one bit of the server's byte at this place.
  case flip(at: Int)
  /// Keeps each record of the server for so long.
  case delay(milliseconds: UInt32)
  /// Answers the client's first bytes itself, with these.
  case answer([UInt8])
  /// Takes the client to another server on this machine.
  case redirect(port: Int)
  /// Changes the client's first bytes on their way.
  case rewriteHello(@Sendable ([UInt8]) -> [UInt8])

  /// Hides that the client speaks TLS 1.3: the extension `supported_versions` gets a number that
  /// means nothing (RFC 8446 §4.2.1), and a server that has both versions answers in TLS 1.2.
  static let hideTLS13 = rewriteHello { hello in
    guard let place = extensionPlace(43, in: hello) else { return hello }
    var changed = hello
    changed[place] = 0x5a
    changed[place + 1] = 0x5a
    return changed
  }

  /// Asks the server for TLS 1.1 in the client's name.
  static let askForTLS11 = rewriteHello { hello in
    guard case .rewriteHello(let hide) = hideTLS13, hello.count > 11 else { return hello }
    var changed = hide(hello)
    // legacy_version, behind the headers of the record and of the message (RFC 8446 §4.1.2).
    changed[10] = 0x02
    return changed
  }

  /// Where the number of an extension stands in a ClientHello that is one record.
  private static func extensionPlace(_ number: Int, in hello: [UInt8]) -> Int? {
    // Two headers, version, random.
    var place = 5 + 4 + 2 + 32
    // Session id with one byte of length, suites with two, compression methods with one.
    for lengthBytes in [1, 2, 1] {
      guard place + lengthBytes <= hello.count else { return nil }
      let length = hello[place..<place + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
      place += lengthBytes + length
    }
    place += 2
    while place + 4 <= hello.count {
      if Int(hello[place]) << 8 | Int(hello[place + 1]) == number { return place }
      place += 4 + (Int(hello[place + 2]) << 8 | Int(hello[place + 3]))
    }
    return nil
  }
}
