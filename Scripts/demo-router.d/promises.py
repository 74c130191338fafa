"""What `make demo-router` shows: one function for each promise, which throws if it is not kept and
returns what there was to see. They run in this order, in one boot."""

import re

import capture
import peer
import sandbox
from peer import Broken

# Seconds until the shell answers; an idle machine takes two to five.
BOOT = 150
PINNED = "-d -c/var/tmp/pubkey.pem"


def talk(host, pin="pubkey"):
    """The command line of the talk."""
    return (f"/sbin/syslogd -t -l7 -f/var/tmp/syslog.conf -s200 -R 10.0.2.2:{host.port} "
            f"-d -c/var/tmp/{pin}.pem")


def stop(router):
    """Ends the daemon that runs, as an init does, and waits until it is gone."""
    # None is there if a promise before this one was not kept.
    router.attempt("kill $(cat /var/run/syslogd.pid)")
    router.until("syslogd ends", lambda: router.attempt("pidof syslogd")[0] != 0)


def numbered(what, first, last):
    return [f"{what} {number}" for number in range(first, last + 1)]


def log(router, tag, what, first, last):
    """Numbered messages, by one logger."""
    router.run(f"seq {first} {last} | sed 's/^/{what} /' | logger -t {tag}")


def boot_messages(router, host):
    """the messages of the boot arrive"""
    sent = [line for line in router.run("cat /tmp/boot").splitlines() if line]
    host.expect("boot", sent)
    version = next(line for line in sent if "Linux version" in line)
    return f"{len(sent)} messages of the boot arrived over TLS, in order: {version[:48]}..."


def test_messages(router, host):
    """two test messages arrive"""
    router.run("logger -t test first test message; logger -t test second test message")
    host.expect("test", ["first test message", "second test message"])
    return "two test messages of logger arrived"


def short_cut(router, host):
    """nothing is lost while the cable is out for a moment"""
    log(router, "short", "short cut, message", 1, 300)
    host.expect("short", numbered("short cut, message", 1, 300))
    router.plug(False)
    log(router, "short", "short cut, message", 301, 600)
    crossed = len(host.messages("short")) - 300
    if crossed:
        raise Broken(f"{crossed} messages arrived without a cable")
    router.plug(True)
    log(router, "short", "short cut, message", 601, 900)
    host.expect("short", numbered("short cut, message", 1, 900))
    return "cable out and in: messages 1 to 900 arrived, each once and in order"


def long_cut(router, host):
    """nothing is lost when the cable is out until the connection is given up"""
    stop(router)
    router.run(f"{talk(host)} --user-timeout 3")
    log(router, "long", "long cut, message", 1, 300)
    host.expect("long", numbered("long cut, message", 1, 300))
    before = len(router.said())
    router.plug(False)
    log(router, "long", "long cut, message", 301, 600)
    router.until("syslogd gives the connection up",
                 lambda: "next attempt" in router.said()[before:])
    router.plug(True)
    log(router, "long", "long cut, message", 601, 900)
    # A packet that was on its way when the cable was pulled may be carried out later.
    again = host.expect("long", numbered("long cut, message", 1, 900), may_repeat=True)
    reason = re.search(r"remote \S+: (.*?); next attempt", router.said()[before:])
    return (f"cable out until the connection is lost ({reason[1] if reason else '?'}): messages 1 "
            f"to 900 arrived in order, {again} of them twice")


def wrong_pin(router, host):
    """a collector with another key gets nothing"""
    stop(router)
    before, heard = len(router.said()), len(host.said())
    router.run(talk(host, "stranger"))
    router.run("logger -t pin this is for nobody")
    router.until("a line about the pin", lambda: "match" in router.said()[before:])
    router.until("an alert at the collector", lambda: "alert" in host.said()[heard:])
    stop(router)
    # It arrives behind anything that was sent before it.
    router.run(talk(host))
    router.run("logger -t pin this is for the collector")
    host.expect("pin", ["this is for the collector"])
    line = next(line for line in router.said()[before:].splitlines() if "match" in line)
    return "with another key's pin nothing arrived, and the console says why: " + line.partition(
        "syslogd: ")[2][:170]


def logread(router, host):
    """logread reads the ring of -C"""
    stop(router)
    router.run(f"{talk(host)} -C64 -L -f/dev/null")
    log(router, "ring", "ring message", 1, 50)
    host.expect("ring", numbered("ring message", 1, 50))
    lines = [line.partition("ring: ")[2] for line in router.run("logread").splitlines()
             if "ring: " in line]
    if lines != numbered("ring message", 1, 50):
        raise Broken(f"logread has {len(lines)} of 50 lines")
    stop(router)
    return "with -C64, BusyBox's logread shows the 50 messages that arrived as well"


def memory(router, host):
    """the memory of syslogd, while it forwards"""
    count = 10000
    router.run(talk(host))
    router.run("logger -t memory begin")
    host.expect("memory", ["begin"])
    idle = resident(router)
    log(router, "memory", "a message of the usual length, with a number:", 1, count)
    host.expect("memory", ["begin", *numbered("a message of the usual length, with a number:", 1,
                                              count)])
    busy = resident(router)
    stop(router)
    return f"memory, connected: {idle}; after {count:,} messages, all of which arrived: {busy}"


def resident(router):
    """In kB. RSS has the program's own pages, too; what is anonymous is what it takes beside them.
    The kernel counts both anew for smaps_rollup; for status it is late by up to 64 pages."""
    words = router.run("cd /proc/$(cat /var/run/syslogd.pid); cat status smaps_rollup; cd /")
    values = [re.search(rf"^{name}:\s*(\d+) kB", words, re.MULTILINE)
              for name in ("VmSize", "Rss", "Anonymous")]
    if not all(values):
        raise Broken("/proc does not say how much memory syslogd has")
    return "VSZ {} kB, RSS {} kB, of it anonymous {} kB".format(*(value[1] for value in values))


def captured(router, host):
    """the capture of the virtual network has no text of a message"""
    peer.wait("the packet with the text of the control in the capture",
              lambda: sandbox.CONTROL.encode() in peer.text(router.capture))
    data = peer.text(router.capture)
    texts = {text.strip().encode() for text in host.messages()} | {b"this is for nobody"}
    # That one went both ways.
    texts = {text for text in texts if len(text) > 10} - {sandbox.CONTROL.encode()}
    seen = [text for text in texts if text in data]
    if seen:
        raise Broken(f"{len(seen)} texts can be read on the network: {seen[0]!r}")
    counts = {}
    connections = capture.streams(router.capture, host.port)
    for stream in connections:
        for kind, number in capture.records(stream).items():
            counts[kind] = counts.get(kind, 0) + number
    if not counts.get("application data"):
        raise Broken("the capture has no application data of TLS")
    return (f"the capture ({len(data):,} bytes) has none of {len(texts)} texts, but that of one "
            f"message over UDP; its {len(connections) // 2} connections are TLS records, "
            f"{counts['application data']} with application data")


ALL = (boot_messages, test_messages, short_cut, long_cut, wrong_pin, logread, sandbox.refused,
       sandbox.everything, sandbox.roots_folder, memory,
       captured)
