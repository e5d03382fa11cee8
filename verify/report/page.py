"""The page of a case: what is given, defined and derived, then every claim beside the truth, then implementations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import PurePath

from derive.language.reader import decimal_text
from derive.language.typeset import latex
from verify.casefile.model import Case, State, Symbol
from verify.claims.recovery import ranges
from verify.explain import derivation, markdown
from verify.explain.blocks import Equations
from verify.report.chains import Faults
from verify.report.derived import NUMBERS, definitions, derivations, floats
from verify.report.implementations import listed
from verify.report.index import heading
from verify.report.place import INDEX, MARKER, Links, anchor
from verify.report.values import Values
from verify.report.wide import cell, written_out
from verify.report.words import Item, evidence, printed, quantity, right, sentence, tally, verdict, why
from verify.results import OUTCOMES, Check, Implementation, Value
from verify.text import numbers
from verify.text.escape import code, math, text
from verify.text.tables import table
from verify.vocabulary import SKIPPED

MAX_SHOWN = 64  # entries of a given tensor that are written out
MAX_STEPS = 8  # lines of a derivation that are not folded away


def page(
    case: Case,
    items: Sequence[Item],
    checks: Sequence[Check],
    links: Links,
    named: Sequence[Implementation] = (),
    found: Sequence[Value] = (),
) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(case, items, checks, links, named, Values(case, found))) + "\n"


def _parts(
    case: Case,
    items: Sequence[Item],
    checks: Sequence[Check],
    links: Links,
    named: Sequence[Implementation],
    values: Values,
) -> Iterator[str]:
    yield MARKER
    yield f"# {text(heading(case))}"
    yield _source(case)
    yield from _used(case, links)
    if items:
        yield f"{tally(Counter[str](i.result.verdict for i in items))}."
    if any(s not in case.states for s in case.symbols):
        yield "## Given"
        yield _given([s for s in case.symbols.values() if s.name not in case.states], values)
    if case.states:
        yield "## Iterated"
        yield _states(list(case.states.values()))
    if case.definitions:
        yield "## Defined"
        yield definitions(case)
    if case.derivations:
        yield "## Derived"
        yield "By Errata, from the definitions. A defined name stands for its value."
        yield from derivations(case, values)
        yield from _derivation(case, values)
    rest, faults = list(items), Faults(items)
    for title, belongs, lay_out in _SECTIONS:
        chosen = [i for i in rest if belongs(i)]
        rest = [i for i in rest if not belongs(i)]
        if chosen:
            yield f"## {title}"
            yield lay_out(chosen, values)
            yield from written_out(chosen, _says)
            yield from _remarks(chosen, faults, links)
    if checks:
        yield "## Implementations"
        yield from _checks(checks)
    if named:
        yield "## Functions that people run"
        yield listed(named)


def _derivation(case: Case, values: Values) -> Iterator[str]:
    """The same derivatives step by step, once for the case; folded where they are long."""
    blocks = list(derivation(case, values.context, level=3))
    lines = sum(len(b.rows) for b in blocks if isinstance(b, Equations))
    if not lines:
        return
    yield "## Derivation"
    steps = markdown.render(blocks).rstrip()
    if lines <= MAX_STEPS:
        yield steps
    else:
        yield f"<details>\n<summary>Step by step, {lines} lines</summary>"
        yield steps
        yield "</details>"


def _source(case: Case) -> str:
    items = ", ".join(f"{text(k)} {text(v)}" for k, v in case.source.items())
    back = f"[All errata of this document]({INDEX})"
    return f"In the document: {items}. {back}" if items else back


def _used(case: Case, links: Links) -> Iterator[str]:
    """The names that are those of another case."""
    by_file: dict[str, list[str]] = {}
    for name, place in case.elsewhere.items():
        by_file.setdefault(PurePath(place.file).stem, []).append(name)
    for stem, names in by_file.items():
        yield f"As in {links.case(stem, text(stem))}: {', '.join(map(code, names))}."


# -- what is given ----------------------------------------------------------------------------------


def _given(symbols: Sequence[Symbol], values: Values) -> str:
    rows = [[math(latex(s.node)), _value(s, values), _range(s)] for s in symbols]
    columns = 3 if any(row[2] for row in rows) else 2
    return table(["Symbol", "Value", "Implementations tested in"][:columns], [row[:columns] for row in rows])


def _states(states: Sequence[State]) -> str:
    numbered = [f"{s.index} = {s.first}, {s.first + 1}, ..." if s.index else "" for s in states]
    rows = [[code(s.name), code(s.start), code(s.step), code(n)] for s, n in zip(states, numbered, strict=True)]
    columns = 4 if any(numbered) else 3
    return table(["State", "Start", "Step", "Number of the step"][:columns], [row[:columns] for row in rows])


def _value(s: Symbol, values: Values) -> str:
    if s.recover:
        found = values.context.recoveries.get(s.name) if values.context is not None else None
        known = f"; the printed numbers allow {ranges(found, s.node)}" if found and found.enclosure else ""
        return f"left out{known}"
    size = " × ".join(map(str, s.shape))
    if s.values is None:
        return f"any of size {size}" if s.shape else "any number"
    if not s.shape:
        return number(s.values[0])
    if len(s.values) > MAX_SHOWN or len(s.shape) > 2:
        return f"{size} numbers"
    columns = s.shape[1] if len(s.shape) == 2 else 1
    rows = [s.values[i : i + columns] for i in range(0, len(s.values), columns)]
    inside = r" \\ ".join(" & ".join(map(number, row)) for row in rows)
    return math(rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}")


def _range(s: Symbol) -> str:
    if s.low is None and s.high is None:
        return ""
    low = "-∞" if s.low is None else number(s.low)
    high = "∞" if s.high is None else number(s.high)
    return f"{low} to {high}"


def number(value: Fraction) -> str:
    """An exact number of a case: its decimal, or p/q."""
    return decimal_text(value) or f"{value.numerator}/{value.denominator}"


# -- the claims, by what they say -------------------------------------------------------------------


def _id(item: Item) -> str:
    return f'<a id="{anchor(item.result.id)}"></a>{code(item.result.id)}'


def _says(item: Item) -> str:
    """What the document says, for the column of it: of a number the quantity, of a formula also what is assumed."""
    claim = item.claim
    if claim is not None and claim.prints is not None and claim.of is not None:
        return quantity(claim)
    given = ", ".join(math(latex(a)) for a in claim.assuming) if claim is not None and claim.equals else ""
    return printed(item) + (f" for {given}" if given else "")


def _numbers(items: Sequence[Item], values: Values) -> str:
    rows = []
    for item in items:
        claim = item.claim
        assert claim is not None
        assert claim.of is not None
        value = values.of(claim.of)
        told = item.result.exact or (value.exact if value is not None else None)
        row = [
            _id(item),
            text(item.result.where),
            cell(item, _says(item)),
            text(item.result.printed or ""),
            numbers.exact(told),
        ]
        row += floats(value, told)
        rows.append([*row, verdict(item.result.verdict)])
    headers = ["Claim", "Where", "Quantity", "Document", "Exact", "NumPy", "Torch", "Verdict"]
    return table(headers, rows, NUMBERS)


def _formulas(items: Sequence[Item], values: Values) -> str:
    rows = []
    for item in items:
        says = cell(item, _says(item))
        rows.append([_id(item), text(item.result.where), verdict(item.result.verdict), evidence(item.result), says])
    return table(["Claim", "Where", "Verdict", "How", "Document"], rows)


def _arithmetic(items: Sequence[Item], values: Values) -> str:
    rows = []
    for item in items:
        exact = numbers.exact(item.result.exact)
        says = cell(item, _says(item))
        rows.append([_id(item), text(item.result.where), says, exact, verdict(item.result.verdict)])
    return table(["Claim", "Where", "Document", "Its factors give", "Verdict"], rows)


def _others(items: Sequence[Item], values: Values) -> str:
    rows = [
        [_id(i), text(i.result.where), text(i.result.kind), verdict(i.result.verdict), cell(i, _says(i))] for i in items
    ]
    return table(["Claim", "Where", "Kind", "Verdict", "Document"], rows)


_Section = tuple[str, Callable[[Item], bool], Callable[[Sequence[Item], Values], str]]

#: (heading, does the claim belong here?, its table); the first that takes a claim has it.
_SECTIONS: tuple[_Section, ...] = (
    ("Numbers", lambda i: i.claim is not None and i.claim.prints is not None and i.claim.of is not None, _numbers),
    ("Formulas", lambda i: i.claim is not None and bool(i.claim.equals), _formulas),
    ("Displayed arithmetic", lambda i: i.claim is not None and i.claim.shows is not None, _arithmetic),
    ("Other statements", lambda i: True, _others),
)


def _remarks(items: Sequence[Item], faults: Faults, links: Links) -> Iterator[str]:
    """A line for each claim that needs a word: why it does not hold, what its note says."""
    lines = []
    for item in items:
        told = []
        if item.result.verdict != "holds":
            should = code(faults.mended(item)) or cell(item, right(item))
            leads = {"underspecified": ", value", "convention": ", by the standard"}.get(
                item.result.verdict, ", should be"
            )
            told.append(verdict(item.result.verdict) + (f"{leads} {should}." if should else "."))
            told.append(why(item, links, here=True))
        if item.claim is not None:
            told.append(sentence(item.claim.because, item.case.name, links, here=True))
            told.append(sentence(item.claim.note, item.case.name, links, here=True))
        if not item.result.as_pinned:
            told.append(f"The case expects: {item.result.pinned}.")
        said = " ".join(t for t in told if t)
        if said:
            lines.append(f"- {links.claim(item.case.name, item.result.id, code(item.result.id), here=True)}: {said}")
    if lines:
        yield "\n".join(lines)


# -- implementations --------------------------------------------------------------------------------

_SAMPLED = {"numpy": "NumPy", "torch": "Torch"}


def _checks(checks: Sequence[Check]) -> Iterator[str]:
    """Outcomes by backend; what depends on the processor stands in machine.md."""
    sampled = [c for c in checks if c.backend in _SAMPLED]
    if sampled:
        seeds = ", ".join(str(s) for s in sorted({c.seed for c in sampled}))
        yield (
            "The values, gradients and second derivatives of this page in float64, against exact arithmetic on inputs "
            f"that Hypothesis draws towards the largest error (seed {seeds})."
        )
        cells: dict[str, dict[str, str]] = {}
        for c in sampled:
            cells.setdefault(c.subject, {})[c.backend] = _outcome(c)
        rows = [[code(subject), *(found.get(b, "") for b in _SAMPLED)] for subject, found in cells.items()]
        yield table(["What", *_SAMPLED.values()], rows)
    for backend in dict.fromkeys(c.backend for c in checks if c.backend not in _SAMPLED):
        name = "SymPy's own derivation" if backend == "sympy" else text(backend)
        of = [c for c in checks if c.backend == backend]
        lines = [
            f"- {_outcome(of_outcome[0])}: {', '.join(code(c.subject) for c in of_outcome)}"
            for outcome in OUTCOMES
            if (of_outcome := [c for c in of if c.outcome == outcome])
        ]
        yield f"{name}, entry by entry:\n\n" + "\n".join(lines)


def _outcome(check: Check) -> str:
    if check.absent:
        return SKIPPED
    return f"**{check.outcome}**" if check.outcome == "differs" else check.outcome
