"""The tables of what does not change from run to run."""

from common import BUILDS, FLAVOURS, LIBRARIES, grouped, prose_table, table

OWN = ["syslogd", "SyslogTLS", "SyslogIO", "SyslogCore", "TLSBackend", "Bytes"]
PROGRAM = ("SelectedBackend",)  # counted with syslogd
MISSING = "not built"


def flash(sizes):
    """What has to be on flash, build by build."""
    rows = []
    for build in BUILDS:
        size = sizes.get(build.name)
        if not size:
            rows.append([f"`{build.command}`", *[MISSING] * 6])
            continue
        flashed = sum(entry["bytes"] for entry in size["libraries"] if not entry["libc"])
        libc = sum(entry["bytes"] for entry in size["libraries"] if entry["libc"])
        rows.append([f"`{build.command}`", FLAVOURS[build.variant], grouped(size["program"]),
                     grouped(flashed), f"**{grouped(size['flash'])}**",
                     f"{grouped(round(size['compressed'], -4) // 1000)} KB", grouped(libc)])
    return table(
        ["build", "compiled as", "our binary, stripped", "libraries", "together",
         "together, xz", "libc, already there"], rows)


def libraries(sizes):
    """Every shared object of the closures, with its size and who needs it."""
    found = {}
    for build in BUILDS:
        for entry in sizes.get(build.name, {}).get("libraries", []):
            users = found.setdefault(entry["name"], (entry, []))[1]
            users.append(build)
    rows = []
    for name, (entry, users) in sorted(found.items(), key=lambda item: (
            item[1][0]["libc"], -item[1][0]["bytes"], item[0])):
        rows.append([f"`{name}`" + (" (libc)" if entry["libc"] else ""), grouped(entry["bytes"]),
                     entry["package"], needed_by(users)])
    return prose_table(["shared object", "bytes", "Debian's package", "needed by"], rows)


def needed_by(users):
    if len(users) == len(BUILDS):
        return "all"
    words = []
    for variant, flavour in FLAVOURS.items():
        backends = [build.backend for build in users if build.variant == variant]
        every = [build.backend for build in BUILDS if build.variant == variant]
        if backends:
            names = "all" if backends == every and len(backends) > 1 else ", ".join(
                LIBRARIES[backend] for backend in backends)
            words.append(f"{flavour}: {names}")
    return "; ".join(words)


def modules(sizes):
    """Bytes of machine code by module, a column for each build."""
    builds = [build for build in BUILDS if build.name in sizes]
    own = {build.name: own_modules(sizes[build.name]["modules"]) for build in builds}
    names = [*OWN, "its backend", "Swift's standard library", "C"]
    rows = [[f"`{name}`" if name in OWN else name,
             *[grouped(own[build.name].get(name, 0)) for build in builds]] for name in names]
    rows.append(["total", *[grouped(sum(own[build.name].values())) for build in builds]])
    return table(["module", *[f"{build.backend}{variant_mark(build)}" for build in builds]], rows)


def variant_mark(build):
    return {"": "", "-static": " (ordinary)", "-archive": " (archive)"}[build.variant]


def own_modules(counted):
    """Folds what Scripts/size distinguishes into the rows of the table: whatever is neither ours
    nor C is from the standard library, whose names the compiler mangles in many ways."""
    rows = {}
    for name, size in counted.items():
        if name.startswith("Backend"):
            row = "its backend"
        elif name in PROGRAM:
            row = "syslogd"
        elif name in OWN or name == "C":
            row = name
        else:
            row = "Swift's standard library"
        rows[row] = rows.get(row, 0) + size
    return rows
