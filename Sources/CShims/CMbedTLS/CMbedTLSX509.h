// Certificates and keys of Mbed TLS for Swift: macros and profiles. Included by CMbedTLS.h.
#pragma once

/// Makes a key: P-256, or RSA of so many bits. The corresponding C functions are
/// `mbedtls_ecp_gen_key` and `mbedtls_rsa_gen_key`.
static inline int cmbedtls_make_key(mbedtls_pk_context *key, unsigned rsa_bits,
                                    mbedtls_ctr_drbg_context *generator) {
  const mbedtls_pk_type_t type = rsa_bits ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY;
  const int result = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(type));
  if (result != 0) return result;
  return rsa_bits ? mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key), mbedtls_ctr_drbg_random, generator,
                                        rsa_bits, 65537)
                  : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                                        mbedtls_ctr_drbg_random, generator);
}

/// Names a certificate's subject and issuer alike. The corresponding C function is
/// `mbedtls_asn1_store_named_data`; `mbedtls_x509write_crt_set_subject_name` of 2.28 cannot escape.
static inline int cmbedtls_set_common_name(mbedtls_x509write_cert *certificate,
                                           const unsigned char *name, size_t count) {
  mbedtls_asn1_named_data **lists[] = {&certificate->subject, &certificate->issuer};
  for (int i = 0; i < 2; i++) {
    mbedtls_asn1_named_data *entry = mbedtls_asn1_store_named_data(
        lists[i], MBEDTLS_OID_AT_CN, MBEDTLS_OID_SIZE(MBEDTLS_OID_AT_CN), name, count);
    if (entry == NULL) return MBEDTLS_ERR_X509_ALLOC_FAILED;
    entry->val.tag = MBEDTLS_ASN1_UTF8_STRING;
  }
  return 0;
}

/// Checks a signature of this kind, by the digest of a message and with a DER SubjectPublicKeyInfo:
/// 0 when it is good, below 0 when it is bad, 1 when the library cannot use the key. The
/// corresponding C functions are `mbedtls_pk_parse_subpubkey`, `mbedtls_md` and
/// `mbedtls_pk_verify_ext`.
static inline int cmbedtls_verify(mbedtls_pk_type_t kind, mbedtls_md_type_t digest, int salt,
                                  const unsigned char *key, size_t key_count,
                                  const unsigned char *message, size_t message_count,
                                  const unsigned char *signature, size_t signature_count) {
  const mbedtls_md_info_t *info = mbedtls_md_info_from_type(digest);
  const mbedtls_pk_rsassa_pss_options options = {digest, salt};
  unsigned char hash[MBEDTLS_MD_MAX_SIZE];
  unsigned char *cursor = (unsigned char *)key;
  mbedtls_pk_context parsed;
  mbedtls_pk_init(&parsed);
  int result = 1;
  if (mbedtls_pk_parse_subpubkey(&cursor, key + key_count, &parsed) == 0 &&
      cursor == key + key_count && mbedtls_pk_can_do(&parsed, kind)) {
    result = mbedtls_md(info, message, message_count, hash);
    if (result == 0) {
      result = mbedtls_pk_verify_ext(kind, kind == MBEDTLS_PK_RSASSA_PSS ? &options : NULL,
                                     &parsed, digest, hash, mbedtls_md_get_size(info), signature,
                                     signature_count);
    }
  }
  mbedtls_pk_free(&parsed);
  return result;
}

/// Where a certificate and the key in it stand in the message, for a build that keeps of both no
/// more than a copy of the key and a digest.
static inline void cmbedtls_note_places(mbedtls_x509_crt *certificate, const unsigned char *bytes,
                                        size_t count, size_t key, size_t key_count) {
#if !defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
  certificate->raw.p = (unsigned char *)bytes;
  certificate->raw.len = count;
  certificate->pk_raw.p = (unsigned char *)bytes + key;
  certificate->pk_raw.len = key_count;
#else
  (void)certificate, (void)bytes, (void)count, (void)key, (void)key_count;
#endif
}
