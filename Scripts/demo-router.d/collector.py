"""The collector on this machine: Debian's rsyslogd, with a self-signed RSA key as in the talk."""

import re
import socket
import subprocess

import peer
from peer import Broken

PORT = 6514
CONFIGURATION = """
global(workDirectory="{folder}" defaultNetstreamDriver="ossl"
       defaultNetstreamDriverCAFile="{folder}/collector.crt"
       defaultNetstreamDriverCertFile="{folder}/collector.crt"
       defaultNetstreamDriverKeyFile="{folder}/collector.key"
       parser.escapeControlCharactersOnReceive="off")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" address="127.0.0.1" port="{port}")
*.* action(type="omfile" file="{folder}/collector.log" template="RSYSLOG_FileFormat")
"""
# A time, the router's name, a tag, perhaps with the sender's number, and the message.
LINE = re.compile(r"\S+ router (\w[\w.-]*)(?:\[\d+\])?:? (.*)")


class Collector:
    """Writes what arrives to a file; `stop` and `start` at will, on the same port."""

    def __init__(self, folder):
        self.folder = folder
        self.path, self.output = folder + "/collector.log", folder + "/collector.out"
        self.port = free_port()
        self.process = None
        peer.identity(folder, "collector", 2, "rsa:2048")
        peer.identity(folder, "stranger", 2, "rsa:2048")
        self.start()

    def start(self):
        with open(self.folder + "/collector.conf", "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(folder=self.folder, port=self.port))
        with open(self.output, "ab") as output:
            self.process = subprocess.Popen(
                ["/usr/sbin/rsyslogd", "-n", "-f", self.folder + "/collector.conf", "-i",
                 self.folder + "/collector.pid"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        peer.wait("rsyslogd listens", self.listens)

    def listens(self):
        if self.process.poll() is not None:
            raise Broken("rsyslogd ended: " + self.said()[-300:])
        return f"0100007F:{self.port:04X} 00000000:0000 0A" in peer.text("/proc/net/tcp").decode()

    def said(self):
        return peer.text(self.output).decode("utf-8", "replace")

    def log(self):
        return peer.text(self.path).decode("utf-8", "replace")

    def messages(self, tag=""):
        """What arrived with this tag, or with any, in order."""
        found = (LINE.fullmatch(line) for line in self.log().splitlines())
        return [match[2] for match in found if match and tag in ("", match[1])]

    def expect(self, tag, texts, may_repeat=False):
        """All of `texts`, each once and in order, and nothing else with this tag; returns how many
        arrived again, if they may."""
        count = len(texts)
        kind = set if may_repeat else list
        peer.wait(f"{count} messages of '{tag}' at the collector",
                  lambda: len(kind(self.messages(tag))) >= count)
        arrived = self.messages(tag)
        repeated = 0
        if may_repeat:
            first = list(dict.fromkeys(arrived))
            repeated, arrived = len(arrived) - len(first), first
        for index, text in enumerate(texts):
            if arrived[index] != text:
                raise Broken(f"'{arrived[index]}' arrived in the place of '{text}'")
        if len(arrived) != count:
            raise Broken(f"{len(arrived)} messages of '{tag}' arrived, not {count}")
        return repeated

    def stop(self):
        peer.end(self.process)


def free_port():
    """That of syslog over TLS if nobody has it, else any."""
    for port in (PORT, 0):
        with socket.socket() as chosen:
            # As servers do: what is in TIME_WAIT does not count.
            chosen.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                chosen.bind(("127.0.0.1", port))
            except OSError:
                continue
            return chosen.getsockname()[1]
    raise Broken("no port is free on 127.0.0.1")


def version():
    words = subprocess.run(
        ["/usr/sbin/rsyslogd", "-v"], check=True, capture_output=True, text=True).stdout
    return words.partition(" (")[0].replace("  ", " ")
