// libc for Swift without a Glibc module: headers, macros and variadic functions made functions,
// and the two functions through which every TLS library's bytes cross (cposix_stream_*).
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <linux/sockios.h>

#include "CPosixRoutes.h"

/// One end of a connected stream socket, as the transport callbacks of a TLS library see it.
///
/// It lives in memory of its own, owned by the session, because the libraries keep its address.
struct cposix_stream {
  int fd;
  /// errno of the first send or recv that failed for good, 0 while none has.
  int failure;
  /// Whether the peer's end of stream has been read.
  int ended;
  /// Bytes that may still be received in this turn, where each receive counts as 4,096 at least;
  /// not positive when the turn is over, or when the socket has nothing more.
  int64_t turn;
  /// Set when the latest receive had nothing to read. A verb that returns without it may have left
  /// something unread.
  int idle;
  /// Bytes of ciphertext that the kernel has taken and given.
  uint64_t sent;
  uint64_t received;
};

/// send(2) with MSG_NOSIGNAL, repeated on EINTR.
/// Returns the count sent, or -1 with errno; EAGAIN means that the socket is full.
ssize_t cposix_stream_send(struct cposix_stream *stream, const void *bytes, size_t count);

/// recv(2), repeated on EINTR.
/// Returns the count read, 0 at the end of the stream, or -1 with errno; EAGAIN means nothing yet,
/// or that the turn is over.
ssize_t cposix_stream_receive(struct cposix_stream *stream, void *bytes, size_t count);

// Constants that Swift imports in one type with the Glibc overlay and in another without it.

static const int CPOSIX_MSG_DONTWAIT = MSG_DONTWAIT;
static const int CPOSIX_MSG_NOSIGNAL = MSG_NOSIGNAL;
static const int CPOSIX_MSG_PEEK = MSG_PEEK;
static const int CPOSIX_MSG_TRUNC = MSG_TRUNC;
static const int CPOSIX_SOCK_DGRAM = SOCK_DGRAM;
static const int CPOSIX_SOCK_STREAM = SOCK_STREAM;
static const int CPOSIX_SOCK_SEQPACKET = SOCK_SEQPACKET;
static const int CPOSIX_SOCK_CLOEXEC = SOCK_CLOEXEC;
static const int CPOSIX_SOCK_NONBLOCK = SOCK_NONBLOCK;
static const int CPOSIX_IPPROTO_TCP = IPPROTO_TCP;
static const int CPOSIX_SFD_NONBLOCK = SFD_NONBLOCK;
static const int CPOSIX_SFD_CLOEXEC = SFD_CLOEXEC;
static const unsigned int CPOSIX_GRND_NONBLOCK = GRND_NONBLOCK;
static const mode_t CPOSIX_S_IFMT = S_IFMT;
static const mode_t CPOSIX_S_IFREG = S_IFREG;

// Macros and variadic functions, made functions.

/// The name of an entry of a folder, whose array Swift takes for a tuple.
static inline const char *cposix_entry_name(const struct dirent *entry) {
  return entry->d_name;
}

static inline int cposix_errno(void) { return errno; }

/// Tells glibc what kind of program this is; to be called before memory is needed.
static inline void cposix_tune_heap(void) {
#ifdef M_ARENA_MAX
  // Threads of lookups allocate from the one heap. Otherwise each would have one of its own, with 64
  // MB of addresses and some pages that stay when the thread has ended.
  mallopt(M_ARENA_MAX, 1);
#endif
#ifdef M_MMAP_THRESHOLD
  // A large queue is a mapping of its own, which goes back to the kernel when it is freed. By itself
  // glibc would raise this threshold to the largest block that was ever freed.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

static inline int cposix_open(const char *path, int flags, mode_t mode) {
  return open(path, flags, mode);
}

/// Opens those of the descriptors 0 to 2 that are closed, so that no socket or file gets a number that
/// others write to, or that daemon(3) takes for its own.
static inline void cposix_open_standard(void) {
  int fd;
  do {
    fd = open("/dev/null", O_RDWR);
    if (fd < 0)
      fd = open("/", O_RDONLY);
  } while (fd >= 0 && fd <= 2);
  if (fd > 2)
    close(fd);
}

/// fcntl(2) for the commands whose argument is a number.
static inline int cposix_fcntl(int fd, int command, int argument) {
  return fcntl(fd, command, argument);
}

/// Bytes of control data that hold one sender's credentials and nothing else, so that the kernel
/// closes descriptors that a sender passes along.
static const size_t CPOSIX_CREDENTIALS_SIZE = CMSG_SPACE(sizeof(struct ucred));

/// The user who sent a datagram over a socket with SO_PASSCRED (unix(7)); (uid_t)-1 when the kernel
/// does not say.
static inline uid_t cposix_sender(const struct msghdr *header) {
  struct cmsghdr *control = CMSG_FIRSTHDR(header);
  struct ucred credentials;
  if (!control || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_CREDENTIALS ||
      control->cmsg_len < CMSG_LEN(sizeof credentials))
    return (uid_t)-1;
  memcpy(&credentials, CMSG_DATA(control), sizeof credentials);
  return credentials.uid;
}

/// Bytes of memory that this machine has; 0 when the kernel does not say.
static inline uint64_t cposix_memory(void) {
  struct sysinfo information;
  return sysinfo(&information) == 0 ? (uint64_t)information.totalram * information.mem_unit : 0;
}

/// Bytes that the peer's kernel has not acknowledged; negative when the socket cannot tell.
static inline int cposix_unacknowledged(int fd) {
  int count = -1;
  return ioctl(fd, SIOCOUTQ, &count) == 0 ? count : -1;
}

static inline int cposix_connect(int fd, const struct sockaddr_storage *address, socklen_t length) {
  return connect(fd, (const struct sockaddr *)address, length);
}

static inline int cposix_bind(int fd, const struct sockaddr_storage *address, socklen_t length) {
  return bind(fd, (const struct sockaddr *)address, length);
}

/// Makes a send on a UDP socket fail with the ICMP error that came back for an earlier one (ip(7),
/// ipv6(7)). Without it, only a connected socket does.
static inline void cposix_report_errors(int fd, int family) {
  int on = 1;
  if (family == AF_INET6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  else
    setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
}

/// Empties the queue in which the kernel keeps those errors.
static inline void cposix_discard_errors(int fd) {
  char byte;
  for (int count = 0; count < 1024; count++)
    if (recv(fd, &byte, 1, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
      break;
}

static inline ssize_t cposix_sendto(int fd, const void *bytes, size_t count, int flags,
                                    const struct sockaddr_storage *address, socklen_t length) {
  return sendto(fd, bytes, count, flags, (const struct sockaddr *)address, length);
}

/// Lets a part of a file begin its way to the disk, and does not wait for it. The corresponding C
/// function is `sync_file_range`.
static inline void cposix_write_back(int fd, int64_t offset, int64_t count) {
  sync_file_range(fd, offset, count, SYNC_FILE_RANGE_WRITE);
}

/// Bytes that a file system still has for everybody; negative, with `errno`, when that is not known.
/// The corresponding C function is `statvfs`.
static inline int64_t cposix_free_bytes(const char *path) {
  struct statvfs status;
  if (statvfs(path, &status) != 0) return -1;
  return (int64_t)((uint64_t)status.f_bavail * status.f_frsize);
}

static inline ssize_t cposix_readlink(const char *path, void *target, size_t size) {
  return readlink(path, (char *)target, size);
}

// The flags are signed with glibc and unsigned with musl.

static inline int cposix_recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
  return recvmmsg(fd, messages, count, flags, NULL);
}

static inline int cposix_sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags) {
  return sendmmsg(fd, messages, count, flags);
}

/// Gives a header a place for control data, whose length is a size_t with glibc and a socklen_t with
/// musl.
static inline void cposix_expect_control(struct mmsghdr *message, void *control, size_t count) {
  message->msg_hdr.msg_control = control;
  message->msg_hdr.msg_controllen = count;
}

/// Starts a detached thread, or returns an error number. pthread_t is a number with glibc and a
/// pointer with musl.
int cposix_start_thread(size_t stack, void *(*body)(void *), void *argument);

static inline const char *cposix_option_argument(void) { return optarg; }
static inline int cposix_option_index(void) { return optind; }
static inline int cposix_option_unknown(void) { return optopt; }
/// Lets getopt_long begin with a command line, and say nothing by itself.
static inline void cposix_option_start(void) {
  opterr = 0;
  optind = 0;
}

static inline int cposix_is_unsynchronized(void) {
  struct timex state;
  memset(&state, 0, sizeof state);
  return adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0;
}

/// Seconds east of Greenwich at a time in seconds since 1970, by the zone of the last tzset(); 0 when
/// the system cannot tell.
static inline int32_t cposix_utc_offset(int64_t seconds) {
  time_t time = (time_t)seconds;
  struct tm parts;
  return localtime_r(&time, &parts) != NULL ? (int32_t)parts.tm_gmtoff : 0;
}

static inline int cposix_semaphore_value(int set, int number) {
  return semctl(set, number, GETVAL);
}

static inline int cposix_semaphore_clear(int set, int number) {
  // <sys/sem.h> leaves the union to its users.
  union { int val; void *pointer; } argument = { .val = 0 };
  return semctl(set, number, SETVAL, argument);
}

/// semctl(2) with IPC_STAT.
static inline int cposix_semaphores_status(int set, struct semid_ds *status) {
  union { int val; struct semid_ds *buffer; } argument = { .buffer = status };
  return semctl(set, 0, IPC_STAT, argument);
}

static inline int cposix_semaphores_remove(int set) { return semctl(set, 0, IPC_RMID); }

// Privileges (Privileges.swift, SandboxFiles.swift).

#include <grp.h>
#include <pwd.h>

static const int CPOSIX_O_PATH = O_PATH;

/// Gives a user the right to remove a shared memory segment and semaphores. The corresponding C
/// functions are `shmctl` and `semctl` with IPC_SET.
int cposix_ring_give(int segment, int semaphores, uid_t user);

// The clock floor (ClockFloor.swift).

/// When the program was built, in seconds since 1970: a constant, so that the same sources make the
/// same program. The Makefile passes SOURCE_DATE_EPOCH on where it is set. This is 2026-11-24.
#ifndef CPOSIX_BUILD_TIME
#define CPOSIX_BUILD_TIME 1795478400
#endif
static const int64_t CPOSIX_BUILT_AT = CPOSIX_BUILD_TIME;
