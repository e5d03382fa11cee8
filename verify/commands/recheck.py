"""``errata recheck``: the certificates of a results file, checked again without the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, say

if TYPE_CHECKING:
    from verify.results import Result


@command(
    """Check again every certificate that a results file carries, by the trusted core alone: the engine that found the proofs
    is not loaded, and the case files are not read.

    \b
    Examples:
      errata recheck results.json                what `errata run --json results.json` wrote
    """,
    epilog="""\b
Exit codes:
  0    every certificate shows what it is said to show
  1    one does not
  2    the results file can't be read
  3    an internal error of Errata""",
)
@click.argument("results_file", metavar="RESULTS.JSON", type=click.Path(path_type=Path))
def recheck(results_file: Path) -> int:
    from verify.results import ResultsError, load

    try:
        results = load(results_file)
    except (ResultsError, OSError) as bad:
        text = f"{results_file}: {bad.strerror}" if isinstance(bad, OSError) else str(bad)
        raise Fault(text) from None
    counted: Counter[str] = Counter()
    trusted: Counter[str] = Counter()
    means: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for i, claim in enumerate(results.claims):
        faults = list(_faults(claim, f"{results_file}: claims[{i}]"))
        for fault in faults:
            counted["rejected"] += 1
            say(f"{claim.case}  {claim.id}  rejected: {fault}")
        counted["certificates"] += len(claim.certificates)
        if claim.verdict in ("holds", "holds-if") and claim.evidence.get("method") == "proved":
            counted["proved"] += 1
            if claim.checked and claim.certificates and not faults:
                counted["checked"] += 1
                named = set(_rules(claim.certificates))
                counted["alone"] += not named
                rules.update(named)
            else:
                trusted[claim.unchecked or "engine"] += 1
        elif claim.verdict == "wrong" and claim.certificates:
            counted["points"] += 1
        elif claim.verdict == "wrong":
            means[_means(claim)] += 1
    for name, count in trusted.most_common():
        say(f"trusted: {count} by {name}")
    if rules:
        on = ", ".join(f"{name} {count}" for name, count in sorted(rules.items(), key=lambda r: (-r[1], r[0])))
        say(f"rules: {counted['alone']} checked claims rest on none; {counted['checked'] - counted['alone']} on {on}")
    others = ", ".join(f"{count} by {name}" for name, count in means.most_common())
    say(
        f"{counted['certificates']} certificates, {counted['rejected']} rejected; {counted['proved']} claims proved: "
        f"{counted['checked']} checked, {counted['proved'] - counted['checked']} trusted; "
        f"{counted['points']} refuted by a point, {means.total()} wrong by other means{f' ({others})' if others else ''}"
    )
    return FINDINGS if counted["rejected"] else AS_PINNED


def _rules(data: Any) -> Iterator[str]:
    """The rules that certificates name, of those that stand beside the checker proper."""
    if isinstance(data, dict):
        if data.get("kind") == "Rule":
            yield str(data.get("name"))
        data = list(data.values())
    for part in data if isinstance(data, list) else ():
        yield from _rules(part)


def _means(claim: Result) -> str:
    """By what a claim is wrong that carries no theorem."""
    e = claim.evidence
    return "digits" if "arithmetic" in e or "from" in e else str(e.get("by") or e.get("method") or claim.kind)


def _faults(claim: Result, place: str) -> Iterator[str]:
    """Why certificates of a claim show nothing. Raises Fault for what is no certificate."""
    from derive.budget import apart
    from derive.exchange.certificates import Unreadable, read
    from derive.proof.check import Rejected, check

    for j, data in enumerate(claim.certificates):
        try:
            sequent, certificate = read(data)
        except Unreadable as why:
            raise Fault(f"{place}.certificates[{j}]: {why}") from None
        try:
            with apart():  # a stranger's certificate may ask for any amount of work
                check(sequent, certificate)
        except Rejected as why:
            yield str(why)
