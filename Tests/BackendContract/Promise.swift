import TLSBackend

/// One sentence of the contract between us and a TLS library, and the check of it.
///
/// The tests of a backend run `Promise.all(of:)` and need to know nothing else.
public struct Promise: Sendable, CustomStringConvertible {
  public let description: String
  /// What a library must have to be asked for it.
  let needs: [Need]
  private let check: @Sendable () throws -> Void

  init(_ text: String, needs: Need..., check: @escaping @Sendable () throws -> Void) {
    self.init(text, needs: needs, check: check)
  }

  init(_ text: String, needs: [Need], check: @escaping @Sendable () throws -> Void) {
    (description, self.needs, self.check) = (text, needs, check)
  }

  /// Throws a `BrokenPromise`, or the error that the backend should not have thrown.
  public func keep() throws {
    try check()
  }

  /// Every promise that a backend of these capabilities must keep.
  public static func all<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [Promise] {
    table(of: backend).filter { $0.lack(in: backend.available) == nil }
  }

  /// Those of `all(of:)` that are about what is agreed on, and with whom.
  public static func allOfNegotiation<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [Promise] {
    negotiation(of: backend).filter { $0.lack(in: backend.available) == nil }
  }

  /// Every promise that a backend is let off, in the order of the table, and why.
  public static func omitted<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [Omission] {
    table(of: backend).compactMap { promise in
      promise.lack(in: backend.available).map {
        Omission(promise: promise.description, reason: $0)
      }
    }
  }

  /// The promises among those that are omitted which this backend keeps all the same.
  static func omittedButKept<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [String] {
    table(of: backend).filter { promise in
      guard promise.lack(in: backend.available) != nil else { return false }
      do { try promise.keep() } catch { return false }
      return true
    }.map(\.description)
  }

  /// The whole contract.
  static func table<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [Promise] {
    negotiation(of: backend) + writingPromises(backend) + closingPromises(backend)
      + duplexPromises(backend) + gonePromises(backend) + alertPromises(backend)
      + answerPromises(backend)
      + floodPromises(backend) + endlessPromises(backend)
      + pinPromises(backend) + recoveryPromises(backend)
  }

  /// What is agreed on with whom: what a library's own configuration file could meddle with.
  private static func negotiation<TLS: TLSBackend & ~Copyable & SendableMetatype>(
    of backend: TLS.Type
  ) -> [Promise] {
    handshakePromises(backend) + keyPromises(backend) + offerPromises(backend)
      + listPromises(backend) + identityPromises(backend) + refusalPromises(backend)
      + sentencePromises(backend) + readingPromises(backend) + chainCasePromises(backend)
      + chainRulePromises(backend) + chainListPromises(backend) + chainLimitPromises(backend)
      + chainPinPromises(backend) + chainClientPromises(backend)
      + chainContextPromises(backend) + chainSummaryPromises(backend)
  }

  /// Why a library of these capabilities is not asked for it, nil when it is.
  private func lack(in capabilities: TLSCapabilities) -> String? {
    for need in needs {
      if let lack = need.lack(in: capabilities) { return lack }
    }
    return nil
  }
}

/// A promise that a backend is not asked to keep.
public struct Omission: Sendable, Equatable {
  public let promise: String
  public let reason: String
}
