"""One product with its collectors, and the turns that it goes through."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from collector import Collector, free_port
from contenders import ROOT, TOOLS
from processes import Failure, Processes
from readings import Readings

RUNNING = []  # those that have processes
VALGRIND = ["valgrind", "--leak-check=full", "--show-leak-kinds=definite"]

FEWEST_PASSES = 4

# The configuration of each turn in order; the last one is refused, and the one before stays.
RULES = (
    "*.* @tcp://localhost:{port} retry=0.1:1\nuser.* {folder}/user\n",
    "*.* @tls://{host}:{port} pin={folder}/pin.pem retry=0.1:1\n",
    "user.* {folder}/user\nkern.* {folder}/kern\n",
    "*.* @tls://{host}:{refused} pin={folder}/pin.pem queue=64K retry=0.1:1\n",
    "*.* @udp://{host}:{refused}\n*.* @tls://{host}:{port} pin={folder}/none retry=0.1:1\n",
    "*.* @tls://{host}:{port} nonsense\n",
)


def stop_all():
    for soak in list(RUNNING):
        soak.close()


class Soak:
    def __init__(self, backend, certificates, valgrind=False):
        self.backend, self.valgrind = backend, valgrind
        # An address is kept in an enum that marks unused bits of the pointer, which valgrind then
        # does not follow.
        self.host = "localhost" if valgrind else "127.0.0.1"
        self.processes = Processes()
        self.folder = tempfile.mkdtemp(prefix="syslogd-soak.")
        RUNNING.append(self)
        for name in ("good", "other"):
            shutil.copytree(f"{certificates}/{name}", f"{self.folder}/{name}")
        shutil.copy(f"{certificates}/good/pin.pem", self.folder)
        self.collector = Collector(f"{self.folder}/good", processes=self.processes)
        # This one does not have the pinned key.
        self.stranger = Collector(f"{self.folder}/other", processes=self.processes)
        self.refused = free_port()
        self.sent = self.turns = 0
        self.patience = 120 if valgrind else 30

    def close(self):
        if self in RUNNING:
            RUNNING.remove(self)
        self.processes.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- The daemon ------------------------------------------------------------------------------

    def start(self):
        self.collector.start()
        self.stranger.start()
        self.write_rules()
        words = self.command()
        if self.valgrind:
            words = [*VALGRIND, f"--log-file={self.folder}/valgrind", *words]
        with open(f"{self.folder}/output", "wb") as output:
            self.daemon = self.processes.start(words, stdout=output, stderr=output)
        deadline = time.monotonic() + self.patience
        while not os.path.exists(f"{self.folder}/log"):
            if time.monotonic() > deadline:
                raise Failure("it made no log socket" + self.said())
            self.must_live()
            time.sleep(0.05)

    def command(self):
        folder, tls = self.folder, ["-d", "-c", f"{self.folder}/pin.pem"]
        return [f"{ROOT}/build/{self.backend}/syslogd", "-n", "-p", f"{folder}/log",
                "--pid-file", f"{folder}/pid", "-L", "-O", f"{folder}/messages", "-s", "16",
                "-f", f"{folder}/rules", "--retry", "0.1:1",
                "-R", f"{self.host}:{self.collector.port}", *tls,
                "-R", f"{self.host}:{self.stranger.port}", *tls, "--queue", "64K",
                "-R", f"localhost:{self.refused}", *tls, "--queue", "64K"]

    def must_live(self):
        if self.daemon.poll() is not None:
            raise Failure(f"the daemon ended with status {self.daemon.returncode}" + self.said())

    def said(self):
        with open(f"{self.folder}/output", errors="replace") as file:
            text = file.read().strip()
        return f"; it said: {text[-600:]}" if text else ""

    def end(self):
        """SIGTERM: it ends by that signal, as a daemon that ends orderly does."""
        self.must_live()
        self.daemon.terminate()
        try:
            status = self.daemon.wait(self.patience)
        except subprocess.TimeoutExpired:
            raise Failure("it did not end after SIGTERM") from None
        if status != -signal.SIGTERM:
            raise Failure(f"it ended with status {status} after SIGTERM" + self.said())

    def held_bytes(self):
        """What valgrind found at the end: bytes definitely lost, and blocks in use."""
        with open(f"{self.folder}/valgrind", errors="replace") as file:
            text = file.read()
        lost = re.search(r"definitely lost: ([\d,]+) bytes", text)
        used = re.search(r"in use at exit: [\d,]+ bytes in ([\d,]+) blocks", text)
        if used is None or (lost is None and "no leaks are possible" not in text):
            raise Failure("valgrind did not finish: " + text[-600:])
        if lost is not None and lost[1] != "0":
            print(text)
        return [int(found[1].replace(",", "")) if found else 0 for found in (lost, used)]

    # --- Turns -----------------------------------------------------------------------------------

    def turn(self, flood):
        """A flood; a collector that is killed and comes back; a reload; then a calm moment."""
        self.generate(flood, rate=0)
        process = self.generate(200, rate=200, wait=False)
        time.sleep(0.3)
        self.collector.kill()
        time.sleep(0.3)
        self.collector.start()
        process.wait(self.patience)
        self.turns += 1
        self.write_rules()
        self.daemon.send_signal(signal.SIGHUP)
        self.generate(50, rate=100)
        self.daemon.send_signal(signal.SIGUSR1)
        self.wait_until_calm()

    def write_rules(self):
        text = RULES[self.turns % len(RULES)]
        with open(f"{self.folder}/rules.new", "w") as file:
            file.write(text.format(folder=self.folder, host=self.host, port=self.collector.port,
                                   refused=self.refused))
        os.replace(f"{self.folder}/rules.new", f"{self.folder}/rules")

    def generate(self, messages, rate, wait=True):
        process = self.processes.start(
            [f"{TOOLS}/generator", f"{self.folder}/log", "--messages", str(messages), "--first",
             str(self.sent), "--rate", str(rate), "--size", "200"], stdout=subprocess.DEVNULL)
        self.sent += messages
        if wait and process.wait(self.patience) != 0:
            raise Failure("the generator could not send" + self.said())
        return process

    def wait_until_calm(self):
        """Until the collector has the newest message, and one second more. The collector's notes
        begin anew, so that they do not fill the disk."""
        deadline = time.monotonic() + self.patience
        while not any(number == self.sent - 1 for number, _ in self.collector.arrivals()):
            self.must_live()
            if time.monotonic() > deadline:
                raise Failure(f"message {self.sent - 1} did not arrive" + self.said())
            time.sleep(0.1)
        time.sleep(1)
        os.truncate(f"{self.folder}/good/arrivals", 0)
        self.must_live()
        self.processes.forget_ended()

    def run(self, minutes, interval):
        """Turns for so long, or longer where the machine is slow: each third of the time has to go
        through all configurations. The readings."""
        self.start()
        readings = Readings(self.daemon.pid)
        end = threading.Event()
        watch = threading.Thread(target=readings.watch, args=(interval, end), daemon=True)
        watch.start()
        while (time.monotonic() < readings.begin + minutes * 60
               or self.turns < FEWEST_PASSES * len(RULES)):
            self.turn(flood=2000)
            readings.take()
        end.set()
        watch.join()
        self.end()
        return readings

    def run_in_valgrind(self, passes):
        """Each pass is one turn with each configuration."""
        self.start()
        for _ in range(passes * len(RULES)):
            self.turn(flood=100)
        self.end()
        return self.held_bytes()
