"""``errata recheck``: the certificates of a results file, checked again without the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    for claim in results.claims:
        for fault in _faults(claim):
            counted["rejected"] += 1
            say(f"{claim.case}  {claim.id}  rejected: {fault}")
        counted["certificates"] += len(claim.certificates)
        if claim.verdict in ("holds", "holds-if") and claim.evidence.get("method") == "proved":
            counted["proved"] += 1
            counted["checked"] += claim.checked
            if not claim.checked:
                trusted[claim.unchecked or "engine"] += 1
        elif claim.verdict == "wrong":
            counted["points" if claim.certificates else "wrong"] += 1
    for name, count in trusted.most_common():
        say(f"trusted: {count} by {name}")
    say(
        f"{counted['certificates']} certificates, {counted['rejected']} rejected; {counted['proved']} claims proved: "
        f"{counted['checked']} checked, {counted['proved'] - counted['checked']} trusted; "
        f"{counted['points']} refuted by a point, {counted['wrong']} wrong by other means"
    )
    return FINDINGS if counted["rejected"] else AS_PINNED


def _faults(claim: Result) -> Iterator[str]:
    """Why certificates of a claim show nothing."""
    from derive.exchange.certificates import Unreadable, read
    from derive.proof.check import Rejected, check

    for data in claim.certificates:
        try:
            check(*read(data))
        except (Unreadable, Rejected) as why:
            yield str(why)
