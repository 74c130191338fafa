"""The tables of what was measured once and comes out a little different the next time."""

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
            cells.append(NONE if not entry else f"{entry['microseconds'] / 1000:.2f} ms; "
                         f"{grouped(int(entry['received']))} + {grouped(int(entry['sent']))}")
        rows.append([f"{version}, {key}", *cells])
    return table(["version, server's key", *[LIBRARIES[b.backend] for b in builds]], rows)


def suites(results):
    """The suites that the handshakes agreed on, for the words below their table."""
    return ", ".join(sorted({entry["suite"] for entry in results}))


def messages(results, datagrams):
    rows = []
    if "c" in results:
        rows.append(["the least C program, OpenSSL", *message_cells(results["c"])])
    for build in BUILDS:
        if build.name in results:
            rows.append([title(build), *message_cells(results[build.name])])
    for build in BUILDS:
        if build.name in datagrams:
            rows.append([f"{title(build)}, over UDP", f"{datagrams[build.name]:.2f}",
                         *[NONE] * 5])
    return table(["build", "CPU s per million", "beside the C program", "each round",
                  "lost", "messages per record", "bytes on the wire per message"], rows)


def message_cells(entry):
    return [f"{entry['cpu']:.2f}", f"{entry['ratio']:.2f}",
            " ".join(f"{cpu:.2f}" for cpu in entry["cpu_all"]), str(entry["lost"]),
            f"{entry['per_record']:.1f}", f"{entry['wire']:.0f}"]
