internal import Bytes
internal import CPosix
internal import TLSBackend

/// Makes the policy of one connection from the pins as they are written now: a file is read again
/// for each connection, so that a new pin needs no restart.
enum PolicyLoader {
  /// A file of pins is a few kilobytes. Anything larger is a mistake or an attack.
  private static let fileLimit = 256 * 1024

  /// Throws when a single pin cannot be used: the remote then fails closed.
  static func policy(
    for settings: RemoteSettings, using context: some TLSContext
  ) throws(TLSError) -> PeerPolicy {
    let name = settings.authorities.isEmpty ? nil : settings.peerName
    guard !settings.pins.isEmpty else {
      // Without a name nothing is left to be validated, and nobody is to be let in by that.
      guard !settings.authorities.isEmpty else { return .insecureAnyPeer }
      guard let name else { throw TLSError(.configuration, "--ca: there is no name to verify") }
      return .validated(name)
    }
    var names: Text = ""
    for pin in settings.pins {
      if !names.isEmpty { names += ", " }
      switch pin {
      case .file(let path): names += path
      case .literal: names += "the command line"
      }
    }
    var pins = PinSet(source: names)
    for pin in settings.pins { try insert(pin, into: &pins, using: context) }
    guard !pins.hasSHA1 || !settings.tls.requiresFIPS else {
      throw TLSError(
        .configuration, "--fips: \(names): a SHA-1 fingerprint is no proof; use sha-256")
    }
    guard !settings.authorities.isEmpty else { return .pinned(pins) }
    guard let name else { throw TLSError(.configuration, "--ca: there is no name to verify") }
    return .validated(name, pins: pins)
  }

  private static func insert(
    _ pin: RemoteSettings.PinSource, into pins: inout PinSet, using context: some TLSContext
  ) throws(TLSError) {
    let (name, text) = try read(pin)
    do throws(TLSError) {
      try pins.insert(contentsOf: text.span, using: context)
    } catch {
      throw TLSError(error.kind, "\(name): \(error.reason)", about: error.parameter)
    }
  }

  /// What a pin is called, and its text.
  private static func read(
    _ pin: RemoteSettings.PinSource
  ) throws(TLSError) -> (name: Text, text: [UInt8]) {
    switch pin {
    case .literal(let literal): return ("pin on the command line", literal.bytes)
    case .file(let path):
      do throws(Errno) {
        return ("pin file \(path)", try readFile(path, limit: fileLimit))
      } catch {
        throw TLSError(.configuration, "pin file \(path): \(error.words)")
      }
    }
  }
}
