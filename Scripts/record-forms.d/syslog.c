/* Logs with the C library that it is linked with: IDENT, or "" for the program's name; whether to
   add the process id; the text. */
#include <stdlib.h>
#include <syslog.h>

int main(int count, char **words) {
  if (count != 4) return 2;
  openlog(*words[1] ? words[1] : 0, atoi(words[2]) ? LOG_PID : 0, LOG_DAEMON);
  syslog(LOG_NOTICE, "%s", words[3]);
  closelog();
  return 0;
}
