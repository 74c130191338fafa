"""The shared objects of a program for the router: Debian's, from the target's system."""

import glob
import os
import re
import subprocess

from peer import Broken


def of(program, system):
    """The files that a dynamic program needs, its loader among them, by their names in the router;
    none for one static file."""
    with open(program, "rb") as file:
        loader = re.search(rb"/lib\w*/ld-linux[^\0]*", file.read())
    if not loader:
        return {}
    loader = loader[0].decode()
    found = {loader[1:]: path(system, os.path.basename(loader))}
    waiting = [program]
    while waiting:
        for name in needed(waiting.pop()):
            # Also the loader, which is a library, too: by its other name it would be another one.
            if name != os.path.basename(loader) and "lib/" + name not in found:
                found["lib/" + name] = path(system, name)
                waiting.append(found["lib/" + name])
    return found


def needed(file):
    words = subprocess.run(
        ["llvm-objdump", "-p", file], check=True, capture_output=True, text=True).stdout
    return re.findall(r"^\s*NEEDED\s+(\S+)", words, re.MULTILINE)


def path(system, name):
    for folder in ("usr/lib", "usr/lib/*", "lib64"):
        for found in glob.glob(f"{system}/{folder}/{name}"):
            return os.path.realpath(found)
    raise Broken(f"{system} has no {name}")
