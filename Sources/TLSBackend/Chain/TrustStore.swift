internal import Bytes

/// What chains are judged against: the trust anchors and the revocation lists of one remote, parsed
/// once for all of its connections.
public final class TrustStore {
  /// What a chain may end at (RFC 5280 §6.1.1 (d)).
  let anchors: [Certificate]
  let lists: [RevocationList]

  /// Throws `.configuration` about the parameter, naming the block that cannot be read and why. Of
  /// parameters without anchors and lists it makes a store that nobody's chain leads to.
  public init(_ parameters: borrowing TLSParameters) throws(TLSError) {
    var part = CertificatePart.encoding
    var anchors: [Certificate] = []
    for der in parameters.trustAnchors {
      guard let anchor = Certificate(der, &part) else {
        throw .malformed(
          "CERTIFICATE", anchors.count, of: parameters.trustAnchors.count, part, .trustAnchors)
      }
      anchors.append(anchor)
    }
    var lists: [RevocationList] = []
    for der in parameters.revocationLists {
      guard let list = RevocationList(der, &part) else {
        throw .malformed(
          "X509 CRL", lists.count, of: parameters.revocationLists.count, part, .revocationLists)
      }
      lists.append(list)
    }
    self.anchors = anchors
    self.lists = lists
  }
}

extension TLSError {
  /// A block of a file is malformed: the one at `index` of `count`.
  @inline(never)
  static func malformed(
    _ label: StaticString, _ index: Int, of count: Int, _ part: CertificatePart,
    _ parameter: TLSParameter?
  ) -> TLSError {
    TLSError(
      .configuration, .malformed(label, number: count > 1 ? index + 1 : nil, part),
      about: parameter)
  }
}
