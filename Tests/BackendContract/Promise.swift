import TLSBackend

/// One sentence of the contract between us and a TLS library, and the check of it.
///
/// The tests of a backend run `Promise.all(of:)` and need to know nothing else.
public struct Promise: Sendable, CustomStringConvertible {
  public let description: String
  /// The lowest version of TLS that a library must speak to be asked for it.
  let version: TLSVersion
  private let check: @Sendable () throws -> Void

  init(
    _ text: String, since version: TLSVersion = .tls12,
    check: @escaping @Sendable () throws -> Void
  ) {
    description = text
    self.version = version
    self.check = check
  }

  /// Throws a `BrokenPromise`, or the error that the backend should not have thrown.
  public func keep() throws {
    try check()
  }

  /// Every promise that a backend of these capabilities must keep.
  public static func all<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [Promise] {
    (handshakePromises(backend) + offerPromises(backend) + identityPromises(backend)
      + refusalPromises(backend) + writingPromises(backend) + readingPromises(backend)
      + closingPromises(backend))
      .filter { $0.version <= backend.capabilities.highestVersion }
  }
}
