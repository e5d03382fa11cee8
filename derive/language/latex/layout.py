r"""What lays a formula out and says nothing: alignment signs, lines that go on, wrapping environments, labels at its end."""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import ExpressionError
from derive.language.latex.tokens import Token, Tokens

_WRAPPING = {
    "aligned",
    "align",
    "equation",
    "split",
    "gathered",
    "gather",
    "alignedat",
    "alignat",
    "eqnarray",
    "multline",
    "displaymath",
}
RELATIONS = {
    "=": "==", ":=": "==", "\\equiv": "==", "<": "<", ">": ">", "\\le": "<=", "\\ge": ">=", "\\ne": "!=", "\\approx": "~",
    "\\simeq": "~", "\\doteq": "==", "\\triangleq": "==",
    "\\leftarrow": "<-", "\\succeq": ">>=", "\\succ": ">>", "\\preceq": "<<=", "\\prec": "<<",
}  # fmt: skip
#: What a line goes on with, or what it breaks off after.
_GOES_ON = ("+", "-", "\\cdot", "\\times", "\\odot", "*", "/", *RELATIONS)


def plain(tokens: Tokens) -> tuple[list[Token], list[str]]:
    """The tokens without alignment and line breaks inside a statement, and what was set aside."""
    kept: list[Token] = []
    open_: list[str] = []  # environments that mean something
    for t in tokens:
        if t.kind == "command" and t.text.startswith(("begin ", "end ")):
            word, _, name = t.text.partition(" ")
            if name in _WRAPPING:
                if word == "begin":
                    kept += [Token("sign", "\\\\", t.start, t.stop)]
                continue
            if word == "begin":
                open_.append(name)
            elif not open_ or open_.pop() != name:
                raise ExpressionError(f"\\end{{{name}}} without its \\begin", t.start)
            kept.append(t)
        elif t.is_("&") and not open_:
            continue
        else:
            kept.append(t)
    kept, aside = _typed(kept)
    kept, over = _stacked(kept)
    kept, notes = _unbraced(kept)
    notes = over + notes
    return _joined(_numbers(kept)), aside + notes


def _typed(tokens: list[Token]) -> tuple[list[Token], list[str]]:
    r"""Without ``\in \mathbb{R}^{n}``, which says what kind of thing something is, and is told."""
    made: list[Token] = []
    aside: list[str] = []
    k = 0
    while k < len(tokens):
        if tokens[k].is_("\\in") and tokens[k + 1].is_("\\bbR", "\\bbN", "\\bbZ"):
            k, first = k + 2, k
            if tokens[k].is_("^"):
                k = argument(tokens, k + 1)
            aside.append(" ".join(t.text for t in tokens[first:k]))
            continue
        made.append(tokens[k])
        k += 1
    return made, aside


def _unbraced(tokens: list[Token]) -> tuple[list[Token], list[str]]:
    r"""Without ``\underbrace`` and ``\overbrace``, and what stands below and above them, which is told."""
    made: list[Token] = []
    aside: list[str] = []
    ends: list[int] = []  # depths of braces that a note follows
    k = depth = 0
    while k < len(tokens):
        t = tokens[k]
        if t.is_("\\underbrace", "\\overbrace"):
            if not tokens[k + 1].is_("{"):
                raise ExpressionError(f"expected braces after \\{t.text}", t.stop)
            ends.append(depth)
            k += 1
            continue
        depth += t.is_("{") - t.is_("}")
        made.append(t)
        k += 1
        if t.is_("}") and ends and ends[-1] == depth:
            ends.pop()
            if tokens[k].is_("_", "^"):
                end = argument(tokens, k + 1)
                aside.append(" ".join(u.text for u in tokens[k + 1 : end] if not u.is_("{", "}")))
                k = end
    return made, aside


def _stacked(tokens: list[Token]) -> tuple[list[Token], list[str]]:
    r"""``\stackrel{!}{=}`` is its relation, and what stands over it is told; ``\underset{x}{\min}`` is ``\min_{x}``."""
    made: list[Token] = []
    aside: list[str] = []
    k = 0
    while k < len(tokens):
        t = tokens[k]
        if not t.is_("\\stackrel", "\\overset", "\\underset"):
            made.append(t)
            k += 1
            continue
        middle = argument(tokens, k + 1)
        end = argument(tokens, middle)
        first, second = (
            [u for u in part if not u.is_("{", "}")] for part in (tokens[k + 1 : middle], tokens[middle:end])
        )
        if len(second) == 1 and second[0].is_(*RELATIONS):
            made += second
            aside.append(" ".join(u.text for u in first))
        elif t.is_("\\underset") and len(second) == 1 and second[0].kind == "command":
            inner = Token("sign", "{", t.start, t.start), *first, Token("sign", "}", t.stop, t.stop)
            made += [*second, Token("sign", "_", t.start, t.stop), *inner]
        else:
            raise ExpressionError(f"\\{t.text} is read over a relation, or below \\min and the like", t.start)
        k = end
    return made, aside


def argument(tokens: Sequence[Token], k: int) -> int:
    """Where the argument that begins at k ends: a token, or what stands in braces."""
    depth = 0
    while tokens[k].kind != "end":
        depth += tokens[k].is_("{") - tokens[k].is_("}")
        k += 1
        if not depth:
            break
    return k


def _numbers(tokens: list[Token]) -> list[Token]:
    """``1,250,000`` outside of brackets is one number: a list of numbers says nothing. Raises ExpressionError where digits with
    commas may be something else, too: ``2,718`` where no decimal point stands outside of brackets, and ``(1,250)``. Scripts
    are lists of indices."""
    numerals = _outside(tokens)
    made: list[Token] = []
    scripts: list[bool] = []  # of the open brackets, whether they are those of a script
    k = 0
    while k < len(tokens):
        t = tokens[k]
        if t.is_("(", "[", "{", "\\{"):
            scripts.append(bool(made) and (made[-1].is_("_", "^") or any(scripts)))
        elif t.is_(")", "]", "}", "\\}") and scripts:
            scripts.pop()
        if not any(scripts) and len(groups := _groups(tokens, k)) > 1:
            if scripts or (len(groups) == 2 and not any("." in u.text for u in numerals)):
                _several(groups, listed=bool(scripts))
            t = Token("number", "".join(g.text for g in groups), t.start, groups[-1].stop, t.font, t.spaced)
            k += 2 * len(groups) - 2
        made.append(t)
        k += 1
    return made


def _outside(tokens: Sequence[Token]) -> list[Token]:
    """The numerals that stand in no round brackets: a number in them may be that of the equation."""
    found, depth = [], 0
    for t in tokens:
        depth += t.is_("(") - t.is_(")")
        if t.kind == "number" and not depth:
            found.append(t)
    return found


def _groups(tokens: Sequence[Token], k: int) -> list[Token]:
    """The numerals from here on that have nothing but a comma between them, and three digits each after the first."""
    if tokens[k].kind != "number" or not tokens[k].text.isdigit() or len(tokens[k].text) > 3:
        return []
    found = [tokens[k]]
    while len(tokens) > k + 2 and tokens[k + 1].is_(",") and tokens[k + 2].kind == "number":
        after = tokens[k + 2]
        whole, _, rest = after.text.partition(".")
        if (
            after.spaced
            or tokens[k + 1].spaced
            or len(whole) < 3
            or (rest and len(whole) > 3)
            or found[-1].text.count(".")
        ):
            break
        found.append(after)
        k += 2
    return found


def _several(groups: Sequence[Token], listed: bool) -> None:
    joined = "{,}".join(g.text for g in groups)
    ways = {"thousands": joined} if all(len(g.text.partition(".")[0]) == 3 for g in groups[1:]) else {}
    if len(groups) == 2 and "." not in groups[1].text:
        ways["a decimal point"] = ".".join(g.text for g in groups)
    if listed:
        ways["a list"] = ", ".join(g.text for g in groups) + " with a space"
    said, written = ", or ".join(ways), " or ".join(ways.values())
    raise ExpressionError(f"a comma between digits: {said}; write {written}", groups[0].start)


def _joined(tokens: list[Token]) -> list[Token]:
    """Without the breaks and wide spaces before and after an operator, and those that stand twice."""
    made: list[Token] = []
    depth = 0  # of environments, whose line breaks part rows
    for i, t in enumerate(tokens):
        depth += t.kind == "command" and t.text.startswith("begin ")
        depth -= t.kind == "command" and t.text.startswith("end ")
        if t.is_("\\\\", "quad") and (not depth or t.is_("quad")):
            following = next((u for u in tokens[i + 1 :] if not u.is_("\\\\", "quad")), None)
            after = made[-1] if made else None
            if following is None or following.is_(*_GOES_ON) or after is None or after.is_(*_GOES_ON):
                continue
        made.append(t)
    return made
