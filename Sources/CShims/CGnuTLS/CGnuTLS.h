// GnuTLS 3.7 and later for Swift: the headers, and those of their macros that Swift cannot import,
// each made a function of the same name with the prefix cgnutls_; besides, calls with types that
// Swift cannot hand on, and the look-up of one setting. Nothing here decides about a connection.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>
#include <stdint.h>
#include <string.h>

/// The number of a group in the lists of priorities, where enums stand as plain integers.
static inline unsigned cgnutls_group(const char *name) { return gnutls_group_get_id(name); }

/// Whether a signature algorithm is left by the system-wide configuration; the list of priorities
/// still names it when not. The corresponding C function is `gnutls_sign_is_secure`.
static inline int cgnutls_is_signature_secure(const char *name) {
  return gnutls_sign_is_secure(gnutls_sign_get_id(name)) != 0;
}

// Swift 6.3 cannot hand a type from one module to another whose tag and typedef differ in name,
// as those of gnutls_cipher_algorithm_t do. What has it in its signature stands here.

/// The IANA number of the suite at a place of the library's table, 0 when there is none.
/// The corresponding C function is `gnutls_cipher_suite_info`.
static inline unsigned cgnutls_suite_number(unsigned index) {
  unsigned char id[2] = {0, 0};
  return gnutls_cipher_suite_info(index, id, NULL, NULL, NULL, NULL) ? id[0] << 8 | id[1] : 0;
}

/// The IANA number of the suite in use, 0 when there is none; the library tells its parts. The
/// corresponding C functions are `gnutls_cipher_get`, `gnutls_mac_get` and `gnutls_kx_get`, which in
/// TLS 1.3 tells something else.
static inline unsigned cgnutls_negotiated_suite(gnutls_session_t session) {
  int is_tls13 = gnutls_protocol_get_version(session) == GNUTLS_TLS1_3;
  unsigned char id[2];
  gnutls_kx_algorithm_t exchange;
  gnutls_cipher_algorithm_t cipher;
  gnutls_mac_algorithm_t mac;
  gnutls_protocol_t version;
  for (unsigned i = 0; gnutls_cipher_suite_info(i, id, &exchange, &cipher, &mac, &version); i++) {
    if ((version == GNUTLS_TLS1_3) == is_tls13 && cipher == gnutls_cipher_get(session) &&
        mac == gnutls_mac_get(session) && (is_tls13 || exchange == gnutls_kx_get(session)))
      return id[0] << 8 | id[1];
  }
  return 0;
}

/// The name of the key exchange group, NULL when there is none. The corresponding C functions are
/// `gnutls_group_get` and `gnutls_group_get_name`.
static inline const char *cgnutls_group_name(gnutls_session_t session) {
  return gnutls_group_get_name(gnutls_group_get(session));
}

/// Has a key verify RSASSA-PSS with this digest and length of the salt. The corresponding C
/// functions are `gnutls_x509_spki_set_rsa_pss_params` and `gnutls_pubkey_set_spki`.
static inline int cgnutls_set_pss(gnutls_pubkey_t key, gnutls_digest_algorithm_t digest,
                                  unsigned salt) {
  gnutls_x509_spki_t spki;
  int result = gnutls_x509_spki_init(&spki);
  if (result != 0) return result;
  gnutls_x509_spki_set_rsa_pss_params(spki, digest, salt);
  result = gnutls_pubkey_set_spki(key, spki, 0);
  gnutls_x509_spki_deinit(spki);
  return result;
}

// A 32-bit library that was compiled with a 32-bit time_t takes no other from a program that has one
// of 64 bits. Who builds for such a library defines CGNUTLS_TIME_IS_LONG.
#ifdef CGNUTLS_TIME_IS_LONG
typedef long cgnutls_time;
int cgnutls_set_activation(gnutls_x509_crt_t, cgnutls_time)
    __asm__("gnutls_x509_crt_set_activation_time");
int cgnutls_set_expiration(gnutls_x509_crt_t, cgnutls_time)
    __asm__("gnutls_x509_crt_set_expiration_time");
#else
typedef time_t cgnutls_time;
#define cgnutls_set_activation gnutls_x509_crt_set_activation_time
#define cgnutls_set_expiration gnutls_x509_crt_set_expiration_time
#endif

/// Sets both dates, in seconds since 1970; an error when the library cannot hold one, which is one
/// beyond 2038. The corresponding C functions are `gnutls_x509_crt_set_activation_time` and
/// `gnutls_x509_crt_set_expiration_time`.
static inline int cgnutls_set_validity(gnutls_x509_crt_t certificate, int64_t from, int64_t to) {
  const cgnutls_time first = (cgnutls_time)from, last = (cgnutls_time)to;
  if (first != from || last != to) return GNUTLS_E_ASN1_TIME_ERROR;
  const int result = cgnutls_set_activation(certificate, first);
  return result != 0 ? result : cgnutls_set_expiration(certificate, last);
}

/// The corresponding C macro is `GNUTLS_CURVE_TO_BITS`.
static inline unsigned cgnutls_bits_of_p256(void) {
  return GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
}

/// The corresponding C variable is the function pointer `gnutls_free`.
static inline void cgnutls_free(void *memory) { gnutls_free(memory); }

/// What the library's configuration has under "fips-module-name", NULL without it. The
/// corresponding C function is `gnutls_get_library_config`, of GnuTLS 3.7.3.
static inline const char *cgnutls_fips_module_name(void) {
#if GNUTLS_VERSION_NUMBER >= 0x030703
  for (const gnutls_library_config_st *item = gnutls_get_library_config(); item && item->name;
       item++) {
    if (strcmp(item->name, "fips-module-name") == 0) return item->value;
  }
#endif
  return NULL;
}
