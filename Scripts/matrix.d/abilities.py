"""What each product can speak: asked of the program, by starting it and by connecting it."""

import subprocess

import manual
from common import Failure, ROOT
from costs import Daemon, tls_arguments
from peer import KEYS, VERSIONS, Peer

REFUSED = "does not support"
# The log socket cannot be made there. Only a program that has accepted its options tries, and its
# error names the path.
NOWHERE = "/proc/syslogd/log"


def accepts(build, *options):
    """Whether the product starts with these options, as far as its log socket."""
    said = subprocess.run(
        [build.program, "-n", "-p", NOWHERE, "-R", "127.0.0.1:6514", "-d", *options],
        capture_output=True, text=True, timeout=20).stderr
    if NOWHERE in said:
        return True
    if REFUSED in said:
        return False
    raise Failure(f"{build.name} {' '.join(options)}: {said.strip()}")


def offered(build):
    """{option: {name: whether it is accepted}}, of all names that the manual page lists."""
    asked = {
        "--tls-min": [version.removeprefix("TLS ") for version in VERSIONS],
        # By name: the page has them in the order of preference, which may change.
        "--tls-ciphers": sorted(manual.values(ROOT, "--tls-ciphers")),
        "--tls-groups": sorted(manual.values(ROOT, "--tls-groups")),
    }
    return {option: {value: accepts(build, option, value) for value in values}
            for option, values in asked.items()}


def connects(build, folder, identity, version):
    """The suite agreed on with OpenSSL's server of that version and key, or nothing."""
    with Peer(identity, version) as peer:
        with Daemon(build, folder, "-L", *tls_arguments(peer, identity)):
            try:
                peer.wait(timeout=3)
            except Failure:
                return None
            return peer.handshakes[0][2]


def connections(build, folder, identities):
    """{version: {key type: suite or None}}."""
    return {version: {key: connects(build, folder, identities[key], version) for key in KEYS}
            for version in VERSIONS}


FIPS = {
    "openssl": """
import ctypes
crypto = ctypes.CDLL("libcrypto.so.3")
crypto.OSSL_PROVIDER_load.restype = ctypes.c_void_p
print("loads" if crypto.OSSL_PROVIDER_load(None, b"fips") else "cannot be loaded")
""",
    "gnutls": """
import ctypes
print(ctypes.CDLL("libgnutls.so.30").gnutls_fips140_mode_enabled())
""",
}


def fips(backend):
    """What the library on this machine says of FIPS, asked in a process of its own."""
    if backend not in FIPS:
        return None
    environment = {"GNUTLS_FORCE_FIPS_MODE": "1"}
    return subprocess.run(["python3", "-c", FIPS[backend]], check=True, capture_output=True,
                          text=True, env=environment).stdout.strip()
