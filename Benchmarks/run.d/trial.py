"""One run of one forwarder, from the start of its collector to the figures."""

import json
import os
import select
import signal
import socket
import subprocess
import time

from contenders import TOOLS
from processes import (
    PROCESSES, Failure, cpu_seconds, private_kb, status_kb, wait_until_idle)


class Sink:
    """The collector (Benchmarks/sink.c)."""

    def __init__(self, folder, messages, idle):
        self.process = PROCESSES.start(
            [f"{TOOLS}/sink", "--messages", str(messages), "--cert", f"{folder}/cert.pem",
             "--key", f"{folder}/key.pem", "--idle", str(idle)],
            stdout=subprocess.PIPE)
        self.rest = b""
        self.port = self.line(time.monotonic() + 5)["port"]

    def line(self, deadline):
        """The next line that the sink prints."""
        while b"\n" not in self.rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise Failure("nothing from the sink in time")
            text = os.read(self.process.stdout.fileno(), 65536)
            if not text:
                raise Failure("the sink ended early")
            self.rest += text
        text, _, self.rest = self.rest.partition(b"\n")
        return json.loads(text)

    def report(self, deadline):
        line = self.line(deadline)
        while "received" not in line:
            line = self.line(deadline)
        return line


def start_forwarder(name, folder, sink, command, environment=None):
    """Starts it and returns once its TLS session is made, so that no run measures a handshake.

    `command` makes its command line of its name, the folder, the log socket and the port."""
    log_socket = f"{folder}/log"
    if os.path.exists(log_socket):
        os.unlink(log_socket)
    with open(f"{folder}/{name}.txt", "wb") as output:
        process = PROCESSES.start(
            command(name, folder, log_socket, sink.port), stdout=output, stderr=output,
            env=dict(os.environ, **(environment or {})))
    deadline = time.monotonic() + 20
    try:
        while not os.path.exists(log_socket):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failure("it made no log socket")
            time.sleep(0.02)
        # Some connect only when there is something to send.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(log_socket)
            sender.send(b"<13>Jan  2 03:04:05 bench[1]: warm-up")
        sink.line(deadline)
        wait_until_idle(process.pid, deadline)
    except (Failure, OSError) as error:
        with open(f"{folder}/{name}.txt", errors="replace") as file:
            said = file.read().strip()
        raise Failure(f"{error}" + (f"; it said: {said[:600]}" if said else "")) from None
    return process


def generate(folder, messages, size, limit, first=0, rate=0):
    process = PROCESSES.start(
        [f"{TOOLS}/generator", f"{folder}/log", "--messages", str(messages), "--size", str(size),
         "--first", str(first), "--rate", str(rate)], stdout=subprocess.PIPE)
    try:
        output, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failure(f"the generator was not done after {limit:.0f} s") from None
    finally:
        PROCESSES.stop(process)
    if process.returncode != 0:
        raise Failure("the generator could not send: did the forwarder end?")
    return json.loads(output)


def measure(name, folder, command, arguments):
    """One timed run of one contender."""
    limit = 30 + arguments.messages / (arguments.rate or 10000)
    sink = Sink(folder, arguments.messages, idle=5)
    try:
        process = start_forwarder(name, folder, sink, command)
        idle = private_kb(process.pid)
        before = cpu_seconds(process.pid)
        sent = generate(folder, arguments.messages, arguments.size, limit, rate=arguments.rate)
        result = sink.report(time.monotonic() + limit)
        result["cpu_per_million"] = (
            (cpu_seconds(process.pid) - before) / max(result["received"], 1) * 1e6)
        result["rss"] = status_kb(process.pid, "VmHWM")
        result["idle"] = idle
        result["generator_wall"] = sent["wall"]
        return result
    finally:
        PROCESSES.stop_all()


def allocations_per_message(name, folder, command, size):
    """Heap allocations between the 100,000th and the 200,000th message, divided by 100,000:
    first the forwarder's own, then all, with those that its TLS library makes per record."""
    half = 100000
    sink = Sink(folder, 2 * half, idle=60)
    counts_file = f"{folder}/{name}.allocations"
    # The library is preloaded too, so that its addresses are known where it is a plug-in.
    preload = f"{TOOLS}/malloc_count.so" + (":libssl.so.3" if name == "rsyslog" else "")
    environment = {"LD_PRELOAD": preload, "MALLOC_COUNT": counts_file}
    try:
        process = start_forwarder(name, folder, sink, command, environment)
        counts = []
        for first in (0, half):
            generate(folder, half, size, 60, first=first)
            wait_until_idle(process.pid, time.monotonic() + 60)
            counts.append(allocations_now(process.pid, counts_file, len(counts) + 1))
        return [(after - before) / half for before, after in zip(*counts)]
    finally:
        PROCESSES.stop_all()
        if os.path.exists(counts_file):
            os.unlink(counts_file)


def allocations_now(pid, counts_file, line):
    os.kill(pid, signal.SIGUSR2)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if os.path.exists(counts_file):
            with open(counts_file) as file:
                lines = file.read().splitlines()
            if len(lines) >= line:
                return [int(count) for count in lines[line - 1].split()]
        time.sleep(0.02)
    raise Failure("the allocation counter did not answer")
