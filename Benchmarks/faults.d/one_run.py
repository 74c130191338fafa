"""One run of one sender through one fault, from its network to the figures."""

import os
import shutil
import subprocess
import tempfile
import time

import senders
from collector import Collector
from contenders import TOOLS
from network import FAR, Network
from processes import Failure, Processes

PORT = 6514
SIZE = 200  # bytes of a message
PATIENCE = 60  # seconds after a fault
FRESH = 0.1  # seconds from the log to the collector
NEVER = float("inf")

RUNNING = []  # the trials that have processes


def stop_all():
    for trial in list(RUNNING):
        trial.close()


class Trial:
    def __init__(self, name, case, seed, certificates, keep=None):
        self.name, self.case, self.seed = name, case, seed
        self.processes = Processes()
        RUNNING.append(self)
        self.folder = tempfile.mkdtemp(prefix="syslogd-faults.", dir=keep)
        self.keep = keep
        for file in os.listdir(certificates):
            shutil.copy(f"{certificates}/{file}", self.folder)
        self.network = Network(self.processes, seed)
        self.collector = Collector(self.folder, FAR, PORT, self.network.far, self.processes)

    def run(self):
        try:
            self.collector.start()
            self.start_sender()
            return self.measure()
        finally:
            self.close()

    def close(self):
        if self in RUNNING:
            RUNNING.remove(self)
        self.processes.end()
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start_sender(self):
        words = senders.command(self.name, self.folder, PORT, FAR)
        with open(f"{self.folder}/output", "wb") as output:
            self.sender = self.processes.start(
                [*self.network.near, *words], stdout=output, stderr=output)
        deadline = time.monotonic() + 20
        while not os.path.exists(f"{self.folder}/log"):
            if self.sender.poll() is not None or time.monotonic() > deadline:
                raise Failure(open(f"{self.folder}/output", errors="replace").read()[:600])
            time.sleep(0.02)
        time.sleep(1.5)

    def measure(self):
        case = self.case
        begin = time.monotonic()
        generator = self.processes.start(
            [f"{TOOLS}/generator", f"{self.folder}/log", "--messages", str(case.messages),
             "--size", str(SIZE), "--rate", str(case.rate)], stdout=subprocess.DEVNULL)
        time.sleep(begin + case.before - time.monotonic())
        case.act(self, case)
        ended = time.monotonic()
        generator.wait(max(begin + case.messages / case.rate - ended, 0) + PATIENCE)
        self.wait_until_quiet(begin, ended)
        return self.figures(begin, ended)

    def wait_until_quiet(self, begin, ended):
        """Until all has arrived or nothing more does, and at most for the time of patience."""
        deadline = max(ended, time.monotonic()) + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.5)
            arrivals = self.collector.arrivals()
            quiet = time.monotonic() - max([ended] + [at for _, at in arrivals[-1:]])
            caught_up = self.caught_up(arrivals, begin, ended)
            if quiet > 3 and caught_up != NEVER:
                return

    def caught_up(self, arrivals, begin, ended):
        """Seconds from the end of the fault until a message that was logged after it arrived at
        once, or until none was missing."""
        logged = ((begin + number / self.case.rate, at) for number, at in arrivals)
        fresh = min((at for then, at in logged if then > ended and at - then < FRESH),
                    default=NEVER)
        first = first_arrivals(arrivals)
        complete = max([ended, *first.values()]) if len(first) == self.case.messages else NEVER
        return min(fresh, complete) - ended

    def figures(self, begin, ended):
        arrivals = self.collector.arrivals()
        first = first_arrivals(arrivals)
        highest, disorder = -1, 0
        for number in first:  # in the order of their arrival
            disorder += number < highest
            highest = max(highest, number)
        return {"lost": self.case.messages - len(first), "twice": len(arrivals) - len(first),
                "seconds": self.caught_up(arrivals, begin, ended), "disorder": disorder,
                "explained": self.explained_copies(), "unread": self.most_unread()}

    def most_unread(self):
        """The most messages whose bytes were acknowledged but not read when the collector ended a
        connection, or not read to the end. Nothing tells a sender of these."""
        read = self.collector.bytes_read()
        ended = self.network.connections()[:-1]
        unread = sum(max(at["acked"] - read.get(at["port"], 0), 0) for at in ended)
        return -(-unread // SIZE) + len(ended)

    def explained_copies(self):
        """The most messages that can have been sent again because nothing told the sender that
        they had arrived: what was not acknowledged and, on TCP in clear, the first one of a
        connection that ended at once."""
        connections = self.network.connections()
        total = sum(at["unknown"] for at in connections)
        return -(-total // SIZE) + (len(connections) - 1 if self.name == "tcp" else 0)


def first_arrivals(arrivals):
    first = {}
    for number, at in arrivals:
        first.setdefault(number, at)
    return first
