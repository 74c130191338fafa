"""What qemu plays for each target, and what Debian calls its kernel."""

import collections

# Debian's package of the kernel, where that has the image, qemu's program and machine, and the
# console that the machine's serial port is.
Board = collections.namedtuple("Board", "kernel image qemu machine console")

BOARDS = {
    "aarch64": Board("linux-image-arm64", "vmlinuz", "qemu-system-aarch64",
                     ("-M", "virt", "-cpu", "cortex-a53"), "ttyAMA0"),
    "armv7t": Board("linux-image-armmp", "vmlinuz", "qemu-system-arm",
                    ("-M", "virt,highmem=off", "-cpu", "cortex-a15"), "ttyAMA0"),
    "riscv64": Board("linux-image-riscv64", "vmlinux", "qemu-system-riscv64",
                     ("-M", "virt"), "ttyS0"),
}
# Modules of the kernel without which there is neither a network nor a way to talk to it.
MODULES = ("virtio_mmio", "virtio_net", "virtio_console")
