"""What --self-test plants: citations of nothing, and sound ones that look like them."""

# The tree that each case is added to.
TREE = {
    "README.md": "See [the guide](docs/guide.md).\n",
    "Scripts/lint": "#!/bin/bash\n",
    "Scripts/tool.py": "",
    "Sources/Bytes/Text.swift": "",
    "Sources/BackendOpenSSL/Chain.swift": "",
    "Sources/CShims/COpenSSL/COpenSSL.h": "",
    "Sources/Bytes/Text+Harmless.swift": "",
    "Tests/Scenarios/Harness/Peer.swift": "",
    "docs/decisions/0001-why.md": "",
    "docs/guide.md": "",
}

# (file, text, line of the offence, words of the reason)
PLANTED = [
    ("docs/p.md", "See [it](nothing.md).\n", 1, "no nothing.md"),
    ("docs/p.md", "\n[it](../docs/nothing)\n", 2, "the link leads nowhere"),
    ("docs/p.md", "[it](nothing/#part)\n", 1, "the link leads nowhere"),
    ("docs/decisions/0002-p.md", "[it](0003-q.md)\n", 1, "no 0003-q.md"),
    ("README.md", "`docs/nothing.md`\n", 1, "no docs/nothing.md"),
    ("README.md", "| `Tests/Scenarios/Peer.swift` |\n", 1, "no Tests/Scenarios/Peer.swift"),
    ("CONTRIBUTING.md", "Scripts/nothing.\n", 1, "no Scripts/nothing"),
    ("BackendMatrix.md", "    Benchmarks/nothing --check\n", 1, "no Benchmarks/nothing"),
    ("docs/p.md", "in issue 5,\n", 1, "issues are not in the tree"),
    ("docs/p.md", "(see issue\n12)\n", 1, "'issue 12'"),
    ("docs/p.md", "Decision 2 (docs/decisions/0002)\n", 1, "no docs/decisions/0002"),
    ("Sources/Bytes/P.swift", "/// As in Nothing.swift.\n", 1, "no Nothing.swift"),
    ("Sources/Bytes/P.swift", "let p = 1  // (architecture.md)\n", 1, "no architecture.md"),
    ("Sources/Bytes/P.swift", "\n/* see\n Text+Nothing.swift */\n", 3, "no Text+Nothing.swift"),
    ("Sources/Bytes/P.swift", "/// (shared/design/command-line.md)\n", 1, ""),
    ("Sources/Bytes/P.swift", "/// dead (lessons 7 and 9).\n", 1, "'lessons 7'"),
    ("Sources/Bytes/P.swift", "/// log (lesson\n  /// 22).\n", 1, "'lesson 22'"),
    ("Sources/Bytes/P.swift", "/// a table (reference, §3 \"Trap\").\n", 1, "'reference, §3'"),
    ("Sources/Bytes/P.swift", 'let p = "//" // Issue 4\n', 1, "'Issue 4'"),
    ("Sources/CShims/CPosix/p.c", "char p = '\"'; // Sandbox.swift\n", 1, "no Sandbox.swift"),
    ("Sources/CShims/CPosix/p.h", "/* one\n * Harness/Nothing.swift */\n", 2, "no Nothing.swift"),
    ("Tests/P.swift", "/// Sources/Bytes/Nothing.swift:12\n", 1, "no Sources/Bytes/Nothing.swift"),
    ("Scripts/p", "#!/bin/bash\n#   Scripts/q --all\n", 2, "no Scripts/q"),
    ("Scripts/p", '#!/usr/bin/env python3\n"""As in nothing.md."""\n', 2, "no nothing.md"),
    ("Scripts/p.py", "P = 1  # nothing.py\n", 1, "no nothing.py"),
    ("Scripts/p.py", 'def p():\n    """Benchmarks/nothing"""\n', 2, "no Benchmarks/nothing"),
    ("Benchmarks/Makefile", "p:  # as Fuzz/Nothing.swift has it\n", 1, "no Fuzz/Nothing.swift"),
    ("Fuzz/P.swift", "// Fuzz/seeds/Nothing\n", 1, "no Fuzz/seeds/Nothing"),
]

INNOCENT = [
    ("docs/p.md", "[a](guide.md#part), [b](../README.md), [c](#part), [d](decisions/), [e](<guide.md>)\n"),
    ("docs/p.md", "[a](https://example.org/nothing.md), https://example.org/docs/nothing\n"),
    ("docs/p.md", "`guide.md`, `decisions/0001-why.md`, docs/decisions/0001, docs/guide.md.\n"),
    ("docs/p.md", "`Sources/BackendX`, `Sources/CShims/CX`, `Fuzz/P.swift` is `Fuzz/NAME.swift`.\n"
     .replace("`Fuzz/P.swift` is `Fuzz/NAME.swift`", "`Sources/Bytes/NAME.swift`")),
    ("docs/p.md", "`X+Harmless.swift`, `Text+*.swift`, `Harness/Peer.swift`, Scripts/*.py\n"),
    ("docs/p.md", "an issue of 5 lines, no lesson, a reference, a shared folder, tissue 5\n"),
    ("Sources/Bytes/P.swift", 'let p = "Nothing.swift // lesson 5"  // Text.swift\n'),
    ("Sources/Bytes/P.swift", "/// BusyBox's (its `docs/syslog.conf.txt`)\n"),
    ("Sources/Bytes/P.swift", "let p = q.md + docs/nothing.swift\n"),
    ("Sources/CShims/CPosix/p.c", 'const char *p = "docs/nothing.md";  // COpenSSL.h\n'),
    ("Scripts/p", 'echo "docs/nothing.md"  # Scripts/lint\n'),
    ("Scripts/p.py", 'P = "docs/nothing.md, issue 5"\n'),
    ("Fuzz/seeds/P/q", "# docs/nothing.md\n"),
]
