#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { NUMBER_DIGITS = 10 };

/* How long nothing may follow the last message that was expected. */
static const double GRACE = 0.25;

struct tally tally = {.expected = 1000000, .idle_limit = 30};
volatile sig_atomic_t ending;

static unsigned char *seen;
static unsigned long different, duplicated, out_of_order, unnumbered;
static unsigned long next_number;
static unsigned long long message_bytes;
static double first_arrival, last_arrival;

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int finished(void) {
  if (ending) {
    return 1;
  }
  double silence = last_arrival > 0 ? now() - last_arrival : 0;
  return silence > (different >= tally.expected ? GRACE : tally.idle_limit);
}

int tally_begin(void) {
  seen = calloc(tally.expected, 1);
  return seen != NULL;
}

void tally_arrival(void) {
  last_arrival = now();
  if (first_arrival == 0) {
    first_arrival = last_arrival;
  }
}

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

void tally_message(const char *message, size_t length) {
  long number = number_in(message, length);
  if (number < 0 || (unsigned long)number >= tally.expected) {
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

ssize_t tally_frames(const char *bytes, size_t length) {
  size_t used = 0;
  while (used < length) {
    if (tally.framing == LINE_FEED) {
      const char *trailer = memchr(bytes + used, '\n', length - used);
      if (!trailer) {
        break;
      }
      tally_message(bytes + used, trailer - (bytes + used));
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
    tally_message(bytes + used + digits + 1, size);
    used += digits + 1 + size;
  }
  return used;
}

void tally_report(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec +
               usage.ru_stime.tv_usec / 1e6;
  printf("{\"received\": %lu, \"lost\": %lu, \"duplicated\": %lu, \"out_of_order\": %lu, "
         "\"unnumbered\": %lu, \"malformed\": %lu, \"connections\": %lu, "
         "\"message_bytes\": %llu, \"records\": %llu, \"record_bytes\": %llu, "
         "\"wall\": %.3f, \"cpu\": %.3f}\n",
         different, tally.expected - different, duplicated, out_of_order, unnumbered,
         tally.malformed, tally.connections, message_bytes, tally.records, tally.record_bytes,
         last_arrival - first_arrival, cpu);
}
