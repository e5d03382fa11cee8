r"""What stands above and below: entries, powers, transposes, inverses, norms."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from derive.expr.shapes import show
from derive.language.latex import terms
from derive.language.latex.affine import Affine
from derive.language.latex.choices import Unsaid
from derive.language.latex.symbols import layer
from derive.language.latex.terms import ATOM, POWER, Term
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import Group, Number, Scripted, listed

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver


def scripted(r: Resolver, tree: Scripted) -> Term:
    """Scripts of what is no symbol."""
    if tree.primes:
        r.fail("a prime goes with the name of a function", tree.start)
    base = tree.base
    if isinstance(base, Number) and base.font:
        from derive.language.latex import arrays

        made = arrays.filled(r, base, tree.below)
        return raised(r, made, tree.above, tree.start)
    if isinstance(base, Group) and base.bracket in ("|", "||"):
        return raised(r, norm(r, base, tree.below, tree.start), tree.above, tree.start, of_norm=True)
    made = r.value(base)
    if listed(base) and len(tree.above) == 1 and is_transpose(r, tree.above[0]) and not tree.below:
        return replace(made, turns=False)  # a list is written as a row, (a, b)^T is a column
    if tree.below:
        made = entry(r, made, tree.below, tree.start)
    return raised(r, made, tree.above, tree.start)


def norm(r: Resolver, tree: Group, below: Tokens, start: int) -> Term:
    """A norm or an absolute value. Bars round a vector are its norm, round a matrix they are not read."""
    inside = r.value(tree.items[0])
    if tree.bracket == "|" and not inside.shape:
        if below:
            r.fail("an absolute value with something below it", start)
        return Term(f"abs({inside.text})", ATOM)
    if tree.bracket == "|":
        if len(inside.shape) == 1 and not below:
            return r.choose(("bars", start), [
                lambda: Term(f"abs({inside.text})", ATOM, inside.shape), lambda: Term(f"norm({inside.text})", ATOM),
            ])  # fmt: skip
        if len(inside.shape) == 1:
            return _norm(r, inside, below, start)
        square = inside.shape[0] == inside.shape[1]
        options = [f"abs({inside.text})", f"norm({inside.text})", *([f"det({inside.text})"] if square else [])]
        if not below:
            return r.choose(
                ("bars", start),
                [partial(Term, t, ATOM, inside.shape if t.startswith("abs") else ()) for t in options],
            )
        r.fail(
            "bars round a matrix may be a determinant, a norm or absolute values: write \\det, \\| \\| or \\operatorname{abs}",
            start,
        )
    return _norm(r, inside, below, start)


def _norm(r: Resolver, inside: Term, below: Tokens, start: int) -> Term:
    if not below:
        if len(inside.shape) == 2:
            raise Unsaid("a norm of a matrix: say which, \\| A \\|_F", start)
        return Term(f"norm({inside.text})", ATOM) if inside.shape else Term(f"abs({inside.text})", ATOM)
    first = below[0]
    if len(below) == 1 and first.kind in ("letter", "word") and first.text == "F":
        return Term(f"norm({inside.text})", ATOM)
    order = "inf" if len(below) == 1 and first.is_("\\infty") else r.value(r.tree(below)).text
    if len(inside.shape) > 1:
        raise Unsaid(f"the norm of order {order} of a matrix is not part of the language; \\| A \\|_F is", start)
    return Term(f"norm({inside.text})" if order == "2" else f"norm({inside.text}, {order})", ATOM)


# -- entries ------------------------------------------------------------------------------------------


def positions(r: Resolver, below: Tokens, shape: tuple[int, ...], *, noted: bool = False) -> list[list[str]]:
    """The indices that a subscript may give, as the language counts; none where it is none of this shape. ``noted``: a loop
    over an index without limits learns what it runs over."""
    if below[0].is_("(") and layer(below) is not None:
        shown = r.source[below[0].start : below[-1].stop]
        r.fail(f"'{shown}' below is an entry by its size, or one by its place: say in 'names:' which", below[0].start)
    parts = r.listed(below)
    ways = [parts] if len(parts) > 1 or len(shape) == 1 else _apart(parts[0])
    found = [_positions(r, way, shape, noted) for way in ways]
    made = [way for way in found if way is not None]
    if len(shape) == 2 and len(below) == 1 and below[0].kind == "number" and 10 <= int(below[0].text) <= shape[1]:
        made.append([":", str(int(below[0].text) - 1)])  # a column
    return made


def _positions(r: Resolver, parts: list[Tokens], shape: tuple[int, ...], noted: bool) -> list[str] | None:
    if not parts or len(parts) > len(shape):
        return None
    made = []
    for k, (tokens, size) in enumerate(zip(parts, shape, strict=False)):
        if len(tokens) == 1 and tokens[0].is_(":"):
            made.append(":")
            continue
        found = r.affine(tokens)
        if found is None:
            return None
        value = found.counted()
        if value is not None and not (1 <= value <= size):
            return None
        for i in found.indices:
            if noted:
                i.sizes.append(shape[k])
            if i.limit is not None and not found.constant - i.first and len(found.names) == 1 and i.limit > size:
                return None
            alone = found.constant == i.first and len(found.names) == 1
            if alone and i.ends is not None and i.ends[1] < size:
                r.fail(
                    f"an index up to {i.ends[0]} = {i.ends[1]} does not reach all {int(size)} entries: "
                    f"say in 'sizes:' that {i.ends[0]} is {int(size)}, or sum up to the number {i.ends[1]}",
                    tokens[0].start,
                )
        # entries are counted from 0, as the index, or from 1: one of them reaches beyond the ends, or there are two readings
        from_one = [
            r.choose(("base", i.name), [lambda: 0, lambda: 1]) for i in found.indices if i.first == 0 and not i.endless
        ]
        made.append(Affine(found.constant - max(from_one, default=0), found.names, found.indices).position())
    return made


def _apart(tokens: Tokens) -> list[list[Tokens]]:
    """``ij`` and ``12`` of a matrix: two indices; ``112``: the one or the other way; and one index, of a row."""
    if len(tokens) == 2 and all(t.kind in ("letter", "command", "number") for t in tokens):
        return [[(tokens[0],), (tokens[1],)]]
    t = tokens[0]
    if len(tokens) > 1 or t.kind != "number" or not t.text.isdigit() or len(t.text) > 5:
        return [[tokens]]
    if len(t.text) > 1 and t.text[0] == "0":
        return []
    middles = [t.start + k for k in range(1, len(t.text)) if t.text[k] != "0"]
    made: list[list[Tokens]] = []
    for m in middles:
        first = Token("number", t.text[: m - t.start], t.start, m)
        made.append([(first,), (Token("number", t.text[m - t.start :], m, t.stop),)])
    return [*made, [tokens]]


def entry(r: Resolver, of: Term, below: Tokens, start: int) -> Term:
    if not of.shape:
        r.fail(f"'{of.text}' is a number and has no entries", start)
    found = positions(r, below, of.shape, noted=True)
    if not found:
        shown = r.source[below[0].start : below[-1].stop]
        r.fail(f"'{shown}' is no index of '{of.text}', which has shape {show(of.shape)}", below[0].start)
    return r.choose(("entry", of.text, below[0].text), [partial(picked, of, way) for way in found])


def picked(of: Term, found: list[str]) -> Term:
    while found and found[-1] == ":":
        found = found[:-1]
    rest = tuple(s for p, s in zip(found, of.shape, strict=False) if p == ":") + of.shape[len(found) :]
    return Term(f"{of.at(ATOM)}[{', '.join(found)}]", ATOM, rest, plain=not rest)


# -- above ----------------------------------------------------------------------------------------------


def is_transpose(r: Resolver, t: Token) -> bool:
    return t.is_("\\top") or (t.kind in ("letter", "word") and t.text == "T")


def raised(r: Resolver, base: Term, above: Tokens, start: int, of_norm: bool = False) -> Term:
    """A power, a transpose, an inverse."""
    if not above:
        return base
    if len(above) == 1 and is_transpose(r, above[0]):
        if above[0].kind == "letter" and "T" in r.scope and not base.shape:
            return power(r, base, above, start)
        if not base.shape and not base.open:
            r.fail(f"'{base.text}' is a number and has no transpose", start)
        return r.combined(lambda: terms.transposed(base), start)
    if above[0].is_("-") and (base.shape or base.open):
        if len(above) == 2 and above[1].text == "1":
            if len(base.shape) == 1:
                r.fail(f"'{base.text}' is a vector and has no inverse", start)
            return r.combined(lambda: terms.inverse(base), start)
        if len(above) == 2 and is_transpose(r, above[1]):
            return r.combined(lambda: terms.transposed(terms.inverse(base)), start)
    if above[0].is_("\\odot", "\\circ") and len(above) > 1:
        exponent = r.value(r.tree(above[1:]))
        if not base.shape:
            r.fail(f"'{base.text}' is a number: its power is written without \\odot", start)
        return Term(f"{base.at(ATOM)}**{exponent.at(ATOM)}", POWER, base.shape, base.row, base.turns)
    if len(above) == 1 and (above[0].is_("*", "+", "-", "\\dagger") or above[0].is_("'")):
        r.fail(f"no name for '{base.text}' with '{above[0].text}' above it; say in 'names:' what it is", start)
    if layer(above) is not None:
        r.fail(
            f"'{r.source[above[0].start : above[-1].stop]}' above '{base.text}' is no layer, step or row that is known",
            start,
        )
    return power(r, base, above, start)


def power(r: Resolver, base: Term, above: Tokens, start: int) -> Term:
    exponent = r.value(r.tree(above))
    if exponent.shape:
        r.fail(f"'{exponent.text}' is no number to raise to", start)
    text = exponent.text if exponent.level == ATOM else f"({exponent.text})"
    if base.number and base.text == "10" and (exponent.number or exponent.text.startswith("-")):
        digits = exponent.text.removeprefix("-")
        if digits.isdigit() and len(digits) < 4:
            return terms.number(f"1e{exponent.text}")
    entrywise = Term(f"{base.at(ATOM)}**{text}", POWER, base.shape, base.row, base.turns)
    if not base.shape:
        return replace(entrywise, plain=base.plain and exponent.plain)
    if base.open and base.rank == 1:
        r.fail("a power of a vector of ones", start)
    if base.open:
        return base
    if exponent.text == "2" and len(base.shape) == 1:
        return r.choose(
            ("square", base.text),
            [lambda: entrywise, lambda: Term(f"{base.at(ATOM)} @ {base.at(ATOM)}", terms.PRODUCT)],
        )
    if len(base.shape) == 2 and base.shape[0] == base.shape[1]:
        if exponent.text in ("2", "3"):
            product = " @ ".join([base.at(ATOM)] * int(exponent.text))
            return r.choose(
                ("square", base.text), [lambda: Term(product, terms.PRODUCT, base.shape), lambda: entrywise]
            )
        raise Unsaid(f"a power of the matrix '{base.text}': say in 'names:' what it is", start)
    return entrywise
