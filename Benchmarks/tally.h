/* What has arrived at the sink: messages, counted by the number that each carries. */
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

enum framing { OCTET_COUNTING, LINE_FEED };

struct tally {
  /* Set before anything is counted. */
  unsigned long expected;
  double idle_limit;
  enum framing framing;
  /* For the report. */
  unsigned long connections, malformed;
  unsigned long long records, record_bytes;
};

extern struct tally tally;

/* Set by a signal: nothing more is waited for. */
extern volatile sig_atomic_t ending;

/* Seconds of a clock that only goes forward. */
double now(void);

/* Whether everything that can be known is known. */
int finished(void);

/* Makes room for `tally.expected` messages; 0 when there is none. */
int tally_begin(void);

/* Something has arrived just now. */
void tally_arrival(void);

/* Counts one message. */
void tally_message(const char *message, size_t length);

/* Counts the whole frames at the start of `bytes` and returns their length, or -1 when what
 * stands there is not a frame. */
ssize_t tally_frames(const char *bytes, size_t length);

/* Prints one line of JSON. */
void tally_report(void);
