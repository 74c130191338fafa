// OpenSSL 3 for Swift: the headers, and those of their macros that Swift cannot import, each made
// a function of the same name with the prefix copenssl_; besides, short runs of calls whose C types
// do not survive in Swift. Nothing here decides about a connection.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

// OpenSSL's macros would leave this file's name, with the folder of the build, in the program.
#ifndef OPENSSL_NO_FILENAMES
#define OPENSSL_NO_FILENAMES 1
#endif

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/proverr.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

/// The corresponding C macro is `SSL_CTX_set_min_proto_version`.
static inline int copenssl_set_min_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}

/// The corresponding C macro is `SSL_CTX_set_max_proto_version`; 0 means no ceiling.
static inline int copenssl_set_max_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
}

/// Whether a suite can be offered, by its IANA name; the lists of the context are lost. A TLS 1.3
/// suite, whose names are the same, is taken without its cipher, but then missing in the list.
static inline int copenssl_has_suite(SSL_CTX *context, const char *standard) {
  const char *name = OPENSSL_cipher_name(standard);
  if (strcmp(name, standard) != 0) return SSL_CTX_set_cipher_list(context, name) == 1;
  if (SSL_CTX_set_ciphersuites(context, name) != 1) return 0;
  const SSL_CIPHER *first = sk_SSL_CIPHER_value(SSL_CTX_get_ciphers(context), 0);
  return first != NULL && strcmp(SSL_CIPHER_get_name(first), name) == 0;
}

/// The corresponding C macro is `SSL_CTX_set1_groups_list`.
static inline int copenssl_set_groups(SSL_CTX *context, const char *names) {
  return (int)SSL_CTX_set1_groups_list(context, names);
}

/// The corresponding C macro is `SSL_CTX_set1_sigalgs_list`.
static inline int copenssl_set_signature_algorithms(SSL_CTX *context, const char *names) {
  return (int)SSL_CTX_set1_sigalgs_list(context, names);
}

/// The corresponding C macro is `SSL_CTX_set_session_cache_mode`.
static inline void copenssl_set_session_cache_mode(SSL_CTX *context, long mode) {
  (void)SSL_CTX_set_session_cache_mode(context, mode);
}

/// The corresponding C macro is `SSL_CTX_set_read_ahead`.
static inline void copenssl_set_read_ahead(SSL_CTX *context, long on) {
  (void)SSL_CTX_set_read_ahead(context, on);
}

/// The corresponding C macro is `SSL_CTX_set_mode`.
static inline void copenssl_set_mode(SSL_CTX *context, long mode) {
  (void)SSL_CTX_set_mode(context, mode);
}

/// The corresponding C macro is `SSL_set_tlsext_host_name`.
static inline int copenssl_set_server_name(SSL *session, const char *name) {
  return (int)SSL_set_tlsext_host_name(session, name);
}

/// The corresponding C macros are `SSL_get_negotiated_group` and `SSL_group_to_name`; NULL when
/// there is none.
static inline const char *copenssl_group_name(SSL *session) {
  return SSL_group_to_name(session, (int)SSL_get_negotiated_group(session));
}

/// The corresponding C macro is `SSL_CTX_add1_chain_cert`.
static inline int copenssl_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

/// The corresponding C macro is `EVP_EC_gen`.
static inline EVP_PKEY *copenssl_make_p256_key(void) { return EVP_EC_gen("P-256"); }

/// The corresponding C macro is `EVP_RSA_gen`.
static inline EVP_PKEY *copenssl_make_rsa_key(unsigned int bits) { return EVP_RSA_gen(bits); }

/// Sets one date, as text: a 32-bit library may have another time_t than the program. The
/// corresponding C function is `ASN1_TIME_set_string_X509`.
static inline int copenssl_set_date(ASN1_TIME *date, int64_t seconds) {
  const time_t time = (time_t)seconds;
  struct tm parts;
  char text[24];
  return time == seconds && gmtime_r(&time, &parts) != NULL &&
         strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &parts) != 0 &&
         ASN1_TIME_set_string_X509(date, text) == 1;
}

/// Sets what C's types are in the way of.
static inline int copenssl_set_serial_and_dates(
    X509 *certificate, uint64_t serial, int64_t not_before, int64_t not_after) {
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
         copenssl_set_date(X509_getm_notBefore(certificate), not_before) &&
         copenssl_set_date(X509_getm_notAfter(certificate), not_after);
}

/// Adds an extension whose value is DER.
static inline int copenssl_add_extension(
    X509 *certificate, int nid, int critical, const unsigned char *value, int count) {
  ASN1_OCTET_STRING *data = ASN1_OCTET_STRING_new();
  X509_EXTENSION *extension = NULL;
  int added = data != NULL && ASN1_OCTET_STRING_set(data, value, count) == 1 &&
              (extension = X509_EXTENSION_create_by_NID(NULL, nid, critical, data)) != NULL &&
              X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  ASN1_OCTET_STRING_free(data);
  return added;
}

/// The name, the version and the status of a provider, as `OSSL_PROVIDER_get_params` tells them.
static inline int copenssl_provider_facts(
    const OSSL_PROVIDER *provider, const char **name, const char **version) {
  int status = 0;
  OSSL_PARAM asked[] = {
      OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, (char **)name, 0),
      OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_VERSION, (char **)version, 0),
      OSSL_PARAM_int(OSSL_PROV_PARAM_STATUS, &status), OSSL_PARAM_END};
  return OSSL_PROVIDER_get_params(provider, asked) == 1 && status == 1;
}

/// The corresponding C macro is `BIO_clear_retry_flags`.
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

/// The corresponding C macro is `BIO_set_retry_read`.
static inline void copenssl_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

/// The corresponding C macro is `BIO_set_retry_write`.
static inline void copenssl_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }

/// The corresponding C macro is `OPENSSL_clear_free`.
static inline void copenssl_clear_free(void *memory, ptrdiff_t count) {
  OPENSSL_clear_free(memory, (size_t)count);
}

// Options are expressions of SSL_OP_BIT(), which Swift does not import.
static const uint64_t COPENSSL_OP_ALL_BITS = ~(uint64_t)0;
static const uint64_t COPENSSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t COPENSSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t COPENSSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t COPENSSL_OP_ENABLE_MIDDLEBOX_COMPAT = SSL_OP_ENABLE_MIDDLEBOX_COMPAT;
// Of OpenSSL 3.2: a compressed chain (RFC 8879) would have to be judged before it is unpacked.
static const uint64_t COPENSSL_OP_NO_CERTIFICATE_COMPRESSION = (uint64_t)1 << 33;
