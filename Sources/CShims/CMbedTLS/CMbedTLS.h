// Mbed TLS 2.28 and 3.6 for Swift: the headers, what differs between the two, and those of their
// macros that Swift cannot import, each made a function with the prefix cmbedtls_. It hides how the
// two differ, and reads what no function tells; nothing here decides about a connection.
#pragma once

// As CPosix.h has it: two modules that show libc's types to Swift must show the same ones.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

// Mbed TLS 3 renames the members of its structures. A few have to be read here, because no function
// tells what they hold in either branch; the layouts are those of the headers in any case.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS

#include <mbedtls/asn1write.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

// MARK: What differs between the branches

#if MBEDTLS_VERSION_NUMBER >= 0x03060000 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define CMBEDTLS_TLS13 1
#else
#define CMBEDTLS_TLS13 0
#endif

static inline int cmbedtls_has_tls13(void) { return CMBEDTLS_TLS13; }

/// TLS 1.3 computes with PSA. The corresponding C function is `psa_crypto_init`.
static inline int cmbedtls_crypto_init(void) {
#if CMBEDTLS_TLS13
  return (int)psa_crypto_init();
#else
  return 0;
#endif
}

/// The corresponding C functions are `mbedtls_ssl_conf_min_tls_version` and
/// `mbedtls_ssl_conf_max_tls_version`, in 2.28 without `tls_`.
static inline void cmbedtls_set_versions(mbedtls_ssl_config *config, uint16_t min, uint16_t max) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  mbedtls_ssl_conf_min_tls_version(config, (mbedtls_ssl_protocol_version)min);
  mbedtls_ssl_conf_max_tls_version(config, (mbedtls_ssl_protocol_version)max);
#else
  mbedtls_ssl_conf_min_version(config, min >> 8, min & 0xFF);
  mbedtls_ssl_conf_max_version(config, max >> 8, max & 0xFF);
#endif
}

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
/// A key exchange group, and a signature algorithm, as the configuration takes them: 0 at the end.
typedef uint16_t cmbedtls_group;
typedef uint16_t cmbedtls_signature;

static inline cmbedtls_group cmbedtls_group_of(uint16_t iana) { return iana; }
static inline cmbedtls_signature cmbedtls_signature_of(uint16_t iana) { return iana; }

/// The corresponding C function is `mbedtls_ssl_conf_groups`; the list is kept by address.
static inline void cmbedtls_set_groups(mbedtls_ssl_config *config, const cmbedtls_group *list) {
  mbedtls_ssl_conf_groups(config, list);
}

/// The corresponding C function is `mbedtls_ssl_conf_sig_algs`; the list is kept by address.
static inline void cmbedtls_set_signatures(mbedtls_ssl_config *config,
                                           const cmbedtls_signature *list) {
  mbedtls_ssl_conf_sig_algs(config, list);
}
#else
/// A key exchange group, and the hash of a signature algorithm, as the configuration takes them: 0
/// at the end.
typedef mbedtls_ecp_group_id cmbedtls_group;
typedef int cmbedtls_signature;

static inline cmbedtls_group cmbedtls_group_of(uint16_t iana) {
  const mbedtls_ecp_curve_info *info = mbedtls_ecp_curve_info_from_tls_id(iana);
  return info ? info->grp_id : MBEDTLS_ECP_DP_NONE;
}

/// The hash: 2.28 offers each with ECDSA and with PKCS#1 1.5, and knows no other signature.
static inline cmbedtls_signature cmbedtls_signature_of(uint16_t iana) {
  return iana >> 8 == MBEDTLS_SSL_HASH_SHA256   ? MBEDTLS_MD_SHA256
         : iana >> 8 == MBEDTLS_SSL_HASH_SHA384 ? MBEDTLS_MD_SHA384
         : iana >> 8 == MBEDTLS_SSL_HASH_SHA512 ? MBEDTLS_MD_SHA512
                                                : MBEDTLS_MD_NONE;
}

/// The corresponding C function is `mbedtls_ssl_conf_curves`; the list is kept by address.
static inline void cmbedtls_set_groups(mbedtls_ssl_config *config, const cmbedtls_group *list) {
  mbedtls_ssl_conf_curves(config, list);
}

/// The corresponding C function is `mbedtls_ssl_conf_sig_hashes`; the list is kept by address.
static inline void cmbedtls_set_signatures(mbedtls_ssl_config *config,
                                           const cmbedtls_signature *list) {
  mbedtls_ssl_conf_sig_hashes(config, list);
}
#endif

/// Whether TLS 1.3 was negotiated, also before the end of the handshake.
static inline int cmbedtls_is_tls13(const mbedtls_ssl_context *session) {
#if CMBEDTLS_TLS13
  return session->tls_version == MBEDTLS_SSL_VERSION_TLS1_3;
#else
  (void)session;
  return 0;
#endif
}

/// The corresponding C function is `mbedtls_pk_parse_key`, in 2.28 without a random generator.
static inline int cmbedtls_parse_key(mbedtls_pk_context *key, const unsigned char *bytes,
                                     size_t count, mbedtls_ctr_drbg_context *generator) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  return mbedtls_pk_parse_key(key, bytes, count, NULL, 0, mbedtls_ctr_drbg_random, generator);
#else
  (void)generator;
  return mbedtls_pk_parse_key(key, bytes, count, NULL, 0);
#endif
}

/// The corresponding C function is `mbedtls_pk_check_pair`, in 2.28 without a random generator.
static inline int cmbedtls_check_pair(const mbedtls_pk_context *public_key,
                                      const mbedtls_pk_context *private_key,
                                      mbedtls_ctr_drbg_context *generator) {
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
  return mbedtls_pk_check_pair(public_key, private_key, mbedtls_ctr_drbg_random, generator);
#else
  (void)generator;
  return mbedtls_pk_check_pair(public_key, private_key);
#endif
}

/// The corresponding C function is `mbedtls_x509write_crt_set_serial_raw`, in 2.28 without `_raw`.
static inline int cmbedtls_set_serial(mbedtls_x509write_cert *certificate, unsigned char *bytes,
                                      size_t count) {
#if MBEDTLS_VERSION_NUMBER >= 0x03040000
  return mbedtls_x509write_crt_set_serial_raw(certificate, bytes, count);
#else
  mbedtls_mpi number;
  mbedtls_mpi_init(&number);
  int result = mbedtls_mpi_read_binary(&number, bytes, count);
  if (result == 0) result = mbedtls_x509write_crt_set_serial(certificate, &number);
  mbedtls_mpi_free(&number);
  return result;
#endif
}

// MARK: What a build of the library may lack

/// The corresponding C function is `mbedtls_x509write_crt_set_subject_key_identifier`.
static inline int cmbedtls_set_key_identifier(mbedtls_x509write_cert *certificate) {
#if defined(MBEDTLS_SHA1_C)
  return mbedtls_x509write_crt_set_subject_key_identifier(certificate);
#else
  (void)certificate;
  return 0;
#endif
}

/// The corresponding C functions are `mbedtls_high_level_strerr` and `mbedtls_low_level_strerr`;
/// NULL when there are no words.
static inline const char *cmbedtls_words(int code) {
#if defined(MBEDTLS_ERROR_C)
  const char *words = mbedtls_high_level_strerr(code);
  return words ? words : mbedtls_low_level_strerr(code);
#else
  (void)code;
  return NULL;
#endif
}

/// The corresponding C function is `mbedtls_ssl_conf_renegotiation`.
static inline void cmbedtls_disable_renegotiation(mbedtls_ssl_config *config) {
#if defined(MBEDTLS_SSL_RENEGOTIATION)
  mbedtls_ssl_conf_renegotiation(config, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#else
  (void)config;
#endif
}

/// The corresponding C functions are `mbedtls_ssl_conf_session_tickets` and, for the tickets of
/// TLS 1.3, `mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets`.
static inline void cmbedtls_disable_tickets(mbedtls_ssl_config *config) {
#if defined(MBEDTLS_SSL_SESSION_TICKETS)
  mbedtls_ssl_conf_session_tickets(config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
#if CMBEDTLS_TLS13 && defined(MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_DISABLED)
  mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
      config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_DISABLED);
#endif
#else
  (void)config;
#endif
}

/// The corresponding C macro is `MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET`, 3.6.0's signal.
static inline int cmbedtls_is_ticket(int code) {
#if CMBEDTLS_TLS13 && defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
  return code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
  (void)code;
  return 0;
#endif
}

// MARK: What no function tells

/// One of `mbedtls_ssl_states`.
static inline int cmbedtls_state(const mbedtls_ssl_context *session) { return session->state; }

/// The type of the latest record that was received, and the first bytes of its content: for an
/// alert level and description, for a handshake message its type and length.
static inline int cmbedtls_received_type(const mbedtls_ssl_context *session) {
  return session->in_msgtype;
}
static inline uint8_t cmbedtls_received_byte(const mbedtls_ssl_context *session, size_t index) {
  return session->in_msg[index];
}

/// The type of the latest record that was sent, and the description when it was an alert in clear.
static inline int cmbedtls_sent_type(const mbedtls_ssl_context *session) {
  return session->out_msgtype;
}
static inline uint8_t cmbedtls_sent_alert(const mbedtls_ssl_context *session) {
  return session->out_msg[1];
}

/// The handshake message that was received last, from its header on. The length is what the peer
/// says it is, before the message is there.
static inline const uint8_t *cmbedtls_message(const mbedtls_ssl_context *session) {
  return session->in_msg;
}
static inline size_t cmbedtls_message_length(const mbedtls_ssl_context *session) {
  return session->in_hslen < session->in_msglen ? session->in_hslen : session->in_msglen;
}

/// Whether the handshake message that is being received is longer than the library can read.
static inline int cmbedtls_is_long(const mbedtls_ssl_context *session) {
  return session->in_hslen > MBEDTLS_SSL_IN_CONTENT_LEN;
}

/// Whether the library has read the server's public key in the handshake. A build that does not keep
/// certificates does not tell.
static inline int cmbedtls_has_server_key(const mbedtls_ssl_context *session) {
#if defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
  const mbedtls_x509_crt *certificate = session->session_negotiate->peer_cert;
  return certificate != NULL && mbedtls_pk_get_type(&certificate->pk) != MBEDTLS_PK_NONE;
#else
  (void)session;
  return 1;
#endif
}

#include "CMbedTLSX509.h"
