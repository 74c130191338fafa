internal import Bytes
internal import Features

/// What chains are judged against: the trust anchors and the revocation lists of one remote, parsed
/// once for all of its connections.
public final class TrustStore {
  /// What a chain may end at (RFC 5280 §6.1.1 (d)).
  let anchors: [Certificate]
  let lists: [RevocationList]

  /// Throws `.configuration` about the parameter, naming the block that cannot be read and why. Of
  /// parameters without anchors and lists it makes a store that nobody's chain leads to.
  /// The first so many of each are left out.
  public init(
    _ parameters: borrowing TLSParameters, behind firstAnchor: Int = 0, _ firstList: Int = 0
  ) throws(TLSError) {
    var part = CertificatePart.encoding
    var anchors: [Certificate] = []
    var lists: [RevocationList] = []
    guard Feature.chains.isBuilt else {
      (self.anchors, self.lists) = (anchors, lists)
      return
    }
    var index = firstAnchor
    while index < parameters.trustAnchors.count {
      guard let anchor = Certificate.reading(parameters.trustAnchors[index], &part) else {
        throw .malformed(
          "CERTIFICATE", index - firstAnchor, of: parameters.trustAnchors.count - firstAnchor,
          part, .trustAnchors)
      }
      anchor.append(to: &anchors)
      index += 1
    }
    index = firstList
    while index < parameters.revocationLists.count {
      guard let list = RevocationList(parameters.revocationLists[index], &part) else {
        throw .malformed(
          "X509 CRL", index - firstList, of: parameters.revocationLists.count - firstList, part,
          .revocationLists)
      }
      lists.append(list)
      index += 1
    }
    self.anchors = anchors
    self.lists = lists
  }
}

extension TLSError {
  /// A block of a file is malformed: the one at `index` of `count`.
  @inline(never)
  static func malformed(
    _ label: Literal, _ index: Int, of count: Int, _ part: CertificatePart,
    _ parameter: TLSParameter?
  ) -> TLSError {
    TLSError(
      .configuration, .malformed(label, number: count > 1 ? index + 1 : nil, part),
      about: parameter)
  }
}
