#!/usr/bin/env python3
"""Drives `syslogd --check` through certificates that nobody here made.

  run.py SYSLOGD --cases FOLDER [--group G]... [--id GLOB]... [--known FILE] [--jobs N]
         [--json FILE] [--sample N] [--verbose] [--raw] [--clock now|fake]

FOLDER has cases as *.json.gz, from C2SP/x509-limbo and Netflix/bettertls: they are not a part of
this tree. Each is a TLS server on loopback that presents a chain, and one run of
`syslogd --check -R 127.0.0.1:PORT -d --ca FILE --server-name NAME [--crl FILE]`.

Verdicts: ACCEPT (the handshake was completed, or, where a case has no usable private key, every
check of the page is "ok"), REFUSE (with the product's last sentence), CRASH (a signal), HANG.

A case with a time runs with a preloaded clock (clock.c, built with cc), and its files get a
modification time of 1970. The product must be built with SOURCE_DATE_EPOCH=1 for times before its
clock floor; with an ordinary build those cases are skipped and counted.

Exit status 0 when nothing differs from the expected result but what FILE of --known lists, which is
the same for every library (known.tsv).
"""
import argparse
import base64
import collections
import concurrent.futures
import fnmatch
import gzip
import json
import os
import pathlib
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from known import compare_with_known, group, known_table, print_groups  # noqa: E402
from raw_server import raw_server  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
LIMIT = 90  # seconds of wall clock before a run is a HANG


def pem_der(pem):
    body = re.search(r"-----BEGIN [^-]+-----(.*?)-----END", pem, re.S).group(1)
    return base64.b64decode("".join(body.split()))


# MARK: one case

class Worker:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4)
        self.port = self.listener.getsockname()[1]

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        os.utime(path, (1, 1))
        return str(path)

    def context(self, case):
        """An ordinary TLS server, or None where it cannot have this certificate."""
        if not case.get("key") or self.options.raw:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.num_tickets = 0
        try:
            context.load_cert_chain(self.file("server.pem", "".join(case["chain"])),
                                    self.file("server.key", case["key"]))
        except (ssl.SSLError, OSError, ValueError):
            return None
        return context

    def serve(self, case, context, result):
        try:
            self.listener.settimeout(LIMIT)
            sock, _ = self.listener.accept()
        except OSError as error:
            result["server"] = f"accept: {error}"
            return
        with sock:
            sock.settimeout(LIMIT)
            try:
                if context is None:
                    raw_server(sock, [pem_der(pem) for pem in case["chain"]])
                else:
                    with context.wrap_socket(sock, server_side=True) as tls:
                        result["server"] = f"complete {tls.version()}"
            except (OSError, EOFError, ssl.SSLError) as error:
                result["server"] = str(error)[:100]

    def run(self, case):
        result = self.attempt(case, self.context(case))
        # The server's own library would not use its certificate: that says nothing about ours.
        if "the server sent alert" in result["reason"] and result["mode"] == "tls":
            result = self.attempt(case, None)
        return result

    def attempt(self, case, context):
        result = {"id": case["id"], "server": ""}
        result["mode"] = "tls" if context else "raw"
        command = [self.options.syslogd, "--check", "-f", "/dev/null", "-R",
                   f"127.0.0.1:{self.port}", "-d",
                   "--ca", self.file("ca.pem", "".join(case["trusted"])),
                   "--server-name", case["name"]]
        if case.get("crls"):
            command += ["--crl", self.file("crl.pem", "".join(case["crls"]))]
        environment = dict(os.environ, TZ="UTC", LC_ALL="C")
        if case.get("time") is not None and self.options.clock == "fake":
            environment["LD_PRELOAD"] = self.options.preload
            environment["CERTIFICATE_CLOCK"] = str(case["time"])
        thread = threading.Thread(target=self.serve, args=(case, context, result), daemon=True)
        with open(self.folder / "page", "w+b") as page:
            started = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=page,
                                       stderr=subprocess.STDOUT, env=environment,
                                       cwd=self.folder)
            thread.start()
            timer = threading.Timer(LIMIT, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = 0
            result["wall"] = round(time.monotonic() - started, 3)
            result["cpu"] = round(usage.ru_utime + usage.ru_stime, 3)
            if result["server"] == "" and thread.is_alive():
                thread.join(0.5)
                if thread.is_alive():
                    # It never connected: a refusal of the options or files.
                    try:
                        socket.create_connection(("127.0.0.1", self.port), 1).close()
                    except OSError:
                        pass
            thread.join(5)
            page.seek(0)
            text = page.read().decode("utf-8", "replace")
        self.read(case, result, text, status)
        return result

    def read(self, case, result, text, status):
        entries, last = {}, ""
        for line in text.split("\n"):
            if line.startswith("  ") and line[2:3] not in (" ", ""):
                label = line[2:14].strip() if len(line) > 14 and line[13] == " " else line[2:]
                entries[label] = line[14:].strip()
                current = label
            elif line.startswith(" " * 14) and entries:
                entries[current] += " " + line.strip()
            elif line:
                last = line
        result["page"] = {k: entries[k] for k in ("negotiated", "chain", "revocation", "name")
                          if k in entries}
        result["reason"] = re.sub(r"^remote 127\.0\.0\.1:\d+: ", "", last)
        result["reason"] = result["reason"].replace(str(self.folder), "DIR")
        parts = [entries[k] for k in ("chain", "revocation", "name") if k in entries]
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            hung = number == signal.SIGKILL and result["wall"] >= LIMIT - 1
            result["verdict"] = "HANG" if hung else "CRASH"
            result["reason"] = signal.Signals(number).name + " " + result["reason"]
        elif "before" in result["reason"] and "the clock stands at" in result["reason"]:
            result["verdict"] = "SKIP"
        elif result["mode"] == "tls":
            result["verdict"] = "ACCEPT" if "negotiated" in entries else "REFUSE"
        else:
            # The false signature, at which the library stops when the policy has not.
            sound = len(parts) >= 2 and all(part.startswith("ok") for part in parts)
            sound = sound and result["reason"].startswith("the handshake failed")
            result["verdict"] = "ACCEPT" if sound else "REFUSE"


# MARK: all of them

def load(paths):
    cases = []
    for path in paths:
        with gzip.open(path, "rt") as file:
            cases += json.load(file)
    return cases


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("syslogd")
    parser.add_argument("--cases", required=True, help="a folder, or one file of it")
    parser.add_argument("--group", action="append")
    parser.add_argument("--id", action="append")
    parser.add_argument("--known", default=HERE / "known.tsv")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=0, help="at most so many per group")
    parser.add_argument("--json")
    parser.add_argument("--raw", action="store_true",
                        help="never use the private key: the page's checks are the verdict")
    parser.add_argument("--clock", choices=["fake", "now"], default="fake")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    options.syslogd = os.path.abspath(options.syslogd)
    return options


def chosen(options):
    folder = pathlib.Path(options.cases)
    cases = load(sorted(folder.glob("*.json.gz")) if folder.is_dir() else [folder])
    if options.group:
        cases = [c for c in cases if any(c["id"].startswith(g) for g in options.group)]
    if options.id:
        cases = [c for c in cases if any(fnmatch.fnmatch(c["id"], g) for g in options.id)]
    if not options.sample:
        return cases
    by = collections.defaultdict(list)
    for case in cases:
        by[group(case["id"])].append(case)
    generator = random.Random(1)
    return [c for g in by.values() for c in
            (g if len(g) <= options.sample else generator.sample(g, options.sample))]


def run_all(options, cases):
    results = []
    with tempfile.TemporaryDirectory(prefix="certificates-") as folder:
        options.preload = os.path.join(folder, "clock.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", options.preload, HERE / "clock.c"],
                       check=True)
        local, number = threading.local(), iter(range(1000))

        def one(case):
            if not hasattr(local, "worker"):
                local.worker = Worker(options, os.path.join(folder, str(next(number))))
            return local.worker.run(case)

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for case, result in zip(cases, pool.map(one, cases)):
                result["expected"] = case["expected"]
                wanted = "ACCEPT" if case["expected"] == "SUCCESS" else "REFUSE"
                result["agrees"] = result["verdict"] == wanted
                results.append(result)
                if options.verbose:
                    print(result["id"], result["verdict"], result["agrees"], result["cpu"],
                          result["reason"], flush=True)
    return results


def main():
    options = options_of(sys.argv[1:])
    version = subprocess.run([options.syslogd, "--version"], capture_output=True, text=True).stdout
    results = run_all(options, chosen(options))
    surprises, listed, stale = compare_with_known(results, known_table(options.known))
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"version": version.strip(), "results": results}, file, indent=0)
    print(version.strip())
    if options.verbose:
        print_groups(results)
    slow = max(results, key=lambda r: r["cpu"], default=None)
    if slow:
        print(f"  most CPU time: {slow['cpu']} s, {slow['id']}")
    agree = sum(r["agrees"] for r in results)
    skipped = sum(r["verdict"] == "SKIP" for r in results)
    print(f"  {len(results)} cases, {agree} agree, {listed} known deviations, {skipped} skipped, "
          f"{len(surprises)} disagreements")
    for result in surprises:
        print(f"  {result['verdict']:7} {result['id']} (expected {result['expected']}): "
              f"{result['reason']}")
    for id_ in stale:
        print(f"  listed as a deviation but agrees: {id_}")
    return 1 if surprises or stale else 0


if __name__ == "__main__":
    sys.exit(main())
