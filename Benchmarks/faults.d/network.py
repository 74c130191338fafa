"""A pair of network namespaces with the wire between them, seen from the benchmark."""

import json
import os
import subprocess
import sys

from processes import Failure

WIRE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wire.py")
FAR = "10.77.0.2"


class Network:
    def __init__(self, processes, seed):
        self.process = processes.start(
            [sys.executable, "-B", WIRE, str(seed)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        descriptors = self.answer()
        self.near = self.prefix(descriptors["near"])
        self.far = self.prefix(descriptors["far"])

    def prefix(self, descriptor):
        """What precedes the command line of a process in that namespace."""
        return ["nsenter", f"--net=/proc/{self.process.pid}/fd/{descriptor}"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failure("the wire ended")
        return json.loads(line)

    def policy(self, **changes):
        """Returns once it is in force."""
        return self.order(changes)

    def connections(self):
        return self.order({"report": True})

    def order(self, what):
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        self.process.stdin.flush()
        return self.answer()

    def ip_near(self, words):
        """Runs `ip` where the sender is."""
        subprocess.run([*self.near, "ip", *words.split()], check=True)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
