"""What a comparison found, as plain data: one Outcome a path, findings beside, one verdict on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal

from derive.records import dataclass

Verdict = Literal["conforms", "convention", "deviates", "undecided"]

#: Classes of deviation, gravest first, with what they mean.
CLASSES: Mapping[str, str] = {
    "wrong formula": "it computes something else",
    "wrong gradient": "its value is right, its derivative is not",
    "wrong second derivative": "value and gradient are right, the derivative of the gradient is not",
    "nan of a branch not taken": "a branch that is not taken gives NaN or infinity, which reaches the result",
    "overflow": "an intermediate is beyond the format, the result is not",
    "underflow": "an intermediate is below the format's numbers, the result is not",
    "saturation": "it is constant where the function is not yet",
    "documented threshold": "beyond a threshold it computes a simpler formula",
    "cancellation": "digits are lost in the difference of nearly equal numbers",
    "broken accumulation": "the error grows with the number of terms",
    "inaccurate": "off by more than the format and the conditioning explain",
    "layout": "it depends on where in an array a number stands, or on how the array lies in memory",
    "shared state": "what a parameter becomes hangs on the other parameters",
    "not deterministic": "equal calls give different results",
    "keeps state": "what it gives hangs on the calls before",
    "raises": "it raises, or gives no array of the expected shape",
    "out of memory": "it asks for more memory than it is given",
    "hangs": "a call of it does not come back",
    "crashes": "a call of it ends the process",
}

#: Of how a callable behaves, what is grave: classes, too, where nothing else deviates.
BEHAVIOUR = ("changes its input", "other dtype", "changes a setting", "seeds")

#: Kinds of findings that come before any class of accuracy: nothing else that is seen of such a callable can be relied on.
UNSTEADY = ("not deterministic", "keeps state")

SLOPE = "slope at "  # what special values of the first derivative are called by
ORDERS = ("value", "gradient", "second derivative")


@dataclass(frozen=True)
class Simple:
    """An input that is easier to check by hand than the worst, and clearly off, too."""

    at: Mapping[str, float]
    exact: str
    computed: str


@dataclass(frozen=True)
class Outcome:
    """One path. ``ulps`` is the error at ``worst``, in spacings of the exact value; ``condition`` the relative condition
    number there.

    ``share`` of the points are beyond the tolerance, between ``first`` and ``last`` of the input that varies. ``note``
    tells what is worth knowing of a path that conforms.
    """

    order: str
    mode: str
    dtype: str
    verdict: Verdict
    points: int
    kind: str = ""  # a class of CLASSES
    worst: Mapping[str, float] = field(default_factory=dict)
    exact: str = ""
    computed: str = ""
    ulps: float = 0.0
    relative: float = 0.0
    condition: float = 0.0
    share: float = 0.0
    first: float | None = None
    last: float | None = None
    note: str = ""
    by: tuple[str, ...] = ()  # the inputs that it is differentiated by, of an elementwise function
    simple: Simple | None = None
    bins: Sequence[tuple[float, float]] = ()  # (input, greatest error in ulps) over the range, for pictures

    @property
    def path(self) -> str:
        return f"{self.order}, {self.mode}, {self.dtype}"


@dataclass(frozen=True)
class Finding:
    """Something about how the callable behaves, beside its accuracy: ``grave`` ones make it deviate."""

    kind: str
    text: str
    grave: bool = True


@dataclass(frozen=True)
class Special:
    """The value at a special input, and what the formula has there."""

    at: str
    computed: str
    expected: str


@dataclass(frozen=True)
class Kink:
    """What a framework gives at a kink: ``taken`` by mode, between the slopes ``below`` and ``above``."""

    at: str
    below: str
    above: str
    taken: Mapping[str, str]


@dataclass(frozen=True, repr=False)
class Conformance:
    """All that was found of one callable against one formula."""

    name: str
    formula: str
    framework: str
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...] = ()
    specials: tuple[Special, ...] = ()
    kinks: tuple[Kink, ...] = ()
    convention: str = ""  # the exact translation, where it differs by a known one
    repair: str = ""  # the formula that it does compute, if one step away
    command: str = ""
    script: str = ""

    def __repr__(self) -> str:
        kind = f" ({self.kind})" if self.verdict == "deviates" and self.kind else ""
        return f"<{self.name}: {self.verdict}{kind}, {len(self.outcomes)} path{'s' if len(self.outcomes) != 1 else ''}>"

    def __str__(self) -> str:
        from verify.conform.words import told

        return told(self)

    def _repr_html_(self) -> str:
        from verify.text import html

        rows = [[html.text(o.path), _marked(o), html.text(f"{o.ulps:.3g}"), html.text(o.note)] for o in self.outcomes]
        kind = f" ({self.kind})" if self.verdict == "deviates" and self.kind else ""
        head = f"<p>{html.code(self.name)} {html.strong(self.verdict + kind)}: {html.code(self.formula)}"
        told = [self.convention, self.repair, *(f"{f.kind}: {f.text}" for f in self.findings)]
        lines = "".join(f"<br>{html.text(line)}" for line in told if line)
        return f"{head}{lines}</p>{html.table(['path', 'verdict', 'ulps', ''], rows)}"

    @property
    def verdict(self) -> Verdict:
        verdicts = {o.verdict for o in self.outcomes}
        if "deviates" in verdicts or any(f.grave for f in self.findings):
            return "deviates"
        if self.convention:
            return "convention"
        return "undecided" if not verdicts or verdicts == {"undecided"} else "conforms"

    @property
    def kind(self) -> str:
        """The class to name: what makes calls unlike each other; else the value's before its derivatives', and that of the
        most precise format, which shows most; the gravest of its paths."""
        grave = [f.kind for f in self.findings if f.grave]
        bad = [o for o in self.outcomes if o.verdict == "deviates"]
        if not bad or set(grave) & set(UNSTEADY):
            return next(iter(sorted(grave, key=lambda k: UNSTEADY.index(k) if k in UNSTEADY else len(UNSTEADY))), "")
        first = min((ORDERS.index(o.order), _precise(o.dtype)) for o in bad)
        known = list(CLASSES)
        return min(
            (o.kind for o in bad if (ORDERS.index(o.order), _precise(o.dtype)) == first),
            key=lambda k: known.index(k) if k in known else len(known),
        )

    @property
    def worst(self) -> Outcome | None:
        """The outcome to show first: of the gravest class, the greatest error."""
        judged = [o for o in self.outcomes if o.verdict != "undecided"] or list(self.outcomes)
        bad = [o for o in judged if o.verdict == "deviates"] or judged
        kind = self.kind
        return max(
            bad, key=lambda o: (o.kind == kind, -ORDERS.index(o.order), -_precise(o.dtype), o.ulps), default=None
        )


def _marked(o: Outcome) -> str:
    from verify.text import html

    return (
        html.strong(f"{o.verdict}{f' ({o.kind})' if o.kind else ''}")
        if o.verdict == "deviates"
        else html.text(o.verdict)
    )


def _precise(dtype: str) -> int:
    """The place of a format among the others, the most precise first."""
    return _PRECISE.index(dtype) if dtype in _PRECISE else len(_PRECISE)


_PRECISE = ("float64", "float32", "float16", "bfloat16")
