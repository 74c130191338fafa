"""What the runs come to: medians, the table, and what --check finds wrong."""

import statistics

from contenders import CONTENDERS

# What --check demands.
LARGEST_RATIO = 1.3
LARGEST_EXTRA_RSS_KB = 500
LARGEST_ALLOCATIONS_PER_MESSAGE = 0.001


def ratios(results, name):
    yardstick = {result["round"]: result["cpu_per_million"] for result in results.get("c", [])}
    return [result["cpu_per_million"] / yardstick[result["round"]] for result in results[name]
            if yardstick.get(result["round"])]


def summary(results, allocations, name):
    runs = results[name]
    median = lambda key: statistics.median(run[key] for run in runs)
    return {
        "cpu": median("cpu_per_million"),
        "cpu_all": [run["cpu_per_million"] for run in runs],
        "ratio": statistics.median(ratios(results, name)) if ratios(results, name) else None,
        "received": min(run["received"] for run in runs),
        "lost": max(run["lost"] for run in runs),
        "duplicated": max(run["duplicated"] for run in runs),
        "out_of_order": max(run["out_of_order"] for run in runs),
        "malformed": max(run["malformed"] for run in runs),
        "rss": max(run["rss"] for run in runs),
        "idle": median("idle"),
        "wall": median("wall"),
        "per_record": statistics.median(
            run["received"] / run["records"] for run in runs if run["records"]),
        "wire": statistics.median(run["record_bytes"] / run["received"] for run in runs
                                  if run["received"]),
        "allocations": allocations.get(name),
    }


def print_table(summaries):
    columns = [
        ("forwarder", lambda name, s: CONTENDERS[name]),
        ("CPU s/M", lambda name, s: f"{s['cpu']:.2f}"),
        ("each round", lambda name, s: " ".join(f"{cpu:.2f}" for cpu in s["cpu_all"])),
        ("ratio to C", lambda name, s: f"{s['ratio']:.2f}" if s["ratio"] else "-"),
        ("wall s", lambda name, s: f"{s['wall']:.1f}"),
        ("received", lambda name, s: str(s["received"])),
        ("lost", lambda name, s: str(s["lost"])),
        ("dup.", lambda name, s: str(s["duplicated"])),
        ("disorder", lambda name, s: str(s["out_of_order"])),
        ("peak RSS KB", lambda name, s: str(s["rss"])),
        ("private KB idle", lambda name, s: f"{s['idle']:.0f}"),
        ("msg/record", lambda name, s: f"{s['per_record']:.1f}"),
        ("wire B/msg", lambda name, s: f"{s['wire']:.0f}"),
        ("allocations/msg", lambda name, s: allocations_cell(s, 0)),
        ("with the TLS library's", lambda name, s: allocations_cell(s, 1)),
    ]
    rows = [[title for title, _ in columns], ["---"] * len(columns)]
    rows += [[cell(name, s) for _, cell in columns] for name, s in summaries.items()]
    for row in rows:
        print("| " + " | ".join(row) + " |")


def allocations_cell(s, index):
    return "-" if s["allocations"] is None else f"{s['allocations'][index]:.5f}"


def complaints(summaries, allocations):
    """What --check finds wrong with this project's runs; with `allocations`, of their count too."""
    found = []
    if "c" not in summaries:
        return ["there is no run of the C program to compare with"]
    ours = [name for name in summaries if name.startswith("syslogd")]
    if not ours:
        return ["there is no run of syslogd"]
    for name in ours:
        s = summaries[name]
        if s["ratio"] is None or s["ratio"] > LARGEST_RATIO:
            found.append(f"{name}: {s['ratio'] or 0:.2f} times the C program's CPU time, "
                         f"more than {LARGEST_RATIO}")
        for key in ("lost", "duplicated", "out_of_order", "malformed"):
            if s[key]:
                found.append(f"{name}: {s[key]} messages {key.replace('_', ' ')}")
        extra = s["rss"] - summaries["c"]["rss"]
        if extra > LARGEST_EXTRA_RSS_KB:
            found.append(f"{name}: peak RSS {extra} KB above the C program's, "
                         f"more than {LARGEST_EXTRA_RSS_KB}")
        if allocations:
            if s["allocations"] is None:
                found.append(f"{name}: allocations could not be counted")
            elif s["allocations"][0] > LARGEST_ALLOCATIONS_PER_MESSAGE:
                found.append(f"{name}: {s['allocations'][0]:.5f} allocations per message, "
                             f"more than {LARGEST_ALLOCATIONS_PER_MESSAGE}")
    return found
