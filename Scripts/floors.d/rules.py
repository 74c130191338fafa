"""The rules about code: each takes a file's path and code, and finds (file, line, reason)."""

import re

from swift_text import line_of

C_SHIMS = "CShims"
TRAIT_FILE = "Sources/SelectedBackend/SelectedBackend.swift"
FEATURE_FILE = "Sources/Features/Feature.swift"
LONGEST_FILE = 300

IMPORT = re.compile(
    r"(?:^|;)[ \t]*(?:@\w+(?:\([^)]*\))?\s+)*"
    r"(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)",
    re.MULTILINE)
CONDITION = re.compile(r"#(?:if|elseif)\b[^\n]*")
# hasFeature(Embedded), os(Linux): what is no trait in a condition.
CALL = re.compile(r"\b(?:hasFeature|os|arch|swift|compiler)\s*\([^)]*\)")
TRAIT = re.compile(r"\b[A-Z]\w*")
EMBEDDED = re.compile(r"hasFeature\s*\(\s*Embedded\s*\)")

# What product code must not contain, and why.
FORBIDDEN = [
    (re.compile(r"\bFoundation\b"), "Foundation does not exist in Embedded Swift"),
    (re.compile(r"\b(?:Dispatch|DispatchQueue)\b"), "Dispatch does not exist in Embedded Swift"),
    (re.compile(r"\bGlibc\b"), "the Glibc module does not exist in Embedded Swift: use CPosix"),
    (re.compile(r"(?<![\w.`])(?:async|await)\b"), "async/await needs a runtime"),
    (re.compile(r"(?<![\w.`])any\s+(?=[A-Z(~])"), "an existential needs a runtime: use a generic"),
    (re.compile(r"(?<![\w.`])Any\b"), "an existential needs a runtime: use a generic"),
    (re.compile(r"\btry!"), "try! ends the daemon on an error"),
    (re.compile(r"\bas!"), "as! ends the daemon on another type"),
    (re.compile(r"(?<!\btry)(?<!\bas)(?<=[\w)\]}>?`])!(?!=)"),
     "a force unwrap ends the daemon on nil"),
    (re.compile(r"\bfatalError\b"), "fatalError ends the daemon"),
]


def target_of(path):
    return path.split("/")[1]


def check_length(path, text):
    lines = text.count("\n") + (not text.endswith("\n") and text != "")
    if lines > LONGEST_FILE:
        yield path, LONGEST_FILE + 1, f"{lines} lines: a file has at most {LONGEST_FILE}"


def check_imports(path, code, floors):
    """`floors` has what each target may import."""
    target = target_of(path)
    if target not in floors:
        if target != C_SHIMS:
            yield path, 1, f"target {target} has no floor: give it one in Scripts/floors"
        return
    allowed = floors[target]
    for match in IMPORT.finditer(code):
        module, line = match[1], line_of(code, match.start(1))
        if module not in allowed:
            may = ", ".join(sorted(allowed)) or "nothing"
            yield path, line, f"{target} imports {module}; it may import {may}"


def check_embedded(path, code):
    for match in CONDITION.finditer(code):
        if EMBEDDED.search(match[0]):
            yield (path, line_of(code, match.start()),
                   "#if hasFeature(Embedded) on floor 1 or 2: it belongs in SyslogIO or syslogd")


def check_traits(path, code):
    if path in (TRAIT_FILE, FEATURE_FILE):
        return
    for match in CONDITION.finditer(code):
        trait = TRAIT.search(CALL.sub("", match[0]))
        if trait:
            yield (path, line_of(code, match.start()),
                   f"#if on the trait {trait[0]}: only {TRAIT_FILE} and {FEATURE_FILE} read traits")


def check_forbidden(path, code):
    for pattern, reason in FORBIDDEN:
        for match in pattern.finditer(code):
            yield path, line_of(code, match.start()), reason
