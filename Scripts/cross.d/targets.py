"""The targets of cross builds: one line each, and what follows from it."""

import collections
import glob

# Swift's name of the target, clang's with glibc, Debian's, the release that the system's files are
# from, qemu's, and what else the compilers are told.
Target = collections.namedtuple("Target", "name swift clang debian release qemu flags")

_HARD = "-mfpu=vfpv3-d16 -mfloat-abi=hard"
_SOFT = "-mfloat-abi=soft"
_LINES = f"""
x86_64  x86_64-unknown-none-elf x86_64-linux-gnu      amd64   bookworm x86_64
i686    i686-unknown-none-elf   i686-linux-gnu        i386    bookworm i386
aarch64 aarch64-none-none-elf   aarch64-linux-gnu     arm64   bookworm aarch64
armv7   armv7-none-none-eabi    armv7-linux-gnueabihf armhf   bookworm arm     {_HARD}
armv7t  armv7-none-none-eabi    armv7-linux-gnueabihf armhf   bookworm arm     {_HARD} -mthumb
armv7s  armv7-none-none-eabi    armv7-linux-gnueabi   armel   bookworm arm     {_SOFT}
armv6s  armv6-none-none-eabi    armv6-linux-gnueabi   armel   bookworm arm     {_SOFT}
armv5s  armv4t-none-none-eabi   armv5te-linux-gnueabi armel   bookworm arm     {_SOFT}
riscv64 riscv64-none-none-eabi  riscv64-linux-gnu     riscv64 trixie   riscv64 -march=rv64gc -mabi=lp64d
"""

TARGETS = {}
for line in _LINES.strip().splitlines():
    cells = line.split()
    TARGETS[cells[0]] = Target(*cells[:6], tuple(cells[6:]))

# What each release calls the package with the parts of GCC that a link needs.
GCC_PARTS = {"bookworm": "libgcc-12-dev", "trixie": "libgcc-14-dev"}


def is_arm32(target):
    return target.qemu == "arm"


def is_32_bit(target):
    return target.qemu in ("arm", "i386")


def foreign_flags(target, libc, sysroot, more=()):
    """What clang is told, whether it compiles C, shows C to Swift, or links; `more` for a system that
    is not Debian's."""
    triple = target.clang if libc == "glibc" else target.clang.replace("gnu", "musl")
    # Said here and not only by our headers: clang's own, which come before them, would already have
    # chosen what libc shows.
    flags = ["--target=" + triple, f"--sysroot={sysroot}", "-D_GNU_SOURCE", *target.flags]
    if libc == "glibc" and is_32_bit(target):
        # Dates beyond 2038. musl has no other time_t.
        flags += ["-D_TIME_BITS=64", "-D_FILE_OFFSET_BITS=64"]
    return flags + list(more)


def compiler_flags(target, libc, sysroot):
    """The same for Debian's."""
    flags = foreign_flags(target, libc, sysroot)
    if libc == "musl":
        # Clang looks by itself only for some of the processors.
        (parts,) = glob.glob(sysroot + "/usr/lib/gcc/*/*")
        flags += [f"--gcc-install-dir={parts}"]
    if libc == "glibc" and is_32_bit(target):
        # What Debian 12 has of GnuTLS was compiled without (Sources/CShims/CGnuTLS).
        flags += ["-DCGNUTLS_TIME_IS_LONG"]
    return flags


def swift_flags(target):
    """The optimiser of Swift 6.3 compiles 32-bit ARM wrongly: docs/cross-builds.md."""
    word = "-arm-load-store-opt=false"
    return ["-Xllvm", word, "-Xlinker", "-mllvm", "-Xlinker", word] if is_arm32(target) else []
