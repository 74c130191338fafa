"""The records of the interoperability grid (Tests/Scenarios/TLS/Interoperability.swift), here and
on the next Debian release: build/grid.json, and the same below build/generations."""

import glob
import json
import os
import re

from common import LIBRARIES, ROOT, prose_table

HERE = ["build/grid.json"]
NEXT = ["build/generations/grid.json", "build/generations/*/grid.json",
        "build/generations/*/scratch/build/grid.json"]
FRAMINGS = ("octet", "lf")
# What differs from run to run in a line of the log: when, on which machine, how long to wait.
PASSING = re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ |; next attempt in [\d.]+ s"
                     r"|(?<=127\.0\.0\.1):\d+")


def read(patterns, root=ROOT):
    """The first grid that is there, or nothing."""
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(root, pattern))):
            with open(path, encoding="utf-8") as file:
                return json.load(file)
    return None


def peer_names(grid):
    return {peer["name"]: f"{peer['name']} {peer['version']}" for peer in grid["peers"]}


def tables(patterns):
    """The grid, a row for each collector, version and key; then what is not simply ok."""
    grid = read(patterns)
    if not grid:
        return None
    products = [backend for backend in LIBRARIES if backend in grid["products"]]
    found = {}
    for cell in grid["cells"]:
        row = found.setdefault((cell["peer"], cell["tls"], cell["key"]), {})
        row.setdefault(cell["product"], {})[cell["framing"]] = cell["result"]
    names = peer_names(grid)
    rows = [[names[peer], f"{tls}, {key}", *[result(row.get(product, {})) for product in products]]
            for (peer, tls, key), row in found.items()]
    titles = [f"{grid['products'][product]['name']} {grid['products'][product]['version']}"
              for product in products]
    return "\n".join([prose_table(["collector", "server", *titles], rows), *remarks(grid)])


def result(framings):
    """One word when both framings came out the same."""
    results = [framings.get(framing, "not run") for framing in FRAMINGS]
    if results[0] == results[1]:
        return results[0]
    return ", ".join(f"{framing} {result}" for framing, result in zip(FRAMINGS, results))


def remarks(grid):
    words = dict.fromkeys(f"{cell['result']}: {PASSING.sub('', cell['detail'])}"
                          for cell in grid["cells"] if cell["result"] != "ok")
    count = sum(cell["result"] == "ok" for cell in grid["cells"])
    yield f"\nEach cell is two runs, octet counting and LF: {count} of {len(grid['cells'])} runs " \
          f"delivered every message."
    yield from (f"- {word}" for word in words)
