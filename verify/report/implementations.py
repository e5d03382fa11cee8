"""Implementations: an index sorted by how bad, and a page each: formula, exact derivative, what was found on every path.

The index has verdicts and classes. Worst inputs, digits and pictures depend on the processor: they stand on the page of the
machine and on pages a function, in folders of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from derive.calculus.reverse import gradient
from derive.errors import ExpressionError
from derive.expr.graph import free_symbols
from derive.language.components import components
from derive.language.tidy import tidy
from derive.language.typeset import latex
from verify.casefile.model import Implementation as Entry
from verify.conform.outcome import ORDERS
from verify.report.place import INDEX, MARKER, harmless
from verify.results import CallPath, Implementation
from verify.text import paths
from verify.text.escape import code, text
from verify.text.medium import MARKDOWN, Medium

#: Worst first.
ORDER = ("deviates", "convention", "undecided", "conforms", "skipped")
FOLDER = "functions"  # of pages that hang on the processor
MAX_LATEX = 1200  # characters of a derivative that is typeset
MEANING = {
    "conforms": "within 4 ulps of the exact value and twice the condition number, at every point, on every path",
    "convention": "computes the formula up to a known reparametrisation, which is given",
    "deviates": "off by more than the format and the conditioning explain; the class says how",
    "undecided": "nothing could be judged, with the reason",
    "skipped": "not installed",
}


def page_name(i: Implementation) -> str:
    return f"{FOLDER}/run-{harmless(i.id)}.md"


def picture_name(i: Implementation) -> str:
    return f"pictures/{harmless(i.id)}.svg"


def index(found: Sequence[Implementation]) -> Iterator[str]:
    """The parts of an index: a table a library, the worst first. Nothing here hangs on the processor."""
    yield (
        f"Worst inputs, errors and pictures hang on the processor: a run writes them to a page a function, in `{FOLDER}/`, "
        "which is not committed."
    )
    for library in dict.fromkeys(i.name.split(".")[0] for i in found):
        chosen = sorted((i for i in found if i.name.split(".")[0] == library), key=badness)
        versions = {i.version for i in chosen if i.version}
        yield f"## {text(library)}" + (
            f", version {text(', '.join(v.partition(' ')[2] for v in sorted(versions)))}" if versions else ""
        )
        yield text(_counted(chosen))
        yield listed(chosen)
    yield "\n".join(f"- **{word}**: {meaning}" for word, meaning in MEANING.items())


def listed(
    chosen: Sequence[Implementation],
    medium: Medium = MARKDOWN,
    address: Callable[[Implementation], str] | None = None,
) -> str:
    """A row each, its name linked to an ``address``: the verdict, and what each order of derivative does in which dtype."""
    rows = [
        [
            medium.link(medium.code(i.id), address(i)) if address is not None else medium.code(i.id),
            medium.code(i.formula),
            _verdict(i.verdict, i.kind, medium),
            *(_of(i, order, medium) for order in ORDERS),
            medium.text(i.because or told(i)),
        ]
        for i in chosen
    ]
    return medium.table(["Function", "Formula", "Verdict", "Value", "Gradient", "Second derivative", ""], rows)


def _of(i: Implementation, order: str, medium: Medium) -> str:
    """What the paths of an order come to, the dtypes in their order: one that is off in any mode is off."""
    paths = [p for p in i.paths if p.order == order]
    by_dtype = {}
    for dtype in dict.fromkeys(p.dtype for p in paths):
        own = [p for p in paths if p.dtype == dtype]
        off = next((p.kind for p in own if p.verdict == "deviates"), None)
        judged = any(p.verdict != "undecided" for p in own)
        by_dtype[dtype] = medium.strong(medium.text(off)) if off is not None else "conforms" if judged else "not judged"
    words = dict.fromkeys(by_dtype.values())
    if len(words) == 1:
        return next(iter(words))
    return "; ".join(f"{w} ({', '.join(d for d, v in by_dtype.items() if v == w)})" for w in words)


def _counted(chosen: Sequence[Implementation]) -> str:
    counts = {word: sum(i.verdict == word for i in chosen) for word in ORDER}
    return ", ".join(f"{n} {word}" for word, n in counts.items() if n) + "."


def badness(i: Implementation) -> tuple[int, list[int], str]:
    """Deviations first, those of the value in the most dtypes before those of derivatives."""
    off = [-len({p.dtype for p in i.paths if p.verdict == "deviates" and p.order == order}) for order in ORDERS]
    return ORDER.index(i.verdict), off, i.id


def _verdict(verdict: str, kind: str, medium: Medium = MARKDOWN) -> str:
    word = medium.strong(verdict) if verdict == "deviates" else verdict
    return f"{word}, {medium.text(kind)}" if kind else word


def told(i: Implementation) -> str:
    return (
        i.convention
        or (f"it computes {i.repair}" if i.repair else "")
        or ("" if i.verdict in ("conforms", "deviates") else i.reason)
    )


def page(i: Implementation, entry: Entry | None, pictured: bool) -> str:
    """The page of one implementation, as markdown."""
    return "\n\n".join(_parts(i, entry, pictured)) + "\n"


def _parts(i: Implementation, entry: Entry | None, pictured: bool) -> Iterator[str]:
    yield MARKER
    yield f"# {text(i.id)}"
    options = f", called with {code(i.options)}" if i.options else ""
    yield f"{code(i.name)}{f' of {text(i.version)}' if i.version else ''}{options}. [All implementations](../{INDEX})"
    yield f"{_verdict(i.verdict, i.kind)}. {text(told(i))}".strip()
    if where := paths.told(i.paths):
        yield f"{text(where[0].upper() + where[1:])}."
    if i.because:
        yield f"As reviewed: {text(i.because)}."
    if i.note:
        yield text(i.note)
    yield "## Formula"
    yield from formula(i, entry)
    if i.paths:
        yield "## Paths"
        yield paths_table(i)
    if pictured:
        yield f"![Error in ulps against the input](../{picture_name(i)})"
    if i.findings:
        yield "## Behaviour"
        yield "\n".join(f"- {text(f.kind)}: {text(f.text)}" for f in i.findings)
    if i.kinks:
        yield "## At kinks"
        yield TAKEN
        yield kinks_table(i)
    if i.specials:
        yield "## Special values"
        yield specials_table(i)
    if i.command:
        yield "## Reproduce"
        yield f"```console\n$ {i.command}\n```"
        if i.script:
            yield f"```python\n{i.script}\n```"


TAKEN = "Between the slopes of the two sides every value is right; this is what each mode takes."


def paths_table(i: Implementation, medium: Medium = MARKDOWN) -> str:
    """What was found on every path."""
    rows = [
        [
            *(medium.text(said) for said in (p.order, p.mode, p.dtype)),
            _verdict(p.verdict, p.kind, medium),
            *(medium.text(said) for said in (p.magnitude, p.note)),
        ]
        for p in _sorted(i.paths)
    ]
    return medium.table(["What", "Path", "Dtype", "Verdict", "Error in ulps", ""], rows)


def kinks_table(i: Implementation, medium: Medium = MARKDOWN) -> str:
    """What is given at kinks."""
    modes = list(dict.fromkeys(m for k in i.kinks for m in k.taken))
    rows = [
        [medium.code(k.at), *map(medium.text, (k.below, k.above, *(k.taken.get(m, "") for m in modes)))]
        for k in i.kinks
    ]
    return medium.table(["At", "Below", "Above", *map(medium.text, modes)], rows)


def specials_table(i: Implementation, medium: Medium = MARKDOWN) -> str:
    """What is given at infinities and the like."""
    rows = [[medium.code(said) for said in (s.at, s.computed, s.expected)] for s in i.specials]
    return medium.table(["At", "Computed", "The formula has"], rows)


def _sorted(paths: Sequence[CallPath]) -> list[CallPath]:
    order = {"value": 0, "gradient": 1, "second derivative": 2}
    return sorted(paths, key=lambda p: (order.get(p.order, 3), p.verdict != "deviates"))


def formula(i: Implementation, entry: Entry | None, medium: Medium = MARKDOWN) -> Iterator[str]:
    """The formula, and its derivatives where it is of numbers and they are not too long."""
    if entry is None or entry.of is None:
        yield medium.points([medium.code(part) for part in i.formula.split("; ")])
        return
    f = entry.of
    yield medium.equations([(latex(f), latex(f))])
    scalar = not f.shape and all(not s.shape for s in free_symbols([f]))
    if not scalar:
        return
    for s in free_symbols([f]):
        try:
            (slope,) = tidy(gradient(components(f)[0], [s]))
            shown = latex(slope)
        except (ExpressionError, ArithmeticError):
            continue
        if len(shown) <= MAX_LATEX:
            yield medium.equations([(rf"\frac{{\partial}}{{\partial {latex(s)}}}", shown)])


def machine_rows(found: Sequence[Implementation]) -> list[list[str]]:
    """Worst inputs and digits, which differ from processor to processor."""
    return [
        [
            code(i.id),
            text(f"{p.order}, {p.mode}, {p.dtype}"),
            code(_short(p)),
            code(p.exact),
            code(p.computed),
            text(p.ulps),
            text(p.condition),
            text(p.share),
        ]
        for i in found
        for p in i.paths
        if p.worst
    ]


def _short(p: CallPath) -> str:
    at = ", ".join(f"{n} = {v}" for n, v in p.worst.items())
    return at if len(at) <= 120 else f"{at[:117]}..."
