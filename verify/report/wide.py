"""Formulas that are too wide for a cell of a table in markdown: they stand below it, what they share written once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from derive.expr.graph import Node
from derive.language.typeset import abbreviations, latex
from verify.casefile.model import Case
from verify.report.derived import free_letter
from verify.report.place import harmless
from verify.report.words import Item, corrected, right, statement
from verify.text.escape import code
from verify.text.medium import MARKDOWN, Medium

WIDE = 60  # glyphs beside each other, about 500 pixels
SHARED, LONG = 24, 120  # characters of LaTeX beyond which a part that is shared, or any part, gets a name

_BEGIN, _END, _ROW = "\x01", "\x02", "\x03"
_FRACTION = re.compile(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}")
_BRACES = re.compile(r"(?<!frac)(?<!\})\{([^{}]*)\}")
_ROWS = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")

#: What takes the place of commands: those that are no glyphs of their own are nothing, all others one.
_COMMANDS = (
    (r"\\begin\{\w+\}", _BEGIN),
    (r"\\end\{\w+\}", _END),
    (r"\\\\", _ROW),
    (r"\\(?:left|right|mathrm|text|mathbf|Big|hat|bar|tilde|dot)(?![A-Za-z])|\\[,;! ]|[\s_^&]", ""),
    (r"\\(?!t?frac)[A-Za-z]+", "x"),
)


def width(formula: str) -> int:
    """About how many glyphs stand beside each other: of a fraction the wider part counts, of a matrix the widest row."""
    left = re.sub(r"(\\[A-Za-z]+)\s+", r"\1{}", formula)  # a space ends a command, and is none
    for command, glyph in _COMMANDS:
        left = re.sub(command, glyph, left)
    before = ""
    while before != left:
        before = left
        left = _FRACTION.sub(lambda m: max(m[1], m[2], key=len), left)
        left = _BRACES.sub(r"\1", left)
        left = _ROWS.sub(lambda m: max(m[1].split(_ROW), key=len), left)
    return len(left)


def is_wide(markdown: str) -> bool:
    """Whether a cell has a formula, or a line of code, that is too wide for it."""
    found = re.findall(r"\$`(.*?)`\$", markdown)
    return sum(map(width, found)) > WIDE if found else markdown.startswith("`") and len(markdown) > 2 * WIDE


def anchor(identity: str) -> str:
    """Of what a claim says in full."""
    return f"says-{harmless(identity)}"


def cell(item: Item, said: str, page: str = "", medium: Medium = MARKDOWN) -> str:
    """What goes into a cell: what is said, or where on the page of its case that stands. In HTML it breaks, and always fits."""
    if medium is not MARKDOWN:
        return said
    where = "on its page" if page else "below"
    return f"[{where}]({page}#{anchor(item.result.id)})" if is_wide(said) else said


def written_out(items: Sequence[Item], says: Callable[[Item], str]) -> Iterator[str]:
    """What the cells of claims say where it stands, as blocks of markdown: what the document says, and what it should."""
    for item in items:
        said, mended = says(item), corrected(item)
        far = mended is not None and is_wide(right(item))
        if not is_wide(said) and not far:
            continue
        yield f'<a id="{anchor(item.result.id)}"></a>{code(item.result.id)} in full:'
        claim = item.claim
        if claim is None or not said.startswith("$`"):
            yield said
        elif claim.of is not None and (claim.equals or claim.prints is not None):
            yield from _equation(item.case, [claim.of, *claim.equals])
        else:
            yield MARKDOWN.equations([(statement(claim), "")])
        if mended is not None and far:
            yield "It should be"
            yield from _equation(item.case, [mended])


def _equation(case: Case, sides: Sequence[Node]) -> Iterator[str]:
    names = abbreviations(sides, shared=SHARED, long=LONG, prefix=free_letter(case))
    first, *rest = (latex(s, names) for s in sides)
    yield MARKDOWN.equations([(first if k == 0 else "", r) for k, r in enumerate(rest)] or [(first, "")])
    if names:
        yield "where"
        yield MARKDOWN.equations(
            [(name, latex(n, {m: k for m, k in names.items() if m is not n})) for n, name in names.items()]
        )
