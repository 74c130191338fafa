/* Functions in the place of the library's own (mbedtls-router.h, mbedtls.py). One is smaller. The
 * others fail: the library's tables and branches name them, but the program never comes there. */
#include <mbedtls/aes.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha1.h>
#include <mbedtls/x509_crt.h>

/* SHA-1 of one block (RFC 3174 §6.1): a tenth of the library's, and slower. */
int mbedtls_internal_sha1_process(mbedtls_sha1_context *context, const unsigned char block[64]) {
  static const uint32_t constants[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
  uint32_t w[80], state[5];
  for (int i = 0; i < 5; i++) state[i] = context->state[i];
  for (int i = 0; i < 80; i++) {
    if (i < 16) {
      w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
             (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    } else {
      const uint32_t mixed = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
      w[i] = mixed << 1 | mixed >> 31;
    }
    const uint32_t b = state[1], c = state[2], d = state[3];
    const uint32_t f = i < 20               ? (b & c) | (~b & d)
                       : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d)
                                           : b ^ c ^ d;
    const uint32_t next =
        (state[0] << 5 | state[0] >> 27) + f + state[4] + constants[i / 20] + w[i];
    state[4] = d;
    state[3] = c;
    state[2] = b << 30 | b >> 2;
    state[1] = state[0];
    state[0] = next;
  }
  for (int i = 0; i < 5; i++) context->state[i] += state[i];
  return 0;
}

/* The mode that checks certificates is off (Sources/BackendMbedTLS/Context.swift). */
int mbedtls_x509_crt_verify_restartable(mbedtls_x509_crt *certificate, mbedtls_x509_crt *anchors,
                                        mbedtls_x509_crl *lists,
                                        const mbedtls_x509_crt_profile *profile, const char *name,
                                        uint32_t *flags,
                                        int (*verify)(void *, mbedtls_x509_crt *, int, uint32_t *),
                                        void *argument, mbedtls_x509_crt_restart_ctx *restart) {
  (void)certificate, (void)anchors, (void)lists, (void)profile, (void)name, (void)verify;
  (void)argument, (void)restart;
  *flags = (uint32_t)-1;
  return MBEDTLS_ERR_X509_FATAL_ERROR;
}

/* Neither GCM nor the random generator decrypts with AES. */
int mbedtls_aes_setkey_dec(mbedtls_aes_context *context, const unsigned char *key, unsigned bits) {
  (void)context, (void)key, (void)bits;
  return MBEDTLS_ERR_AES_FEATURE_UNAVAILABLE;
}

int mbedtls_internal_aes_decrypt(mbedtls_aes_context *context, const unsigned char input[16],
                                 unsigned char output[16]) {
  (void)context, (void)input, (void)output;
  return MBEDTLS_ERR_AES_FEATURE_UNAVAILABLE;
}

/* RSA signs and verifies; no suite encrypts with it. */
int mbedtls_rsa_pkcs1_decrypt(mbedtls_rsa_context *context,
                              int (*random)(void *, unsigned char *, size_t), void *argument,
                              int mode, size_t *written, const unsigned char *input,
                              unsigned char *output, size_t size) {
  (void)context, (void)random, (void)argument, (void)mode, (void)written, (void)input, (void)output;
  (void)size;
  return MBEDTLS_ERR_RSA_UNSUPPORTED_OPERATION;
}

int mbedtls_rsa_pkcs1_encrypt(mbedtls_rsa_context *context,
                              int (*random)(void *, unsigned char *, size_t), void *argument,
                              int mode, size_t size, const unsigned char *input,
                              unsigned char *output) {
  (void)context, (void)random, (void)argument, (void)mode, (void)size, (void)input, (void)output;
  return MBEDTLS_ERR_RSA_UNSUPPORTED_OPERATION;
}
