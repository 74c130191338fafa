"""What the programs of a cross build are run beside: a collector, and the daemon itself."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

DEADLINE = 60


class Broken(Exception):
    """A promise that was not kept."""


def wait(what, condition, seconds=DEADLINE):
    """The first true value of `condition`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise Broken(f"not within {seconds} s: {what}")


def end(process):
    """Ends a process, by force when it does not go."""
    if process and process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def text(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def openssl(folder, *words):
    return subprocess.run(
        ["openssl", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def identity(folder, name, days, *key):
    """A key, a self-signed certificate for 127.0.0.1, and the pin of the key."""
    key = key or ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    openssl(folder, "req", "-x509", "-newkey", *key, "-nodes", "-days", str(days), "-subj",
            "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{name}.key",
            "-out", f"{name}.crt")
    with open(f"{folder}/{name}.pin", "w", encoding="ascii") as file:
        file.write(openssl(folder, "x509", "-in", f"{name}.crt", "-noout", "-pubkey"))


class Collector:
    """openssl s_server, which writes what it receives into a file of this name."""

    def __init__(self, folder, name, certificate, port=0, *options):
        self.path = f"{folder}/{name}"
        self.errors = self.path + ".errors"
        if port == 0:
            with socket.socket() as chosen:
                chosen.bind(("127.0.0.1", 0))
                port = chosen.getsockname()[1]
        self.port = port
        with open(self.path, "wb") as out, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", "-cert",
                 f"{folder}/{certificate}.crt", "-key", f"{folder}/{certificate}.key", *options],
                stdin=subprocess.PIPE, stdout=out, stderr=errors)
        wait("the collector listens", self.listens)

    def listens(self):
        if self.process.poll() is not None:
            raise Broken("the collector ended: " + text(self.errors).decode()[-200:])
        aim = f":{self.port:04X} 00000000:0000 0A"
        return aim in text("/proc/net/tcp").decode()

    def frames(self):
        """The messages of RFC 5425's octet counting that are complete."""
        data, found, position = text(self.path), [], 0
        while match := re.compile(rb"(\d+) ").match(data, position):
            end = match.end() + int(match[1])
            if end > len(data):
                break
            found.append(data[match.end():end])
            position = end
        if position != len(data) and not re.match(rb"\d+( |$)", data[position:]):
            raise Broken(f"no frame at byte {position}: {data[position:position + 60]!r}")
        return found

    def expect(self, texts):
        """Each text at the end of one message, in order, and nothing else."""
        wait(f"{len(texts)} messages at the collector", lambda: len(self.frames()) >= len(texts))
        frames = self.frames()
        for frame, expected in zip(frames, texts):
            if not frame.endswith(expected):
                raise Broken(f"{frame!r} arrived in the place of {expected!r}")
        if len(frames) != len(texts):
            raise Broken(f"{len(frames)} messages arrived, not {len(texts)}")

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()


class Daemon:
    """The program under test, which forwards to a port of this machine."""

    def __init__(self, command, folder, name, port, *options, environment=None):
        self.log, self.socket = f"{folder}/{name}.log", f"{folder}/{name}.socket"
        words = [*command, "-n", "-L", "-O", self.log, "-p", self.socket, "--pid-file",
                 f"{folder}/{name}.pid", "--retry", "0.2:1", "-R", f"127.0.0.1:{port}", *options]
        self.output = f"{folder}/{name}.output"
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                words, stdout=output, stderr=output, env=dict(os.environ, **(environment or {})))
        wait("the daemon's socket", self.has_socket)
        self.client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.client.connect(self.socket)

    def has_socket(self):
        if self.process.poll() is not None:
            raise Broken("the daemon ended: " + text(self.output).decode()[-300:])
        return os.path.exists(self.socket)

    def send(self, messages):
        for message in messages:
            self.client.send(message)

    def stop(self):
        """Ends it as an init does."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Broken("the daemon does not end at SIGTERM") from None
        # As BusyBox does, it ends by the signal.
        if status not in (0, -signal.SIGTERM):
            raise Broken(f"the daemon ended with status {status}: {text(self.output)[-300:]!r}")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def scratch():
    return tempfile.TemporaryDirectory(prefix="cross.", dir="/tmp")


def say(line):
    print(line)
    sys.stdout.flush()
