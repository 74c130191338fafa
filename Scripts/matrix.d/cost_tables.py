"""The tables of what differs a little from one measurement to the next."""

import statistics

from common import BUILDS, FLAVOURS, LIBRARIES, grouped, table

NONE = "—"


def title(build):
    return f"{LIBRARIES[build.backend]}, {FLAVOURS[build.variant]}"


def memory(results):
    rows = []
    for build in BUILDS:
        states = results.get(build.name)
        if states:
            cells = [pair(states.get(state)) for state in ("idle", "connected", "full")]
            peak = max(state["peak"] for state in states.values())
            rows.append([title(build), *cells, grouped(peak)])
    return table(["build", "idle", "connected", "queue full", "peak"], rows)


def pair(state):
    return f"{grouped(state['resident'])} / {grouped(state['private'])}" if state else NONE


def handshakes(results):
    """`results`: a list of {build, version, key, microseconds, received, sent, suite}."""
    builds = [build for build in BUILDS if build.has_tls and build.variant == ""]
    kinds = list(dict.fromkeys((entry["version"], entry["key"]) for entry in results))
    found = {(entry["build"], entry["version"], entry["key"]): entry for entry in results}
    rows = []
    for version, key in kinds:
        cells = []
        for build in builds:
            entry = found.get((build.name, version, key))
            cells.append(NONE if not entry else f"{span(entry['each'], 1000)} ms; "
                         f"{grouped(int(entry['received']))} + {grouped(int(entry['sent']))}")
        rows.append([f"{version}, {key}", *cells])
    return table(["version, server's key", *[LIBRARIES[b.backend] for b in builds]], rows)


def suites(results):
    """The suites that the handshakes agreed on, for the text above their table."""
    return ", ".join(sorted({entry["suite"] for entry in results}))


def messages(results, datagrams):
    rows = []
    if "c" in results:
        rows.append(["minimal C program, OpenSSL", *message_cells(results["c"])])
    for build in BUILDS:
        if build.name in results:
            rows.append([title(build), *message_cells(results[build.name])])
    for build in BUILDS:
        if build.name in datagrams:
            rows.append([f"{title(build)}, over UDP", span(datagrams[build.name]), NONE,
                         rounds(datagrams[build.name]), *[NONE] * 3])
    return table(["build", "CPU s per million", "relative to C", "each round",
                  "lost", "messages per record", "bytes on the wire per message"], rows)


def message_cells(entry):
    return [span(entry["cpu_all"]), f"{entry['ratio']:.2f}", rounds(entry["cpu_all"]),
            str(entry["lost"]), f"{entry['per_record']:.1f}", f"{entry['wire']:.0f}"]


def rounds(each):
    return " ".join(f"{one:.2f}" for one in each)


def span(each, scale=1.0):
    """The median and the range of the rounds, so that noise is not taken for a difference."""
    return (f"{statistics.median(each) / scale:.2f} "
            f"({min(each) / scale:.2f} to {max(each) / scale:.2f})")


def factor(lists):
    """The widest range of one program's rounds: largest divided by smallest."""
    apart = [max(each) / min(each) for each in lists if min(each) > 0]
    return f"{max(apart):.1f}" if apart else NONE
