/* The collector of the benchmark: counts numbered messages and proves them complete, in order and
 * unduplicated.
 *
 *   sink --messages N --cert FILE --key FILE [--framing octet|lf] [--idle SECONDS]
 *   sink --messages N --udp [--idle SECONDS]
 *
 * Listens on 127.0.0.1 at a free port and says so in its first line, {"port": N}. One connection
 * at a time, each announced by a line; the next one is taken when it ends. Reports in its last
 * line, and leaves, when N different messages have arrived and nothing follows for a quarter of a
 * second, when messages have begun and then nothing comes for --idle seconds (30), or on SIGTERM.
 * A message without a number, such as a warm-up, is counted apart and not expected. */
#include "tally.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { BUFFER = 1 << 17, TICK_MICROSECONDS = 50000, APPLICATION_DATA = 23 };

static const double HANDSHAKE_LIMIT = 10;

static void end(int signal) {
  (void)signal;
  ending = 1;
}

static void die(const char *what) {
  fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* --- TLS ----------------------------------------------------------------------------------- */

static void on_protocol_message(int writing, int version, int type, const void *bytes,
                                size_t length, SSL *session, void *argument) {
  (void)version, (void)session, (void)argument;
  const unsigned char *header = bytes;
  if (!writing && type == SSL3_RT_HEADER && length == 5 && header[0] == APPLICATION_DATA) {
    tally.records++;
    tally.record_bytes += 5 + (header[3] << 8 | header[4]);
  }
}

static SSL_CTX *server_context(const char *certificate, const char *key) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (!context || SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    ERR_print_errors_fp(stderr);
    exit(1);
  }
  SSL_CTX_set_msg_callback(context, on_protocol_message);
  return context;
}

/* Reads with the descriptor's receive timeout as its tick: bytes, 0 at the end, -1 on a tick. */
static int read_some(SSL *session, char *buffer, size_t room) {
  int length = SSL_read(session, buffer, (int)room);
  if (length > 0) {
    return length;
  }
  return SSL_get_error(session, length) == SSL_ERROR_WANT_READ ? -1 : 0;
}

static void serve(SSL_CTX *context, int descriptor) {
  static char buffer[BUFFER];
  size_t used = 0;
  SSL *session = SSL_new(context);
  SSL_set_fd(session, descriptor);
  double limit = now() + HANDSHAKE_LIMIT;
  int result;
  while ((result = SSL_accept(session)) != 1) {
    if (SSL_get_error(session, result) != SSL_ERROR_WANT_READ || now() > limit || ending) {
      fprintf(stderr, "sink: a handshake failed\n");
      SSL_free(session);
      return;
    }
  }
  tally.connections++;
  printf("{\"connection\": %lu}\n", tally.connections);
  fflush(stdout);
  while (!finished()) {
    int length = read_some(session, buffer + used, sizeof buffer - used);
    if (length == 0) {
      break;
    }
    if (length < 0) {
      continue;
    }
    tally_arrival();
    used += length;
    ssize_t counted = tally_frames(buffer, used);
    if (counted < 0) {
      fprintf(stderr, "sink: not a frame: %.*s\n", used < 60 ? (int)used : 60, buffer);
      tally.malformed++;
      break;
    }
    used -= counted;
    memmove(buffer, buffer + counted, used);
  }
  SSL_shutdown(session);
  SSL_free(session);
}

static void serve_all(int listener, SSL_CTX *context) {
  while (!finished()) {
    int descriptor = accept(listener, NULL, NULL);
    if (descriptor >= 0) {
      struct timeval tick = {0, TICK_MICROSECONDS};
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
      serve(context, descriptor);
      close(descriptor);
    }
  }
}

/* --- UDP ----------------------------------------------------------------------------------- */

static void receive_datagrams(int descriptor) {
  static char buffer[BUFFER];
  int room = 8 << 20;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  while (!finished()) {
    ssize_t length = recv(descriptor, buffer, sizeof buffer, 0);
    if (length > 0) {
      tally_arrival();
      tally_message(buffer, length);
    }
  }
}

/* --- The program --------------------------------------------------------------------------- */

static int bound_socket(int type) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor = socket(AF_INET, type, 0);
  struct timeval tick = {0, TICK_MICROSECONDS};
  if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0 ||
      (type == SOCK_STREAM && listen(descriptor, 8) < 0) ||
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick) < 0 ||
      getsockname(descriptor, (struct sockaddr *)&address, &length) < 0) {
    die("127.0.0.1");
  }
  printf("{\"port\": %d}\n", ntohs(address.sin_port));
  fflush(stdout);
  return descriptor;
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"messages", required_argument, NULL, 'n'}, {"cert", required_argument, NULL, 'c'},
      {"key", required_argument, NULL, 'k'},      {"framing", required_argument, NULL, 'f'},
      {"idle", required_argument, NULL, 'i'},     {"udp", no_argument, NULL, 'u'},
      {NULL, 0, NULL, 0},
  };
  const char *certificate = NULL, *key = NULL;
  int udp = 0, option;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
    case 'n': tally.expected = strtoul(optarg, NULL, 10); break;
    case 'c': certificate = optarg; break;
    case 'k': key = optarg; break;
    case 'f': tally.framing = strcmp(optarg, "lf") == 0 ? LINE_FEED : OCTET_COUNTING; break;
    case 'i': tally.idle_limit = strtod(optarg, NULL); break;
    case 'u': udp = 1; break;
    default: return 1;
    }
  }
  if (optind != argc || (!udp && (!certificate || !key))) {
    fprintf(stderr, "sink: expected --udp, or --cert FILE and --key FILE\n");
    return 1;
  }
  if (!tally_begin()) {
    die("--messages");
  }
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  if (udp) {
    receive_datagrams(bound_socket(SOCK_DGRAM));
  } else {
    SSL_CTX *context = server_context(certificate, key);
    serve_all(bound_socket(SOCK_STREAM), context);
  }
  tally_report();
  return 0;
}
