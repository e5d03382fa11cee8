"""All that Errata may say of a case or of what a run found, by stable codes: the table ``messages.toml``. Light to import."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from derive.records import dataclass

TABLE = Path(__file__).with_suffix(".toml")

#: Codes by the verdict on a claim, what became of its quote, the outcome of a check, the verdict on an implementation.
VERDICTS = {
    "wrong": "V101",
    "inconsistent": "V102",
    "undecided": "V103",
    "underspecified": "V104",
    "inherited": "V105",
    "truncated": "V106",
    "convention": "V107",
    "holds-if": "V108",
    "holds": "V109",
}
QUOTES = {"stale": "D501", "ambiguous": "D502"}
CHECKS = {"differs": "C201", "undecided": "C202"}
IMPLEMENTATIONS = {"deviates": "I301", "convention": "I302", "undecided": "I303", "conforms": "I304"}

ANY_FAULT, ANY_WARNING = "E400", "W701"  # what fits no pattern of its kind


@dataclass(frozen=True, slots=True)
class Message:
    """``level`` is error, warning or note; ``name`` a word; ``says`` a line, ``means`` what to make of it; ``bad`` a piece of a
    case that is told so, ``good`` how it is meant; ``pattern`` what its texts look like, where there are several."""

    code: str
    name: str
    level: str
    says: str
    means: str
    bad: str = ""
    good: str = ""
    pattern: str = ""


@cache
def table() -> dict[str, Message]:
    """All of them by their codes."""
    import tomllib

    return {code: Message(code, **row) for code, row in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()}


@cache
def of_findings() -> tuple[Message, ...]:
    """Those that a run may find."""
    return tuple(m for m in table().values() if m.code[0] in "VDCI")


def of_fault(text: str) -> Message:
    """What is told of how a case is written."""
    return _first("E", text, ANY_FAULT)


def of_warning(text: str) -> Message:
    return _first("W", text, ANY_WARNING)


def _first(kind: str, text: str, otherwise: str) -> Message:
    plain = re.sub("'[^']*'", "''", text)  # a case's own words say nothing of the message
    for m in table().values():
        if m.code[0] == kind and m.pattern and re.search(m.pattern, text if "'" in m.pattern else plain):
            return m
    return table()[otherwise]


def named(word: str) -> Message | None:
    """The message of a code or of a name, in whatever case."""
    found = table().get(word.upper())
    return found or next((m for m in table().values() if m.name == word.lower()), None)


def told(m: Message, width: int = 100) -> list[str]:
    """What ``errata explain CODE`` shows, in lines."""
    import textwrap

    lines = [f"{m.code} {m.name} ({m.level})", m.says, "", *textwrap.wrap(m.means, width)]
    for label, example in (("not so:", m.bad), ("but so:", m.good)):
        if example:
            lines += ["", label, *(f"  {line}" for line in example.splitlines())]
    return lines


KINDS = {
    "E": ("How a case is written", "`errata check` and every command that reads a case; exit code 2."),
    "W": ("What may not be meant", "`errata check`; no exit code."),
    "V": ("Verdicts on claims", "`errata run`, where the verdict is not the pinned one."),
    "D": ("Quotes from the document", "`errata run`; the mathematics of the claim is judged all the same."),
    "C": ("Checks of generated code and of derivations", "`errata run`."),
    "I": ("Implementations", "`errata run` and `errata audit`, where the verdict is not the pinned one."),
}


def page() -> str:
    """docs/messages.md."""
    parts = [
        "# Messages",
        "Every message of `errata check` and `errata run` has a code that stays the same; formats for machines call it the rule. "
        "`errata explain CODE` says more, `errata explain --codes` lists them. This page is written from "
        "[`verify/messages.toml`](../verify/messages.toml).",
    ]
    for letter, (heading, where) in KINDS.items():
        rows = sorted((m for m in table().values() if m.code[0] == letter), key=lambda m: m.code)
        parts += [f"## {heading}", f"Told by {where}"]
        for m in rows:
            parts += [f"### {m.code} {m.name}", f"{m.says} {m.means}"]
            if m.bad:
                parts += [f"```yaml\n# not so\n{m.bad}\n# but so\n{m.good}\n```"]
    return "\n\n".join(parts) + "\n"
