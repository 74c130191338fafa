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
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 10, BUFFER = 1 << 17, TICK_MICROSECONDS = 50000, APPLICATION_DATA = 23 };

static const double GRACE = 0.25, HANDSHAKE_LIMIT = 10;

static volatile sig_atomic_t ending;
static unsigned long expected = 1000000;
static double idle_limit = 30;
static int counts_octets = 1;

static unsigned char *seen;
static unsigned long different, duplicated, out_of_order, unnumbered, malformed, connections;
static unsigned long next_number;
static unsigned long long message_bytes, records, record_bytes;
static double first_arrival, last_arrival;

static void end(int signal) {
  (void)signal;
  ending = 1;
}

static void die(const char *what) {
  fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Whether everything that can be known is known. */
static int finished(void) {
  if (ending) {
    return 1;
  }
  double silence = last_arrival > 0 ? now() - last_arrival : 0;
  return silence > (different >= expected ? GRACE : idle_limit);
}

/* --- Counting ------------------------------------------------------------------------------ */

/* The number after the first '#' that ten digits follow, or -1. */
static long number_in(const char *message, size_t length) {
  const char *end = message + length, *mark = message;
  while ((mark = memchr(mark, '#', end - mark)) != NULL) {
    mark++;
    long number = 0;
    int digit = 0;
    while (digit < NUMBER_DIGITS && mark + digit < end && mark[digit] >= '0' && mark[digit] <= '9') {
      number = number * 10 + (mark[digit++] - '0');
    }
    if (digit == NUMBER_DIGITS) {
      return number;
    }
  }
  return -1;
}

static void count(const char *message, size_t length) {
  long number = number_in(message, length);
  if (number < 0 || (unsigned long)number >= expected) {
    unnumbered++;
    return;
  }
  message_bytes += length;
  if (seen[number]) {
    duplicated++;
    return;
  }
  seen[number] = 1;
  different++;
  if ((unsigned long)number < next_number) {
    out_of_order++;
  }
  next_number = number + 1;
}

static void note_arrival(void) {
  last_arrival = now();
  if (first_arrival == 0) {
    first_arrival = last_arrival;
  }
}

/* --- Framing ------------------------------------------------------------------------------- */

/* Counts the whole frames at the start of `bytes` and returns their length, or -1 when what
 * stands there is not a frame. */
static ssize_t count_frames(const char *bytes, size_t length) {
  size_t used = 0;
  while (used < length) {
    if (!counts_octets) {
      const char *trailer = memchr(bytes + used, '\n', length - used);
      if (!trailer) {
        break;
      }
      count(bytes + used, trailer - (bytes + used));
      used = trailer + 1 - bytes;
      continue;
    }
    size_t digits = 0, size = 0;
    while (used + digits < length && bytes[used + digits] >= '0' && bytes[used + digits] <= '9') {
      size = size * 10 + (bytes[used + digits++] - '0');
      if (digits > 5) {
        return -1;
      }
    }
    if (used + digits == length) {
      break;
    }
    if (digits == 0 || bytes[used] == '0' || bytes[used + digits] != ' ') {
      return -1;
    }
    if (size > length - used - digits - 1) {
      break;
    }
    count(bytes + used + digits + 1, size);
    used += digits + 1 + size;
  }
  return used;
}

/* --- TLS ----------------------------------------------------------------------------------- */

static void on_protocol_message(int writing, int version, int type, const void *bytes,
                                size_t length, SSL *session, void *argument) {
  (void)version, (void)session, (void)argument;
  const unsigned char *header = bytes;
  if (!writing && type == SSL3_RT_HEADER && length == 5 && header[0] == APPLICATION_DATA) {
    records++;
    record_bytes += 5 + (header[3] << 8 | header[4]);
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
  connections++;
  printf("{\"connection\": %lu}\n", connections);
  fflush(stdout);
  while (!finished()) {
    int length = read_some(session, buffer + used, sizeof buffer - used);
    if (length == 0) {
      break;
    }
    if (length < 0) {
      continue;
    }
    note_arrival();
    used += length;
    ssize_t counted = count_frames(buffer, used);
    if (counted < 0) {
      fprintf(stderr, "sink: not a frame: %.*s\n", used < 60 ? (int)used : 60, buffer);
      malformed++;
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
      note_arrival();
      count(buffer, length);
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

static void report(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec +
               usage.ru_stime.tv_usec / 1e6;
  printf("{\"received\": %lu, \"lost\": %lu, \"duplicated\": %lu, \"out_of_order\": %lu, "
         "\"unnumbered\": %lu, \"malformed\": %lu, \"connections\": %lu, "
         "\"message_bytes\": %llu, \"records\": %llu, \"record_bytes\": %llu, "
         "\"wall\": %.3f, \"cpu\": %.3f}\n",
         different, expected - different, duplicated, out_of_order, unnumbered, malformed,
         connections, message_bytes, records, record_bytes, last_arrival - first_arrival, cpu);
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
    case 'n': expected = strtoul(optarg, NULL, 10); break;
    case 'c': certificate = optarg; break;
    case 'k': key = optarg; break;
    case 'f': counts_octets = strcmp(optarg, "lf") != 0; break;
    case 'i': idle_limit = strtod(optarg, NULL); break;
    case 'u': udp = 1; break;
    default: return 1;
    }
  }
  if (optind != argc || (!udp && (!certificate || !key))) {
    fprintf(stderr, "sink: expected --udp, or --cert FILE and --key FILE\n");
    return 1;
  }
  seen = calloc(expected, 1);
  if (!seen) {
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
  report();
  return 0;
}
