"""What was measured, and on which machine."""

import os
import platform
import re

import costs
from common import ROOT, grouped, library_version, output

PRODUCT = ["Sources", "Package.swift", "Makefile"]


def of_sizes(builds):
    return {"sized": commit(), "libraries": libraries(builds), "tools": tools()}


def of_costs():
    one, _, fifteen = os.getloadavg()
    return {
        "measured": commit(),
        "machine": machine(),
        "load": f"{one:.1f}, {fifteen:.1f} over the last 15 minutes",
        "handshakes": str(costs.HANDSHAKES),
        "handshake_rounds": str(costs.HANDSHAKE_ROUNDS),
        "messages": grouped(costs.MESSAGES),
        "message_rounds": str(costs.MESSAGE_ROUNDS),
    }


def commit():
    """The last commit that changed the product, and whether there is more than that."""
    last = output("git", "-C", ROOT, "log", "-1", "--format=`%h` of %cs", "--", *PRODUCT,
                  check=False).strip()
    changed = output("git", "-C", ROOT, "status", "--porcelain", "--", *PRODUCT, check=False)
    return (last or "not in git") + (", with changes that are not committed" if changed else "")


def commit_at(time):
    """The last commit before then that changed the product."""
    return output("git", "-C", ROOT, "log", "-1", "--format=`%h` of %cs", f"--before={int(time)}",
                  "--", *PRODUCT, check=False).strip() or "not in git"


def tools():
    swift = re.search(r"Swift version (\S+)", output("swift", "--version", check=False))
    debian = ""
    if os.path.exists("/etc/debian_version"):
        with open("/etc/debian_version") as file:
            debian = f"Debian {file.read().strip()}, "
    return (f"{debian}{platform.machine()}, glibc {platform.libc_ver()[1]}"
            + (f", Swift {swift[1]}" if swift else ""))


def machine():
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    return (f"{model[1] if model else 'unknown processor'}, {os.cpu_count()} cores, "
            f"Linux {platform.release()}")


def libraries(builds):
    versions = [library_version(build) for build in builds if build.has_tls]
    return ", ".join(dict.fromkeys(versions)) or "none"
