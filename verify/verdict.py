"""What a judge says of a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from derive.records import dataclass

if TYPE_CHECKING:
    from derive.engine.reasons import Reason

#: From the gravest down: of a claim that says several things, the gravest verdict stands.
VERDICTS = (
    "wrong",
    "inconsistent",
    "undecided",
    "underspecified",
    "inherited",
    "truncated",
    "convention",
    "holds-if",
    "holds",
)

#: How a verdict was earned. ``proved`` comes only from the normal form, ``certified`` only from exact
#: rationals and balls; ``exhaustive`` looked at every case there is.
METHODS = ("proved", "certified", "exhaustive", "sampled", "probe")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``exact`` is the right value in decimal (20 digits or more, or all it has); ``origin`` the ids of the claims
    in which the error started; ``evidence['method']`` how the verdict was earned (absent when undecided); ``evidence['proof']``
    what a proof rests on: a Theorem of the trusted core, the name of the method that is trusted instead, or several of these.

    ``why``: as the engine told it, or a sentence made of that, which nobody looks into; ``stated``: why the claim fails, or what
    it needs, as the document states it, where ``why`` is a condition under which it holds. ``reason`` is both, as it is told."""

    verdict: str
    why: Reason | str
    exact: str | None = None
    origin: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    stated: Reason | str = ""

    @property
    def reason(self) -> str:
        return f"{self.why}; as stated: {self.stated}" if self.stated else str(self.why)


def undecided(why: Reason | str, exact: str | None = None) -> Verdict:
    return Verdict("undecided", why, exact)


def combine(parts: Sequence[Verdict]) -> Verdict:
    """The verdict of a claim that says several things: the gravest, with the reason of every part, or of every part that does
    not simply hold; where conditions are told, they are those of all parts. What is said of several parts is said once."""
    if len(parts) == 1:
        return parts[0]
    gravest = min(parts, key=lambda v: VERDICTS.index(v.verdict))
    exact = next((p.exact for p in parts if p.exact is not None), None)
    origin = tuple(dict.fromkeys(o for p in parts for o in p.origin))
    evidence = {**gravest.evidence, "parts": [{"verdict": p.verdict, **p.evidence} for p in parts]}
    told = gravest.verdict == "holds-if"
    telling = [
        p
        for p in parts
        if gravest.verdict == "holds" or p.verdict != "holds" or (told and p.evidence.get("conditions"))
    ]
    reasons = dict.fromkeys(p.reason for p in telling if p.reason)
    return Verdict(gravest.verdict, "; ".join(reasons), exact, origin, evidence)


def parts_of(evidence: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The evidence of each part of a claim that says several things; of another its own."""
    parts = evidence.get("parts")
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        return [inner for part in parts for inner in parts_of(part)]
    return [evidence]


def proofs_of(evidence: Mapping[str, Any]) -> list[Any]:
    """The theorems, and the names of methods, that a verdict that was proved rests on: those of all its parts. A proof that tells
    of none is the engine's."""
    found: list[Any] = []
    for part in parts_of(evidence):
        if part.get("method") == "proved":
            proof = part.get("proof", part.get("by") or "engine")
            found += proof if isinstance(proof, list) else [proof]
    return found


def conditions_of(evidence: Mapping[str, Any]) -> list[str]:
    """The conditions under which a claim holds, of all its parts: what it needs first, then what its sides need for a value."""
    found = dict[str, None]()
    for part in parts_of(evidence):
        found |= dict.fromkeys([c] if (c := part.get("condition")) else [])
        found |= dict.fromkeys(part.get("conditions", ()))
    return list(found)


def refutations_of(evidence: Mapping[str, Any]) -> list[Any]:
    """The theorem that a claim fails at a point, of a verdict that says so, where there is one."""
    return [evidence["proof"]] if "proof" in evidence and evidence.get("method") == "certified" else []


def told(evidence: Any) -> Any:
    """Evidence without theorems, which are no data."""
    if isinstance(evidence, Mapping):
        return {k: told(v) for k, v in evidence.items() if k != "proof"}
    return [told(v) for v in evidence] if isinstance(evidence, list | tuple) else evidence


def checked(proofs: Sequence[Any]) -> str:
    """How proofs stand, for people: ``proved, checked``; ``proved (unchecked: limit)``; nothing where there are none."""
    return _earned("proved", proofs) if proofs else ""


def earned(evidence: Mapping[str, Any]) -> str:
    """How what holds was earned, for people, by the weakest of its methods: as ``checked`` has it, or ``certified (unchecked:
    cells)``, or ``certified`` by ball arithmetic at given values."""
    parts = [p for p in parts_of(evidence) if p.get("method") in METHODS]
    if not parts:
        return ""
    method = max((p["method"] for p in parts), key=METHODS.index)
    proofs = [*proofs_of(evidence), *(p["proof"] for p in parts if p["method"] != "proved" and "proof" in p)]
    return _earned(method, proofs)


def _earned(method: str, proofs: Sequence[Any]) -> str:
    trusted = dict.fromkeys(p for p in proofs if isinstance(p, str))
    return f"{method} (unchecked: {', '.join(trusted)})" if trusted else f"{method}, checked" if proofs else method
