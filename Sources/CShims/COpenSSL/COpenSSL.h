// OpenSSL 3 for Swift: the headers, and those of their macros that Swift cannot import, each made
// a function of the same name with the prefix copenssl_; besides, short runs of calls whose C types
// do not survive in Swift. Nothing here decides about a connection.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/proverr.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

/// The corresponding C macro is `SSL_CTX_set_min_proto_version`.
static inline int copenssl_set_min_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}

/// The corresponding C macro is `SSL_CTX_set_max_proto_version`; 0 means no ceiling.
static inline int copenssl_set_max_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
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

// Stacks, whose functions are macros.

/// The corresponding C macro is `sk_X509_num`; -1 for NULL.
static inline int copenssl_certificate_count(const STACK_OF(X509) *certificates) {
  return sk_X509_num(certificates);
}

/// The corresponding C macro is `sk_X509_value`; NULL where there is none.
static inline X509 *copenssl_certificate_at(const STACK_OF(X509) *certificates, int index) {
  return sk_X509_value(certificates, index);
}

/// The corresponding C macro is `sk_GENERAL_NAME_num`; -1 for NULL.
static inline int copenssl_name_count(const GENERAL_NAMES *names) {
  return sk_GENERAL_NAME_num(names);
}

// ASN.1 strings, integers and times are one C type of many names, which Swift's cross-module
// optimisation does not survive: they stay here.

/// The type of one of `names`, and its bytes when it is a dNSName or an iPAddress.
static inline int copenssl_name_at(
    const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *count) {
  int type = -1;
  void *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &type);
  if (type == GEN_DNS || type == GEN_IPADD) {
    *bytes = ASN1_STRING_get0_data(value);
    *count = ASN1_STRING_length(value);
  }
  return type;
}

/// The bytes of the first part of `name` of this kind; NULL when it has none.
static inline const unsigned char *copenssl_name_part(X509_NAME *name, int nid, int *count) {
  X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, X509_NAME_get_index_by_NID(name, nid, -1));
  if (entry == NULL) return NULL;
  const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
  *count = ASN1_STRING_length(value);
  return ASN1_STRING_get0_data(value);
}

/// Seconds since 1970; 0 when it is no time. C's time_t may be too short for one.
static inline int64_t copenssl_seconds(const ASN1_TIME *time) {
  int days = 0, seconds = 0;
  ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
  (void)ASN1_TIME_diff(&days, &seconds, epoch, time);
  ASN1_TIME_free(epoch);
  return (int64_t)days * 86400 + seconds;
}

static inline int64_t copenssl_not_before(const X509 *certificate) {
  return copenssl_seconds(X509_get0_notBefore(certificate));
}

static inline int64_t copenssl_not_after(const X509 *certificate) {
  return copenssl_seconds(X509_get0_notAfter(certificate));
}

static inline int64_t copenssl_next_update(const X509_CRL *list) {
  return copenssl_seconds(X509_CRL_get0_nextUpdate(list));
}

static inline void copenssl_set_time(X509_VERIFY_PARAM *parameters, int64_t seconds) {
  X509_VERIFY_PARAM_set_time(parameters, (time_t)seconds);
}

/// The corresponding C macro is `EVP_EC_gen`.
static inline EVP_PKEY *copenssl_make_p256_key(void) { return EVP_EC_gen("P-256"); }

/// The corresponding C macro is `EVP_RSA_gen`.
static inline EVP_PKEY *copenssl_make_rsa_key(unsigned int bits) { return EVP_RSA_gen(bits); }

/// Sets what C's types are in the way of.
static inline int copenssl_set_serial_and_dates(
    X509 *certificate, uint64_t serial, int64_t not_before, int64_t not_after) {
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)not_before) != NULL &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)not_after) != NULL;
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
