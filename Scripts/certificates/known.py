"""What is known to differ from the expected result, and the results by group."""
import collections
import fnmatch
import os


def group(id_):
    parts = id_.split("::")
    return "::".join(parts[:2]) if len(parts) > 2 else parts[0]


def known_table(path):
    """Lines `glob<TAB>verdict<TAB>why`; the verdict is what the product says."""
    table = []
    if path and os.path.exists(path):
        for line in open(path):
            if line.strip() and not line.startswith("#"):
                table.append(line.rstrip("\n").split("\t"))
    return table


def compare_with_known(results, known):
    """What differs and is not listed, how many differ as listed, and what is listed in vain."""
    surprises, listed, stale = [], 0, []
    for result in results:
        entry = next((e for e in known if fnmatch.fnmatch(result["id"], e[0])), None)
        if result["verdict"] == "SKIP":
            continue
        if result["agrees"]:
            if entry and "*" not in entry[0]:
                stale.append(result["id"])
        elif entry and entry[1] == result["verdict"]:
            listed += 1
        else:
            surprises.append(result)
    return surprises, listed, stale


def print_groups(results):
    table = collections.OrderedDict()
    for result in results:
        row = table.setdefault(group(result["id"]), collections.Counter())
        row["cases"] += 1
        row["agree" if result["agrees"] else "skipped" if result["verdict"] == "SKIP"
            else "differ"] += 1
    for name, row in table.items():
        print(f"  {name:28} {row['cases']:5} cases, {row['agree']:5} agree, "
              f"{row['differ']:4} differ"
              + (f", {row['skipped']} skipped" if row["skipped"] else ""))
