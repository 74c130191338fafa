"""Swift source, taken apart into its code and its string literals."""

import re

STRING_OPENING = re.compile(r'(#*)("""|")')
# What can be taken in one piece, in code and in a string.
CODE = re.compile(r'[^/"#()]+')
WORDS = re.compile(r'[^\\"\n]+')
# What stands in a literal for what is interpolated: no space, no letter.
INTERPOLATED = "\N{OBJECT REPLACEMENT CHARACTER}"


def line_of(text, position):
    return text.count("\n", 0, position) + 1


class SwiftText:
    """`code` is the source with the insides of comments and string literals made blank, lines
    kept; what is interpolated into a string stays, because it is code.

    `literals` has (position, contents) of each literal: what is interpolated and what is escaped
    is replaced at the same length, so that an index into the contents is one into the source.

    `comments` has the (start, end) of each."""

    def __init__(self, text):
        self.text = text
        self.out = []
        self.literals = []
        self.comments = []
        self.skip_code(0, closing=False)
        self.code = "".join(self.out)

    def skip_code(self, at, closing):
        """Copies code from `at`; with `closing`, until the parenthesis that ends an
        interpolation. Returns where it ends, as the other two do."""
        text, depth = self.text, 0
        while at < len(text):
            opening = STRING_OPENING.match(text, at)
            if text.startswith("//", at):
                end = text.find("\n", at)
                end = len(text) if end < 0 else end
                self.comments.append((at, end))
                at = end
            elif text.startswith("/*", at):
                at = self.skip_comment(at)
            elif opening:
                at = self.skip_string(opening.end(), opening[1], opening[2])
            else:
                if closing and text[at] == ")" and depth == 0:
                    return at
                depth += {"(": 1, ")": -1}.get(text[at], 0)
                plain = CODE.match(text, at)
                self.out.append(plain[0] if plain else text[at])
                at = plain.end() if plain else at + 1
        return at

    def skip_comment(self, at):
        text, depth, start = self.text, 0, at
        while at < len(text):
            if text.startswith("/*", at):
                depth, at = depth + 1, at + 2
            elif text.startswith("*/", at):
                depth, at = depth - 1, at + 2
                if depth == 0:
                    break
            else:
                self.out.append("\n" if text[at] == "\n" else " ")
                at += 1
        self.comments.append((start, at))
        return at

    def skip_string(self, at, hashes, quotes):
        text, start, contents = self.text, at, []
        self.out.append('"')
        while at < len(text):
            if text.startswith(quotes + hashes, at):
                self.out.append('"')
                self.literals.append((start, "".join(contents)))
                return at + len(quotes + hashes)
            if text.startswith("\\" + hashes + "(", at):
                begin = at
                self.out.append(" (")
                at = self.skip_code(at + len(hashes) + 2, closing=True) + 1
                self.out.append(") ")
                contents.append(INTERPOLATED * (at - begin))
            elif text.startswith("\\" + hashes, at):
                contents.append(" " * (2 + len(hashes)))
                at += 2 + len(hashes)
            elif text[at] == "\n" and quotes == '"':
                break
            else:
                plain = WORDS.match(text, at)
                words = plain[0] if plain else text[at]
                self.out.append(words if words == "\n" else " " * len(words))
                contents.append(words)
                at += len(words)
        self.literals.append((start, "".join(contents)))
        return at
