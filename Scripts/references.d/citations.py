"""Which words of a text cite a file, and which of those files are not in the tree."""

import fnmatch
import os
import posixpath
import re

FOLDERS = "docs|Scripts|Sources|Tests|Benchmarks|Fuzz|packaging"
PATH = re.compile(rf"(?<![\w./*-])(?:{FOLDERS})/[\w.+*@/-]*")
NAME = re.compile(r"(?<![\w/.*+-])[\w./*+@-]*[\w*]\.(?:swift|md|py)\b(?![/\w])")
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)")

# Citations of what was never in the tree: nobody who has only the tree can look them up.
OUTSIDE = [
    (re.compile(r"(?<![\w/.-])shared/[\w./-]+"), "shared/ is not in the tree"),
    (re.compile(r"\blessons?\s+\d+", re.IGNORECASE), "the lessons are not in the tree"),
    (re.compile(r"\bissues?\s+#?\d+", re.IGNORECASE), "issues are not in the tree"),
    (re.compile(r"\breference,?\s+§\d*", re.IGNORECASE), "'reference' is not in the tree"),
]
CITE = "cite the RFC, BusyBox, a decision or a file in docs/, or say the reason"

# Names that stand for any name: `Fuzz/NAME.swift`, `Sources/BackendX`, `X+Reload.swift`,
# `Sentences+Topic.swift`.
PLACEHOLDER = re.compile(
    r"NAME|(?<=\+)Topic|(?<=Backend)X|(?<=/C)X(?![a-z])|(?<![A-Za-z])X(?![A-Za-z])")

# Files of other projects that are cited here, and whose they are.
ELSEWHERE = {
    "docs/syslog.conf.txt": "BusyBox",
    "RELEASES.md": "GnuTLS",
    "BRANCHES.md": "Mbed TLS",
}


class Tree:
    """The files of a tree, and what they may be called."""

    def __init__(self, files):
        self.paths = set(files)
        for file in files:
            folder = posixpath.dirname(file)
            while folder:
                self.paths.add(folder)
                folder = posixpath.dirname(folder)
        self.ends = {path.split("/")[-1] for path in self.paths}

    def has_path(self, path):
        """A file or folder, or a decision by its number (`docs/decisions/0001`)."""
        if re.fullmatch(r"docs/decisions/\d{4}", path):
            path += "-*"
        return self.matches(self.paths, path)

    def has_name(self, name):
        """A file of this name anywhere, or the end of its path."""
        name = re.sub(r"^(?:\.{1,2}/)+", "", name)
        if "/" not in name:
            return self.matches(self.ends, name)
        return self.matches(self.paths, name) or self.matches(self.paths, "*/" + name)

    @staticmethod
    def matches(known, name):
        pattern = PLACEHOLDER.sub("*", name)
        if "*" not in pattern:
            return pattern in known
        return any(fnmatch.fnmatchcase(each, pattern) for each in known)


def offences(path, prose, tree):
    """(position, reason) of what `prose`, found at `path`, cites and is not there."""
    if path.endswith(".md"):
        for match in LINK.finditer(prose):
            target = match[1].partition("#")[0]
            if target and ":" not in target and not (
                    tree.has_path(posixpath.normpath(
                        posixpath.join(posixpath.dirname(path), target)))):
                yield match.start(1), f"the link leads nowhere: there is no {target}"
    for match in PATH.finditer(prose):
        cited = match[0].rstrip(".-").rstrip("/")
        if cited not in ELSEWHERE and not tree.has_path(cited):
            yield match.start(), f"there is no {cited}"
    for match in NAME.finditer(prose):
        if not PATH.match(match[0]) and match[0] not in ELSEWHERE and not tree.has_name(match[0]):
            yield match.start(), f"there is no {os.path.basename(match[0])}"
    for pattern, reason in OUTSIDE:
        for match in pattern.finditer(prose):
            words = " ".join(match[0].split())
            yield match.start(), f"'{words}': {reason}; {CITE}"
