r"""A letter with its scripts: a name, an entry of a tensor, a step of an iteration, a power. Scope and rank tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from derive.errors import ExpressionError, UnknownSymbol, nearest
from derive.expr.graph import Node, topological
from derive.language import sequences
from derive.language.latex import scripts, terms
from derive.language.latex.affine import Affine
from derive.language.latex.library import library
from derive.language.latex.symbols import candidates, layer, pieces, raised
from derive.language.latex.terms import ATOM, OPEN, Term
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import Number, Scripted, Sum, Symbol, Tree

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver


def parts(tree: Symbol | Scripted) -> tuple[Symbol, Tokens, Tokens, int]:
    if isinstance(tree, Symbol):
        return tree, (), (), 0
    assert isinstance(tree.base, Symbol)
    return tree.base, tree.below, tree.above, tree.primes


def known(
    r: Resolver, s: Symbol, below: list[tuple[str, ...]] | None = None, above: tuple[str, ...] | None = None
) -> list[str]:
    """The names of the scope that a symbol may be; those of one node count once. Functions are none."""
    found: dict[Node, str] = {}
    for name in candidates(s.word, s.accents, below, above):
        n = r.scope.get(name)
        if n is not None and n.op != "function":
            found.setdefault(n, name)
    return list(found.values())


def function_of(r: Resolver, s: Symbol, below: Tokens = ()) -> str | None:
    """The function that a symbol stands for: one that the case declares, else one of the language."""
    named = candidates(s.word, s.accents, pieces(below) or []) if not below or pieces(below) else ()
    for name in named:
        if name in r.scope and r.scope[name].op == "function":
            return name
    if below:  # all of it, or nothing
        sub = pieces(below) or []
        return library(f"{s.word}_{sub[0][0]}") if len(sub) == 1 and not s.accents else None
    return None if s.accents else "max" if s.word == "max" else "min" if s.word == "min" else library(s.word)


def of(r: Resolver, name: str) -> Term:
    return terms.name(name, r.scope[name].shape)


def is_state(r: Resolver, name: str) -> bool:
    """Whether ``name(k)`` is its state after k steps."""
    n, known_states = r.scope[name], sequences.states(r.graph)
    if not known_states:
        return False
    return n in known_states or (n.op == "def" and any(m in known_states for m in topological([n])))


def count(r: Resolver, tree: Tree, strictly: bool = True) -> str:
    """A number of steps: a whole number, or a symbol that nothing in scope depends on, give or take one; "" for anything else.
    Not ``strictly``: any scalar symbol."""
    text, symbols = "", 0
    for k, (sign, t) in enumerate(tree.terms if isinstance(tree, Sum) else [("+", tree)]):
        if isinstance(t, Number) and t.text.isdigit():
            part = t.text
        elif isinstance(t, Symbol | Scripted) and (part := _free(r, t, strictly)):
            symbols += 1
        else:
            return ""
        text += f" {sign} {part}" if k else f"-{part}" if sign == "-" else part
    return text if symbols < 2 else ""


def _free(r: Resolver, tree: Symbol | Scripted, strictly: bool) -> str:
    """A scalar symbol that stands for a number of steps, or an index."""
    if isinstance(tree, Symbol) and tree.word in r.indices:
        i = r.indices[tree.word]
        return f"({i.name} + 1)" if i.first else i.name
    try:
        name = symbol(r, tree).text
    except ExpressionError:
        return ""
    n = r.scope.get(name)
    if n is not None and n.op == "def" and n.args[0].op == "const":
        return name
    if n is None or n.op != "symbol" or n.shape:
        return ""
    if not strictly:
        return name
    if n in sequences.states(r.graph):  # a state, or the index of the steps
        return ""
    return "" if n in topological([m for m in r.scope.values() if m.op == "def"]) else name


def after(r: Resolver, name: str, number: Tokens) -> Term:
    return Term(f"{name}({count(r, r.tree(number), strictly=False)})", ATOM, r.scope[name].shape, plain=True)


def symbol(r: Resolver, tree: Symbol | Scripted) -> Term:
    s, below, above, primes = parts(tree)
    if s.word in r.indices and not s.accents and not below and not primes:
        i = r.indices[s.word]
        value = Term(f"{i.name} + 1", terms.SUM, plain=True) if i.first else terms.name(i.name)
        return scripts.raised(r, value, above, tree.start)
    options = ways(r, s, below, above, primes)
    if options:
        options |= _letters(r, tree)
    if options and s.word == "e" and above and not (below or primes or s.accents or above[0].kind == "number"):
        options["exp"] = lambda: _exponential(r, above, s.start)
    if options:
        made = r.choose(("name", _shown(r, tree)), list(options.values()))
        word, font = r.looks.setdefault(made.text, (s.word, s.font))
        if font != s.font:
            r.fail(f"'{made.text}' in two fonts, which may be two things: say in 'names:' what they are", s.start)
        if word != s.word:
            r.fail(
                f"'{made.text}' is written in two ways, which may be two things: say in 'names:' what they are", s.start
            )
        if len(options) > 1:
            r.taken[written(r, s, below, above)] = made.text
        return made
    if primes == 0 and (constant := _constant(r, s, below, above)) is not None:
        return constant
    _unknown(r, tree, s, below, above)


def _letters(r: Resolver, tree: Symbol | Scripted) -> dict[str, Callable[[], Term]]:
    """A name of several plain letters as a product, where each of its letters is a name, too."""
    s = parts(tree)[0]
    letters = len(s.word) > 1 and not s.accents and r.source.startswith(s.word, s.start)
    if not letters or not all(c in r.scope and r.scope[c].op != "function" for c in s.word):
        return {}
    each: list[Tree] = [Symbol(s.start + k, c) for k, c in enumerate(s.word)]
    if isinstance(tree, Scripted):
        each[-1] = replace(tree, start=each[-1].start, base=each[-1])
    return {"letters": lambda: r.factors([("", t) for t in each])}


def scripted_name(r: Resolver, name: str, tree: Scripted) -> Term:
    """Scripts of what the table of names says is a name: entries, steps, powers."""
    if tree.primes:
        r.fail(f"'{name}' with a prime: say in 'names:' what it is", tree.start)
    options = dict(_rests(r, name, tree.below, tree.above, tree.start))
    if not options:
        made = scripts.entry(r, of(r, name), tree.below, tree.start) if tree.below else of(r, name)
        return scripts.raised(r, made, tree.above, tree.start)
    return r.choose(("given", tree.start), list(options.values()))


def ways(r: Resolver, s: Symbol, below: Tokens, above: Tokens, primes: int) -> dict[str, Callable[[], Term]]:
    """What a symbol with its scripts may be, by what is said of it."""
    found: dict[str, Callable[[], Term]] = {}
    sub = pieces(below) if below else []
    inside = layer(above) if above else None
    sup = raised(above) if above else None
    in_brackets = pieces(inside) if inside else None
    mark = ("prime",) if primes == 1 else None
    if primes > 1 or (primes and above):
        return found

    def keep(name: str, rest_below: Tokens, rest_above: Tokens) -> None:
        for key, make in _rests(r, name, rest_below, rest_above, s.start):
            found.setdefault(key, make)

    if sub is not None:
        if mark:
            for name in known(r, s, sub, mark):
                keep(name, (), ())
        if above and sup:
            for name in known(r, s, sub, sup):
                keep(name, (), ())
        if in_brackets:
            for name in (*known(r, s, [*in_brackets, *sub]), *(known(r, s, [*sub, *in_brackets]) if sub else ())):
                keep(name, (), ())
        if not found and not mark:
            for name in known(r, s, sub):
                keep(name, (), above)
    if below:
        exact = {k for k, make in found.items() if k.isidentifier()}
        if above and sup:
            for name in known(r, s, None, sup):
                keep(name, below, ())
        if in_brackets:
            for name in known(r, s, in_brackets):
                keep(name, below, ())
        if not mark:
            for name in known(r, s):
                if not (exact and is_state(r, name)):
                    keep(name, below, above)
    return found


def _rests(r: Resolver, name: str, below: Tokens, above: Tokens, start: int) -> list[tuple[str, Callable[[], Term]]]:
    """The ways in which what is left of the scripts goes with a name: entries, steps, rows, powers."""
    n = r.scope[name]
    state = is_state(r, name)
    inside = layer(above) if above else None
    if state and below and not inside and r.counts(below):
        return [(f"{name}({_text(below)})", lambda: scripts.raised(r, after(r, name, below), above, start))]
    steps = bool(state and inside and r.counts(inside))
    if inside and steps and not below:
        return [(f"{name}({_text(inside)})", lambda: after(r, name, inside))]
    if inside and steps:
        key = f"{name}({_text(inside)})_{_text(below)}"
        return [(key, lambda: scripts.entry(r, after(r, name, inside), below, start))]
    if inside and n.shape:  # a row, x^{(i)}, or an entry of it
        listed = (*inside,)
        if not below:
            if not scripts.positions(r, listed, n.shape):
                return []
            return [(f"{name}[{_text(listed)}]", lambda: scripts.entry(r, of(r, name), listed, start))]
        if len(n.shape) < 2:
            return []
        pair = (*inside, _comma(start), *below)
        turned = (*below, _comma(start), *inside)
        found_ways = []
        for order in (pair, turned):
            if scripts.positions(r, order, n.shape):
                found_ways.append((f"{name}[{_text(order)}]", lambda o=order: scripts.entry(r, of(r, name), o, start)))
        return found_ways  # type: ignore[return-value]
    if inside:
        return []
    if not below:
        return [(name, lambda: scripts.raised(r, of(r, name), above, start))]
    if not (n.shape and scripts.positions(r, below, n.shape)):
        return []
    key = f"{name}[{_text(below)}]"
    found: list[tuple[str, Callable[[], Term]]] = [
        (key, lambda: scripts.raised(r, scripts.entry(r, of(r, name), below, start), above, start))
    ]
    if _of_the_whole(r.scope[name].shape, below, above):
        found.append((
            f"({name})[{_text(below)}]",
            lambda: scripts.entry(r, scripts.raised(r, of(r, name), above, start), below, start),
        ))  # fmt: skip
    return found


def _of_the_whole(shape: tuple[int, ...], below: Tokens, above: Tokens) -> bool:
    r"""Whether ``A^{-1}_{11}``, ``A^2_{11}`` may be an entry of the inverse or the power: print stacks the scripts, so that a
    square after the index is the only one that nobody takes for that of the matrix."""
    square = len(shape) == 2 and shape[0] == shape[1]
    power = bool(above) and (above[0].is_("-") or (above[0].kind == "number" and above[0].start < below[0].start))
    return square and power


def _comma(start: int) -> Token:
    return Token("sign", ",", start, start)


def _text(tokens: Tokens) -> str:
    return " ".join(t.text for t in tokens)


def _shown(r: Resolver, tree: Symbol | Scripted) -> str:
    s, below, above, primes = parts(tree)
    return f"{s.word}{s.accents}_{_text(below)}^{_text(above)}{primes}"


def _exponential(r: Resolver, above: Tokens, start: int) -> Term:
    x = r.value(r.tree(above))
    r.elementwise_only("exp", x, start)
    return Term(f"exp({x.text})", ATOM, x.shape, x.row, x.turns)


def _constant(r: Resolver, s: Symbol, below: Tokens, above: Tokens) -> Term | None:
    r"""``\pi``, ``e^x``, the identity ``I``, ``\infty``."""
    if s.accents:
        return None
    if s.word == "pi" and not below:
        return scripts.raised(r, terms.name("pi"), above, s.start)
    if s.word == "e" and not below:
        if not above:
            return Term("exp(1)", ATOM, plain=True)
        return _exponential(r, above, s.start)
    if s.word == "infty" and not below and not above:
        return Term("inf", ATOM)
    if s.word in ("bb1", "bbone", "bb0"):
        from derive.language.latex import arrays

        return scripts.raised(r, arrays.filled(r, Number(s.start, s.word[-1], "mathbf"), below), above, s.start)
    if s.word == "delta" and (two := _two(r, below)) is not None:
        return scripts.raised(r, Term(f"delta({two[0]}, {two[1]})", ATOM, plain=True), above, s.start)
    if s.word == "I":
        if not below:
            return scripts.raised(r, Term(f"eye({OPEN})", ATOM, (), open=True), above, s.start)
        if (size := r.affine(below)) is not None:
            text = f"eye({size.text()})"
            return scripts.raised(r, Term(text, ATOM, r.shape(text, s.start)), above, s.start)
    return None


def _end(r: Resolver, s: Symbol) -> int:
    """Where a symbol ends in the source; one in a font with what the font is of."""
    of_font = r"\\[A-Za-z]+\*?\s*(?:\{[^{}]*\}|\\[A-Za-z]+|\w)"
    bare = rf"\\[A-Za-z]+|{re.escape(s.word)}|\S"
    m = re.compile(f"{of_font}|{bare}" if s.font else bare).match(r.source, s.start)
    return m.end() if m else s.start + len(s.word)


def _two(r: Resolver, below: Tokens) -> tuple[str, str] | None:
    """Two indices that loops bind, or numbers beside one: ``ij``, ``i,j``, ``i1``."""
    parts = [p for p in r.listed(below) if p]
    if len(parts) == 1 and len(parts[0]) == 2:
        parts = [(parts[0][0],), (parts[0][1],)]
    found = [whole for p in parts if (whole := r.affine(p)) is not None]
    firsts = {i.first for a in found for i in a.indices}  # from what number print counts
    if len(parts) != 2 or len(found) != 2 or len(firsts) != 1:
        return None
    first, second = (Affine(a.constant - min(firsts), a.names).text() for a in found)
    return first, second


def written(r: Resolver, s: Symbol, below: Tokens, above: Tokens) -> str:
    """A symbol with its scripts as the formula has it."""
    if s.accents:
        shown = "".join(f"\\{a}{{" for a in reversed(s.accents)) + s.word + "}" * len(s.accents)
    else:
        shown = r.source[s.start : _end(r, s)].strip()
    scripts = sorted(((sign, t) for sign, t in (("_", below), ("^", above)) if t), key=lambda pair: pair[1][0].start)
    for sign, tokens in scripts:
        inside = r.source[tokens[0].start : tokens[-1].stop]
        braced = len(tokens) > 1 or r.source[tokens[0].start - 1] == "{"
        shown += f"{sign}{{{inside}}}" if braced else f"{sign}{inside}"
    return shown


def _unknown(r: Resolver, tree: Symbol | Scripted, s: Symbol, below: Tokens, above: Tokens) -> NoReturn:
    shown = written(r, s, below, above)
    sub = pieces(below) if below else []
    first = next(candidates(s.word, s.accents, sub or [], raised(above) if above else None), s.word)
    primes = parts(tree)[3]
    if primes and (known(r, s) or first in r.scope):
        marked = next(candidates(s.word, s.accents, sub or [], ("prime",)), first)
        r.fail(
            f"'{shown}{chr(39) * primes}': no name '{marked}', and a derivative is followed by its variable", s.start
        )
    if s.word.startswith("bb"):
        r.fail(f"'\\mathbb{{{s.word[2:]}}}' is not read here; say in 'names:' what it stands for", s.start)
    if s.word in ("nabla", "partial", "ldots"):
        r.fail(f"'{shown}' is not read here; say in 'names:' what it stands for", s.start)
    if library(s.word) and not s.accents:
        r.fail(f"'{shown}' is a function, and nothing follows that it could be of", s.start)
    base = known(r, s)
    where = " in scope"
    if base and below:
        where = f", and '{base[0]}' has no {'such entry' if r.scope[base[0]].shape else 'entries'}"
    elif base and above and layer(above):
        r.fail(f"'{shown}' is no layer, step or row of '{base[0]}'; a power is written without brackets", s.start)
    said = f"unknown symbol '{shown}': no name '{first}'{where}{nearest(first, r.scope)}"
    if first in r.scope:  # what stands below it is no part of a name
        said = f"unknown symbol '{shown}': '{first}' has no {'such entry' if r.scope[first].shape else 'entries'}"
    raise UnknownSymbol(said, s.start, (first,))
