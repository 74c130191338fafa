"""The tables, and what --check finds wrong."""

import os
import platform
import statistics
import subprocess
import time

from cases import CASES
from contenders import ROOT
from senders import BACKENDS, PEERS
from one_run import NEVER, PATIENCE

OURS = BACKENDS + ("tcp",)
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"

TITLES = (
    ("lost", "Messages lost"),
    ("twice", "Messages that came twice"),
    ("seconds", "Seconds until the collector was up to date"),
    ("disorder", "New messages that arrived behind a later one"),
)


def cell(runs, key):
    if not runs:
        return "-"
    values = [run[key] for run in runs]
    if key == "seconds":
        middle = statistics.median(values)
        return f"> {PATIENCE}" if middle == NEVER else f"{middle:.1f}"
    never = any(run["seconds"] == NEVER for run in runs)
    return f"{max(values):,}" + (" *" if never and key == "lost" else "")


def tables(results, arguments):
    lines = [about(arguments), ""]
    for key, title in TITLES:
        lines += [f"**{title}**", "", "| fault | " + " | ".join(arguments.senders) + " |",
                  "| --- |" + " ---: |" * len(arguments.senders)]
        for case in arguments.cases:
            cells = [cell(results.get(case, {}).get(name), key) for name in arguments.senders]
            lines.append(f"| {CASES[case].title} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def about(arguments):
    versions = [first_line([f"{ROOT}/build/{name}/syslogd", "--version"])
                for name in BACKENDS if name in arguments.senders]
    for name, program in zip(PEERS, ("/usr/sbin/rsyslogd", f"{ROOT}/build/peers/bin/syslog-ng")):
        if name in arguments.senders:
            versions.append(first_line([program, "-v" if name == "rsyslog" else "--version"]))
    commit = first_line(["git", "-C", ROOT, "log", "-1", "--format=%h", "--", "Sources"])
    rounds = f"{arguments.rounds} round" + ("s" if arguments.rounds > 1 else "")
    return (f"{time.strftime('%Y-%m-%d')}, sources of `{commit}`, seed {arguments.seed}, {rounds}; "
            f"Linux {platform.release()}, {os.cpu_count()} cores. " + "; ".join(versions) + ".")


def first_line(words):
    run = subprocess.run(words, capture_output=True, text=True)
    line = (run.stdout.splitlines() or ["unknown"])[0]
    return " ".join(line.split()).partition(" (aka")[0]


def write(path, text):
    """Replaces what is between the two marks in the file."""
    with open(path) as file:
        before, _, rest = file.read().partition(BEGIN)
    after = rest.partition(END)[2]
    with open(path, "w") as file:
        file.write(before + BEGIN + text + "\n" + END + after)


def complaints(results):
    found = []
    for case, by_name in results.items():
        for name in OURS:
            for run in by_name.get(name, []):
                found += [f"{case}, {name}: {text}" for text in faults_of(run, case)]
    return found


def faults_of(run, case):
    if run["lost"] > (run["unread"] if CASES[case].may_lose else 0):
        yield f"{run['lost']} lost"
    if run["twice"] > run["explained"]:
        yield f"{run['twice']} twice, {run['explained']} were not acknowledged"
    if run["disorder"]:
        yield f"{run['disorder']} out of order"
