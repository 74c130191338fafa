"""A TLS 1.2 server that needs no key and understands no certificate: it presents a chain, and a
false signature. A policy has judged the chain before the signature is looked at.
"""
import os
import struct

def recv_exact(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError("closed")
        data += part
    return data


def recv_handshake(sock):
    data = b""
    while True:
        kind, _, length = struct.unpack("!BHH", recv_exact(sock, 5))
        body = recv_exact(sock, length)
        if kind != 22:
            raise EOFError(f"record {kind}")
        data += body
        if len(data) >= 4 and len(data) >= 4 + int.from_bytes(data[1:4], "big"):
            return data


def vector(data, size):
    return len(data).to_bytes(size, "big") + data


def handshake(kind, body):
    return bytes([kind]) + vector(body, 3)


def records(data):
    return b"".join(b"\x16\x03\x03" + vector(data[i:i + 16000], 2)
                    for i in range(0, len(data), 16000))


P256 = bytes.fromhex(  # the generator of P-256: anybody's public key
    "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"
    "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")


def raw_server(sock, chain):
    hello = recv_handshake(sock)
    session = 4 + 2 + 32
    place = session + 1 + hello[session]
    suites_length = int.from_bytes(hello[place:place + 2], "big")
    place += 2 + suites_length
    place += 1 + hello[place]
    extensions, offered = hello[place + 2:], set()
    while len(extensions) >= 4:
        kind, length = struct.unpack("!HH", extensions[:4])
        offered.add(kind)
        extensions = extensions[4 + length:]
    # 1.2.840.10045.2.1 in the leaf: an EC key
    is_ec = bytes.fromhex("06072A8648CE3D0201") in chain[0]
    suite, algorithm = (0xC02B, 0x0403) if is_ec else (0xC02F, 0x0401)
    answer = b"\xff\x01\x00\x01\x00"
    if 23 in offered:
        answer += b"\x00\x17\x00\x00"
    if 11 in offered:
        answer += b"\x00\x0b\x00\x02\x01\x00"
    server_hello = b"\x03\x03" + os.urandom(32) + b"\x00" + struct.pack("!HB", suite, 0)
    server_hello += vector(answer, 2)
    certificates = vector(b"".join(vector(der, 3) for der in chain), 3)
    signature = os.urandom(256)
    if is_ec:
        signature = bytes.fromhex("3044022011" + "22" * 31 + "0220" + "33" * 32)
    exchange = b"\x03\x00\x17" + vector(P256, 1) + struct.pack("!H", algorithm)
    exchange += vector(signature, 2)
    flight = handshake(2, server_hello) + handshake(11, certificates)
    flight += handshake(12, exchange) + handshake(14, b"")
    sock.sendall(records(flight))
    while sock.recv(4096):
        pass
