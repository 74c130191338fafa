"""What a target's compiler and linker see of its system: headers, libc, TLS libraries."""

import glob
import hashlib
import os
import shutil

import debian
import targets

TLS = ("libssl-dev", "libgnutls28-dev", "libmbedtls-dev")


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return f"{base}/syslogd-cross"


def recipe(*files):
    """Changes with what made a folder of the cache."""
    digest = hashlib.sha256(debian.MIRROR.encode())
    for name in ("debian.py", *files):
        with open(f"{os.path.dirname(__file__)}/{name}", "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def made(folder, make):
    """`folder`, filled by `make` when it is not there; by rename, so that no half of it is seen."""
    if not os.path.isdir(folder):
        work = f"{folder}.{os.getpid()}"
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        try:
            make(work)
            os.rename(work, folder)
        except OSError:
            # The second of two that started at once finds what the first has made.
            if not os.path.isdir(folder):
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return folder


def of(target, libc):
    """The folder of a target's system, from the cache or from Debian."""
    fill = glibc if libc == "glibc" else musl
    name = f"{target.debian}-{libc}-{target.release}-{recipe('sysroot.py')}"
    return made(f"{cache()}/{name}", lambda folder: fill(target, folder))


def glibc(target, folder):
    archive = debian.Archive(target.release, target.debian)
    gcc = targets.GCC_PARTS[target.release]
    # One folder, as on an installed Debian. In two, glibc's loader under qemu 7.2 finds nothing in
    # the first once it has not found one library there.
    os.makedirs(folder + "/usr/lib")
    os.symlink("usr/lib", folder + "/lib")
    debian.unpack(archive.with_dependencies("libc6-dev", gcc, "linux-libc-dev", *TLS), folder)
    relative_links(folder)


def musl(target, folder):
    """musl's headers and libc with the kernel's headers and GCC's parts, where clang looks."""
    archive = debian.Archive(target.release, target.debian)
    gcc = targets.GCC_PARTS[target.release]
    raw = folder + "/raw"
    debian.unpack(archive.alone("musl-dev", "linux-libc-dev", gcc), raw)
    os.makedirs(folder + "/usr/lib")
    os.rename(raw + "/usr/lib/gcc", folder + "/usr/lib/gcc")
    (headers,) = glob.glob(raw + "/usr/include/*-linux-musl*")
    os.rename(headers, folder + "/usr/include")
    for name in ("linux", "asm-generic"):
        os.rename(f"{raw}/usr/include/{name}", f"{folder}/usr/include/{name}")
    # Since Debian 13 one package has these for every processor, by links.
    asm = f"{raw}/usr/include/{os.path.basename(headers).replace('musl', 'gnu')}/asm"
    shutil.copytree(os.path.realpath(asm), folder + "/usr/include/asm")
    for path in glob.glob(raw + "/usr/lib/*-linux-musl*/*.[ao]"):
        os.rename(path, f"{folder}/usr/lib/{os.path.basename(path)}")
    shutil.rmtree(raw)


def relative_links(folder):
    """Links of Debian's from the root, as /usr/lib has to /lib, would lead to this machine's."""
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(parent, name)
            if os.path.islink(path) and os.readlink(path).startswith("/"):
                aim = folder + os.readlink(path)
                os.unlink(path)
                os.symlink(os.path.relpath(aim, parent), path)
