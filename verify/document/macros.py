r"""Commands of the document's own, ``\newcommand`` and its like: their bodies in the place of their names, each character knowing
where in the document it comes from. Nothing else of TeX is done; what does more than to stand for a text stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from derive.records import dataclass

MOST, DEPTH = 500, 10  # of replacements in one formula, of one in another
MAX_MACROS, MAX_BODY = 500, 2_000

_NEW = re.compile(
    r"\\(?:(?P<kind>(?:re)?newcommand|providecommand|DeclareMathOperator)(?P<star>\*?)\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?"
    r"\s*(?:\[(?P<count>[0-9])\])?(?P<default>\[)?|def\s*\\(?P<defined>[A-Za-z]+)\s*(?P<arguments>(?:#[0-9])*))\s*(?=\{)"
)
_STANDING = re.compile(r"\\ensuremath\s*|\\xspace(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Macro:
    count: int  # of arguments
    body: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text with the bodies of its commands; of each character the stretch of the text that it comes from."""

    text: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def stretch(self, start: int, stop: int) -> tuple[int, int]:
        """Where a stretch of the expanded text comes from."""
        if start >= stop:
            at = self.begins[start] if start < len(self.begins) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.begins[start], self.ends[stop - 1]


def macros(texts: Iterable[str]) -> dict[str, Macro]:
    """The commands that a document defines; of two definitions the last."""
    found: dict[str, Macro] = {}
    for text in texts:
        for m in _NEW.finditer(text) if "\\" in text else ():
            end = _closed(text, m.end())
            name = m["name"] or m["defined"]
            body = _STANDING.sub("", text[m.end() + 1 : end - 1])
            if end < 0 or m["default"] or len(body) > MAX_BODY or len(found) >= MAX_MACROS:
                continue
            if m["kind"] == "DeclareMathOperator":
                body = rf"\operatorname{{{body}}}"
            found[name] = Macro(int(m["count"] or 0) if m["name"] else m["arguments"].count("#"), body)
    return found


def expanded(text: str, known: Mapping[str, Macro]) -> Expanded:
    """The text with the bodies in the place of the names; as it is where that does not end."""
    whole = Expanded(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    used = re.compile(rf"\\({'|'.join(map(re.escape, known))})(?![A-Za-z])") if known else None
    made = whole
    for _ in range(DEPTH) if used else ():
        assert used is not None
        if used.search(made.text) is None:
            return made
        again = _once(made, known, used)
        if again is None:
            return whole
        made = again
    return whole if used and used.search(made.text) else made


def _once(made: Expanded, known: Mapping[str, Macro], used: re.Pattern[str]) -> Expanded | None:
    text, parts, at = made.text, list[str](), 0
    begins, ends = list[int](), list[int]()

    def plain(stop: int) -> None:
        parts.append(text[at:stop])
        begins.extend(made.begins[at:stop])
        ends.extend(made.ends[at:stop])

    for number, m in enumerate(used.finditer(text)):
        if m.start() < at:
            continue  # in an argument: in the next round
        macro = known[m[1]]
        values, stop = _arguments(text, m.end(), macro.count)
        if values is None or number > MOST or len(macro.body) * (1 + sum(map(len, values))) > MAX_BODY * 10:
            return None
        plain(m.start())
        body = _filled(macro.body, values)
        if re.search(r"\\[A-Za-z]+$", body) and text[stop : stop + 1].isalpha():
            body += " "
        parts.append(body)
        begin, end = made.stretch(m.start(), stop)
        begins += [begin] * len(body)
        ends += [end] * len(body)
        at = stop
    plain(len(text))
    return Expanded("".join(parts), tuple(begins), tuple(ends))


def _filled(body: str, values: Sequence[str]) -> str:
    return re.sub(r"#([1-9])", lambda m: values[int(m[1]) - 1] if int(m[1]) <= len(values) else m[0], body)


def _arguments(text: str, at: int, count: int) -> tuple[list[str] | None, int]:
    """The arguments behind a command, in braces or of one sign, and where they end."""
    found: list[str] = []
    for _ in range(count):
        while at < len(text) and text[at].isspace():
            at += 1
        if text[at : at + 1] == "{":
            end = _closed(text, at)
            if end < 0:
                return None, at
            found.append(text[at + 1 : end - 1])
            at = end
        elif m := re.compile(r"\\[A-Za-z]+|[^\\{}]").match(text, at):
            found.append(m[0])
            at = m.end()
        else:
            return None, at
    return found, at


def _closed(text: str, at: int) -> int:
    """Where the brace that stands there is closed, and after it; -1 where it is not, or far away."""
    depth = 0
    for m in re.compile(r"\\.|[{}]", re.S).finditer(text, at, at + 2 * MAX_BODY):
        depth += {"{": 1, "}": -1}.get(m[0], 0)
        if depth == 0:
            return m.end()
    return -1
