"""What qemu plays for each target, and which of Debian's kernels runs there."""

import collections

# qemu's program and machine, the bus of its virtual devices, the console that its serial port is;
# Debian's package of the kernel, for which of its architectures, and where that has the image.
Board = collections.namedtuple("Board", "qemu machine bus console kernel debian image")


def _pc(processor, kernel, debian):
    return Board(
        f"qemu-system-{processor}", ("-M", "pc"), "pci", "ttyS0", kernel, debian, "vmlinuz")


# A kernel for hard float runs programs with soft float, and those of older processors.
_ARM = Board("qemu-system-arm", ("-M", "virt,highmem=off", "-cpu", "cortex-a15"), "device",
             "ttyAMA0", "linux-image-armmp", "armhf", "vmlinuz")
BOARDS = {
    "x86_64": _pc("x86_64", "linux-image-amd64", "amd64"),
    "i686": _pc("i386", "linux-image-686", "i386"),
    "aarch64": Board("qemu-system-aarch64", ("-M", "virt", "-cpu", "cortex-a53"), "device",
                     "ttyAMA0", "linux-image-arm64", "arm64", "vmlinuz"),
    **dict.fromkeys(("armv7", "armv7t", "armv7s", "armv6s", "armv5s"), _ARM),
    "riscv64": Board("qemu-system-riscv64", ("-M", "virt"), "device", "ttyS0",
                     "linux-image-riscv64", "riscv64", "vmlinux"),
}
# Modules of the kernel without which there is neither a network nor a way to talk to it.
MODULES = ("virtio_mmio", "virtio_pci", "virtio_net", "virtio_console")
