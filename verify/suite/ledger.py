"""What is noted down of a case file while it is judged: its claims, checks and implementations, what they have come to, and where
that is remembered."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from derive.records import dataclass
from verify.places import digest
from verify.quoted import Quoted
from verify.results import Check, Implementation, Result, Results, Value
from verify.suite.found import FileFound, texts
from verify.suite.glance import of_results
from verify.suite.worker import Ended

if TYPE_CHECKING:
    from verify.cache.remembered import Cache, Keys

CLAIMS, CHECKS, IMPLEMENTATIONS, VALUES = PARTS = "claims", "checks", "implementations", "values"

Entry = Result | Check | Implementation


@dataclass(slots=True)
class Ledger:
    """Of one case file: enough to write the results down, without the case."""

    file: str
    document: str
    name: str
    claims: dict[str, dict[str, Any]]  # id -> what a Result says that no judge need say
    named: dict[str, dict[str, Any]]  # the same of implementations
    digests: dict[str, str]  # of the file, of others that it takes names from, of the document that it quotes
    seed: int = 0
    cache: Cache | None = None
    keys: Keys | None = None  # where its results are remembered
    results: dict[str, Result] = field(default_factory=dict)
    checks: dict[str, list[Check]] = field(default_factory=dict)  # by unit
    units: list[str] | None = None  # of the checks, in order, once they are known
    implementations: dict[str, Implementation] = field(default_factory=dict)
    values: list[Value] | None = None  # once they are known
    lasts: bool = True  # all that was found will be found again
    parts: int = 0  # jobs that are still open
    with_checks: bool = True
    with_values: bool = True

    @classmethod
    def of(
        cls,
        case: Any,
        document: str,
        claims: Iterable[Any],
        named: Iterable[Any],
        seed: int = 0,
        cache: Cache | None = None,
    ) -> Ledger:
        """Of a case, for these of its claims and implementations."""
        from verify.casefile.quotes import located
        from verify.casefile.slices import Slices

        if cache is not None and case.manuscript:
            cache.note(Path(case.manuscript))
        quoted = located(case)
        made = cls(
            case.path,
            document,
            case.name,
            {c.id: _of_claim(case, document, c, quoted.get(c.id)) for c in claims},
            {i.id: _of_named(case, document, i) for i in named},
            {name: digest(name) for name in (case.path, *case.used, case.manuscript) if name},
            seed,
            cache,
            None if cache is None else cache.keys(case, Slices(case)),
        )
        asked = bool(case.derivations) or any(c.prints is not None and c.of is not None for c in case.claims)
        made.values = None if asked else []
        return made

    @property
    def checked(self) -> list[Check]:
        order = {name: k for k, name in enumerate(self.units or ())}
        return [c for name in sorted(self.checks, key=lambda n: order.get(n, len(order))) for c in self.checks[name]]

    def found(self) -> FileFound:
        models = Results(
            cases=[self.file],
            digests=self.digests,
            claims=[self.results[i] for i in self.claims if i in self.results],
            checks=self.checked,
            implementations=[self.implementations[i] for i in self.named if i in self.implementations],
            values=self.values or [],
        )
        return FileFound(self.file, self.document, of_results(models), lambda: texts(models), self.digests, models)

    def recall(self) -> None:
        """Puts in what is remembered. What is no such result any more is not."""
        cache, keys = self.cache, self.keys
        if cache is None or keys is None:
            return
        for name, row in cache.claims(keys).items():
            if name in self.claims:
                with contextlib.suppress(ValidationError):
                    self.results[name] = Result(**{**row, **self.claims[name]})
        for name, row in cache.implementations(keys).items():
            if name in self.named:
                with contextlib.suppress(ValidationError):
                    self.implementations[name] = Implementation(**{**row, **self.named[name]})
        where = {"document": self.document, "case": self.name}
        if self.with_checks:
            self.units, rows = cache.checks(keys)
            for name, checks in rows.items():
                with contextlib.suppress(ValidationError):
                    self.checks[name] = [Check(**{**c, **where}) for c in checks]
            if (values := cache.values(keys)) is not None:
                with contextlib.suppress(ValidationError):
                    self.values = [Value(**{**v, **where}) for v in values]

    def enter(self, part: str, ended: Ended) -> Sequence[Entry]:
        """Notes down what a unit of a part has come to, and remembers it, unless it was ended from outside; gives what is new."""
        lasts = ended.failure is None and not ended.elsewhere
        self.lasts &= lasts
        kept = (self.cache, self.keys) if lasts and self.cache is not None and self.keys is not None else None
        if not ended.name and ended.failure is None:
            if part == CHECKS and self.units is None:
                self.units = list(ended.answer)
                if kept:
                    kept[0].keep_units(kept[1], self.units)
            return ()
        match part:
            case "claims":
                claims = self._claims(ended)
                self.results |= {r.id: r for r in claims}
                if kept:
                    for result in claims:
                        kept[0].keep_claim(kept[1], result, ended.answer.get("seen", 0))
                return claims
            case "implementations":
                found = self._implementations(ended)
                self.implementations |= {i.id: i for i in found}
                if kept:
                    for i in found:
                        self.lasts &= kept[0].keep_implementation(kept[1], i)
                return found
            case "values":
                self.values = [v.model_copy(update={"document": self.document}) for v in ended.answer or ()]
                if kept:
                    kept[0].keep_values(kept[1], self.values)
                return ()
        self.checks[ended.name] = self._checks(ended)
        if kept:
            kept[0].keep_check(kept[1], ended.name, self.checks[ended.name])
        return self.checks[ended.name]

    def _claims(self, ended: Ended) -> list[Result]:
        """The result that the answer is; or, where the case did not open, one for every claim that is still without."""
        ids = [ended.name] if ended.name else [i for i in self.claims if i not in self.results]
        answer = ended.answer
        if answer is not None:
            answer = {k: v for k, v in answer.items() if k != "seen"}
        if ended.failure is not None and answer is not None:
            answer = {**answer, "reason": f"{answer['reason']}; no more was found: {ended.failure}"}
        elif ended.failure is not None:
            where = "" if ended.name else "; that happened while the case was being opened"
            answer = {"verdict": "undecided", "reason": f"not judged: {ended.failure}{where}"}
        return [Result(**self.claims[i], **answer, seconds=_rounded(ended.seconds)) for i in ids]

    def _checks(self, ended: Ended) -> list[Check]:
        if ended.failure is None:
            return [
                check.model_copy(update={"seconds": _rounded(check.seconds), "document": self.document})
                for check in ended.answer
            ]
        backend, _, subject = ended.name.partition(": ")
        return [
            Check(
                document=self.document,
                case=self.name,
                subject=subject or "all implementations",
                backend=backend or "none",
                outcome="undecided",
                seed=self.seed,
                reason=f"not checked: {ended.failure}",
                seconds=_rounded(ended.seconds),
            )
        ]

    def _implementations(self, ended: Ended) -> list[Implementation]:
        """As ``_claims``: a crash or a hang of one is that one's finding, and nothing else is lost."""
        ids = [ended.name] if ended.name else [i for i in self.named if i not in self.implementations]
        answer = ended.answer
        if ended.loss:
            reason = f"deviates ({ended.loss}): {ended.failure}, in {ended.inside}"
            answer = {"verdict": "deviates", "kind": ended.loss, "reason": reason}
        elif ended.failure is not None:
            answer = {"verdict": "undecided", "reason": f"not compared: {ended.failure}"}
        return [Implementation(**self.named[i], **answer, seconds=_rounded(ended.seconds)) for i in ids]


def _of_claim(case: Any, document: str, claim: Any, quoted: Quoted | None) -> dict[str, Any]:
    """What a Result says that no judge need say."""
    return {
        "id": claim.id,
        "document": document,
        "case": case.name,
        "where": claim.where,
        "kind": claim.kind,
        "pinned": claim.pinned,
        "printed": claim.prints,
        "file": case.path,
        "line": claim.place.line,
        "column": claim.place.column,
        "uses": _cited(case, claim),
        "quoted": quoted,
    }


def _cited(case: Any, claim: Any) -> dict[str, str]:
    """The names in a claim that another case file gives, with file and line."""
    if not case.used:
        return {}
    texts = (t for key, t in claim.texts.items() if key != "standard name")
    words = {w for t in texts for w in re.findall(r"\w+", t)} | set(claim.defines)
    return {name: f"{place.file}:{place.line}" for name, place in case.elsewhere.items() if name in words}


def _of_named(case: Any, document: str, entry: Any) -> dict[str, Any]:
    """The same of an implementation."""
    return {
        "id": entry.id,
        "document": document,
        "case": case.name,
        "name": entry.name,
        "formula": entry.said,
        "options": ", ".join(f"{k}={v!r}" for k, v in _said_of_call(entry).items()),
        "pinned": entry.pinned,
        "pinned_kind": entry.pinned_class,
        "because": entry.because,
        "note": entry.note,
        "file": case.path,
        "line": entry.place.line,
        "column": entry.place.column,
    }


def _said_of_call(entry: Any) -> dict[str, Any]:
    return dict(entry.options) if entry.result is None else {**entry.options, "result": entry.result}


def _rounded(seconds: float) -> float:
    return round(seconds, 6)
