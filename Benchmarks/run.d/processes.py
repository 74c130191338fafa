"""The processes that a benchmark starts, and what the kernel knows of them."""

import os
import re
import subprocess
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """A run that could not be made; its text is for the reader of the table."""


class Processes:
    """The processes that this program started: only these are ever ended, each by its id."""

    def __init__(self):
        self.running = []
        self.ended = False

    def start(self, arguments, **options):
        if self.ended:
            raise Failure("it was interrupted")
        process = subprocess.Popen(arguments, **{"stdin": subprocess.DEVNULL, **options})
        self.running.append(process)
        return process

    def stop(self, process, patience=5):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.running:
            self.running.remove(process)

    def forget_ended(self):
        self.running = [process for process in self.running if process.poll() is None]

    def stop_all(self):
        for process in list(self.running):
            self.stop(process, patience=1)

    def end(self):
        """Stops all, and starts no more, whichever thread wants to."""
        self.ended = True
        for process in list(self.running):
            if process.poll() is None:
                process.terminate()
        self.stop_all()


PROCESSES = Processes()


# --- What the kernel knows of a process ----------------------------------------------------------


def cpu_seconds(pid):
    """User and system time of all threads, those that have ended included."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def status_kb(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(rf"^{name}:\s+(\d+) kB", file.read(), re.MULTILINE)[1])


def private_kb(pid):
    """Memory that is its own and cannot be dropped: whether other processes happen to map the
    same library files makes no difference."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Private_Dirty:\s+(\d+) kB", file.read(), re.MULTILINE)[1])


def wait_until_idle(pid, deadline):
    """Returns when the process has used no CPU time for half a second."""
    before, since = cpu_seconds(pid), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.05)
        after = cpu_seconds(pid)
        if after != before:
            before, since = after, time.monotonic()
        elif time.monotonic() - since > 0.5:
            return
    raise Failure("the forwarder did not come to rest")
