#include "CSandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(CSANDBOX_WRITE_FILES == 1u << CAP_DAC_OVERRIDE, "a bit of struct __user_cap_data");
_Static_assert(CSANDBOX_READ_FILES == 1u << CAP_DAC_READ_SEARCH, "the same");

int csandbox_keep(uint32_t capabilities) {
  struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
  // Stays empty, and so nothing is kept, should the call fail.
  struct __user_cap_data_struct sets[2] = { { 0 } };
  syscall(SYS_capget, &head, sets);
  const uint32_t kept = sets[0].permitted & capabilities;
  const struct __user_cap_data_struct only[2] = { { .effective = kept, .permitted = kept } };
  return (int)syscall(SYS_capset, &head, only);
}

int csandbox_keep_capabilities(void) { return prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L); }

int csandbox_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L); }

#if defined(__x86_64__)
#define OUR_MACHINE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define OUR_MACHINE AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define OUR_MACHINE AUDIT_ARCH_AARCH64
#elif defined(__ARM_EABI__) && defined(__ARMEL__)
#define OUR_MACHINE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_MACHINE AUDIT_ARCH_RISCV64
#endif

#ifdef OUR_MACHINE

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define FAIL(code) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (code))
/// The next instruction is for what is equal, or has one of the bits.
#define IF_EQUAL(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1)
#define IF_BITS(value) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, value, 0, 1)
#define DENY(call) IF_EQUAL(SYS_##call), FAIL(EPERM)

// Headers that are older than the kernel: these have one number on every machine.
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
/// CLONE_NEW*, but for that of time, which clone(2) does not take.
#define NEW_NAMESPACES 0x7E020000

static const struct sock_filter refused_calls[] = {
  LOAD(arch),
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_MACHINE, 1, 0),
  FAIL(EPERM),
  LOAD(nr),
#ifdef __x86_64__
  // The same calls by another number (x32).
  IF_BITS(0x40000000), FAIL(EPERM),
#endif
  // Other programs
  DENY(execve), DENY(execveat),
  // Other processes
  DENY(ptrace), DENY(process_vm_readv), DENY(process_vm_writev), DENY(kcmp), DENY(pidfd_getfd),
  // The tree of files
  DENY(mount), DENY(umount2), DENY(pivot_root), DENY(chroot), DENY(open_tree), DENY(move_mount),
  DENY(fsopen), DENY(fsconfig), DENY(fsmount), DENY(fspick), DENY(mount_setattr),
  DENY(open_by_handle_at), DENY(swapon), DENY(swapoff),
  // Namespaces
  DENY(unshare), DENY(setns),
  // The kernel
  DENY(init_module), DENY(finit_module), DENY(delete_module), DENY(kexec_load), DENY(reboot),
#ifdef SYS_kexec_file_load
  DENY(kexec_file_load),
#endif
#ifdef SYS_iopl
  DENY(iopl), DENY(ioperm), DENY(modify_ldt),
#endif
#ifdef __i386__
  DENY(vm86), DENY(vm86old), DENY(umount),
#endif
  // Its parts with the most holes so far, and with most to find out about others
  DENY(bpf), DENY(perf_event_open), DENY(userfaultfd), DENY(io_uring_setup), DENY(keyctl),
  DENY(add_key), DENY(request_key), DENY(personality),
  // Its arguments cannot be seen here. Every libc takes clone(2) instead.
  IF_EQUAL(SYS_clone3), FAIL(ENOSYS),
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
  LOAD(args),
  IF_BITS(NEW_NAMESPACES), FAIL(EPERM),
  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

int csandbox_filter_calls(void) {
  const struct sock_fprog program = {
    .len = sizeof refused_calls / sizeof refused_calls[0],
    .filter = (struct sock_filter *)refused_calls,
  };
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0L, 0L);
}

#else

int csandbox_filter_calls(void) { errno = ENOSYS; return -1; }

#endif

// <linux/landlock.h> came with Linux 5.13; its numbers are the same on every machine.
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

int csandbox_landlock_version(void) {
  return (int)syscall(SYS_landlock_create_ruleset, (void *)0, (size_t)0, 1u);
}

int csandbox_landlock_create(uint64_t rights, uint64_t scoped) {
  // A kernel that is older than the later two takes them as long as they are 0.
  const uint64_t handled[3] = { rights, 0, scoped };
  return (int)syscall(SYS_landlock_create_ruleset, handled, sizeof handled, 0u);
}

int csandbox_landlock_allow(int ruleset, uint64_t rights, int path) {
  const struct __attribute__((packed)) { uint64_t rights; int32_t path; } rule = { rights, path };
  return (int)syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0u);
}

int csandbox_landlock_enter(int ruleset) {
  return (int)syscall(SYS_landlock_restrict_self, ruleset, 0u);
}
