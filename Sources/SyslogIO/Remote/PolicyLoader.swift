internal import Bytes
internal import CPosix
internal import Features
internal import TLSBackend

/// Makes the policy of one connection from the pins as they are written now: a file is read again
/// for each connection, so that a new pin needs no restart.
enum PolicyLoader {
  /// A file of pins is a few kilobytes. Anything larger is a mistake or an attack.
  private static let fileLimit = 256 * 1024

  /// Throws when a single pin cannot be used: the remote then fails closed.
  static func policy(
    for trust: RemoteSettings.Trust, using context: some TLSContext
  ) throws(TLSError) -> PeerPolicy {
    let validates = Feature.chains.isBuilt && !trust.authorities.isEmpty
    let name = validates ? trust.peerName : nil
    guard !trust.pins.isEmpty else {
      // Without a name nothing is left to be validated, and nobody is to be let in by that.
      guard validates else { return .insecureAnyPeer }
      guard let name else { throw noName }
      return .validated(name)
    }
    var names: Text = ""
    for pin in trust.pins {
      if !names.isEmpty { names += ", " }
      switch pin {
      case .file(let path): names += path
      case .literal: names += Sentence.configuration.text
      }
    }
    var pins = PinSet(source: names)
    for pin in trust.pins { try insert(pin, into: &pins, using: context) }
    guard !Feature.fipsMode.isBuilt || !pins.hasSHA1 || !trust.tls.requiresFIPS else {
      throw TLSError(.configuration, .sha1NotApproved(in: names), about: .fips)
    }
    guard validates else { return .pinned(pins) }
    guard let name else { throw noName }
    return .validated(name, pins: pins)
  }

  private static func insert(
    _ pin: RemoteSettings.PinSource, into pins: inout PinSet, using context: some TLSContext
  ) throws(TLSError) {
    let text = try text(of: pin)
    do throws(TLSError) {
      try pins.insert(contentsOf: text.span, using: context)
    } catch {
      guard case .file(let path) = pin else {
        throw TLSError(error.kind, error.reason, about: .pins)
      }
      throw TLSError(error.kind, .pinFile(path, error.reason))
    }
  }

  private static func text(of pin: RemoteSettings.PinSource) throws(TLSError) -> [UInt8] {
    switch pin {
    case .literal(let literal): return literal.bytes
    case .file(let path):
      do throws(Errno) {
        return try readFile(path, limit: fileLimit)
      } catch {
        throw TLSError(.configuration, .pinFile(path, error))
      }
    }
  }

  private static var noName: TLSError {
    TLSError(.configuration, .noNameToVerify, about: .trustAnchors)
  }
}
