"""``probe: NAME``: what a library was seen to do. Seeing is no proof: the method is ``probe``, with the versions that
were looked at."""

from __future__ import annotations

from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.extras import missing
from verify.verdict import Verdict, undecided


def judge_probe(context: CaseContext, claim: Claim) -> Verdict:
    """Holds as it was seen to, under the condition without which it was seen to fail, or wrong with what was seen
    instead."""
    from verify.probes import PROBES, Absent

    probe = PROBES[claim.probe]
    try:
        observed = probe.observe()
    except Absent as e:
        return Verdict("undecided", missing(str(e)), None, (), {"absent": str(e)})
    except Exception as e:  # whatever a library of another version raises
        return undecided(f"the probe {probe.name} failed: {type(e).__name__}: {e}")
    evidence = {"method": "probe", "probe": probe.name, "versions": {name: _version(name) for name in probe.libraries}}
    if not observed.holds:
        return Verdict("wrong", f"seen: {observed.seen}", None, (claim.id,), evidence)
    if observed.given:
        reason = f"holds if {observed.given}; seen: {observed.seen}"
        return Verdict("holds-if", reason, None, (), {**evidence, "condition": observed.given})
    return Verdict("holds", f"seen: {observed.seen}", None, (), evidence)


def _version(library: str) -> str:
    """Without what tells a build: 2.13.0 for 2.13.0+cpu."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(library).partition("+")[0]
    except PackageNotFoundError:
        return "unknown"
