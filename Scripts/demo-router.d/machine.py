"""The virtual router: qemu, its network cable, and a shell inside."""

import json
import os
import select
import socket
import subprocess
import time

import peer
from peer import Broken


class Line:
    """A socket of qemu's, read line by line with a deadline."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.buffer = b""

    def send(self, text):
        self.socket.sendall(text.encode() + b"\n")

    def _more(self, what, end):
        ready, _, _ = select.select([self.socket], [], [], max(0, end - time.monotonic()))
        data = self.socket.recv(65536) if ready else None
        if not data:
            raise Broken(what + (": the machine has ended" if ready else ": no answer in time"))
        self.buffer += data

    def line(self, what, end):
        while b"\n" not in self.buffer:
            self._more(what, end)
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line

    def bytes(self, what, count, end):
        while len(self.buffer) < count:
            self._more(what, end)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data


class Machine:
    """One boot of the router; `stop` ends it."""

    def __init__(self, board, folder, kernel, initramfs):
        self.folder, self.console = folder, folder + "/console"
        self.capture = folder + "/network.pcap"
        control, monitor = folder + "/control.socket", folder + "/monitor.socket"
        words = [
            board.qemu, *board.machine, "-smp", "1", "-m", "256", "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-kernel", kernel, "-initrd", initramfs,
            "-append", f"console={board.console} loglevel=4 panic=-1",
            "-serial", "file:" + self.console,
            "-netdev", "user,id=cable", "-device", f"virtio-net-{board.bus},netdev=cable",
            "-object", f"filter-dump,id=capture,netdev=cable,file={self.capture}",
            "-device", f"virtio-serial-{board.bus}",
            "-chardev", f"socket,id=control,path={control},server=on,wait=off",
            "-device", "virtserialport,chardev=control",
            "-qmp", f"unix:{monitor},server=on,wait=off"]
        self.errors = folder + "/qemu.errors"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        self.control = self.connected(control)
        self.monitor = self.connected(monitor)
        self.monitor.line("qemu's greeting", time.monotonic() + peer.DEADLINE)
        self.order("qmp_capabilities")

    def connected(self, path):
        def attempt():
            if self.process.poll() is not None:
                raise Broken("qemu ended: " + peer.text(self.errors).decode()[-300:])
            try:
                return Line(path)
            except OSError:
                return None
        return peer.wait("qemu opens " + os.path.basename(path), attempt)

    def order(self, name, /, **arguments):
        """One command of QMP."""
        end = time.monotonic() + peer.DEADLINE
        self.monitor.send(json.dumps({"execute": name, "arguments": arguments}))
        while True:
            answer = json.loads(self.monitor.line(name, end))
            if "error" in answer:
                raise Broken(f"qemu's {name}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def plug(self, is_in):
        """Puts the network cable in, or pulls it out; until the router's kernel has noticed."""
        self.order("set_link", name="cable", up=is_in)
        aim = "1" if is_in else "0"
        self.until("the kernel notices the cable",
                   lambda: self.run("cat /sys/class/net/eth0/carrier").strip() == aim)

    def attempt(self, command, seconds=peer.DEADLINE):
        """Runs a line of shell inside; its exit status and what it wrote."""
        end = time.monotonic() + seconds
        self.control.send(command)
        status, count = self.control.line(command, end).split()
        return int(status), self.control.bytes(command, int(count), end).decode("utf-8", "replace")

    def run(self, command, seconds=peer.DEADLINE):
        """The same of a line that has to succeed."""
        status, words = self.attempt(command, seconds)
        if status != 0:
            raise Broken(f"in the router, status {status} of {command}: {words[-300:]}")
        return words

    def until(self, what, condition, seconds=peer.DEADLINE):
        return peer.wait(what, condition, seconds)

    def said(self):
        """What was written to its console so far."""
        return peer.text(self.console).decode("utf-8", "replace").replace("\r", "")

    def stop(self):
        peer.end(self.process)
