"""Text from a case file, made harmless in markdown: shown as it is, never as markup, a link or mathematics."""

from __future__ import annotations

import re

_HARMLESS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "$": "&#36;"}
_HARMLESS |= {c: "\\" + c for c in "\\`*_[]#~"}
_ADDRESS = re.compile(r"(?i)(?:https?|ftp|xmpp|mailto)(?=:)|www(?=\.)|\S(?=@\S)")


def one_line(value: str) -> str:
    """All whitespace and control characters as single spaces; no character that reorders a line."""
    kept = "".join(" " if c.isspace() or not c.isprintable() else c for c in value)
    return " ".join(kept.split())


def text(value: str) -> str:
    """Plain text inside a heading, a table cell or a line; the pages never begin a line with it."""
    made = "".join(_HARMLESS.get(c, c) for c in one_line(value))
    # an address or a mail would become a link by itself: an empty comment keeps its halves apart
    return _ADDRESS.sub(r"\g<0><!-- -->", made)


def code(value: str) -> str:
    """Text in a fixed-width font, also inside a table cell."""
    shown = one_line(value)
    if not shown:
        return ""
    if "|" in shown:  # in a cell a bar must be escaped, which a backslash before it would undo
        if "\\" in shown:
            return text(shown)
        shown = shown.replace("|", r"\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    gap = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def math(latex: str) -> str:
    """Inline mathematics in GitHub's form that markdown leaves alone, also inside a table cell."""
    return f"$`{latex}`$"


def display(latex: str) -> str:
    """Mathematics in a block of its own."""
    return f"```math\n{latex}\n```"
