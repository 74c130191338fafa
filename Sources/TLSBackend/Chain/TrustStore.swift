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
    var lists: [RevocationList] = []
    let count = parameters.trustAnchors.count
    var index = 0
    while index < count + parameters.revocationLists.count {
      if index < count {
        guard let anchor = Certificate.reading(parameters.trustAnchors[index], &part) else { break }
        anchor.append(to: &anchors)
      } else {
        guard let list = RevocationList(parameters.revocationLists[index - count], &part) else {
          break
        }
        lists.append(list)
      }
      index += 1
    }
    if anchors.count < count {
      throw .malformed("CERTIFICATE", index, of: count, part, .trustAnchors)
    }
    if lists.count < parameters.revocationLists.count {
      throw .malformed(
        "X509 CRL", lists.count, of: parameters.revocationLists.count, part, .revocationLists)
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
