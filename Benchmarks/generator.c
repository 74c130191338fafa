/* Sends N numbered messages of S bytes to a unix datagram socket, blocking, at full speed or at a
 * rate.
 *
 *   generator SOCKET --messages N --size S [--rate PER_SECOND] [--first NUMBER]
 *             [--seconds S] [--no-wait]
 *
 * It ends after N messages or S seconds. With --no-wait a message for which the socket has no room
 * is refused, and not sent again.
 *
 * A message is "<13>Mmm dd hh:mm:ss bench[1]: #NNNNNNNNNN xxxx…", so that every syslog daemon
 * takes it for what a program on the machine logs, and the sink finds its number.
 *
 * Prints one line of JSON: messages sent and refused, wall seconds, CPU seconds; the longest that a
 * message waited, in milliseconds, and how many waited for more than 10; messages sent in each of the
 * first seconds. At full speed the waits are not measured. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 10, LARGEST = 8192, SECONDS = 60 };

static struct {
  unsigned long sent, refused, late;
  unsigned long in_second[SECONDS];
  double longest;
} tally;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void wait_until(double moment) {
  struct timespec time = {(time_t)moment, (long)((moment - (time_t)moment) * 1e9)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
  }
}

static int connected_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    fprintf(stderr, "generator: %s: the path is too long for a unix socket\n", path);
    exit(1);
  }
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) < 0) {
    fprintf(stderr, "generator: %s: %s\n", path, strerror(errno));
    exit(1);
  }
  return descriptor;
}

/* Fills `message` up to `size` and returns where the number's digits stand. */
static char *compose(char *message, size_t size) {
  char stamp[32];
  time_t seconds = time(NULL);
  strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", localtime(&seconds));
  int header = snprintf(message, LARGEST, "<13>%s bench[1]: #", stamp);
  if (size < (size_t)header + NUMBER_DIGITS + 1 || size > LARGEST) {
    fprintf(stderr, "generator: --size must be %d to %d\n", header + NUMBER_DIGITS + 1, LARGEST);
    exit(1);
  }
  memset(message + header + NUMBER_DIGITS, 'x', size - header - NUMBER_DIGITS);
  message[header + NUMBER_DIGITS] = ' ';
  return message + header;
}

static void write_number(char *digits, unsigned long number) {
  for (int position = NUMBER_DIGITS - 1; position >= 0; position--) {
    digits[position] = '0' + number % 10;
    number /= 10;
  }
}

/* Counts a message that was due at `due` and has been sent. */
static void count(double start, double due, int is_timed) {
  tally.sent++;
  if (!is_timed) {
    return;
  }
  double moment = now();
  if (moment - due > tally.longest) {
    tally.longest = moment - due;
  }
  tally.late += moment - due > 0.01;
  unsigned long second = moment - start;
  if (second < SECONDS) {
    tally.in_second[second]++;
  }
}

static void report(double start) {
  double wall = now() - start;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec +
               usage.ru_stime.tv_usec / 1e6;
  printf("{\"sent\": %lu, \"refused\": %lu, \"wall\": %.3f, \"cpu\": %.3f, \"longest\": %.1f, "
         "\"late\": %lu, \"in_second\": [%lu",
         tally.sent, tally.refused, wall, cpu, tally.longest * 1e3, tally.late,
         tally.in_second[0]);
  for (int second = 1; second < SECONDS && second < wall - 0.5; second++) {
    printf(", %lu", tally.in_second[second]);
  }
  printf("]}\n");
}

int main(int argc, char **argv) {
  static const struct option options[] = {
      {"messages", required_argument, NULL, 'n'}, {"size", required_argument, NULL, 's'},
      {"rate", required_argument, NULL, 'r'},     {"first", required_argument, NULL, 'f'},
      {"seconds", required_argument, NULL, 't'},  {"no-wait", no_argument, NULL, 'w'},
      {NULL, 0, NULL, 0},
  };
  unsigned long messages = 1000000, first = 0;
  size_t size = 200;
  double rate = 0, seconds = 0;
  int option, flags = 0;
  while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
    switch (option) {
    case 'n': messages = strtoul(optarg, NULL, 10); break;
    case 's': size = strtoul(optarg, NULL, 10); break;
    case 'r': rate = strtod(optarg, NULL); break;
    case 'f': first = strtoul(optarg, NULL, 10); break;
    case 't': seconds = strtod(optarg, NULL); break;
    case 'w': flags = MSG_DONTWAIT; break;
    default: return 1;
    }
  }
  if (optind + 1 != argc) {
    fprintf(stderr, "generator: expected one socket path\n");
    return 1;
  }

  static char message[LARGEST + 1];
  char *digits = compose(message, size);
  int descriptor = connected_socket(argv[optind]);
  double start = now();
  int is_timed = rate > 0 || seconds > 0;
  for (unsigned long index = 0; index < messages; index++) {
    double due = rate > 0 ? start + index / rate : is_timed ? now() : start;
    if (rate > 0) {
      wait_until(due);
    }
    if (seconds > 0 && now() - start >= seconds) {
      break;
    }
    write_number(digits, first + index);
    ssize_t sent;
    while ((sent = send(descriptor, message, size, flags)) < 0 && errno == EINTR) {
    }
    if (sent >= 0) {
      count(start, due, is_timed);
    } else if (flags && errno == EAGAIN) {
      tally.refused++;
    } else {
      fprintf(stderr, "generator: message %lu: %s\n", first + index, strerror(errno));
      return 1;
    }
  }
  report(start);
  return 0;
}
