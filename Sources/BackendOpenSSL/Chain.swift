internal import COpenSSL
internal import TLSBackend

/// Has OpenSSL's own verifier look for everything that is wrong with the peer's chain (RFC 5280 §6,
/// T5), at the policy's time and against the context's trust anchors and revocation lists.
func findProblems(in store: OpaquePointer, _ box: UnsafeMutablePointer<SessionBox>) {
  let parameters = unsafe X509_STORE_CTX_get0_param(store)
  var flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST
  if unsafe box.pointee.hasRevocationLists {
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL
  }
  unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(flags))
  unsafe X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER)
  unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 2)
  unsafe copenssl_set_time(parameters, box.pointee.policy.time)
  unsafe X509_STORE_CTX_set_verify_cb(store, noteProblem)
  // What it could not do, out of memory perhaps, is nothing that the callback hears of.
  if unsafe X509_verify_cert(store) != 1 { unsafe box.pointee.problems.insert(.other) }
  // Every suite that is offered has the server sign (RFC 5280 §4.2.1.3); to OpenSSL, a key for key
  // agreement is good enough.
  if let leaf = unsafe X509_STORE_CTX_get0_cert(store),
    unsafe X509_get_key_usage(leaf) & UInt32(KU_DIGITAL_SIGNATURE) == 0
  {
    unsafe box.pointee.problems.insert(.wrongPurpose)
  }
}

/// Notes a finding and lets OpenSSL go on, so that which of several is told is the policy's to
/// choose. The corresponding C type is `X509_STORE_CTX_verify_cb`.
private func noteProblem(_ isGood: Int32, _ store: OpaquePointer?) -> Int32 {
  guard isGood == 0 else { return 1 }
  guard let store = unsafe store, let box = unsafe SessionBox.of(store: store) else { return 0 }
  let error = unsafe X509_STORE_CTX_get_error(store)
  let depth = unsafe X509_STORE_CTX_get_error_depth(store)
  guard unsafe !isHarmless(error, depth, store, at: box.pointee.policy.time) else { return 1 }
  let finding = finding(for: error)
  if finding == .forgedList { unsafe box.pointee.forgedDepth = depth }
  // A list that its issuer has not signed does not tell who is revoked.
  if finding == .revoked, unsafe box.pointee.forgedDepth == depth { return 1 }
  unsafe box.pointee.problems.insert(finding)
  return 1
}

/// What OpenSSL finds and RFC 5280 does not.
private func isHarmless(
  _ error: Int32, _ depth: Int32, _ store: OpaquePointer, at time: Int64
) -> Bool {
  let certificate = unsafe X509_STORE_CTX_get_current_cert(store)
  switch error {
  // The last second still belongs to what ends with it (§4.1.2.5, §5.1.2.5).
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return unsafe certificate.map { unsafe copenssl_not_after($0) } == time
  case X509_V_ERR_CRL_HAS_EXPIRED:
    let list = unsafe X509_STORE_CTX_get0_current_crl(store)
    if unsafe list.map({ unsafe copenssl_next_update($0) }) == time { return true }
  // anyExtendedKeyUsage stands for this purpose, too (§4.2.1.12); the key usage is looked at apart,
  // and whether an authority is one.
  case X509_V_ERR_INVALID_PURPOSE:
    let usage = unsafe certificate.map { unsafe X509_get_extended_key_usage($0) } ?? 0
    return usage & UInt32(XKU_ANYEKU) != 0
  default: break
  }
  // Nobody above the anchor could revoke it (§6.1), whether it signs itself or not.
  switch finding(for: error) {
  case .noList, .staleList, .forgedList:
    let chain = unsafe X509_STORE_CTX_get0_chain(store)
    return unsafe depth == copenssl_certificate_count(chain) - 1
  default: return false
  }
}

private func finding(for error: Int32) -> ChainProblems.Finding {
  switch error {
  case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: .weak
  case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
    X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY,
    X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
    X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
    X509_V_ERR_CERT_CHAIN_TOO_LONG, X509_V_ERR_INVALID_CA, X509_V_ERR_NO_ISSUER_PUBLIC_KEY,
    X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_REJECTED,
    X509_V_ERR_SUBJECT_ISSUER_MISMATCH, X509_V_ERR_AKID_SKID_MISMATCH,
    X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH, X509_V_ERR_KEYUSAGE_NO_CERTSIGN,
    X509_V_ERR_PATH_LOOP, X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM,
    X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH, X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY:
    .untrusted
  case X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_SUBTREE_MINMAX,
    X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX,
    X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
    .nameConstraints
  case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: .criticalExtension
  case X509_V_ERR_INVALID_PURPOSE: .wrongPurpose
  case X509_V_ERR_CERT_REVOKED: .revoked
  case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
  case X509_V_ERR_CERT_HAS_EXPIRED: .expired
  case X509_V_ERR_CRL_SIGNATURE_FAILURE, X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE,
    X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    .forgedList
  case X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_HAS_EXPIRED: .staleList
  case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_DIFFERENT_CRL_SCOPE: .noList
  default: .other
  }
}
