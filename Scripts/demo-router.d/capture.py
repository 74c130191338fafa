"""What crossed the virtual cable, as qemu wrote it down."""

import struct

import peer
from peer import Broken

# Types of TLS records (RFC 8446, section 5.1).
RECORDS = {20: "change_cipher_spec", 21: "alert", 22: "handshake", 23: "application data"}


def packets(path):
    """The Ethernet frames of a file of the format pcap."""
    data = peer.text(path)
    if len(data) < 24 or struct.unpack_from("<I", data)[0] != 0xA1B2C3D4:
        raise Broken("qemu wrote no capture")
    position = 24
    while position + 16 <= len(data):
        size = struct.unpack_from("<I", data, position + 8)[0]
        yield data[position + 16:position + 16 + size]
        position += 16 + size


def streams(path, port):
    """The bytes of each TCP connection to a port, in both directions, without repetitions."""
    found = {}
    for frame in packets(path):
        if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        head = 14 + (frame[14] & 15) * 4
        source, target, sequence = struct.unpack_from(">HHI", frame, head)
        if port not in (source, target):
            continue
        end = 14 + struct.unpack_from(">H", frame, 16)[0]
        body = frame[head + (frame[head + 12] >> 4) * 4:end]
        if frame[head + 13] & 2:  # SYN
            # A later connection of the same port is another one.
            found[source, target, sequence] = (sequence + 1, {})
        elif body:
            keys = [key for key in found if key[:2] == (source, target)]
            if not keys:
                raise Broken("a connection without a beginning was captured")
            first, parts = found[keys[-1]]
            offset = (sequence - first) & 0xFFFFFFFF
            # What is sent again may be longer.
            if len(body) > len(parts.get(offset, b"")):
                parts[offset] = body
    return [joined(parts) for _, parts in found.values()]


def joined(parts):
    data = b""
    for offset in sorted(parts):
        if offset > len(data):
            raise Broken("the capture of a connection has a hole")
        data += parts[offset][len(data) - offset:]
    return data


def records(stream):
    """How many TLS records of each type. Throws if anything else is in the stream."""
    counts, position = {}, 0
    while position + 5 <= len(stream):
        kind, version, size = struct.unpack_from(">BHH", stream, position)
        if kind not in RECORDS or version >> 8 != 3:
            raise Broken(f"this is no TLS: {stream[position:position + 40]!r}")
        counts[RECORDS[kind]] = counts.get(RECORDS[kind], 0) + 1
        position += 5 + size
    return counts
