/// One thing that is wrong with a path.
struct PathFault {
  /// Of one path the first in this order is told, of several paths the last.
  enum Kind: UInt8, CaseIterable {
    case noPath
    case malformed
    case badSignature
    case unknownAlgorithm
    case noAuthority
    case mayNotSign
    case tooLong
    case key
    case weakSignature
    // Of paths that lead to an anchor, from here.
    case tooManyNames
    case nameNotPermitted
    case malformedExtension
    case unknownExtension
    case wrongPurpose
    case revoked
    case notYetValid
    case expired
    case mayNotSignLists
    case weakList
    case unknownListAlgorithm
    case forgedList
    case partialList
    case staleList
    case noList
    // These end the search.
    case chainBeyondLimits
    case tooDear
    case none
    // What some of them are told as.
    case selfSigned
    case otherAnchor
    case anchorNotAuthority
    case largeKey
    case badExponent
    case unknownKey
    case anchorNotYetValid
    case anchorExpired

    /// Whether it is about a revocation list and who has issued it.
    private var isOfIssuersList: Bool {
      rawValue > Kind.expired.rawValue && rawValue <= Kind.noList.rawValue
    }

    var isOfList: Bool { self == .revoked || isOfIssuersList }

    /// Whether it is about who has signed.
    var isOfIssuer: Bool {
      isOfIssuersList
        || rawValue >= Kind.noAuthority.rawValue && rawValue <= Kind.key.rawValue
    }
  }

  let kind: Kind
  /// Which certificate it is about, by its place among those of the search.
  var certificate = 0
  /// Its issuer where that matters, or a number.
  var other = 0
}

/// What is wrong with one path, and of several paths with the best of them.
struct PathFaults {
  private(set) var chain = PathFault(kind: .none)
  /// What revocation lists say, apart: for `--check`.
  private(set) var list = PathFault(kind: .none)

  var first: PathFault { chain.kind.rawValue < list.kind.rawValue ? chain : list }

  /// Keeps the first of what is wrong with a path.
  @inline(never)
  mutating func note(_ kind: PathFault.Kind, _ certificate: Int, _ other: Int = 0) {
    let fault = PathFault(kind: kind, certificate: certificate, other: other)
    if kind.isOfList {
      if kind.rawValue < list.kind.rawValue { list = fault }
    } else {
      if kind.rawValue < chain.kind.rawValue { chain = fault }
    }
  }

  /// Keeps the better of two paths that are not right.
  @inline(never)
  mutating func merge(_ other: PathFaults) {
    let kind = first.kind
    if kind == .none || other.first.kind.rawValue > kind.rawValue { self = other }
  }
}
