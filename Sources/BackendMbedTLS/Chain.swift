internal import CMbedTLS
internal import TLSBackend

/// What a chain may end at, and what is revoked.
struct Trust {
  /// Nil when there is none.
  let anchors: CertificateList?
  let lists: RevocationLists?

  init(_ parameters: TLSParameters) throws(TLSError) {
    anchors =
      parameters.trustAnchors.isEmpty
      ? nil : try CertificateList(parameters.trustAnchors, about: .trustAnchors)
    lists =
      parameters.revocationLists.isEmpty ? nil : try RevocationLists(parameters.revocationLists)
  }

  /// What the library's verifier finds wrong with the chain of a certificate (T5), judged at `time`
  /// and not by the system's clock, which is the only one that the library knows.
  func problems(
    of leaf: UnsafeMutablePointer<mbedtls_x509_crt>, at time: Int64
  ) -> ChainProblems {
    unsafe preferCurrent(anchors?.first, at: time)
    unsafe preferCurrent(leaf.pointee.next, at: time)
    unsafe order(leaf)
    var path = unsafe Path(time: time, anchors: anchors?.first, lists: lists?.first, issuer: nil)
    var flags: UInt32 = 0
    let result = unsafe cmbedtls_verify(leaf, path.anchors, &flags, visit, &path)
    if result != 0, result != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED { path.problems.insert(.other) }
    return path.problems
  }
}

/// Puts what is valid at `time` before what is not: of two certificates with one name, as when an
/// authority is renewed, the library takes the first, unless its own clock knows better.
private func preferCurrent(_ first: UnsafeMutablePointer<mbedtls_x509_crt>?, at time: Int64) {
  var place = unsafe first
  var next = unsafe first
  while let certificate = unsafe next, let slot = unsafe place {
    unsafe next = certificate.pointee.next
    guard unsafe isCurrent(&certificate.pointee.valid_from, &certificate.pointee.valid_to, at: time)
    else { continue }
    if unsafe certificate != slot {
      // The contents, but for their places in the list: its head belongs to somebody.
      unsafe swap(&slot.pointee, &certificate.pointee)
      unsafe swap(&slot.pointee.next, &certificate.pointee.next)
    }
    unsafe place = slot.pointee.next
  }
}

private func isCurrent(
  _ first: UnsafePointer<mbedtls_x509_time>, _ last: UnsafePointer<mbedtls_x509_time>,
  at time: Int64
) -> Bool {
  unsafe mbedtls_x509_time.seconds(first) <= time && mbedtls_x509_time.seconds(last) >= time
}

/// Puts every issuer behind what it has signed, by name: the library looks no further back (RFC 8446
/// §4.4.2).
private func order(_ leaf: UnsafeMutablePointer<mbedtls_x509_crt>) {
  var child = unsafe leaf
  while unsafe !child.pointee.issuer_raw.bytes.equals(child.pointee.subject_raw.bytes) {
    var before = unsafe child
    while let next = unsafe before.pointee.next,
      unsafe !next.pointee.subject_raw.bytes.equals(child.pointee.issuer_raw.bytes)
    {
      unsafe before = next
    }
    guard let issuer = unsafe before.pointee.next else { return }
    unsafe before.pointee.next = issuer.pointee.next
    unsafe issuer.pointee.next = child.pointee.next
    unsafe child.pointee.next = issuer
    unsafe child = issuer
  }
}

/// The library's callback for each certificate of the path that it has found, from the anchor down.
private func visit(
  _ context: UnsafeMutableRawPointer?, _ certificate: UnsafeMutablePointer<mbedtls_x509_crt>?,
  _ depth: Int32, _ flags: UnsafeMutablePointer<UInt32>?
) -> Int32 {
  guard let path = unsafe context?.assumingMemoryBound(to: Path.self),
    let certificate = unsafe certificate, let flags = unsafe flags
  else { return MBEDTLS_ERR_X509_FATAL_ERROR }
  unsafe path.pointee.visit(certificate, depth, UInt32(flags.pointee))
  return 0
}

/// A path from an anchor to the server's certificate, while the library walks it.
@safe private struct Path {
  let time: Int64
  let anchors: UnsafeMutablePointer<mbedtls_x509_crt>?
  let lists: UnsafeMutablePointer<mbedtls_x509_crl>?
  /// What was visited last.
  var issuer: UnsafeMutablePointer<mbedtls_x509_crt>?
  var problems = ChainProblems()

  private static let untrusted = UInt32(MBEDTLS_X509_BADCERT_NOT_TRUSTED)
  private static let weak = UInt32(
    MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY)
  /// By the system's clock.
  private static let dates = UInt32(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE)

  mutating func visit(
    _ certificate: UnsafeMutablePointer<mbedtls_x509_crt>, _ depth: Int32, _ found: UInt32
  ) {
    var flags = found & ~Path.dates
    if depth == 0, unsafe isAnchor(certificate) {
      // What is above it, and its signature, do not matter.
      (flags, problems) = (0, ChainProblems())
      unsafe issuer = nil
    }
    note(.untrusted, if: flags & Path.untrusted != 0)
    note(.weak, if: flags & Path.weak != 0)
    note(.other, if: flags & ~(Path.untrusted | Path.weak) != 0)
    unsafe note(.notYetValid, if: mbedtls_x509_time.seconds(&certificate.pointee.valid_from) > time)
    unsafe note(.expired, if: mbedtls_x509_time.seconds(&certificate.pointee.valid_to) < time)
    var isMeant = unsafe cmbedtls_is_for_servers(certificate) == 1
    if depth == 0 {
      let usage = UInt32(MBEDTLS_X509_KU_DIGITAL_SIGNATURE)
      isMeant = unsafe mbedtls_x509_crt_check_key_usage(certificate, usage) == 0 && isMeant
    } else {
      unsafe note(.criticalExtension, if: hasNameConstraints(certificate))
    }
    note(.wrongPurpose, if: !isMeant)
    unsafe noteLists(of: certificate)
    unsafe issuer = unsafe certificate
  }

  private mutating func note(_ finding: ChainProblems.Finding, if isFound: Bool) {
    if isFound { problems.insert(finding) }
  }

  private func isAnchor(_ certificate: UnsafeMutablePointer<mbedtls_x509_crt>) -> Bool {
    var next = unsafe anchors
    while let anchor = unsafe next {
      if unsafe anchor.pointee.raw.bytes.equals(certificate.pointee.raw.bytes) { return true }
      unsafe next = anchor.pointee.next
    }
    return false
  }

  /// Mbed TLS does not know name constraints, so that nothing below them can be accepted. Looks for
  /// the bytes of their identifier, 2.5.29.30: where they stand by accident, a chain is refused.
  private func hasNameConstraints(_ certificate: UnsafeMutablePointer<mbedtls_x509_crt>) -> Bool {
    let extensions = unsafe certificate.pointee.v3_ext.bytes
    var wanted: UInt32 = 0
    for index in extensions.indices {
      wanted = unsafe wanted << 8 | UInt32(extensions[index])
      if wanted == 0x0355_1D1E { return true }
    }
    return false
  }

  /// Each certificate below the anchor needs a current list of its issuer (N1, C16).
  private mutating func noteLists(of certificate: UnsafeMutablePointer<mbedtls_x509_crt>) {
    guard unsafe lists != nil, let issuer = unsafe issuer else { return }
    var finding = ChainProblems.Finding.noList
    var isCovered = false
    var isRevoked = false
    var next = unsafe lists
    while let list = unsafe next {
      unsafe next = list.pointee.next
      guard unsafe list.pointee.issuer_raw.bytes.equals(issuer.pointee.subject_raw.bytes) else {
        continue
      }
      guard unsafe isSigned(list, by: issuer) else {
        if finding == .noList { finding = .forgedList }
        continue
      }
      let isNew = unsafe isCurrent(&list.pointee.this_update, &list.pointee.next_update, at: time)
      // An old list counts only as long as there is no other.
      if isCovered && !isNew { continue }
      let names = unsafe mbedtls_x509_crt_is_revoked(certificate, list) != 0
      isRevoked = names || isRevoked && isCovered == isNew
      isCovered = isNew
      finding = .staleList
    }
    note(.revoked, if: isRevoked)
    note(finding, if: !isCovered)
  }

  /// The library has this check, but not at another time than the system's, and it ends at the first
  /// forged list. A signature with SHA-1 or MD5 is none (C14).
  private func isSigned(
    _ list: UnsafeMutablePointer<mbedtls_x509_crl>,
    by issuer: UnsafeMutablePointer<mbedtls_x509_crt>
  ) -> Bool {
    let usage = UInt32(MBEDTLS_X509_KU_CRL_SIGN)
    guard unsafe mbedtls_x509_crt_check_key_usage(issuer, usage) == 0,
      let digest = unsafe mbedtls_md_info_from_type(list.pointee.sig_md)
    else { return false }
    let count = unsafe Int(mbedtls_md_get_size(digest))
    return unsafe withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: Int(MBEDTLS_MD_MAX_SIZE)
    ) { hash in
      unsafe count >= SHA256Digest.byteCount
        && mbedtls_md(digest, list.pointee.tbs.p, list.pointee.tbs.len, hash.baseAddress) == 0
        && mbedtls_pk_verify_ext(
          list.pointee.sig_pk, list.pointee.sig_opts, &issuer.pointee.pk, list.pointee.sig_md,
          hash.baseAddress, count, list.pointee.sig.p, list.pointee.sig.len) == 0
    }
  }
}
