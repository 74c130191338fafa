"""Finds what is written for people: all of a document, the comments of a source file."""

import io
import re
import tokenize

from swift_text import SwiftText

C_ENDINGS = (".c", ".h", ".modulemap")
C_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
HASH_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
URL = re.compile(r"https?://[^\s)>\"'`]+")
# The marker at the start of a comment's line.
MARKER = re.compile(r"^[ \t]*(?:///?|/?\*+/?|#+!?)(?=\s|$)", re.MULTILINE)


def prose(path, text):
    """A copy of `text` in which everything but prose, and every URL, is replaced by spaces, so that
    positions and lines stay the same; None if the file is neither a document nor a source."""
    if path.endswith(".md"):
        return without(URL, text)
    spans = comments(path, text)
    if spans is None:
        return None
    out = ["\n" if character == "\n" else " " for character in text]
    for start, end in spans:
        out[start:end] = text[start:end]
    return without(URL, without(MARKER, "".join(out)))


def without(pattern, text):
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def comments(path, text):
    """The (start, end) of each comment."""
    if path.endswith(".swift"):
        return SwiftText(text).comments
    if path.endswith(C_ENDINGS):
        return [match.span() for match in C_TOKEN.finditer(text) if match[0][0] == "/"]
    if path.endswith(".py") or re.match(r"#!.*python", text):
        return python_comments(text)
    if "." not in path.split("/")[-1] or path.endswith(".sh"):
        return [match.span() for match in HASH_COMMENT.finditer(text)]
    return None


def python_comments(text):
    """Its docstrings, too: strings that are a statement of their own."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(position):
        return starts[position[0] - 1] + position[1]

    spans, begins = [], True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and begins):
            spans.append((place(token.start), place(token.end)))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return spans
