"""Bytes: of the program, of its code by module, and of every library that must be on flash with
it. Nothing here depends on the time or on the load of the machine."""

import lzma
import os
import re

from common import output, script

SIZE = script("Scripts/size")

# What a router has on flash anyway, whatever else it runs.
LIBC = re.compile(r"^(?:ld-linux.*|ld-musl.*|lib(?:c|m|dl|rt|pthread|resolv)\.so\..*)$")
NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")
FOUND = re.compile(r"^\s*(\S+) => (/\S+)|^\s*(/\S+) \(", re.MULTILINE)


def measure(build):
    libraries = closure(build.program)
    flashed = [entry for entry in libraries if not entry["libc"]]
    return {
        "program": os.path.getsize(build.program),
        "modules": modules(build),
        "libraries": libraries,
        "flash": os.path.getsize(build.program) + sum(entry["bytes"] for entry in flashed),
        # What a compressed file system makes of it, each file by itself.
        "compressed": compressed(build.program) + sum(entry["compressed"] for entry in flashed),
    }


def modules(build):
    """Bytes of code by Swift module. An archive's code is C, as our shims are."""
    return dict(sorted(SIZE.by_module(build.unstripped).items()))


def closure(program):
    """The shared objects that the program needs, and those that they need, by name."""
    paths = located(program)
    found, waiting = {}, needed(program)
    while waiting:
        name = waiting.pop()
        if name in found or name not in paths:
            continue
        path = os.path.realpath(paths[name])
        found[name] = {"name": name, "bytes": os.path.getsize(path), "libc": bool(LIBC.match(name)),
                       "compressed": compressed(path), "package": package(paths[name])}
        waiting += needed(path)
    return [found[name] for name in sorted(found)]


def package(path):
    """Debian's package and its version, or a dash elsewhere."""
    for known in (path, os.path.realpath(path), "/usr" + path):
        owner = output("dpkg-query", "-S", known, check=False).partition(":")[0]
        if owner:
            return output("dpkg-query", "-W", "-f", "${Package} ${Version}", owner)
    return "—"


def needed(path):
    return NEEDED.findall(output("readelf", "-d", path))


def located(program):
    """Where the loader finds each shared object: {name: path}."""
    paths = {}
    for name, path, loader in FOUND.findall(output("ldd", program)):
        paths[name or os.path.basename(loader)] = path or loader
    return paths


COMPRESSED = {}


def compressed(path):
    """Bytes as xz makes them, which squashfs on routers uses, in one block."""
    path = os.path.realpath(path)
    if path not in COMPRESSED:
        with open(path, "rb") as file:
            COMPRESSED[path] = len(lzma.compress(file.read(), preset=6))
    return COMPRESSED[path]
