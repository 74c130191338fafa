// What the kernel is asked to refuse this process (Privileges.swift, SandboxFiles.swift): the list
// of system calls that syslogd never makes, and which capability it keeps.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// CAP_DAC_OVERRIDE: passes by the permissions of files and folders.
#define CSANDBOX_WRITE_FILES 2u
/// CAP_DAC_READ_SEARCH: the same to read only.
#define CSANDBOX_READ_FILES 4u

/// Leaves this thread these capabilities, as far as it has them, and no other. The corresponding
/// system call is `capset`.
int csandbox_keep(uint32_t capabilities);

/// prctl(2): capabilities outlast the next setresuid(2).
int csandbox_keep_capabilities(void);

/// prctl(2): no program that is started from here on has more than this one.
int csandbox_no_new_privileges(void);

/// Refuses system calls that a syslogd never makes, to this thread and those that it starts, with
/// EPERM. The corresponding function is prctl(2) with PR_SET_SECCOMP.
/// EINVAL: not with this kernel; ENOSYS: not on this kind of machine.
int csandbox_filter_calls(void);

/// The version of Landlock that the kernel has, -1 with errno when it has none.
int csandbox_landlock_version(void);

/// landlock_create_ruleset(2) for rights to files and, where `scoped` is not 0, for what stays
/// within the process. Returns a descriptor.
int csandbox_landlock_create(uint64_t rights, uint64_t scoped);

/// landlock_add_rule(2): allows `rights` for what `path`, a descriptor, names and all below it.
int csandbox_landlock_allow(int ruleset, uint64_t rights, int path);

/// landlock_restrict_self(2)
int csandbox_landlock_enter(int ruleset);
