"""The records of the conformance suite (Tests/BackendContract), here and on the next Debian
release: build/conformance/*.json, and the same below build/generations."""

import glob
import json
import os
import re

from common import LIBRARIES, ROOT, prose_table

HERE = ["build/conformance/*.json"]
NEXT = ["build/generations/*.json", "build/generations/conformance/*.json",
        "build/generations/*/conformance/*.json",
        "build/generations/*/scratch/build/conformance/*.json"]
ORDER = [name for name in LIBRARIES.values() if name != "none"]

CANNOT_HEADER = ["promise", "library", "versions", "reason"]


def records(patterns, root=ROOT):
    """Every run that was recorded, each library once, in the order of the table's columns."""
    found = {}
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(root, pattern))):
            with open(path) as file:
                record = json.load(file)
            if isinstance(record, dict) and "promises" in record:
                found[(record["library"], record["version"])] = record
    return sorted(found.values(), key=lambda record: (
        ORDER.index(record["library"]), numbers(record["version"])))


def numbers(version):
    return [int(number) for number in re.findall(r"\d+", version)]


def name(record):
    return f"{record['library']} {record['version']}"


def branch(record):
    return ".".join(record["version"].split(".")[:2])


def promises(found):
    """The names of all promises, in the order of the suite: that of the run that skipped least,
    with what it skipped at the place where another run has it."""
    order = []
    for record in sorted(found, key=lambda record: count(record, "omitted")):
        previous = -1
        for entry in record["promises"]:
            if entry["promise"] in order:
                previous = order.index(entry["promise"])
            else:
                previous += 1
                order.insert(previous, entry["promise"])
    return order


def count(record, result):
    return sum(entry["result"] == result for entry in record["promises"])


# What the documents call the results that a record holds.
WORDS = {"kept": "passed", "broken": "failed", "omitted": "skipped"}


def summary(found):
    return prose_table(
        ["library", "promises", *WORDS.values()],
        [[name(record), str(len(record["promises"])),
          *[str(count(record, result)) for result in WORDS]] for record in found])


def each(found):
    """Every promise by its name, and its result."""
    rows = []
    for promise in promises(found):
        results = [{entry["promise"]: WORDS[entry["result"]] for entry in record["promises"]}.get(
            promise, "not in this run") for record in found]
        rows.append([promise, *results])
    return prose_table(["promise", *[name(record) for record in found]], rows)


# --- What a backend cannot do --------------------------------------------------------------------


def cannot(found, rows_before):
    """The rows of "What a backend cannot do": what a recorded run skipped, and the earlier rows of
    libraries and versions that have no record now."""
    skipped = {}
    measured = {(record["library"], branch(record)) for record in found}
    for promise, library, versions, reason in rows_before:
        for version in versions.split(", "):
            if (library, version) not in measured:
                skipped.setdefault((promise, library, reason), []).append(version)
    for record in found:
        for entry in record["promises"]:
            if entry["result"] == "omitted":
                key = (entry["promise"], record["library"], entry["reason"])
                skipped.setdefault(key, []).append(branch(record))
    order = promises(found) + [promise for promise, *_ in rows_before]
    rows = [[promise, library, ", ".join(sorted(set(versions), key=numbers)), reason]
            for (promise, library, reason), versions in skipped.items()]
    return sorted(rows, key=lambda row: (order.index(row[0]), ORDER.index(row[1]), row[2]))


def cannot_table(rows):
    return prose_table(CANNOT_HEADER, rows)


def cannot_rows(text):
    """The rows of that section in an existing BackendMatrix.md."""
    section = re.search(r"^## What a backend cannot do$(.*?)(?=^## |\Z)", text,
                        re.MULTILINE | re.DOTALL)
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in (section[1] if section else "").splitlines() if line.startswith("|")]
    return [row for row in rows if len(row) == 4 and row != CANNOT_HEADER and row[0] != "---"]
