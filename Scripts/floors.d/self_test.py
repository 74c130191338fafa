"""Plants every case in a tree of its own and looks what is found there."""

import os
import tempfile

from cases import INNOCENT, PLANTED


def self_test(check):
    wrong = []
    for path, text, line, words in PLANTED:
        found = check_alone(check, path, text)
        if not any(o[0] == path and o[1] == line and words in o[2] for o in found):
            wrong.append(f"not found: {words!r} at {path}:{line}; found {found}")
    for path, text in INNOCENT:
        found = check_alone(check, path, text)
        if found:
            wrong.append(f"innocent, yet found: {found}")
    for line in wrong:
        print(f"floors --self-test: {line}")
    passed = len(PLANTED) + len(INNOCENT) - len(wrong)
    print(f"floors --self-test: {passed} passed, {len(wrong)} failed")
    return 1 if wrong else 0


def check_alone(check, path, text):
    """The offences in a tree that holds one file."""
    with tempfile.TemporaryDirectory(prefix="floors.") as tree:
        full = os.path.join(tree, path)
        os.makedirs(os.path.dirname(full))
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return check(tree)
