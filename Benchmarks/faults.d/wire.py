#!/usr/bin/env python3
"""Two network namespaces, and the wire between them.

    wire.py SEED

Makes a namespace with the address 10.77.0.1 (near) and one with 10.77.0.2 (far), each with a TUN
device, and moves the packets between the two devices. The namespaces have no name and no other
device: they are gone when this process and those inside have ended. It ends when its standard
input is closed.

A line of JSON on standard input changes what happens to packets; a line is the answer.
    {"loss": 0.01}     drops each packet with this probability
    {"delay": 0.3}     seconds that each packet takes, in each direction
    {"reorder": 0.1}   delays each packet by 5 to 20 ms more with this probability
    {"drop": true}     drops everything
    {"largest": 1000}  drops larger packets and tells nobody
    {"reset": true}    ends the connection of the next data: both ends receive a RST, once
    {"report": true}   answers with what is not known of each connection
"""

import collections
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

NEAR, FAR = "10.77.0.1", "10.77.0.2"
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
CLEAN = {"loss": 0, "delay": 0, "reorder": 0, "drop": False, "largest": 1 << 16, "reset": False}
RST, SYN, ACK = 4, 2, 16
TLS_TYPES = (20, 21, 22, 23)
TURN = 64  # packets that are taken from one device in a row
MASK = 0xFFFFFFFF

Segment = collections.namedtuple("Segment", "source target seq ack flags data")


def make_namespace(address):
    """This process's namespace from now on: its descriptor, and that of its TUN device."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        sys.exit(f"wire: no network namespace: {os.strerror(ctypes.get_errno())}")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
    for words in ("link set lo up", f"addr add {address}/24 dev tun0",
                  "link set tun0 addrgenmode none", "link set tun0 up"):
        subprocess.run(["ip", *words.split()], check=True)
    return os.open("/proc/self/ns/net", os.O_RDONLY), tun


# --- Packets -------------------------------------------------------------------------------------


def segment(packet):
    """What is in a packet of TCP over IPv4; None for any other."""
    if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != 6:
        return None
    start = (packet[0] & 15) * 4
    source, target, seq, ack, words, flags = struct.unpack_from("!HHIIBB", packet, start)
    data = packet[start + (words >> 4) * 4:]
    return Segment((packet[12:16], source), (packet[16:20], target), seq, ack, flags, data)


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def reset_packet(source, target, seq):
    """A RST from one (address, port) to another."""
    tcp = struct.pack("!HHIIBBHHH", source[1], target[1], seq, 0, 5 << 4, RST, 0, 0, 0)
    pseudo = source[0] + target[0] + struct.pack("!HH", 6, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + source[0] + target[0]
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp


class Connection:
    """How far it got: what far received, and what near knows of that. Offsets count the bytes from
    near behind the SYN."""

    def __init__(self, port, first):
        self.port, self.first = port, first
        self.sent = self.acked = 0
        self.settled = 0  # the end of the last TLS record that is acknowledged as a whole
        self.ends = collections.deque()  # of the records behind that
        self.next = self.record = 0  # the offset that is expected; where the next record begins
        self.header = b""
        self.has_records = True

    def went(self, seq, data):
        begin = distance(self.first, seq)
        self.sent = max(self.sent, begin + len(data))
        if begin > self.next:
            self.has_records = False  # something is missing before it
        elif begin + len(data) > self.next and self.has_records:
            self.find_records(data[self.next - begin:])

    def find_records(self, data):
        end = self.next + len(data)
        while self.record < end:
            at = max(self.record - self.next, 0)
            self.header += data[at:at + 5 - len(self.header)]
            if len(self.header) < 5:
                break
            if self.header[0] not in TLS_TYPES:
                self.has_records = False
                return
            self.record += 5 + int.from_bytes(self.header[3:], "big")
            self.header = b""
            self.ends.append(self.record)
        self.next = end

    def acknowledged(self, ack):
        self.acked = max(self.acked, distance(self.first, ack))
        while self.ends and self.ends[0] <= self.acked:
            self.settled = self.ends.popleft()

    def report(self):
        """`unknown` are the bytes that far received and near does not know to have arrived. Of a
        TLS record near knows that when the whole record is acknowledged. `acked` are the bytes
        that near knows to have arrived, whether or not the collector has read them."""
        known = min(self.settled if self.has_records else self.acked, self.sent)
        return {"unknown": self.sent - known, "port": self.port, "acked": self.acked}


class Connections:
    def __init__(self):
        self.open = {}
        self.all = []

    def went(self, packet, from_near):
        what = segment(packet)
        if what is None:
            return
        key = (what.source, what.target) if from_near else (what.target, what.source)
        at = self.open.get(key)
        if from_near and what.flags & SYN and (at is None or at.first != what.seq):
            at = self.open[key] = Connection(what.source[1], what.seq)
            self.all.append(at)
        if at is None:
            return
        if not from_near:
            if what.flags & ACK and not what.flags & RST:
                at.acknowledged(what.ack)
        elif what.data:
            at.went(what.seq, what.data)


def distance(first, seq):
    """Bytes behind the first, the SYN not counted; what cannot be is 0."""
    bytes_behind = (seq - first - 1) & MASK
    return bytes_behind if bytes_behind < 1 << 31 else 0


# --- The wire ------------------------------------------------------------------------------------


class Wire:
    def __init__(self, near, far, seed):
        self.near, self.far = near, far
        self.random = random.Random(seed)
        self.policy = dict(CLEAN)
        self.waiting = []  # (when, number, device, packet)
        self.number = 0
        self.connections = Connections()

    def take(self, device):
        for _ in range(TURN):
            try:
                packet = os.read(device, 1 << 16)
            except OSError:  # nothing more, or the device is down
                return
            if packet[0] >> 4 == 4:
                self.judge(packet, self.far if device == self.near else self.near)

    def judge(self, packet, to):
        policy = self.policy
        if policy["drop"] or len(packet) > policy["largest"]:
            return
        if policy["loss"] and self.random.random() < policy["loss"]:
            return
        if policy["reset"] and to == self.far and self.reset(packet):
            return
        late = policy["delay"]
        if policy["reorder"] and self.random.random() < policy["reorder"]:
            late += self.random.uniform(0.005, 0.02)
        if late == 0 and not self.waiting:
            self.give(packet, to)
            return
        self.number += 1
        heapq.heappush(self.waiting, (time.monotonic() + late, self.number, to, packet))

    def give(self, packet, to):
        try:
            os.write(to, packet)
        except OSError:  # the device is down
            return
        self.connections.went(packet, from_near=to == self.far)

    def reset(self, packet):
        """In the place of the first packet with data, a RST goes to each end."""
        what = segment(packet)
        if what is None or not what.data:
            return False
        self.policy["reset"] = False
        self.give(reset_packet(what.source, what.target, what.seq), self.far)
        self.give(reset_packet(what.target, what.source, what.ack), self.near)
        return True

    def give_due(self):
        now = time.monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            _, _, to, packet = heapq.heappop(self.waiting)
            self.give(packet, to)

    def run(self):
        """Until standard input is closed."""
        poll = select.poll()
        for descriptor in (0, self.near, self.far):
            poll.register(descriptor, select.POLLIN)
        while True:
            left = None
            if self.waiting:
                left = max((self.waiting[0][0] - time.monotonic()) * 1000, 0)
            for descriptor, events in poll.poll(left):
                if descriptor != 0:
                    self.take(descriptor)
                elif not self.obey():
                    return
            self.give_due()

    def obey(self):
        line = sys.stdin.buffer.readline()
        if not line:
            return False
        order = json.loads(line)
        if "report" in order:
            print(json.dumps([at.report() for at in self.connections.all]), flush=True)
        else:
            self.policy.update(order)
            print("{}", flush=True)
        return True


def main():
    near, far = make_namespace(NEAR), make_namespace(FAR)
    print(json.dumps({"near": near[0], "far": far[0]}), flush=True)
    Wire(near[1], far[1], int(sys.argv[1])).run()


if __name__ == "__main__":
    main()
