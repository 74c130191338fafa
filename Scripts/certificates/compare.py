#!/usr/bin/env python3
"""compare.py A.json B.json...: where the --json outputs of run.py for several libraries differ, in
verdict, and in sentence where all refuse. Times are left out.

A library that says it lacks an algorithm is counted apart: that is what its cryptography lacks.
Exit status 0 when nothing else differs.
"""
import json
import re
import sys


def plain(sentence):
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "TIME", sentence)


def lacks(row):
    return "does not support" in row["reason"] or "cannot read" in row["reason"]


def main():
    runs = []
    for path in sys.argv[1:]:
        with open(path) as file:
            content = json.load(file)
        runs.append((content["version"], {row["id"]: row for row in content["results"]}))
    ids = [i for i in runs[0][1] if all(i in rows for _, rows in runs)]
    verdicts = sentences = refused = lacking = 0
    for i in ids:
        rows = [rows[i] for _, rows in runs]
        differ = len({row["verdict"] for row in rows}) > 1
        if not differ and rows[0]["verdict"] != "REFUSE":
            continue
        refused += not differ
        if not differ and len({plain(row["reason"]) for row in rows}) == 1:
            continue
        if any(lacks(row) for row in rows):
            lacking += 1
        elif differ:
            verdicts += 1
        else:
            sentences += 1
        print("VERDICT " if differ else "SENTENCE", i, rows[0]["expected"])
        for (version, _), row in zip(runs, rows):
            print(f"    {row['verdict']} {version}: {row['reason']}")
    print(f"{len(ids)} cases: {verdicts} verdicts differ; {refused} refused by all, {sentences} of "
          f"them in different words; {lacking} where a library says what it lacks")
    return 1 if verdicts or sentences else 0


if __name__ == "__main__":
    sys.exit(main())
