"""Scripts/demo-router --self-test: what it judges by, tried on what that has to refuse."""

import struct

import capture
import collector
import image
import peer
from peer import Broken

PORT = 6514
HELLO, DATA = b"\x16\x03\x01\x00\x02hi", b"\x17\x03\x03\x00\x03abc"


def frame(sequence, body, flags=16, port=PORT):
    head = bytes(12) + b"\x08\x00" + b"\x45\x00" + struct.pack(">H", 40 + len(body)) + bytes(5)
    head += b"\x06" + bytes(10) + struct.pack(">HHIIBB", 50000, port, sequence, 0, 80, flags)
    return head + bytes(6) + body


def counts(folder, *frames):
    """The records of what was captured, as the demonstration counts them."""
    path = folder + "/capture"
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for data in frames:
            file.write(struct.pack("<IIII", 0, 0, len(data), len(data)) + data)
    return [capture.records(stream) for stream in capture.streams(path, PORT)]


def refuses(what, act):
    try:
        act()
    except Broken:
        return
    raise Broken("accepted: " + what)


def captures(folder):
    begin = frame(99, b"", 2)
    whole = [{"handshake": 1, "application data": 1}]
    split = [frame(100, HELLO[:3]), frame(103, HELLO[3:] + DATA)]
    for name, frames in {
            "in two packets": split, "sent again": [*split, split[0]],
            "in another order": split[::-1],
            "and another port": [*split, frame(100, b"text", 16, 514)]}.items():
        if counts(folder, begin, *frames) != whole:
            raise Broken(f"TLS {name} is {counts(folder, begin, *frames)}")
    refuses("a text", lambda: counts(folder, begin, frame(100, b"<13>Nov 29 a text")))
    refuses("a text behind TLS", lambda: counts(folder, begin, frame(100, HELLO + b"<13>Nov 29")))
    refuses("a hole", lambda: counts(folder, begin, frame(100, HELLO), frame(110, DATA)))
    refuses("no beginning", lambda: counts(folder, frame(100, HELLO)))
    refuses("no capture", lambda: list(capture.packets(folder + "/nothing")))


class Arrived(collector.Collector):
    """With what is said to have arrived."""

    def __init__(self, folder, *texts):  # pylint: disable=super-init-not-called
        self.path = folder + "/log"
        with open(self.path, "w", encoding="ascii") as file:
            for text in texts:
                file.write(f"2026-11-29T21:00:00+00:00 router tag[7]: {text}\n")


def sequences(folder):
    texts = ["one", "two", "three"]
    Arrived(folder, *texts).expect("tag", texts)
    again = Arrived(folder, "one", "two", "one", "two", "three")
    if again.expect("tag", texts, may_repeat=True) != 2:
        raise Broken("two messages arrived twice, and were not counted")
    refuses("a message twice", lambda: again.expect("tag", texts))
    refuses("another order", lambda: Arrived(folder, "two", "one", "three").expect("tag", texts))
    refuses("one more", lambda: Arrived(folder, *texts, "four").expect("tag", texts))
    refuses("one less", lambda: Arrived(folder, *texts[:2], "two").expect("tag", texts))


def archives(_):
    """A head of 110 bytes, a name, the content, each up to a multiple of four."""
    archive = image.Initramfs()
    archive.file("a", b"hello")
    data = b"".join(archive.parts)
    if len(data) != 120 or data[:6] != b"070701" or data[110:] != b"a\0hello\0\0\0":
        raise Broken(f"a file in the archive is {data!r}")


def run():
    with peer.scratch() as folder:
        for test in (captures, sequences, archives):
            test(folder)
