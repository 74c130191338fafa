/// The authorities and the servers that the table of chains tells about.
enum ChainWorld {
  static let name = AuthorityExtension.Name.dns("logs.example.net")

  static let root = Authority.root()
  static let issuing = root.certify()
  static let otherRoot = Authority.root(.authority("Other Root CA"))
  /// Says that it is `root`.
  static let impostor = Authority.root()

  /// A good server.
  static let server = issuing.issue(.server(name))

  /// Before `Authority.now`.
  static let past = Authority.now - 20 * Authority.day...Authority.now - 2 * Authority.day
  /// After it.
  static let future = Authority.now + 2 * Authority.day...Authority.now + 20 * Authority.day
  /// In the time of real clocks, and for some years on.
  static let present = Authority.day...Authority.now - Authority.day

  /// A line of a pin file: `label:AA:BB…`.
  static func labelled(_ label: String, _ digest: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF")
    let bytes = digest.map { ":\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
    return Array("\(label)\(bytes.joined())\n".utf8)
  }
}
