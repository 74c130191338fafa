"""The kernel and the initramfs of the router: Debian's, and the program under test."""

import glob
import gzip
import lzma
import os
import re
import shutil
import subprocess

import debian
import sysroot
from boards import MODULES

HERE = os.path.dirname(os.path.abspath(__file__))


def system(target, board):
    """A folder with Debian's kernel, its modules that are needed, and BusyBox, from the cache or
    from Debian, whose signatures apt verifies."""
    name = f"router-{board.debian}-{target.release}-{recipe()}"
    return sysroot.made(f"{sysroot.cache()}/{name}", lambda work: fetch(target, board, work))


def recipe():
    """Changes with what the folder is made of."""
    here = os.path.relpath(HERE, os.path.dirname(sysroot.__file__))
    return sysroot.recipe(f"{here}/image.py", f"{here}/boards.py")


def fetch(target, board, work):
    archive = debian.Archive(target.release, board.debian)
    found = archive.alone(board.kernel, "busybox-static")
    (latest,) = [path for path in found if os.path.basename(path).startswith(board.kernel)]
    depends = subprocess.run(
        ["dpkg-deb", "-f", latest, "Depends"], check=True, capture_output=True, text=True).stdout
    name = re.match(r"linux-image-\S+", depends)
    if not name:
        raise debian.Failure(f"{board.kernel} depends on no kernel, but on {depends.strip()}")
    raw = work + "/raw"
    # A .deb can be named twice: what was there is there.
    debian.unpack(sorted({*found, *archive.alone(name[0])}), raw)
    (kernel,) = glob.glob(f"{raw}/boot/{board.image}-*")
    os.rename(kernel, work + "/kernel")
    (busybox,) = glob.glob(raw + "/bin/busybox") or glob.glob(raw + "/usr/bin/busybox")
    os.rename(busybox, work + "/busybox")
    keep_modules(raw, work)
    shutil.rmtree(raw)


def keep_modules(raw, work):
    """Those of MODULES that are not in the kernel, each after those that it needs: 00-name.ko."""
    (folder,) = (glob.glob(raw + "/lib/modules/*") or glob.glob(raw + "/usr/lib/modules/*"))
    paths = {os.path.basename(path).partition(".ko")[0].replace("-", "_"): path
             for path in glob.glob(folder + "/**/*.ko*", recursive=True)}
    kept = {}

    def keep(name):
        if name in kept or name not in paths:
            return
        code = module(paths[name])
        for needed in re.findall(rb"\0depends=([^\0]*)", b"\0" + code):
            for other in filter(None, needed.decode().split(",")):
                keep(other.replace("-", "_"))
        kept[name] = code

    for name in MODULES:
        keep(name)
    os.mkdir(work + "/modules")
    for index, (name, code) in enumerate(kept.items()):
        with open(f"{work}/modules/{index:02}-{name}.ko", "wb") as file:
            file.write(code)


def module(path):
    with open(path, "rb") as file:
        data = file.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


class Initramfs:
    """The cpio archive that the kernel unpacks: the format newc of its
    Documentation/driver-api/early-userspace/buffer-format.rst."""

    def __init__(self):
        self.parts = []
        self.count = 0

    def folder(self, name, mode=0o755):
        self._add(name, 0o040000 | mode, b"")

    def file(self, name, data, mode=0o644):
        self._add(name, 0o100000 | mode, data)

    def copy(self, name, path, mode=0o755):
        with open(path, "rb") as file:
            self.file(name, file.read(), mode)

    def console(self):
        """What the kernel opens for the first process, before there is a devtmpfs."""
        self._add("dev/console", 0o020600, b"", (5, 1))

    def _add(self, name, mode, data, device=(0, 0)):
        self.count += 1
        # inode, mode, owner, group, links, time, size, device of the file, its own, name, check
        fields = (self.count, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        self.parts += [padded(head), padded(data)]

    def write(self, path):
        self._add("TRAILER!!!", 0, b"")
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(b"".join(self.parts))


def padded(data):
    return data + bytes(-len(data) % 4)


def write(path, folder, files):
    """The initramfs at `path`, from what `system` gave and files by name: (data, mode)."""
    archive = Initramfs()
    for name in ("dev", "proc", "sys", "bin", "sbin", "etc", "modules", "var", "var/tmp", "var/log",
                 "var/run", "var/lib"):
        archive.folder(name)
    for name in {os.path.dirname(name) for name in files} & {"lib", "lib64"}:
        archive.folder(name)
    archive.folder("tmp", 0o1777)
    archive.console()
    archive.copy("bin/busybox", folder + "/busybox")
    for name in sorted(os.listdir(folder + "/modules")):
        archive.copy("modules/" + name, f"{folder}/modules/{name}", 0o644)
    archive.copy("init", HERE + "/init")
    for name, (data, mode) in files.items():
        archive.file(name, data, mode)
    archive.write(path)
