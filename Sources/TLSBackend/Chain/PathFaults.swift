internal import Bytes

/// What is wrong with one path, and of several paths with the best of them.
struct PathFaults {
  /// In this order: of one path the first is told, of several paths the last.
  enum Rank: UInt8 {
    case noPath
    case badSignature
    case unknownAlgorithm
    case noAuthority
    case weak
    // Of paths that lead to an anchor, from here.
    case nameConstraints
    case malformed
    case wrongPurpose
    case revoked
    case notYetValid
    case expired
    case forgedList
    case staleList
    case noList
    // Ends the search.
    case exhausted

    var isRevocation: Bool {
      switch self {
      case .revoked, .forgedList, .staleList, .noList: true
      default: false
      }
    }
  }

  /// What is told, nil when nothing is wrong.
  private(set) var sentence: Sentence?
  private var rank = Rank.exhausted
  /// What is told of revocation lists, and of all else, apart: for `--check`.
  private(set) var chain: Sentence?
  private var chainRank = Rank.exhausted
  private(set) var revocation: Sentence?
  private var revocationRank = Rank.exhausted

  /// Keeps the first of what is wrong with a path.
  @inline(never)
  mutating func note(_ rank: Rank, _ sentence: Sentence) {
    if self.sentence == nil || rank.rawValue < self.rank.rawValue {
      (self.rank, self.sentence) = (rank, sentence)
    }
    if rank.isRevocation {
      if revocation == nil || rank.rawValue < revocationRank.rawValue {
        (revocationRank, revocation) = (rank, sentence)
      }
    } else if chain == nil || rank.rawValue < chainRank.rawValue {
      (chainRank, chain) = (rank, sentence)
    }
  }

  /// Keeps the better of two paths.
  mutating func merge(_ other: PathFaults) {
    if sentence == nil || other.rank.rawValue > rank.rawValue { self = other }
  }
}
