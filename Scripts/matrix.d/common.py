"""What the parts of Scripts/matrix share: where things are, and the builds that are compared."""

import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TABLE = os.path.join(ROOT, "BackendMatrix.md")
PROMISES = os.path.join(ROOT, "docs", "backend-promises.md")
CHART = os.path.join(ROOT, "docs", "backend-matrix.svg")
RESULTS = os.path.join(ROOT, "build", "matrix", "results.json")

LIBRARIES = {"openssl": "OpenSSL", "gnutls": "GnuTLS", "mbedtls": "Mbed TLS", "none": "none"}
FLAVOURS = {
    "": "Embedded",
    "-static": "ordinary Swift",
    "-archive": "Embedded, archive",
}
ARCHIVES = ("openssl", "mbedtls")  # those that `make STATIC=1` takes


class Failure(Exception):
    """Something could not be measured; its text is for the person who ran the script."""


class Build:
    """One product of `make`: a TLS library, and how the program was compiled and linked."""

    def __init__(self, backend, variant):
        self.backend = backend
        self.variant = variant
        self.name = backend + variant
        self.program = os.path.join(ROOT, "build", self.name, "syslogd")
        self.unstripped = os.path.join(ROOT, ".build", f"product-{self.name}", "release", "syslogd")
        self.title = f"{LIBRARIES[backend]}, {FLAVOURS[variant]}"
        self.has_tls = backend != "none"

    @property
    def command(self):
        options = {"": "", "-static": " STATIC_STDLIB=1", "-archive": " STATIC=1"}
        return f"make BACKEND={self.backend}{options[self.variant]}"

    @property
    def exists(self):
        return os.path.exists(self.program) and os.path.exists(self.unstripped)


BUILDS = [Build(backend, variant) for variant in FLAVOURS for backend in LIBRARIES
          if variant != "-archive" or backend in ARCHIVES]


def script(path):
    """A script of this tree as a module, so that what it knows is written once."""
    name = os.path.basename(path)
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(ROOT, path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def output(*command, check=True):
    return subprocess.run(
        command, check=check, capture_output=True, text=True,
        env=dict(os.environ, LC_ALL="C")).stdout


def library_version(build):
    """"OpenSSL 3.0.22", as the program itself says; nothing without a library."""
    said = re.search(r"\((.*?)(?:, embedded)?\)", output(build.program, "--version"))
    return said[1] if said and build.has_tls else ""


def grouped(number):
    return f"{number:,}"


def table(header, rows):
    """A Markdown table: the first column to the left, the others to the right."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |"
                     for row in [header, rule, *rows])


def prose_table(header, rows):
    """A Markdown table of words."""
    return "\n".join("| " + " | ".join(row) + " |"
                     for row in [header, ["---"] * len(header), *rows])
