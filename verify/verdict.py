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


def proofs_of(evidence: Mapping[str, Any]) -> list[Any]:
    """The theorems, and the names of methods, that a verdict that was proved rests on: those of all its parts. A proof that tells
    of none is the engine's."""
    parts = evidence.get("parts")
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        return [proof for part in parts for proof in proofs_of(part)]
    if evidence.get("method") != "proved":
        return []
    proof = evidence.get("proof", evidence.get("by") or "engine")
    return list(proof) if isinstance(proof, list) else [proof]


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
    trusted = dict.fromkeys(p for p in proofs if isinstance(p, str))
    return f"proved (unchecked: {', '.join(trusted)})" if trusted else "proved, checked" if proofs else ""
