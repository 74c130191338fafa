"""What is inside a product besides our own code, and what it needs."""

import collections
import glob
import os
import re
import subprocess

import debian
import mbedtls
import sysroot

# Its name and version, licence (SPDX), where it is from, the file with its licence in packaging/, and
# whether it is in the program (STATIC_LINK) or beside it (DYNAMIC_LINK).
Part = collections.namedtuple("Part", "name version licence home text link")

SWIFT = ("Swift-standard-library", "Apache-2.0 WITH Swift-exception", "https://www.swift.org")
GCC = ("libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org")
MUSL = ("musl", "MIT", "https://musl.libc.org")
# By backend: name, licence of the releases here, home, what pkg-config or Debian calls it.
LIBRARIES = {
    "openssl": ("OpenSSL", "Apache-2.0", "https://www.openssl.org", "libssl-dev"),
    "gnutls": ("GnuTLS", "LGPL-2.1-or-later", "https://www.gnutls.org", "libgnutls28-dev"),
    "mbedtls": ("Mbed-TLS", "Apache-2.0", "https://www.trustedfirmware.org/projects/mbed-tls",
                "libmbedtls-dev"),
}


def inside(product):
    """The parts of a product, ours excepted."""
    found = [Part(SWIFT[0], swift_version(), *SWIFT[1:], "", "STATIC_LINK")]
    if product.is_musl:
        system = sysroot.of(product.target, "musl")
        (gcc,) = glob.glob(system + "/usr/lib/gcc/*/*")
        found.append(Part(MUSL[0], musl_version(system), *MUSL[1:], "licences/musl", "STATIC_LINK"))
        found.append(Part(GCC[0], os.path.basename(gcc), *GCC[1:], "", "STATIC_LINK"))
    if product.backend != "none":
        name, licence, home, package = LIBRARIES[product.backend]
        link = "STATIC_LINK" if product.is_archive else "DYNAMIC_LINK"
        number = mbedtls_version() if product.is_musl else \
            "" if product.target else debian_version(package)
        found.append(Part(name, number, licence, home, "", link))
    return found


def swift_version():
    words = subprocess.run(["swift", "--version"], check=True, capture_output=True, text=True)
    return re.search(r"Swift version (\S+)", words.stdout)[1]


def debian_version(package):
    return subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], check=True,
                          capture_output=True, text=True).stdout


def musl_version(system):
    """libc.a has it as a string, which gdb and ldd read."""
    with open(system + "/usr/lib/libc.a", "rb") as file:
        found = re.search(rb"\0(1\.\d+\.\d+)\0", file.read())
    if not found:
        raise debian.Failure(f"{system}/usr/lib/libc.a does not say which musl it is")
    return found[1].decode()


def mbedtls_version():
    with open(mbedtls.source() + "/include/mbedtls/version.h", encoding="utf-8") as file:
        return re.search(r'MBEDTLS_VERSION_STRING\s+"([^"]+)"', file.read())[1]
