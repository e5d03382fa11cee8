"""Which keys of a case file go together, said once: the loader tells faults by it, and the JSON Schema says it to editors.

A condition is about the keys of one mapping. It can be asked of a tree that was read (``met``), and be written as JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from derive.records import dataclass
from verify.casefile.tree import Items, Text, Tree

Given = Mapping[str, Tree]


class Condition(Protocol):
    def met(self, given: Given) -> bool: ...
    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Has:
    """The key stands there."""

    key: str

    def met(self, given: Given) -> bool:
        return self.key in given

    def schema(self) -> dict[str, Any]:
        return {"required": [self.key]}


@dataclass(frozen=True, slots=True)
class Is:
    """The key has one of these values, as text."""

    key: str
    values: tuple[str, ...]

    def met(self, given: Given) -> bool:
        tree = given.get(self.key)
        return isinstance(tree, Text) and tree.value.lower() in self.values

    def schema(self) -> dict[str, Any]:
        known = [*self.values, *({"true": True, "false": False}[v] for v in self.values if v in ("true", "false"))]
        return {"required": [self.key], "properties": {self.key: {"enum": known}}}


@dataclass(frozen=True, slots=True)
class Listed:
    """The key has a list, with at ``most`` so many entries."""

    key: str
    most: int | None = None

    def met(self, given: Given) -> bool:
        tree = given.get(self.key)
        return isinstance(tree, Items) and (self.most is None or len(tree.items) <= self.most)

    def schema(self) -> dict[str, Any]:
        most = {} if self.most is None else {"maxItems": self.most}
        return {"required": [self.key], "properties": {self.key: {"type": "array", **most}}}


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition

    def met(self, given: Given) -> bool:
        return not self.condition.met(given)

    def schema(self) -> dict[str, Any]:
        return {"not": self.condition.schema()}


@dataclass(frozen=True, slots=True)
class Every:
    conditions: tuple[Condition, ...]

    def met(self, given: Given) -> bool:
        return all(c.met(given) for c in self.conditions)

    def schema(self) -> dict[str, Any]:
        return {"allOf": [c.schema() for c in self.conditions]}


@dataclass(frozen=True, slots=True)
class Some:
    conditions: tuple[Condition, ...]

    def met(self, given: Given) -> bool:
        return any(c.met(given) for c in self.conditions)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [c.schema() for c in self.conditions]}


@dataclass(frozen=True, slots=True)
class Said:
    """One of the keys, or what says it in their place: a formula in LaTeX becomes of, equals, holds, shows or prints."""

    keys: tuple[str, ...]

    def met(self, given: Given) -> bool:
        return any(key in given for key in self.keys)

    def schema(self) -> dict[str, Any]:
        read = ["latex"] if LATEX_SAYS.intersection(self.keys) else []
        return {"anyOf": [{"required": [key]} for key in (*self.keys, *read)]}


@dataclass(frozen=True, slots=True)
class Rule:
    """Where ``when`` is met ``then`` must be; ``message`` says so, at the value of ``key`` or at the whole mapping."""

    when: Condition
    then: Condition
    message: str
    key: str = ""

    def broken(self, given: Given) -> bool:
        return self.when.met(given) and not self.then.met(given)

    def schema(self) -> dict[str, Any]:
        always = isinstance(self.when, Every) and not self.when.conditions
        return self.then.schema() if always else {"if": self.when.schema(), "then": self.then.schema()}


ALWAYS = Every(())


def schema(rules: Sequence[Rule]) -> dict[str, Any]:
    """The rules as JSON Schema, to stand beside the properties that they are about."""
    return {"allOf": [rule.schema() for rule in rules]} if rules else {}


def _beside(key: str, others: tuple[str, ...], what: str) -> Rule:
    wanted = " or ".join(f"'{other}'" for other in others)
    return Rule(Has(key), Said(others), f"'{key}' needs {wanted}: {what}")


def _apart(key: str, other: str, message: str) -> Rule:
    return Rule(Every((Has(key), Has(other))), Not(Has(key)), message, key)


# -- claims -----------------------------------------------------------------------------------------

#: What a claim may say, and how reports call it unless it says ``kind``; at least one of these keys must stand in it.
SAYS = {
    "recover": "recovery",
    "defines": "definition",
    "shape": "shape",
    "holds": "relation",
    "somewhere": "relation",
    "shows": "arithmetic",
    "equals": "formula",
    "prints": "number",
    "standard": "definition",
    "contradicts": "consistency",
    "probe": "library",
}

#: Keys that ``latex`` stands in the place of, and all that a formula may come to.
REPLACED = ("of", "equals", "holds")
LATEX_SAYS = frozenset((*REPLACED, "shows", "prints"))

#: How a printed number was made.
MADE = ("computed", "within", "from")
ROUNDED_INPUTS = "rounded inputs"

#: Keys that mean something only beside one of others.
CLAIM: tuple[Rule, ...] = (
    Rule(ALWAYS, Said(tuple(SAYS)), f"the claim says nothing: expected one of {', '.join(SAYS)}"),
    _beside(
        "needs", ("equals", "holds", "somewhere", "prints"), "a condition goes with a formula, a relation or a number"
    ),
    _beside("equals", ("of",), "what the formula is for"),
    _beside("standard", ("of",), "what the standard form is for"),
    _beside("contradicts", ("equals", "holds"), "what the claim says"),
    _beside("shape", ("of",), "what has the shape"),
    _beside("prints", ("of", "shows", "agrees"), "what the number is of"),
    _beside("agrees", ("prints",), "the digits that are compared"),
    _beside("shows", ("prints",), "the printed result"),
    _beside("by", ("prints",), "the printed result of that step"),
    _beside("from", ("recover", "prints"), "the symbol to solve for, or the number that was computed so"),
    *(_beside(key, ("prints",), "the number that was computed so") for key in MADE[:2]),
    *(
        Rule(Every((Has(key), Has("prints"))), Said(("of",)), f"'{key}' needs 'of': what was computed", key)
        for key in MADE
    ),
    Rule(
        Every((Has("from"), Has("prints"), Not(Has("recover")))),
        Is("from", (ROUNDED_INPUTS,)),
        f"beside 'prints' it is from: {ROUNDED_INPUTS}",
        "from",
    ),
    _beside("verbatim", ("of", "holds", "somewhere"), "the formula that stands in the document so"),
    Rule(Has("reads"), Has("latex"), "'reads' needs 'latex': the formula that is read so", "reads"),
)

#: Of a claim in LaTeX, before it is read.
LATEX = tuple(_apart(key, "latex", f"'{key}' beside 'latex', which says it already") for key in REPLACED)

#: What can't be said entry by entry, beside a printed vector or matrix.
TENSOR = tuple(
    Rule(
        Every((Listed("prints"), Has(key))),
        Not(Has(key)),
        f"'{key}' beside a printed vector or matrix: write it as a claim of its own",
        key,
    )
    for key in SAYS
    if key not in ("prints", "equals", "shows", "standard")
)

#: Told where ids are given out.
IDS = Rule(
    Listed("id"),
    Some((Listed("prints"), Has("latex"))),
    "a list of ids goes with a printed vector or matrix",
    "id",
)


def pinned(usual: str, message: str) -> Rule:
    """A verdict other than the usual one has a reason."""
    return Rule(Every((Has("verdict"), Not(Is("verdict", (usual,))))), Has("because"), message, "verdict")


PIN = pinned("holds", "a pinned verdict needs 'because': what was seen when it was reviewed")

# -- definitions ------------------------------------------------------------------------------------------

_WAYS = ("latex", "solves", "minimizes")
_BY_CONDITION = ("subject_to", "in", "shape")  # keys that a formula has not

DEFINITION: tuple[Rule, ...] = (
    Rule(
        ALWAYS,
        Some(tuple(Every((Has(way), *(Not(Has(other)) for other in _WAYS if other != way))) for way in _WAYS)),
        f"expected one of {', '.join(_WAYS)}",
    ),
    _beside("subject_to", ("minimizes",), "what is least under these conditions"),
    *(
        _apart(key, "latex", f"'{key}' is of what a condition defines, and does not go with 'latex'")
        for key in _BY_CONDITION
    ),
    Rule(
        Some((Has("solves"), Every((Has("minimizes"), Not(Has("subject_to")))))),
        Has("in"),
        "a condition needs 'in': the range in which there is one such value, such as in: [0, 2]",
    ),
)

# -- symbols and sequences ----------------------------------------------------------------------------

TRUE, FALSE = ("true", "yes"), ("false", "no")
_RECOVERED = Is("recover", TRUE)

SYMBOL: tuple[Rule, ...] = (
    Rule(
        _RECOVERED,
        Every((Not(Has("value")), Some((Not(Has("shape")), Listed("shape", 0))))),
        "is to be recovered: then it has no value, and is a scalar",
    ),
    Rule(
        Is("complex", TRUE),
        Every(tuple(Not(Has(key)) for key in ("shape", "recover", "whole", "in"))),
        "is complex: it has no key beside that but 'value'",
    ),
    Rule(_RECOVERED, Not(Is("whole", TRUE)), "is to be recovered: what is solved for may be any number"),
)

SEQUENCE: tuple[Rule, ...] = (
    Rule(Has("first"), Has("index"), "expected 0 or 1: the index of the first step, beside 'index'", "first"),
)

# -- implementations ----------------------------------------------------------------------------------

OF_FUNCTIONS = ("arguments", "in", "result", "wrt")  # keys that an optimizer has not
OF_OPTIMIZERS = ("constants", "states")  # keys that a function has not

IMPLEMENTATION: tuple[Rule, ...] = (
    Rule(
        ALWAYS,
        Some((Every((Has("of"), Not(Has("step")))), Every((Has("step"), Not(Has("of")))))),
        "an implementation needs 'of', the formula of a function, or 'step', that of an optimizer, and not both",
    ),
    *(_apart(key, "step", f"'{key}' is of a function, and does not go with 'step'") for key in OF_FUNCTIONS),
    *(_apart(key, "of", f"'{key}' is of an optimizer, and does not go with 'of'") for key in OF_OPTIMIZERS),
)

CONFORMANCE = pinned("conforms", "a pinned verdict needs 'because': why that is the verdict")
CLASS = Rule(Has("class"), Is("verdict", ("deviates",)), "a class is of what deviates", "class")
