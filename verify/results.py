"""The results contract: what a run found, as one JSON file that every report is made from.

The models below are the file. Numbers are text, digit by digit, and there are no floats. Keys stand in the order of the fields,
so equal results are equal bytes; how long something took is known to the run alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, SkipValidation, ValidationError
from pydantic_core import to_json

from verify.places import write_text
from verify.quoted import Quoted
from verify.vocabulary import CONFORMANCE, OUTCOMES, VERDICTS, ConformanceWord, Outcome, Word

__all__ = ["CONFORMANCE", "OUTCOMES", "VERDICTS", "ConformanceWord", "Outcome", "Word"]

SCHEMA: Literal["errata-results/1"] = "errata-results/1"


class ResultsError(ValueError):
    """A results file that can't be read: one line, with the place."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, defer_build=True, frozen=True)


class Result(_Model):
    """The verdict on one claim."""

    id: str = Field(description="The claim's id, unique in its case.")
    document: str = Field(description="The document that the case belongs to.")
    case: str = Field(description="The case: its file's name without the ending.")
    where: str = Field(description="Where in the document the claim stands.")
    kind: str = Field(description="number, formula, arithmetic, relation, ... or the label that the case gives.")
    verdict: Word
    pinned: Word = Field(description="The verdict that the case's author has reviewed; 'holds' where none is given.")
    printed: str | None = Field(default=None, description="The number as the document prints it.")
    exact: str | None = Field(default=None, description="The exact value, at least 20 digits where it has so many.")
    reason: str = ""
    origin: list[str] = Field(default_factory=list, description="Ids of the claims in which a wrong number started.")
    evidence: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="'method' is proved, certified, exhaustive, sampled or probe; there is none where undecided. "
        "'absent' is a library that the claim is about and that is not installed: the claim is skipped, and no finding.",
    )
    checked: bool = Field(default=False, description="Whether all that was proved was checked by the trusted core.")
    unchecked: str = Field(default="", description="The methods whose proofs were not, and are trusted.")
    certificates: list[SkipValidation[JsonValue]] = Field(  # JSON by what they were read from, and long
        default_factory=list, description="What `errata recheck` checks: docs/certificates.md says what is in it."
    )
    seconds: FiniteFloat = Field(default=0.0, ge=0, exclude=True)
    file: str = Field(description="The case file, as it was given to the run.")
    line: int = Field(ge=1)
    column: int = Field(default=1, ge=1)
    uses: dict[str, str] = Field(
        default_factory=dict,
        description="Names in the claim that another case file gives, each with its file and line.",
    )
    quoted: Quoted | None = Field(
        default=None,
        exclude_if=lambda quoted: quoted is None,
        description="Where the document says what the claim quotes, or why that has no place; absent where it quotes nothing.",
    )

    @property
    def absent(self) -> str:
        return str(self.evidence.get("absent", ""))

    @property
    def judged_as_pinned(self) -> bool:
        return self.verdict == self.pinned or bool(self.absent)

    @property
    def as_pinned(self) -> bool:
        """Whether there is nothing to look at: the verdict is as pinned, and the document says what the claim quotes."""
        return self.judged_as_pinned and not (self.quoted and self.quoted.lost)

    def _repr_html_(self) -> str:
        from verify.text import notebook

        return notebook.claims([self])


class Worst(_Model):
    """The worst input that a check found."""

    input: dict[str, str] = Field(description="Symbol to value, as text that reads back exactly.")
    error: str
    tolerance: str


class Check(_Model):
    """One implementation, or the second derivation, set against the exact mathematics of a case."""

    document: str
    case: str
    subject: str = Field(description="What was compared: 'L', 'grad(L, [w1, b1])', ...")
    backend: str = Field(description="numpy, torch or sympy.")
    outcome: Outcome
    examples: int = Field(default=0, ge=0)
    seed: int = 0
    worst: Worst | None = None
    reason: str = ""
    absent: str = Field(
        default="", description="A library that is not installed: the check is skipped, and no finding."
    )
    seconds: FiniteFloat = Field(default=0.0, ge=0, exclude=True)

    @property
    def as_expected(self) -> bool:
        return self.outcome == "agrees" or bool(self.absent)


class Value(_Model):
    """A quantity of a case at the document's own inputs, exactly and in float64."""

    document: str
    case: str
    of: str = Field(description="The quantity: what a claim prints a number for, or an entry of what the case derives.")
    exact: str = Field(description="Its value, 25 digits of it, or all where it has fewer.")
    numpy: str | None = Field(default=None, description="What generated NumPy gives, as text that reads back exactly.")
    torch: str | None = Field(default=None, description="The same of Torch.")


class CallPath(_Model):
    """One way in which a function was run, against the exact values."""

    order: str = Field(description="value, gradient or second derivative.")
    mode: str = Field(description="How: eager, backward, create_graph, forward mode, for-loop, fused, ...")
    dtype: str
    verdict: ConformanceWord
    kind: str = Field(default="", description="The class of a deviation: cancellation, saturation, wrong gradient, ...")
    magnitude: str = Field(default="", description="The greatest error in ulps, rounded to a power of ten.")
    points: int = Field(default=0, ge=0)
    worst: dict[str, str] = Field(default_factory=dict, description="Input to value, as text that reads back exactly.")
    exact: str = ""
    computed: str = ""
    ulps: str = ""
    relative: str = ""
    condition: str = Field(default="", description="The relative condition number at the worst input.")
    share: str = Field(default="", description="How many of the points are off.")
    first: str = Field(default="", description="The least input at which it is off.")
    last: str = ""
    note: str = ""
    bins: list[tuple[str, str]] = Field(
        default_factory=list, description="Input and greatest error in ulps, over the range."
    )


class Behaviour(_Model):
    """Something about how a function behaves beside its accuracy."""

    kind: str
    text: str
    grave: bool


class SpecialValue(_Model):
    at: str
    computed: str
    expected: str

    @property
    def differs(self) -> bool:
        """Whether it is not the limit of the formula at an infinity, where there is one that is known."""
        known = self.at.endswith("inf") and self.expected not in ("none", "unknown")
        return known and float(self.computed) != float(self.expected)


class KinkTaken(_Model):
    """What is given at a kink, by mode, between the slopes of its two sides."""

    at: str
    below: str
    above: str
    taken: dict[str, str]


class Implementation(_Model):
    """A function or optimizer that people run, set against the formula that it should compute."""

    id: str
    document: str
    case: str
    name: str = Field(description="The name that it is imported under.")
    formula: str
    framework: str = ""
    version: str = Field(default="", description="Of the library that was run.")
    options: str = Field(default="", description="Further keywords of the call.")
    verdict: ConformanceWord
    kind: str = Field(default="", description="The class of a deviation.")
    pinned: ConformanceWord = "conforms"
    pinned_kind: str = ""
    reason: str = ""
    convention: str = Field(default="", description="The exact translation, where it differs by a convention.")
    repair: str = Field(default="", description="The formula that it computes instead, where that is one step away.")
    paths: list[CallPath] = Field(default_factory=list)
    findings: list[Behaviour] = Field(default_factory=list)
    specials: list[SpecialValue] = Field(default_factory=list)
    kinks: list[KinkTaken] = Field(default_factory=list)
    command: str = Field(default="", description="What reproduces it.")
    script: str = ""
    because: str = ""
    note: str = ""
    seconds: FiniteFloat = Field(default=0.0, ge=0, exclude=True)
    file: str
    line: int = Field(ge=1)
    column: int = Field(default=1, ge=1)

    @property
    def as_pinned(self) -> bool:
        return self.verdict == "skipped" or (self.verdict == self.pinned and self.pinned_kind in ("", self.kind))


class Results(_Model):
    """A whole run: in the order of the files, and in each file in the order of its claims."""

    schema_: Literal["errata-results/1"] = Field(default=SCHEMA, alias="schema")
    interrupted: bool = Field(default=False, description="True where the run was stopped: what follows is a part.")
    cases: list[str] = Field(default_factory=list, description="The case files, as they were given to the run.")
    digests: dict[str, str] = Field(
        default_factory=dict,
        description="The SHA-256 of each of them, of the files that they use names of, and of the documents that they quote.",
    )
    claims: list[Result]
    checks: list[Check] = Field(default_factory=list)
    implementations: list[Implementation] = Field(default_factory=list)
    values: list[Value] = Field(
        default_factory=list, description="What the tables of reports tell beside the document's own numbers."
    )

    @property
    def as_pinned(self) -> bool:
        """Whether every verdict is as pinned and every check agrees."""
        judged = all(r.as_pinned for r in self.claims) and all(i.as_pinned for i in self.implementations)
        return judged and all(c.as_expected for c in self.checks)


def dumps(results: Results) -> str:
    """The text of a results file."""
    return to_json(results.model_dump(by_alias=True), indent=1).decode() + "\n"


def save(results: Results, path: Path) -> None:
    """Writes the file whole or not at all. Raises OSError."""
    write_text(dumps(results), path)


def load(path: Path) -> Results:
    """The results of a file. Raises ResultsError with one line that names the place, OSError where unreadable."""
    try:
        data = json.loads(path.read_bytes().decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as bad:
        raise ResultsError(f"{path}: byte {bad.start} is not UTF-8; a results file is JSON in UTF-8") from None
    except json.JSONDecodeError as bad:
        raise ResultsError(f"{path}:{bad.lineno}:{bad.colno}: not JSON: {bad.msg}") from None
    except (ValueError, RecursionError) as bad:
        raise ResultsError(f"{path}: not a results file: {bad}") from None
    if not isinstance(data, dict) or "schema" not in data:
        raise ResultsError(f'{path}: not a results file: it has no "schema"; `errata run --json FILE` writes one')
    if data["schema"] != SCHEMA:
        raise ResultsError(f"{path}: schema: this Errata reads '{SCHEMA}', the file is '{str(data['schema'])[:60]}'")
    try:
        return Results.model_validate(data)
    except ValidationError as bad:
        first, *more = bad.errors(include_url=False, include_input=False)
        also = f" (and {len(more)} more)" if more else ""
        raise ResultsError(f"{path}: {_place(first['loc'])}: {first['msg']}{also}") from None


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def _place(location: tuple[int | str, ...]) -> str:
    """``claims[3].verdict`` of ('claims', 3, 'verdict')."""
    return "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in location).lstrip(".") or "the file"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of results files."""
    schema = Results.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Errata results",
        "required": ["schema", "claims"],
    }
