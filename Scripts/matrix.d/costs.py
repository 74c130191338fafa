"""Figures that differ from run to run: memory and CPU time, asked of the kernel."""

import os
import socket
import statistics
import subprocess
import time

from common import ROOT, Failure, script
from peer import TIMEOUT, Peer

RUN = script("Benchmarks/run")

HANDSHAKES = 200
HANDSHAKE_ROUNDS = 3
WARM_UP = 10
MESSAGES = 300_000
MESSAGE_ROUNDS = 5
MESSAGE_BYTES = 200


def prepare():
    """Builds the generator and the collector of Benchmarks/run."""
    subprocess.run(["make", "-s", "-C", os.path.join(ROOT, "Benchmarks")], check=True)


class Daemon:
    """One product that runs for the time of a `with` block, in a folder of its own."""

    count = 0

    def __init__(self, build, folder, *arguments):
        Daemon.count += 1
        self.log_socket = os.path.join(folder, f"log{Daemon.count}")
        self.file = os.path.join(folder, f"messages{Daemon.count}")
        with open(os.path.join(folder, f"errors{Daemon.count}"), "wb") as errors:
            self.process = RUN.PROCESSES.start(
                [build.program, "-n", "-p", self.log_socket, "-O", self.file,
                 "--pid-file", os.path.join(folder, "pid"), *arguments], stderr=errors)
        self.pid = self.process.pid
        self.until(lambda: os.path.exists(self.log_socket), "it made no log socket")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        RUN.PROCESSES.stop(self.process, 20)

    def until(self, condition, complaint, timeout=TIMEOUT):
        deadline = time.monotonic() + timeout
        while not condition():
            if self.process.poll() is not None:
                raise Failure(f"it ended with status {self.process.returncode}")
            if time.monotonic() > deadline:
                raise Failure(complaint)
            time.sleep(0.01)

    def send(self, count=1):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(self.log_socket)
            text = b"<13>Jan  2 03:04:05 matrix[1]: message " + b"x" * MESSAGE_BYTES
            for _ in range(count):
                sender.send(text[:MESSAGE_BYTES])

    def said(self, words):
        try:
            with open(self.file, errors="replace") as file:
                return words in file.read()
        except FileNotFoundError:
            return False

    def memory(self):
        """Kilobytes once it has nothing to do: resident, private, and the resident peak."""
        RUN.wait_until_idle(self.pid, time.monotonic() + TIMEOUT)
        return {"resident": RUN.status_kb(self.pid, "VmRSS"), "private": RUN.private_kb(self.pid),
                "peak": RUN.status_kb(self.pid, "VmHWM")}

    def nanoseconds(self):
        """CPU time of all its threads, as exactly as the scheduler keeps it."""
        total = 0
        for thread in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{thread}/schedstat") as file:
                total += int(file.read().split()[0])
        return total


def tls_arguments(peer, identity):
    return ["-R", f"127.0.0.1:{peer.port}", "-d", "-c", identity.pin, "--retry", "0.001:0.001"]


# --- Memory --------------------------------------------------------------------------------------


def memory(build, folder, identity):
    """In three states: a local log only, a collector that reads, and one that does not."""
    with Daemon(build, folder) as daemon:
        daemon.send()
        result = {"idle": daemon.memory()}
    if not build.has_tls:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
            sink.bind(("127.0.0.1", 0))
            remote = ["-L", "-R", f"127.0.0.1:{sink.getsockname()[1]}"]
            with Daemon(build, folder, *remote) as daemon:
                daemon.send()
                result["connected"] = daemon.memory()
        return result
    peer = Peer(identity)
    with peer, Daemon(build, folder, "-L", *tls_arguments(peer, identity)) as daemon:
        peer.wait()
        daemon.send()
        result["connected"] = daemon.memory()
    stuck = Peer(identity, behaviour="stuck")
    with stuck, Daemon(build, folder, "-L", *tls_arguments(stuck, identity)) as daemon:
        stuck.wait()
        for _ in range(200):
            daemon.send(500)
            if daemon.said("messages are being discarded"):
                break
        daemon.until(lambda: daemon.said("messages are being discarded"), "the queue did not fill")
        result["full"] = daemon.memory()
    return result


# --- Handshakes ----------------------------------------------------------------------------------


def handshake(build, folder, identity, version):
    """CPU time and bytes of a connection whose collector closes it, over many in a row."""
    peer = Peer(identity, version, behaviour="close")
    with peer, Daemon(build, folder, *tls_arguments(peer, identity)) as daemon:
        peer.greet_with(daemon.send)
        peer.wait(WARM_UP)
        first, before = len(peer.handshakes), daemon.nanoseconds()
        peer.wait(first + HANDSHAKES, timeout=60)
        last, after = len(peer.handshakes), daemon.nanoseconds()
    done = peer.handshakes[first:last]
    return {
        "microseconds": (after - before) / 1000 / (last - first),
        "received": statistics.median(client for client, _, _ in done),
        "sent": statistics.median(server for _, server, _ in done),
        "suite": done[0][2],
    }


def handshakes(cases, folder, identities):
    """The figures of every (build, version, key type), in alternation."""
    runs = {}
    for _ in range(HANDSHAKE_ROUNDS):
        for build, version, key_type in cases:
            result = handshake(build, folder, identities[key_type], version)
            runs.setdefault((build.name, version, key_type), []).append(result)
    return [{"build": build, "version": version, "key": key, **done[0],
             "microseconds": statistics.median(run["microseconds"] for run in done),
             "each": [run["microseconds"] for run in done]}
            for (build, version, key), done in runs.items()]


# --- Messages ------------------------------------------------------------------------------------


class Settings:
    """What Benchmarks/run has from its command line."""

    messages, size, rounds, rate, allocations = MESSAGES, MESSAGE_BYTES, MESSAGE_ROUNDS, 0, False


def messages(builds, folder):
    """CPU time per million messages over TLS, beside the minimal C program with OpenSSL."""
    RUN.ARGUMENTS = Settings
    programs = {build.name: build for build in builds if build.has_tls}
    RUN.CONTENDERS.update({name: build.title for name, build in programs.items()})
    plain = RUN.command

    def command(name, *rest):
        Settings.syslogd = programs[name].program if name in programs else None
        return plain("syslogd" if name in programs else name, *rest)

    RUN.command = command
    RUN.make_certificate(folder)
    names = ["c", *programs]
    results, allocations, failures = RUN.run_all(names, folder)
    if failures:
        raise Failure("; ".join(failures))
    return {name: RUN.summary(results, allocations, name) for name in names}


def datagrams(build, folder):
    """CPU time per million messages over UDP in each round; no yardstick in C for that here."""
    RUN.ARGUMENTS = Settings
    each = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        for _ in range(MESSAGE_ROUNDS):
            place = os.path.join(folder, f"datagrams-{build.name}-{len(each)}")
            os.mkdir(place)
            with Daemon(build, place, "-R", f"127.0.0.1:{sink.getsockname()[1]}") as daemon:
                os.symlink(daemon.log_socket, os.path.join(place, "log"))
                before = daemon.nanoseconds()
                RUN.generate(place, MESSAGES, MESSAGE_BYTES, 120)
                RUN.wait_until_idle(daemon.pid, time.monotonic() + TIMEOUT)
                each.append((daemon.nanoseconds() - before) / 1e9 / MESSAGES * 1e6)
    return each
