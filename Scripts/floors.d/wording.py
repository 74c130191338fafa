"""The rules about words: where sentences are written, and who may name an option."""

import os
import re

from swift_text import line_of

SENTENCE = re.compile(r"\bSentence\s*(?:\.\s*init\s*)?\(")
SENTENCES_FILE = re.compile(r"Sentences(\+\w+)?\.swift")
SENTENCE_TARGET = "Bytes"

# `--word`, or a letter behind one dash, where a reader takes it for an option.
OPTION = re.compile(r"--[a-z][\w-]*|(?:(?<=[\s('\"`])|^)-[A-Za-z](?![\w-])", re.MULTILINE)
# (what a literal contains that looks like an option and is none, why)
NOT_OPTIONS = []


def check_sentences(path, code):
    if path.split("/")[1] == SENTENCE_TARGET or SENTENCES_FILE.fullmatch(os.path.basename(path)):
        return
    for match in SENTENCE.finditer(code):
        yield (path, line_of(code, match.start()),
               "a Sentence is made here: write it in the module's Sentences.swift")


def check_option_spellings(path, source):
    for start, contents in source.literals:
        for innocent, _ in NOT_OPTIONS:
            contents = contents.replace(innocent, " " * len(innocent))
        for match in OPTION.finditer(contents):
            yield (path, line_of(source.text, start + match.start()),
                   f"the option {match[0]} is named below the programs: "
                   "say which parameter it is, the program spells it")
