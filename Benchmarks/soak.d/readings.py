"""What a daemon holds: descriptors, private memory and threads, and whether that grows."""

import os
import time

from processes import private_kb

MEMORY = "private KB"
# The heap has gaps; and in a short run the moment with the fewest connections may not be met.
LARGEST_GROWTH = {"descriptors": 1, MEMORY: 256, "threads": 1}
FEWEST = 3


class Readings:
    def __init__(self, pid):
        self.pid = pid
        self.begin = time.monotonic()
        self.rows = []  # (seconds, {name: value})

    def take(self):
        self.rows.append((time.monotonic() - self.begin, {
            "descriptors": len(os.listdir(f"/proc/{self.pid}/fd")),
            MEMORY: private_kb(self.pid),
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
        for name, ((low, high), (low_after, high_after)) in self.summary().items():
            grown = low_after > low + LARGEST_GROWTH[name]
            if name == MEMORY:
                grown = grown and high_after > high + LARGEST_GROWTH[name]
            if grown:
                found.append(f"{name} grew from {low} to {low_after}")
        return found

    def keeps_memory(self):
        """Whether the lowest reading is near the highest, so that nothing was given back."""
        low, high = self.summary()[MEMORY][1]
        return high - low < low // 4


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))
