"""What a daemon holds: descriptors, private memory and threads, and whether that grows."""

import os
import time

from processes import private_kb

# The heap has gaps.
LARGEST_GROWTH = {"descriptors": 0, "private KB": 128, "threads": 0}
FEWEST = 3


class Readings:
    def __init__(self, pid):
        self.pid = pid
        self.begin = time.monotonic()
        self.rows = []  # (seconds, {name: value})

    def take(self):
        self.rows.append((time.monotonic() - self.begin, {
            "descriptors": len(os.listdir(f"/proc/{self.pid}/fd")),
            "private KB": private_kb(self.pid),
            "threads": threads(self.pid),
        }))

    def watch(self, interval, end):
        """Every few seconds until the event."""
        while not end.wait(interval):
            try:
                self.take()
            except OSError:  # the process has ended, which its owner sees
                return

    def third(self, number):
        """The readings of a third of the whole time; the first is the warm-up."""
        length = self.rows[-1][0] / 3
        return [row for seconds, row in self.rows
                if number * length < seconds <= (number + 1) * length]

    def summary(self):
        """For each name the lowest and the highest value of the last two thirds."""
        parts = [self.third(1), self.third(2)]
        return {name: [(min(row[name] for row in part), max(row[name] for row in part))
                       for part in parts] for name in LARGEST_GROWTH}

    def complaints(self):
        if min(len(self.third(1)), len(self.third(2))) < FEWEST:
            return [f"fewer than {FEWEST} readings in a third: give it more minutes"]
        found = []
        for name, ((before, _), (after, _)) in self.summary().items():
            if after > before + LARGEST_GROWTH[name]:
                found.append(f"{name} grew from {before} to {after}")
        return found


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))
