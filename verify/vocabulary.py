"""The words that results are told in. Light to import: what only counts them needs no models."""

from __future__ import annotations

from typing import Literal, get_args

Word = Literal[
    "holds",
    "holds-if",
    "truncated",
    "inherited",
    "wrong",
    "convention",
    "inconsistent",
    "underspecified",
    "undecided",
]
VERDICTS: tuple[str, ...] = get_args(Word)

#: What claims and checks are called for whose sake a library would be needed that is not installed. They are no findings.
SKIPPED = "skipped"

Outcome = Literal["agrees", "differs", "undecided"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)

ConformanceWord = Literal["conforms", "convention", "deviates", "undecided", "skipped"]
CONFORMANCE: tuple[str, ...] = get_args(ConformanceWord)
