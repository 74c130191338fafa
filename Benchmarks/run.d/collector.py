#!/usr/bin/env python3
"""A collector that notes when each message arrives, as a process that can be killed.

    collector.py ADDRESS PORT FOLDER

FOLDER has cert.pem and key.pem. Each turn adds a line to FOLDER/arrivals: the time of
CLOCK_MONOTONIC, the sender's port and how many bytes were read from there so far (`PORT=BYTES`),
and the numbers of the messages (`#` and ten digits) that arrived with it.
Connections are TLS, or TCP in clear when they do not begin with a TLS record. SIGTERM closes
everything; SIGUSR1 resets every connection and goes on.
"""

import fcntl
import os
import re
import selectors
import signal
import socket
import ssl
import struct
import subprocess
import sys
import termios
import time

from processes import PROCESSES, Failure

HANDSHAKE_RECORD = b"\x16"
LONGEST_MESSAGE = 400
BYTES_RECEIVED = 128  # the place of tcpi_bytes_received in struct tcp_info
TURN = 16  # reads from one connection in a row


class Collector:
    """Starts and ends the process."""

    def __init__(self, folder, address="127.0.0.1", port=None, prefix=(), processes=PROCESSES):
        self.folder, self.address, self.port = folder, address, port or free_port()
        self.prefix, self.processes = list(prefix), processes
        self.process = None

    def start(self):
        """Returns once it listens."""
        self.process = self.processes.start(
            [*self.prefix, sys.executable, "-B", os.path.abspath(__file__), self.address,
             str(self.port), self.folder], stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            raise Failure("the collector did not start")

    def stop(self):
        self.processes.stop(self.process)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.stop()

    def reset_connections(self):
        self.process.send_signal(signal.SIGUSR1)

    def arrivals(self):
        """(number, time) of each message in the order in which they arrived."""
        return [(int(number), float(moment)) for moment, _, *numbers in self.notes()
                for number in numbers]

    def bytes_read(self):
        """By the sender's port, as far as that is noted."""
        return {int(port): int(count) for port, _, count in
                (place.partition("=") for _, place, *_ in self.notes())}

    def notes(self):
        path = f"{self.folder}/arrivals"
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return [line.split() for line in file if line.endswith("\n")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- Inside the process --------------------------------------------------------------------------


class Connection:
    def __init__(self, accepted, port, context):
        self.socket = accepted
        self.context = context
        self.port = port
        self.kind = None
        self.rest = b""

    def take(self, note):
        """Reads what has arrived; whether the connection is still open."""
        try:
            if self.kind is None:
                self.begin()
            for _ in range(TURN):
                chunk = self.socket.recv(1 << 16)
                if not chunk:
                    return False
                note(self, self.numbers(chunk))
            return True
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return True
        except OSError:
            return False

    def begin(self):
        if not isinstance(self.socket, ssl.SSLSocket):
            if self.socket.recv(1, socket.MSG_PEEK) != HANDSHAKE_RECORD:
                self.kind = "tcp"
                return
            self.socket = self.context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False)
        self.socket.do_handshake()
        self.kind = "tls"

    def numbers(self, chunk):
        self.rest += chunk
        found, last = [], 0
        for match in re.finditer(rb"#(\d{10})", self.rest):
            found.append(int(match[1]))
            last = match.end()
        self.rest = self.rest[last:][-LONGEST_MESSAGE:]
        return found

    def bytes_read(self):
        """What the kernel has received of the connection, less what it still holds."""
        information = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        received = struct.unpack_from("Q", information, BYTES_RECEIVED)[0]
        held = struct.unpack("i", fcntl.ioctl(self.socket, termios.FIONREAD, bytes(4)))[0]
        return received - held

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Server:
    def __init__(self, address, port, folder):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
        self.notes = os.open(f"{folder}/arrivals", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.listener = socket.create_server((address, port), backlog=8)
        self.listener.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.connections = {}  # by descriptor
        self.ending = self.resetting = False

    def serve(self):
        while not self.ending:
            for key, _ in self.selector.select(0.05):
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fd in self.connections:
                    self.read(key.fd)
            if self.resetting:
                self.resetting = False
                for descriptor in list(self.connections):
                    self.selector.unregister(descriptor)
                    self.connections.pop(descriptor).reset()

    def accept(self):
        try:
            accepted, (_, port) = self.listener.accept()
        except OSError:
            return
        accepted.setblocking(False)
        self.connections[accepted.fileno()] = Connection(accepted, port, self.context)
        self.selector.register(accepted.fileno(), selectors.EVENT_READ)

    def read(self, descriptor):
        if not self.connections[descriptor].take(self.note):
            self.selector.unregister(descriptor)
            self.connections.pop(descriptor).socket.close()

    def note(self, connection, numbers):
        if numbers:
            place = f"{connection.port}={connection.bytes_read()}"
            line = " ".join([f"{time.monotonic():.4f}", place, *map(str, numbers)])
            os.write(self.notes, line.encode() + b"\n")


def main():
    address, port, folder = sys.argv[1:]
    server = Server(address, int(port), folder)
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "ending", True))
    signal.signal(signal.SIGUSR1, lambda *_: setattr(server, "resetting", True))
    print("ready", flush=True)
    server.serve()


if __name__ == "__main__":
    main()
