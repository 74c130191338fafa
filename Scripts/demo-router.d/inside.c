// What Scripts/demo-router needs in the router and BusyBox does not have.
//   inside names ADDRESS   a name server on 127.0.0.1 that gives every name this IPv4 address
//   inside synchronised    tells the kernel what an NTP client tells it: the clock is right
//   inside refused         what syslogd's filter of system calls refuses, and what it does not
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "CSandbox.h"

#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/// A system call with arguments that the kernel refuses for another reason than that nobody may, or
/// that change nothing.
struct call {
  const char *name;
  long number;
  int expected;
  long arguments[5];
};

#define CALL(call, ...) { #call, SYS_##call, EPERM, { __VA_ARGS__ } }
#define PATH (long)"/nonexistent"

static const struct call calls[] = {
  CALL(execve, PATH), CALL(execveat, -1, PATH),
  CALL(ptrace, -1), CALL(process_vm_readv, -1, 0, 0, 0, 0), CALL(process_vm_writev, -1, 0, 0, 0, 0),
  CALL(kcmp, -1, -1, -1), CALL(pidfd_getfd, -1, -1),
  CALL(mount, PATH, PATH, PATH), CALL(umount2, PATH), CALL(pivot_root, PATH, PATH),
  CALL(chroot, PATH), CALL(open_tree, -1, PATH, -1), CALL(move_mount, -1, PATH, -1, PATH, -1),
  CALL(fsopen, 1), CALL(fsconfig, -1, -1), CALL(fsmount, -1), CALL(fspick, -1, PATH, -1),
  CALL(mount_setattr, -1, PATH, -1), CALL(open_by_handle_at, -1), CALL(swapon, PATH),
  CALL(swapoff, PATH), CALL(unshare, 1), CALL(setns, -1),
  CALL(init_module, 1), CALL(finit_module, -1), CALL(delete_module, 1),
  CALL(kexec_load, 0, 0, 0, -1),
  CALL(reboot, 0, 0), CALL(bpf, -1), CALL(perf_event_open, 1), CALL(userfaultfd, 2),
  CALL(io_uring_setup, 1, 1), CALL(keyctl, -1), CALL(add_key, 1, 1), CALL(request_key, 1, 1),
  CALL(personality, -1),
#ifdef SYS_kexec_file_load
  CALL(kexec_file_load, -1, -1),
#endif
  // Without the filter the kernel refuses the combination, so that nothing is started here.
  { "clone of a namespace", SYS_clone, EPERM, { CLONE_NEWNS | CLONE_FS } },
  // libc takes clone instead.
  { "clone3", SYS_clone3, ENOSYS, { 1 } },
};
#define COUNT (sizeof calls / sizeof calls[0])

/// 0, or the error.
static int result(const struct call *call) {
  const long *words = call->arguments;
  const long made = syscall(call->number, words[0], words[1], words[2], words[3], words[4]);
  return made == -1 ? errno : 0;
}

static void *nothing(void *argument) { return argument; }

/// Writes a line for each call that does not do what it has to; the last line counts the others.
static int refused(void) {
  int before[COUNT];
  int failed = 0;
  for (size_t index = 0; index < COUNT; index++) before[index] = result(&calls[index]);
  if (csandbox_no_new_privileges() != 0 || csandbox_filter_calls() != 0) {
    printf("the kernel does not take the filter: %s\n", strerror(errno));
    return 1;
  }
  for (size_t index = 0; index < COUNT; index++) {
    const int after = result(&calls[index]);
    if (after == calls[index].expected && before[index] != EPERM) continue;
    failed++;
    printf("%s: %s, without the filter %s\n", calls[index].name, strerror(after),
           strerror(before[index]));
  }
  pthread_t thread;
  if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0) {
    failed++;
    printf("no thread can be started\n");
  }
  if (failed == 0) printf("%zu calls are refused, and a thread can be started\n", COUNT);
  return failed != 0;
}

/// Answers each question for an address (type A, class IN) with `address`, any other with nothing.
static int names(const char *address) {
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(53),
                             .sin_addr = { htonl(INADDR_LOOPBACK) } };
  struct in_addr given;
  const int server = socket(AF_INET, SOCK_DGRAM, 0);
  if (inet_pton(AF_INET, address, &given) != 1) return 1;
  if (bind(server, (struct sockaddr *)&own, sizeof own) != 0) return 1;
  // Name: as in the question; A, IN, a time to live of 1 s, four bytes.
  unsigned char answer[16] = { 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4 };
  memcpy(answer + 12, &given, 4);
  for (;;) {
    unsigned char packet[512 + sizeof answer];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(server, packet, 512, 0, (struct sockaddr *)&from, &size);
    if (got < 17) continue;
    const int is_address = packet[got - 3] == 1;
    packet[2] = 0x84, packet[3] = 0, packet[7] = is_address, packet[11] = 0;
    if (is_address) memcpy(packet + got, answer, sizeof answer);
    sendto(server, packet, (size_t)got + (is_address ? sizeof answer : 0), 0,
           (struct sockaddr *)&from, size);
  }
}

static int synchronised(void) {
  struct timex words = { .modes = ADJ_STATUS | ADJ_MAXERROR | ADJ_ESTERROR };
  return adjtimex(&words) < 0;
}

int main(int count, char **words) {
  if (count == 2 && strcmp(words[1], "refused") == 0) return refused();
  if (count == 2 && strcmp(words[1], "synchronised") == 0) return synchronised();
  if (count == 3 && strcmp(words[1], "names") == 0) return names(words[2]);
  return 2;
}
