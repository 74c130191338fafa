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
