// OpenSSL 3 for Swift: the headers, and those of their macros that Swift cannot import, each made
// a function of the same name with the prefix copenssl_. No logic belongs here.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

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

/// The corresponding C macro is `SSL_clear_mode`.
static inline void copenssl_clear_mode(SSL *session, long mode) {
  (void)SSL_clear_mode(session, mode);
}

/// The corresponding C macro is `SSL_set_tlsext_host_name`.
static inline int copenssl_set_server_name(SSL *session, const char *name) {
  return (int)SSL_set_tlsext_host_name(session, name);
}

/// The corresponding C macro is `BIO_clear_retry_flags`.
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }

/// The corresponding C macro is `BIO_set_retry_read`.
static inline void copenssl_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

/// The corresponding C macro is `BIO_set_retry_write`.
static inline void copenssl_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }

/// The corresponding C macro is `OPENSSL_free`.
static inline void copenssl_free(void *memory) { OPENSSL_free(memory); }

// Options are expressions of SSL_OP_BIT(), which Swift does not import.
static const uint64_t COPENSSL_OP_ALL_BITS = ~(uint64_t)0;
static const uint64_t COPENSSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t COPENSSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t COPENSSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t COPENSSL_OP_ENABLE_MIDDLEBOX_COMPAT = SSL_OP_ENABLE_MIDDLEBOX_COMPAT;
