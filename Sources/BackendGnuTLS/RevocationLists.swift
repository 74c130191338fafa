internal import CGnuTLS
internal import TLSBackend

extension GnuTLSContext {
  /// What is wrong with a peer's chain at a time.
  func problems(in sent: borrowing ParsedCertificates, at time: Int64) -> ChainProblems {
    var chain = unsafe Chain(from: sent.handles, to: anchors.handles, at: time)
    chain.verify()
    unsafe chain.checkLists(lists.handles)
    return chain.problems
  }
}

// Revocation lists. The library neither demands one nor judges dates by the time of a policy, and
// asks of a list no more than its signature.
extension Chain {
  /// Each certificate below the anchor needs a current list of its issuer, where there are lists at
  /// all (N1, C16). One that is forged or out of date decides nothing when a good one is there.
  fileprivate mutating func checkLists(_ lists: [gnutls_x509_crl_t?]) {
    guard unsafe !lists.isEmpty else { return }
    for index in unsafe path.indices.dropFirst() {
      var isListed = false
      // What to say when no list is good.
      var faults: [ChainProblems.Finding] = []
      for place in unsafe lists.indices {
        let list = unsafe lists[place]
        guard let fault = unsafe fault(of: list, signedBy: path[index]) else {
          isListed = true
          if unsafe isRevoked(path[index - 1], by: list) { problems.insert(.revoked) }
          continue
        }
        faults.append(fault)
        if fault == .staleList, unsafe isRevoked(path[index - 1], by: list) {
          faults.append(.revoked)
        }
      }
      guard !isListed else { continue }
      for fault in faults { problems.insert(fault) }
    }
  }

  private func isRevoked(_ certificate: gnutls_x509_crt_t?, by list: gnutls_x509_crl_t?) -> Bool {
    var list = unsafe list
    return unsafe gnutls_x509_crt_check_revocation(certificate, &list, 1) != 0
  }

  /// Why a list says nothing about what `issuer` has signed; nil when it does.
  private func fault(
    of list: gnutls_x509_crl_t?, signedBy issuer: gnutls_x509_crt_t?
  ) -> ChainProblems.Finding? {
    // One that tells of a part only, or of the changes since another, says so in a critical
    // extension (RFC 5280 §5.2.4, §5.2.5).
    let isPartial = unsafe hasCriticalExtension(outside: "2.5.29.20") {
      unsafe gnutls_x509_crl_get_extension_info(list, $0, $1, $2, $3)
    }
    guard !isPartial, unsafe gnutls_x509_crl_check_issuer(list, issuer) != 0 else {
      return .noList
    }
    var issuer = unsafe issuer
    var status: UInt32 = 0
    let result = unsafe gnutls_x509_crl_verify(list, &issuer, 1, Chain.flags, &status)
    // By the system's clock, whatever the flags say; both set INVALID, too.
    let clock =
      GNUTLS_CERT_REVOCATION_DATA_SUPERSEDED.rawValue
      | GNUTLS_CERT_REVOCATION_DATA_ISSUED_IN_FUTURE.rawValue
    if status & clock != 0 { status &= ~(clock | GNUTLS_CERT_INVALID.rawValue) }
    guard result == 0, status == 0 else {
      return status & GNUTLS_CERT_INSECURE_ALGORITHM.rawValue != 0 ? .weak : .forgedList
    }
    // RFC 5280 demands a next update, the library says -1 where there is none: out of date.
    let isCurrent =
      unsafe Int64(gnutls_x509_crl_get_this_update(list)) <= time
      && Int64(gnutls_x509_crl_get_next_update(list)) >= time
    return isCurrent ? nil : .staleList
  }
}
