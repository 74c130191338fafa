#!/usr/bin/env python3
"""How long a daemon is busy with a chain that is dear to verify, and whoever logs is held.

  stall.py SYSLOGD --cases FILE [--id GLOB] [--seconds N] [--limit S] [--verbose]

Each case of FILE is presented to a daemon of its own that connects once a second, while messages
are sent to its log socket. Exit status 0 when no attempt costs the daemon more than S seconds of
CPU time (0.2 without it).
"""
import argparse
import concurrent.futures
import fnmatch
import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from raw_server import raw_server  # noqa: E402
from run import pem_der  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def cpu(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Server:
    """Presents a chain to whoever connects."""

    def __init__(self, case):
        self.chain = [pem_der(pem) for pem in case["chain"]]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.attempts = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.attempts += 1
            try:
                with connection:
                    connection.settimeout(10)
                    raw_server(connection, self.chain)
            except (OSError, EOFError):
                pass


def start(syslogd, folder, port, case):
    authorities = os.path.join(folder, "ca.pem")
    with open(authorities, "w") as file:
        file.write("".join(case["trusted"]))
    with open(os.path.join(folder, "log"), "w") as log:
        return subprocess.Popen(
            [syslogd, "-n", "-f", "/dev/null", "-L", "-O", f"{folder}/messages", "-p",
             f"{folder}/s", "--pid-file", f"{folder}/pid", "-R", f"127.0.0.1:{port}", "-d", "--ca",
             authorities, "--server-name", case["name"], "--retry", "1:1"],
            stderr=log, stdout=log)


def longest_send(path, seconds):
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender.connect(path)
    worst, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        before = time.monotonic()
        sender.send(b"<14>hello")
        worst = max(worst, time.monotonic() - before)
        time.sleep(0.01)
    return worst


def measure(options, case):
    """CPU seconds of one attempt, and the longest that one message was held."""
    with tempfile.TemporaryDirectory(prefix="stall-") as folder:
        server = Server(case)
        process = start(options.syslogd, folder, server.port, case)
        try:
            end = time.monotonic() + 10
            while not os.path.exists(f"{folder}/s"):
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError(f"{case['id']}: the daemon did not start")
                time.sleep(0.01)
            worst = longest_send(f"{folder}/s", options.seconds)
            if server.attempts == 0:
                raise RuntimeError(f"{case['id']}: the daemon did not connect")
            return cpu(process) / server.attempts, worst, server.attempts
        finally:
            process.kill()
            process.wait()
            server.listener.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("syslogd")
    parser.add_argument("--cases", required=True)
    parser.add_argument("--id", default="*")
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument("--limit", type=float, default=0.2)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.syslogd = os.path.abspath(options.syslogd)
    with gzip.open(options.cases, "rt") as file:
        cases = [c for c in json.load(file) if fnmatch.fnmatch(c["id"], options.id)]
    slow, dearest = False, (0, "nothing")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for case, (cost, worst, attempts) in zip(
                cases, pool.map(lambda case: measure(options, case), cases)):
            slow |= cost > options.limit
            dearest = max(dearest, (cost, case["id"]))
            if options.verbose or cost > options.limit:
                print(f"  {case['id']}: {cost:.2f} s of CPU time per attempt ({attempts}), one "
                      f"message held {worst:.2f} s")
    print(f"  {len(cases)} dear chains: {dearest[0]:.2f} s of CPU time per attempt at most "
          f"({dearest[1]})" + ("; too long" if slow else ""))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
