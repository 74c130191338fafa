/* The least a syslog forwarder over TLS can do, as the yardstick of the others: it receives from a
 * unix datagram socket, puts MSG-LEN SP before each message (RFC 5425 §4.3), and gives what one
 * recvmmsg(2) returned to one SSL_write. Blocking, no queue, no reconnection, no policy.
 *
 *   forwarder [-1] SOCKET PORT
 *
 * -1  recv(2) instead of recvmmsg(2): collects with MSG_DONTWAIT until the socket is empty.
 *
 * Ends on SIGTERM, after close_notify. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BATCH = 64, LARGEST = 8192, RECORD = 16384, PREFIX = 5 };

static volatile sig_atomic_t ending;

static void end(int signal) {
  (void)signal;
  ending = 1;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int log_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  unlink(path);
  int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
    die(path);
  }
  return descriptor;
}

static SSL *connected_session(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int descriptor = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
    die("connect");
  }
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL *session = context ? SSL_new(context) : NULL;
  if (!session || SSL_set_fd(session, descriptor) != 1 || SSL_connect(session) != 1) {
    fprintf(stderr, "forwarder: the TLS handshake failed\n");
    exit(1);
  }
  return session;
}

static char record[RECORD];
static size_t used;

static void flush(SSL *session) {
  if (used > 0 && SSL_write(session, record, (int)used) <= 0) {
    fprintf(stderr, "forwarder: SSL_write failed\n");
    exit(1);
  }
  used = 0;
}

static void add(SSL *session, const char *message, size_t length) {
  if (used + PREFIX + length > RECORD) {
    flush(session);
  }
  char digits[PREFIX];
  int count = 0;
  for (size_t rest = length; rest > 0; rest /= 10) {
    digits[count++] = '0' + rest % 10;
  }
  while (count > 0) {
    record[used++] = digits[--count];
  }
  record[used++] = ' ';
  memcpy(record + used, message, length);
  used += length;
}

static char buffers[BATCH][LARGEST];

static void forward_batches(int input, SSL *session) {
  static struct iovec vectors[BATCH];
  static struct mmsghdr headers[BATCH];
  for (int index = 0; index < BATCH; index++) {
    vectors[index] = (struct iovec){buffers[index], LARGEST};
    headers[index].msg_hdr.msg_iov = &vectors[index];
    headers[index].msg_hdr.msg_iovlen = 1;
  }
  while (!ending) {
    int count = recvmmsg(input, headers, BATCH, MSG_WAITFORONE, NULL);
    if (count < 0 && errno != EINTR) {
      die("recvmmsg");
    }
    for (int index = 0; index < count; index++) {
      add(session, buffers[index], headers[index].msg_len);
    }
    flush(session);
  }
}

static void forward_singly(int input, SSL *session) {
  while (!ending) {
    ssize_t length = recv(input, buffers[0], LARGEST, 0);
    while (length > 0) {
      add(session, buffers[0], (size_t)length);
      length = recv(input, buffers[0], LARGEST, MSG_DONTWAIT);
    }
    flush(session);
  }
}

int main(int argc, char **argv) {
  int singly = argc == 4 && strcmp(argv[1], "-1") == 0;
  if (argc != 3 + singly) {
    fprintf(stderr, "usage: forwarder [-1] SOCKET PORT\n");
    return 1;
  }
  /* Without SA_RESTART, so that a receiving call returns when the end is asked for. */
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  SSL *session = connected_session(atoi(argv[argc - 1]));
  int input = log_socket(argv[argc - 2]);
  if (singly) {
    forward_singly(input, session);
  } else {
    forward_batches(input, session);
  }
  SSL_shutdown(session);
  return 0;
}
