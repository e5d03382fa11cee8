"""The sections of a case's page: what is given, defined and derived, every claim beside the truth, implementations.

In the medium of the page's links. Each section is a heading and its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from derive.language.reader import decimal_text
from derive.language.typeset import latex
from verify.casefile.model import Case, State, Symbol
from verify.explain import derivation, markdown
from verify.explain.blocks import Equations
from verify.report.chains import Faults
from verify.report.contents import Part
from verify.report.derived import NUMBERS, definitions, derivations, floats
from verify.report.place import Links, anchor
from verify.report.values import Values
from verify.report.wide import cell, written_out
from verify.report.words import Item, evidence, printed, quantity, right, sentence, verdict, why
from verify.results import OUTCOMES, Check, Result
from verify.text import numbers
from verify.text.medium import MARKDOWN, Medium
from verify.vocabulary import SKIPPED

MAX_SHOWN = 64  # entries of a given tensor that are written out
MAX_STEPS = 8  # lines of a derivation that are not folded away

Section = tuple[str, list[str]]


def mathematics(part: Part, links: Links, values: Values) -> Iterator[Section]:
    """What is given, iterated, defined and derived."""
    case, medium = part.case, links.medium
    if any(s not in case.states for s in case.symbols):
        allowed = {i.claim.recover: i.result for i in part.items if i.claim is not None and i.claim.recover}
        yield "Given", [_given([s for s in case.symbols.values() if s.name not in case.states], allowed, medium)]
    if case.states:
        yield "Iterated", [_states(list(case.states.values()), medium)]
    if case.definitions:
        yield "Defined", [definitions(case, medium)]
    if case.derivations:
        lead = medium.paragraph("By Errata, from the definitions. A defined name stands for its value.")
        yield "Derived", [lead, *derivations(case, values, medium)]
        if steps := list(_derivation(case, values, medium)):
            yield "Derivation", steps


def claims(part: Part, links: Links, values: Values) -> Iterator[Section]:
    """All claims, by what they say."""
    rest, faults = part.items, Faults(part.items)
    for title, belongs, lay_out in _SECTIONS:
        chosen = [i for i in rest if belongs(i)]
        rest = [i for i in rest if not belongs(i)]
        if chosen:
            full = written_out(chosen, _says) if links.medium is MARKDOWN else ()
            yield title, [lay_out(chosen, values, links), *full, *_remarks(chosen, faults, links)]


def implementations(part: Part, links: Links) -> Iterator[Section]:
    """What was generated, against exact arithmetic."""
    if part.checks:
        yield "Implementations", list(_checks(part.checks, links.medium))


def _derivation(case: Case, values: Values, medium: Medium) -> Iterator[str]:
    """The same derivatives step by step, once for the case; folded where they are long."""
    blocks = list(derivation(case, values.context, level=3))
    lines = sum(len(b.rows) for b in blocks if isinstance(b, Equations))
    if not lines:
        return
    steps = markdown.render(blocks, medium=medium).rstrip()
    yield steps if lines <= MAX_STEPS else medium.folded(f"Step by step, {lines} lines", steps)


# -- what is given ----------------------------------------------------------------------------------


def _given(symbols: Sequence[Symbol], allowed: Mapping[str, Result], medium: Medium) -> str:
    rows = [[medium.math(latex(s.node)), _value(s, allowed.get(s.name), medium), _range(s)] for s in symbols]
    columns = 3 if any(row[2] for row in rows) else 2
    return medium.table(["Symbol", "Value", "Implementations tested in"][:columns], [row[:columns] for row in rows])


def _states(states: Sequence[State], medium: Medium) -> str:
    numbered = [f"{s.index} = {s.first}, {s.first + 1}, ..." if s.index else "" for s in states]
    rows = [[medium.code(said) for said in (s.name, s.start, s.step, n)] for s, n in zip(states, numbered, strict=True)]
    columns = 4 if any(numbered) else 3
    return medium.table(["State", "Start", "Step", "Number of the step"][:columns], [row[:columns] for row in rows])


def _value(s: Symbol, allowed: Result | None, medium: Medium) -> str:
    """Its value; of one that is left out, what the result says that the printed numbers allow."""
    if s.recover:
        found = allowed.evidence.get("intervals") if allowed is not None else None
        told = " or ".join(f"[{low}, {high}]" for low, high in found) if isinstance(found, list) else ""  # type: ignore
        return f"left out; the printed numbers allow {medium.text(told)}" if told else "left out"
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
    return medium.math(rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}")


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


def _id(item: Item, links: Links) -> str:
    """The id, at the claim's anchor; where the page opens with findings, these have the anchors, and it leads there."""
    shown = links.medium.code(item.result.id)
    if links.findings and is_finding(item):
        return links.claim(item.case.name, item.result.id, shown, here=True)
    return links.medium.anchor(anchor(item.result.id), shown)


def _says(item: Item, medium: Medium = MARKDOWN) -> str:
    """What the document says, for the column of it: of a number the quantity, of a formula also what is assumed."""
    claim = item.claim
    if claim is not None and claim.prints is not None and claim.of is not None:
        return quantity(claim, medium)
    given = ", ".join(medium.math(latex(a)) for a in claim.assuming) if claim is not None and claim.equals else ""
    return printed(item, medium=medium) + (f" for {given}" if given else "")


def _cell(item: Item, medium: Medium) -> str:
    return cell(item, _says(item, medium), medium=medium)


def _numbers(items: Sequence[Item], values: Values, links: Links) -> str:
    medium = links.medium
    rows = []
    for item in items:
        claim = item.claim
        assert claim is not None
        assert claim.of is not None
        value = values.of(claim.of)
        told = item.result.exact or (value.exact if value is not None else None)
        row = [
            _id(item, links),
            medium.text(item.where),
            _cell(item, medium),
            medium.text(item.result.printed or ""),
            medium.text(numbers.exact(told)),
        ]
        row += floats(value, told)
        rows.append([*row, verdict(item.result.verdict, medium)])
    headers = ["Claim", "Where", "Quantity", "Document", "Exact", "NumPy", "Torch", "Verdict"]
    return medium.table(headers, rows, NUMBERS)


def _formulas(items: Sequence[Item], values: Values, links: Links) -> str:
    medium = links.medium
    rows = []
    for item in items:
        rows.append(
            [
                _id(item, links),
                medium.text(item.where),
                verdict(item.result.verdict, medium),
                evidence(item.result, medium),
                _cell(item, medium),
            ]
        )
    return medium.table(["Claim", "Where", "Verdict", "How", "Document"], rows)


def _arithmetic(items: Sequence[Item], values: Values, links: Links) -> str:
    medium = links.medium
    rows = []
    for item in items:
        exact = medium.text(numbers.exact(item.result.exact))
        rows.append(
            [
                _id(item, links),
                medium.text(item.where),
                _cell(item, medium),
                exact,
                verdict(item.result.verdict, medium),
            ]
        )
    return medium.table(["Claim", "Where", "Document", "Its factors give", "Verdict"], rows)


def _others(items: Sequence[Item], values: Values, links: Links) -> str:
    medium = links.medium
    rows = [
        [
            _id(i, links),
            medium.text(i.where),
            medium.text(i.result.kind),
            verdict(i.result.verdict, medium),
            _cell(i, medium),
        ]
        for i in items
    ]
    return medium.table(["Claim", "Where", "Kind", "Verdict", "Document"], rows)


_Section = tuple[str, Callable[[Item], bool], Callable[[Sequence[Item], Values, Links], str]]

#: (heading, does the claim belong here?, its table); the first that takes a claim has it.
_SECTIONS: tuple[_Section, ...] = (
    ("Numbers", lambda i: i.claim is not None and i.claim.prints is not None and i.claim.of is not None, _numbers),
    ("Formulas", lambda i: i.claim is not None and bool(i.claim.equals), _formulas),
    ("Displayed arithmetic", lambda i: i.claim is not None and i.claim.shows is not None, _arithmetic),
    ("Other statements", lambda i: True, _others),
)


def is_finding(item: Item) -> bool:
    return item.result.verdict != "holds" or not item.result.as_pinned


def _remarks(items: Sequence[Item], faults: Faults, links: Links) -> Iterator[str]:
    """A line for each claim that needs a word: why it does not hold, what its note says. Of a finding that the page has
    opened with nothing."""
    medium, lines = links.medium, []
    for item in items:
        if links.findings and is_finding(item):
            continue
        told = []
        if item.result.verdict != "holds":
            should = medium.code(faults.mended(item)) or cell(item, right(item, medium), medium=medium)
            leads = {"underspecified": ", value", "convention": ", by the standard"}.get(
                item.result.verdict, ", should be"
            )
            told.append(verdict(item.result.verdict, medium) + (f"{leads} {should}." if should else "."))
            told.append(why(item, links, here=True))
        if item.claim is not None:
            told.append(sentence(item.claim.because, item.case.name, links, here=True))
            told.append(sentence(item.claim.note, item.case.name, links, here=True))
        if (quoted := item.result.quoted) and quoted.lost:
            told.append(f"{quoted.lost.capitalize()}: {medium.text(quoted.reason)}.")
        if not item.result.judged_as_pinned:
            told.append(f"The case expects: {item.result.pinned}.")
        said = " ".join(t for t in told if t)
        if said:
            name = links.claim(item.case.name, item.result.id, medium.code(item.result.id), here=True)
            lines.append(f"{name}: {said}")
    if lines:
        yield medium.points(lines)


# -- implementations --------------------------------------------------------------------------------

_SAMPLED = {"numpy": "NumPy", "torch": "Torch"}


def _checks(checks: Sequence[Check], medium: Medium) -> Iterator[str]:
    """Outcomes by backend; what depends on the processor stands in machine.md."""
    sampled = [c for c in checks if c.backend in _SAMPLED]
    if sampled:
        seeds = ", ".join(str(s) for s in sorted({c.seed for c in sampled}))
        yield medium.paragraph(
            "The values, gradients and second derivatives of this page in float64, against exact arithmetic on inputs "
            f"that Hypothesis draws towards the largest error (seed {seeds})."
        )
        cells: dict[str, dict[str, str]] = {}
        for c in sampled:
            cells.setdefault(c.subject, {})[c.backend] = _outcome(c, medium)
        rows = [[medium.code(subject), *(found.get(b, "") for b in _SAMPLED)] for subject, found in cells.items()]
        yield medium.table(["What", *_SAMPLED.values()], rows)
    for backend in dict.fromkeys(c.backend for c in checks if c.backend not in _SAMPLED):
        name = "SymPy's own derivation" if backend == "sympy" else medium.text(backend)
        of = [c for c in checks if c.backend == backend]
        lines = [
            f"{_outcome(of_outcome[0], medium)}: {', '.join(medium.code(c.subject) for c in of_outcome)}"
            for outcome in OUTCOMES
            if (of_outcome := [c for c in of if c.outcome == outcome])
        ]
        yield medium.paragraph(f"{name}, entry by entry:")
        yield medium.points(lines)


def _outcome(check: Check, medium: Medium) -> str:
    if check.absent:
        return SKIPPED
    return medium.strong(check.outcome) if check.outcome == "differs" else check.outcome
