#!/usr/bin/env python3
"""Runs programs that log and writes down what arrives at /dev/log (Scripts/record-forms).

    recorder.py RELEASE ZONE TABLE     inside a chroot that has a /dev, /run and host name of its own
"""

import datetime
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time

from forms import FORMS

LIMIT = 20  # seconds for what takes one or two
STAMP = re.compile(rb"\d\d:\d\d:(\d\d)")


class Failure(Exception):
    """Something that was expected did not come."""


def listen(path):
    """A datagram socket that also says who sends."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.unlink(path)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    server.bind(path)
    os.chmod(path, 0o666)
    return server


def receive(server, deadline):
    """The bytes, the sender's process id and the time; None at the deadline."""
    server.settimeout(max(0.001, deadline - time.monotonic()))
    try:
        data, ancillary, _, _ = server.recvmsg(65536, 256)
    except TimeoutError:
        return None
    process = struct.unpack("3i", ancillary[0][2][:12])[0]
    return data, process, datetime.datetime.now(datetime.timezone.utc)


def versions(packages):
    """`NAME VERSION` of each, as dpkg has them."""
    said = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${Version}, ", *packages], check=True,
        capture_output=True, text=True).stdout
    return said.removesuffix(", ")


def escaped(data):
    """ASCII on one line, which `bytes` in a table of ours is."""
    out = []
    for byte in data:
        if byte == 0x0A:
            out.append("\\n")
        elif byte == 0x5C:
            out.append("\\\\")
        elif 0x20 <= byte < 0x7F:
            out.append(chr(byte))
        else:
            out.append(f"\\x{byte:02x}")
    return "".join(out)


def second_of(data, received):
    """When the message was written: as received, or a second earlier when its own time says so."""
    found = STAMP.search(data[:48])
    for back in (0, 1):
        moment = received - datetime.timedelta(seconds=back)
        if found is None or int(found.group(1)) == moment.second:
            return moment.replace(microsecond=0)
    raise Failure(f"{data!r} was received at {received}")


def process_of(form, sender):
    """What PROCID must be; "file" says that another sends for the program, which wrote its own."""
    kind = form.get("procid", "-")
    if kind == "file":
        with open("/forms/pid", encoding="ascii") as file:
            return file.read().strip()
    return str(sender) if kind == "pid" else kind


def row(form, data, process, received):
    """The lines of one entry. What must come of it is known from the form, not read from it."""
    text = data.rstrip(b"\n\0")
    begin = form.get("begin", form["pick"]).encode()
    # From the right where a tag can have the same beginning.
    start = text.find(begin) if form.get("first", True) else text.rfind(begin)
    utc = "%Y-%m-%dT%H:%M:%SZ"
    fields = {
        "from": form["by"] + (f" ({versions(form['packages'])})" if form["packages"] else ""),
        "received": received.strftime(utc),
        "bytes": escaped(data),
        "time": form.get("time") or second_of(data, received).strftime(utc),
        "host": form.get("host", "own"),
        "app": form["app"],
        "procid": process_of(form, process),
        "msgid": form.get("msgid", "-"),
        "msg": escaped(text[start:]),
    }
    return f"[{form['name']}]\n" + "".join(f"{key}: {value}\n" for key, value in fields.items())


def record(form, zone):
    """Runs the program until the message that is looked for has come."""
    server = listen(form.get("socket", "/dev/log"))
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
        "LC_ALL": "C.UTF-8", "TZ": zone, "USER": "root", "LOGNAME": "root",
    }
    with open("/forms/said", "wb") as said:
        child = subprocess.Popen(
            ["/bin/sh", "-ec", form["run"]], cwd="/forms", env=environment,
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
    others = []
    deadline = time.monotonic() + LIMIT
    try:
        while True:
            got = receive(server, deadline)
            if got is None:
                with open("/forms/said", "rb") as said:
                    raise Failure(f"{form['name']}: {others!r}\n{said.read()!r}")
            if form["pick"].encode() in got[0]:
                return row(form, *got)
            others.append(got[0])
    finally:
        server.close()
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()


def main():
    release, zone, table = sys.argv[1:]
    only = os.environ.get("FORMS", "").split()
    failed = 0
    with open(table, "w", encoding="ascii") as file:
        for form in FORMS:
            if form["release"] != release or (only and form["name"] not in only):
                continue
            try:
                file.write(record(form, zone) + "\n")
            except Failure as failure:
                print(f"record-forms: {failure}", file=sys.stderr)
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
