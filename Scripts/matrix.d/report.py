"""BackendMatrix.md and docs/backend-promises.md, from the templates, the results, and the records
of the suite and the grid."""

import glob
import os
import re

import ability_tables
import cost_tables
import facts
import grid
import prices
import size_tables
import suite
from common import BUILDS, HERE, LIBRARIES, PROMISES, ROOT, TABLE, Failure, grouped, table

PLACE = re.compile(r"\{\{(\w+)\}\}")
NOT_YET = "Not measured yet."


def render(results):
    before = existing(TABLE)
    sections = {
        **results["facts"],
        "short": short(results),
        "flash": size_tables.flash(results["sizes"]),
        "closure": size_tables.libraries(results["sizes"]),
        "modules": size_tables.modules(results["sizes"]),
        "memory": cost_tables.memory(results["memory"]),
        "handshake": cost_tables.handshakes(results["handshakes"]),
        "suites": cost_tables.suites(results["handshakes"]),
        "message": cost_tables.messages(results["messages"], results["datagrams"]),
        "handshake_factor": cost_tables.factor(
            entry["each"] for entry in results["handshakes"]),
        "message_factor": cost_tables.factor(
            entry["cpu_all"] for entry in results["messages"].values()),
        "offers": ability_tables.offers(results["offered"]),
        "keys": ability_tables.keys(results["connected"]),
        "fips": ability_tables.fips(results["fips"]),
        **from_tests(before),
    }
    return filled("template.md", sections)


def promises():
    """Every promise with its result, which would bury the answers of BackendMatrix.md."""
    here = suite.records(suite.HERE)
    text = f"{tested(suite.HERE)}\n\n{suite.each(here)}" if here else None
    return filled("promises.template", {"promises": marked("promises", text, existing(PROMISES))})


def filled(name, sections):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        template = file.read()
    missing = set(PLACE.findall(template)) ^ set(sections)
    if missing:
        raise Failure(f"{name} and report.py differ in: {', '.join(sorted(missing))}")
    return PLACE.sub(lambda place: sections[place[1]], template)


def existing(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def short(results):
    """The figures to choose by."""
    rows = []
    for build in BUILDS:
        if build.name not in results["sizes"] or build.variant == "-static":
            continue
        memory = results["memory"].get(build.name, {}).get("connected")
        message = results["messages"].get(build.name)
        rows.append([
            LIBRARIES[build.backend] + (", archive" if build.variant else ""),
            grouped(results["sizes"][build.name]["flash"]),
            grouped(memory["private"]) if memory else cost_tables.NONE,
            handshake(results, build),
            cost_tables.span(message["cpu_all"]) if message else cost_tables.NONE,
        ])
    return table(["Embedded Swift", "bytes on flash without libc", "private KB, connected",
                  "ms CPU, handshake with ECDSA P-256", "CPU s per million messages"], rows)


def handshake(results, build):
    """Of the highest version that was measured."""
    found = [entry for entry in results["handshakes"]
             if entry["build"] == build.name and entry["key"] == "ECDSA P-256"]
    if not found:
        return cost_tables.NONE
    entry = max(found, key=lambda entry: entry["version"])
    return f"{entry['version']}: {cost_tables.span(entry['each'], 1000)}"


# --- From the records of the tests ----------------------------------------------------------------


def from_tests(before):
    """Sections that stay as they are when the tests they come from have not been run."""
    here, following = suite.records(suite.HERE), suite.records(suite.NEXT)
    conformance = f"{tested(suite.HERE)}\n\n{suite.summary(here)}" if here else None
    grid_here, grid_following = grid.tables(grid.HERE), grid.tables(grid.NEXT)
    parts = [suite.summary(following) if following else None, grid_following]
    generations = "\n\n".join(
        [tested([*suite.NEXT, *grid.NEXT]), *filter(None, parts)]) if any(parts) else None
    rows = suite.cannot(here + following, suite.cannot_rows(before))
    return {
        "cannot": suite.cannot_table(rows),
        "conformance": marked("conformance", conformance, before),
        "prices": marked("prices", prices.tables(), before),
        "grid": marked("grid", grid_here and f"{tested(grid.HERE)}\n\n{grid_here}", before),
        "generations": marked("generations", generations, before),
    }


def tested(patterns):
    """The tree that the newest of these records is of."""
    times = [os.path.getmtime(path) for pattern in patterns
             for path in glob.glob(os.path.join(ROOT, pattern))]
    return f"Tree {facts.commit_at(max(times))}."


def marked(name, text, before):
    """The section between two marks that a later run finds it by."""
    opening, closing = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if text is None:
        kept = re.search(f"{opening}\n(.*?)\n{closing}", before, re.DOTALL)
        text = kept[1] if kept else NOT_YET
    return f"{opening}\n{text}\n{closing}"
