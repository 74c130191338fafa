internal import Bytes
internal import CGnuTLS
internal import TLSBackend

/// The way from a peer's certificate up to a trust anchor (RFC 5280 §6), by name and signature, and
/// what is wrong with it.
///
/// Ours, because the library tells nobody which way it took, and the dates and lists are judged
/// along it. What decides whether its links hold is the library's own verifier.
@safe struct Chain: ~Copyable {
  /// Digests and keys of at least 112 bits (C14). The library's clock is not asked: the one that
  /// `gnutls_global_set_time_function` would set is the whole process's, and the time of a policy
  /// is one remote's.
  static let flags =
    cgnutls_medium_profile() | GNUTLS_VERIFY_DISABLE_TIME_CHECKS.rawValue
    | GNUTLS_VERIFY_DISABLE_CRL_CHECKS.rawValue

  let time: Int64
  /// The peer's certificate first.
  private(set) var path: [gnutls_x509_crt_t?]
  private var endsAtAnchor = false
  var problems = ChainProblems()

  /// Climbs as far as the certificates reach. `sent` is what the peer has shown.
  init(from sent: [gnutls_x509_crt_t?], to anchors: [gnutls_x509_crt_t?], at time: Int64) {
    self.time = time
    unsafe path = unsafe Array(sent.prefix(1))
    while let current = unsafe path.last, unsafe path.count <= CertificateSummary.maximumChain {
      // Any certificate may be an anchor, be it an intermediate or the peer's own (T6).
      endsAtAnchor = unsafe anchors.contains { unsafe gnutls_x509_crt_equals($0, current) != 0 }
      if endsAtAnchor { return }
      let anchor = unsafe issuer(of: current, among: anchors)
      let other = unsafe issuer(of: current, among: sent)
      endsAtAnchor = unsafe anchor.rank > 0 && (anchor.rank > 1 || other.rank < 2)
      if endsAtAnchor {
        unsafe path.append(anchor.certificate)
        return
      }
      if unsafe other.rank == 0 { return }
      unsafe path.append(other.certificate)
    }
  }

  /// The likeliest issuer, and how likely: 0 when no name fits, 1 by its name alone, 2 by its
  /// signature, 3 when it is valid at this time, too.
  @inline(never)
  private func issuer(
    of certificate: gnutls_x509_crt_t?, among candidates: [gnutls_x509_crt_t?]
  ) -> (certificate: gnutls_x509_crt_t?, rank: Int) {
    let unproven = GNUTLS_CERT_SIGNATURE_FAILURE.rawValue | GNUTLS_CERT_SIGNER_NOT_FOUND.rawValue
    var best: (certificate: gnutls_x509_crt_t?, rank: Int) = (nil, 0)
    for index in unsafe candidates.indices {
      var candidate = unsafe candidates[index]
      guard unsafe gnutls_x509_crt_check_issuer(certificate, candidate) != 0,
        unsafe !path.contains(candidate)
      else { continue }
      var status: UInt32 = 0
      let result = unsafe gnutls_x509_crt_verify(
        certificate, &candidate, 1, Chain.flags, &status)
      var rank = 1
      if result == 0, status & unproven == 0 {
        rank = unsafe dates(of: candidate) == nil ? 3 : 2
      }
      if unsafe rank > best.rank { unsafe best = unsafe (candidate, rank) }
    }
    return unsafe best
  }

  private func dates(of certificate: gnutls_x509_crt_t?) -> ChainProblems.Finding? {
    if unsafe Int64(gnutls_x509_crt_get_activation_time(certificate)) > time { return .notYetValid }
    return unsafe Int64(gnutls_x509_crt_get_expiration_time(certificate)) < time ? .expired : nil
  }

  /// Finds everything but what revocation lists say.
  mutating func verify() {
    for index in unsafe path.indices {
      if let finding = unsafe dates(of: path[index]) { problems.insert(finding) }
    }
    guard endsAtAnchor else { return problems.insert(.untrusted) }
    let below = unsafe path.count - 1
    if below > 0 {
      var status: UInt32 = 0
      var anchor = unsafe path[below]
      let result = unsafe gnutls_x509_crt_list_verify(
        path, UInt32(below), &anchor, 1, nil, 0, Chain.flags, &status)
      if result == 0 { insert(status) } else { problems.insert(.other) }
    } else if unsafe hasUnknownCriticalExtension(path[0]) {
      // To the library, a certificate that is the anchor has nothing to be asked.
      problems.insert(.criticalExtension)
    }
    checkPurposes(max(below, 1))
    checkAuthorities()
  }

  /// Every bit of the library's status ends up as a finding.
  private mutating func insert(_ status: UInt32) {
    let table: [(gnutls_certificate_status_t, ChainProblems.Finding)] = [
      (GNUTLS_CERT_INSECURE_ALGORITHM, .weak), (GNUTLS_CERT_SIGNER_NOT_FOUND, .untrusted),
      (GNUTLS_CERT_SIGNER_NOT_CA, .untrusted), (GNUTLS_CERT_SIGNATURE_FAILURE, .untrusted),
      (GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, .nameConstraints),
      (GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, .criticalExtension),
      (GNUTLS_CERT_PURPOSE_MISMATCH, .wrongPurpose), (GNUTLS_CERT_REVOKED, .revoked),
      (GNUTLS_CERT_NOT_ACTIVATED, .notYetValid), (GNUTLS_CERT_EXPIRED, .expired),
    ]
    var rest = status
    for (bit, finding) in table where status & bit.rawValue != 0 {
      problems.insert(finding)
      // Set beside all others.
      rest &= ~(bit.rawValue | GNUTLS_CERT_INVALID.rawValue)
    }
    if rest != 0 { problems.insert(.other) }
  }

  /// A server signs the handshake (RFC 5280 §4.2.1.3); who signs its certificate must be allowed
  /// servers, too (§4.2.1.12).
  private mutating func checkPurposes(_ count: Int) {
    var usage: UInt32 = 0
    let hasUsage = unsafe gnutls_x509_crt_get_key_usage(path[0], &usage, nil) == 0
    var isForServers = !hasUsage || usage & UInt32(GNUTLS_KEY_DIGITAL_SIGNATURE) != 0
    for index in 0..<count
    where unsafe gnutls_x509_crt_check_key_purpose(path[index], "1.3.6.1.5.5.7.3.1", 0) == 0 {
      isForServers = false
    }
    if !isForServers { problems.insert(.wrongPurpose) }
  }

  /// To the library, a path that is too long, or a key that may not sign certificates, is the same
  /// as a name that an authority may not give.
  private mutating func checkAuthorities() {
    for index in unsafe path.indices.dropFirst() {
      let authority = unsafe path[index]
      var usage: UInt32 = 0
      let hasUsage = unsafe gnutls_x509_crt_get_key_usage(authority, &usage, nil) == 0
      var limit: Int32 = -1
      var isAuthority: UInt32 = 0
      _ = unsafe gnutls_x509_crt_get_basic_constraints(authority, nil, &isAuthority, &limit)
      // The library lets roots of version 1 sign, which have no extensions, and takes a root of
      // version 3 without basicConstraints for one (RFC 5280 §4.2.1.9).
      let isOld = unsafe gnutls_x509_crt_get_version(authority) < 3
      let maySign =
        (isAuthority != 0 || isOld)
        && (!hasUsage || usage & UInt32(GNUTLS_KEY_KEY_CERT_SIGN) != 0)
      if !maySign || limit >= 0 && index - 1 > Int(limit) { problems.insert(.untrusted) }
    }
  }

  /// Those that RFC 5280 defines under 2.5.29 are known to the library.
  private func hasUnknownCriticalExtension(_ certificate: gnutls_x509_crt_t?) -> Bool {
    unsafe hasCriticalExtension(outside: "2.5.29.") {
      unsafe gnutls_x509_crt_get_extension_info(certificate, $0, $1, $2, $3)
    }
  }
}

/// Whether what `extensionInfo` walks over has a critical extension whose OBJECT IDENTIFIER does
/// not begin like this.
func hasCriticalExtension(
  outside known: StaticString,
  _ extensionInfo: (
    UInt32, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>, UnsafeMutablePointer<UInt32>
  ) -> Int32
) -> Bool {
  let prefix = unsafe UnsafeBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount)
  var index: UInt32 = 0
  while true {
    var name = [UInt8](repeating: 0, count: 128)
    var size = name.count
    var isCritical: UInt32 = 0
    let result = unsafe name.withUnsafeMutableBufferPointer { buffer in
      unsafe extensionInfo(index, buffer.baseAddress, &size, &isCritical)
    }
    if result == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE { return false }
    // One that cannot be read may be anything.
    if unsafe result != 0 || (isCritical != 0 && !name.starts(with: prefix)) { return true }
    index += 1
  }
}
