"""What docs/syslogd.8 says that the program has: its options, and the names that they take."""

import os
import re

PAGE = "docs/syslogd.8"
SECTIONS = re.compile(r"^\.Ss Options of .*\n((?:(?!\.S[sh] ).*\n?)*)", re.MULTILINE)
ENTRY = re.compile(r"^\.It (Fl .*)\n((?:(?!\.It |\.El).*\n?)*)", re.MULTILINE)
SPELLING = re.compile(r"\bFl (-?[\w-]+)")
LITERAL = re.compile(r"^(?:[* ] |\.Li )([\w-]+)", re.MULTILINE)


def entries(root):
    """(the spellings of an option, what the page says about it), in the order of the page."""
    with open(os.path.join(root, PAGE), encoding="utf-8") as file:
        text = file.read()
    for section in SECTIONS.findall(text):
        for heading, body in ENTRY.findall(section):
            yield {f"-{name}" for name in SPELLING.findall(heading)}, body


def options(root):
    """{option: all the spellings of it}."""
    return {spelling: both for both, _ in entries(root) for spelling in both}


def values(root, option):
    """The names that an option takes, as its entry lists them."""
    for both, body in entries(root):
        if option in both:
            return list(dict.fromkeys(LITERAL.findall(body)))
    return []
