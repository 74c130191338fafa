"""BackendMatrix.md, from the template, the results, and what the suite and the grid have left."""

import os
import re

import ability_tables
import cost_tables
import grid
import size_tables
import suite
from common import BUILDS, HERE, LIBRARIES, TABLE, Failure, grouped, table

PLACE = re.compile(r"\{\{(\w+)\}\}")
NOT_YET = "Not measured yet."


def render(results):
    before = existing()
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
    with open(os.path.join(HERE, "template.md"), encoding="utf-8") as file:
        template = file.read()
    missing = set(PLACE.findall(template)) ^ set(sections)
    if missing:
        raise Failure(f"template.md and report.py differ in: {', '.join(sorted(missing))}")
    return PLACE.sub(lambda place: sections[place[1]], template)


def existing():
    if not os.path.exists(TABLE):
        return ""
    with open(TABLE, encoding="utf-8") as file:
        return file.read()


def short(results):
    """What somebody who has to choose looks at first."""
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


# --- What the tests have left --------------------------------------------------------------------


def from_tests(before):
    """Sections that stay as they are when the tests they come from have not been run."""
    here, following = suite.records(suite.HERE), suite.records(suite.NEXT)
    conformance = generations = None
    if here:
        conformance = suite.summary(here) + details("every promise", suite.each(here))
    if following:
        generations = suite.summary(following)
    grid_here, grid_following = grid.tables(grid.HERE), grid.tables(grid.NEXT)
    if grid_following:
        generations = (generations or "") + "\n\n" + grid_following
    rows = suite.cannot(here + following, suite.cannot_rows(before))
    return {
        "cannot": suite.cannot_table(rows) if rows else suite.cannot_table([]),
        "conformance": marked("conformance", conformance, before),
        "grid": marked("grid", grid_here, before),
        "generations": marked("generations", generations, before),
    }


def marked(name, text, before):
    """The section between two marks that a later run finds it by."""
    opening, closing = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if text is None:
        kept = re.search(f"{opening}\n(.*?)\n{closing}", before, re.DOTALL)
        text = kept[1] if kept else NOT_YET
    return f"{opening}\n{text}\n{closing}"


def details(summary, text):
    return f"\n\n<details><summary>{summary}</summary>\n\n{text}\n\n</details>"
