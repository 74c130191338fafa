"""Whether what BackendMatrix.md names exists and is run: `Scripts/matrix --check`, and the
self-test that plants what must be found."""

import glob
import os
import re
import tempfile

import grid
import suite
from common import ROOT

ENTRY = re.compile(
    r'OptionEntry\(\s*\.(?:daemon|remote)\(\.\w+\)'
    r'(?:,\s*letter: "(\w)")?(?:,\s*name: "([\w-]+)")?')
SPAN = re.compile(r"`([^`\n]+)`")
OPTION = re.compile(r"(?<![\w-])(--[a-z][\w-]*|-[A-Za-z])(?![\w-])")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
OPTIONS_FILE = "Sources/syslogd/OptionTable.swift"
TESTS = ["Tests/Scenarios", "Tests/OptionsTests"]


def check(root=ROOT):
    """Every offence, as a line for the reader."""
    with open(os.path.join(root, "BackendMatrix.md"), encoding="utf-8") as file:
        text = file.read()
    offences = list(check_options(root, text))
    records = suite.records(suite.HERE, root)
    if not records:
        return offences + ["no run of the conformance suite is recorded in build/conformance: "
                           "run swift test first"]
    offences += [*check_promises(text, records), *check_omissions(text, records)]
    cells = grid.read(grid.HERE, root)
    if not cells:
        return offences + ["no run of the grid is recorded in build/grid.json: run swift test "
                           "first"]
    return [*offences, *check_grid(text, cells)]


def check_options(root, text):
    """Options of our program: those of a code span that begins with one, or with syslogd."""
    known = options(root)
    tried = tested(root)
    for number, line in enumerate(text.splitlines(), 1):
        for span in SPAN.findall(line):
            words = span.split()
            if not (words[0].startswith("-") or words[0] == "syslogd"):
                continue
            for option in OPTION.findall(span):
                if option not in known:
                    yield f"line {number} names {option}, which the program does not have"
                elif not (known[option] & tried):
                    yield f"line {number} names {option}, which no test uses"


def options(root):
    """{option: all the spellings of it}."""
    with open(os.path.join(root, OPTIONS_FILE), encoding="utf-8") as file:
        text = file.read()
    spellings = {}
    for letter, name in ENTRY.findall(text):
        both = ({f"-{letter}"} if letter else set()) | ({f"--{name}"} if name else set())
        for spelling in both:
            spellings[spelling] = both
    return spellings


def tested(root):
    """The options that stand in a string of a test."""
    found = set()
    for folder in TESTS:
        for path in glob.glob(os.path.join(root, folder, "**", "*.swift"), recursive=True):
            with open(path, encoding="utf-8") as file:
                for string in QUOTED.findall(file.read()):
                    found.update(OPTION.findall(string[1:-1]))
    return found


def check_promises(text, records):
    """Every row of the tables of promises names one that a recorded run has."""
    known = {entry["promise"] for record in records for entry in record["promises"]}
    for number, header, cells in rows(text):
        if header == "promise" and cells[0] not in known:
            yield f"line {number} names the promise '{cells[0]}', which the suite does not have"


def check_omissions(text, records):
    """What a recorded run was not asked for is confessed, and nothing else."""
    confessed = suite.cannot_rows(text)
    for record in records:
        for entry in record["promises"]:
            row = [entry["promise"], record["library"], entry.get("reason")]
            is_confessed = any(
                [promise, library, reason] == row and covers(versions, record["version"])
                for promise, library, versions, reason in confessed)
            if entry["result"] == "omitted" and not is_confessed:
                yield (f"'{entry['promise']}' is not asked of {suite.name(record)}: it needs a row "
                       "in 'What a backend cannot do' (make matrix)")
            if entry["result"] == "broken":
                yield f"{suite.name(record)} breaks the promise '{entry['promise']}'"
        for promise, library, versions, reason in confessed:
            if library == record["library"] and covers(versions, record["version"]) and not any(
                    entry["promise"] == promise and entry["result"] == "omitted"
                    for entry in record["promises"]):
                yield f"'{promise}' is confessed, yet asked of {suite.name(record)}"


def check_grid(text, cells):
    """Every row of the grids names a collector, a version and a key that were tried, whatever
    version of the collector the other release has."""
    tried = {(cell["peer"], f"{cell['tls']}, {cell['key']}") for cell in cells["cells"]}
    for number, header, row in rows(text):
        collector = row[0].rpartition(" ")[0]
        if header == "collector" and (collector, row[1]) not in tried:
            yield f"line {number} names '{collector}' with {row[1]}, which the grid does not try"


def covers(versions, version):
    return versions == "all" or any(
        version == prefix or version.startswith(prefix + ".") for prefix in versions.split(", "))


def rows(text):
    """(line, first word of the header, cells) of every row of every table."""
    header = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if header is None:
            header = cells[0]
        elif not set(cells[0]) <= set("-: "):
            yield number, header, cells


# --- The self-test -------------------------------------------------------------------------------

SWIFT = '''  static let entries: [OptionEntry] = [
    OptionEntry(.daemon(.foreground), letter: "n", help: "Run in the foreground"),
    OptionEntry(
      .daemon(.forward), letter: "R", value: "HOST[:PORT]",
      help: "Forward to HOST"),
    OptionEntry(
      .remote(.pin), letter: "c", name: "pin", value: "PIN", over: .tls,
      help: "Accept only a server with this public key, unlike --nothing"),
    OptionEntry(
      .remote(.queue), name: "queue", value: "SIZE[K|M]", help: "Bytes"),
    OptionEntry(.remote(.retry), name: "retry", value: "MIN[:MAX]", help: "Seconds"),
'''
TEST = 'let arguments = ["-n", "-R", "127.0.0.1", "--queue=1", "-c", "x --not-ours"]\n'
RECORD = '''{"library": "OpenSSL", "version": "3.0.2", "promises": [
  {"promise": "It works", "result": "kept"},
  {"promise": "It flies", "result": "omitted", "reason": "it has no wings"}
]}'''
GRID = '''{"products": {}, "peers": [], "cells": [
  {"peer": "some-ng", "tls": "TLS 1.2", "key": "RSA", "product": "openssl", "framing": "lf",
   "result": "ok", "detail": ""}
]}'''
CONFESSION = '''
## What a backend cannot do

| promise | library | versions | reason |
| --- | --- | --- | --- |
| It flies | OpenSSL | 3.0 | it has no wings |
'''

# (text put before the confession, words of the offence)
PLANTED = [
    ("`--pine`", "line 1 names --pine, which the program does not have"),
    ("a\n`-R HOST --quick`", "line 2 names --quick"),
    ("`syslogd -n -Z`", "names -Z, which the program"),
    ("`--retry 1:2`", "names --retry, which no test uses"),
    ("| promise | OpenSSL |\n| --- | --- |\n| It sings | yes |\n", "line 3 names the promise"),
    ("| collector | server |\n| --- | --- |\n| other 1.2 | TLS 1.2, RSA |\n",
     "line 3 names 'other' with TLS 1.2, RSA"),
    ("| collector | server |\n| --- | --- |\n| some-ng 9 | TLS 1.3, RSA |\n",
     "line 3 names 'some-ng' with TLS 1.3, RSA"),
]
INNOCENT = [
    "`--pin x` and `-c x`, `--queue`, `-R HOST:514`",
    "`make STATIC=1`, `strip -s -R .comment`, `Benchmarks/run --messages 5`, --neither",
    "| promise | OpenSSL |\n| --- | --- |\n| It works | yes |\n",
    "| collector | server |\n| --- | --- |\n| some-ng 9 | TLS 1.2, RSA |\n",
    "| part | OpenSSL |\n| --- | --- |\n| It sings | yes |\n",
]
# (confession, words of the offence)
CONFESSIONS = [
    ("", "'It flies' is not asked of OpenSSL 3.0.2: it needs a row"),
    (CONFESSION.replace("3.0", "3.5"), "it needs a row"),
    (CONFESSION.replace("wings", "tail"), "it needs a row"),
    (CONFESSION + "| It works | OpenSSL | all | it is lazy |\n", "yet asked of OpenSSL 3.0.2"),
    (CONFESSION + "| It sings | Mbed TLS | 2.28 | it is shy |\n", "names the promise 'It sings'"),
]


def self_test():
    wrong = []
    cases = [(text + CONFESSION, words) for text, words in [
        *PLANTED, *[(text, None) for text in INNOCENT]]] + CONFESSIONS
    for text, words in cases:
        found = planted(text, RECORD)
        if words and not any(words in offence for offence in found):
            wrong.append(f"not found: {words!r}; found {found}")
        if not words and found:
            wrong.append(f"innocent, yet found: {found}")
    if not any("breaks" in offence
               for offence in planted(CONFESSION, RECORD.replace("kept", "broken"))):
        wrong.append("a broken promise is not found")
    for left in ((None, GRID), (RECORD, None)):
        if not any("run swift test" in offence for offence in planted(CONFESSION, *left)):
            wrong.append("a suite or grid that did not run is not found")
    for line in wrong:
        print(f"matrix --self-test: {line}")
    print(f"matrix --self-test: {len(cases) + 3 - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


def planted(text, record, cells=GRID):
    """The offences in a tree that holds this table, one option table, one test, one record of the
    suite and one of the grid."""
    with tempfile.TemporaryDirectory(prefix="matrix.") as tree:
        files = {OPTIONS_FILE: SWIFT, "Tests/Scenarios/T.swift": TEST, "BackendMatrix.md": text}
        if record:
            files["build/conformance/OpenSSL-3.0.2.json"] = record
        if cells:
            files["build/grid.json"] = cells
        for path, content in files.items():
            full = os.path.join(tree, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(content)
        return list(check(tree))
