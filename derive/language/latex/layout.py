r"""What lays a formula out and says nothing: alignment signs, lines that go on, wrapping environments, labels at its end."""

from __future__ import annotations

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
    return _joined(kept), []


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
