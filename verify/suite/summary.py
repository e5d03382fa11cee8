"""The end of a run in a few lines: one when all is as pinned, else what is not, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from click import style

from verify.suite.glance import CheckGlance, ClaimGlance, Glance, ImplementationGlance
from verify.suite.progress import counted, counted_checks, counted_implementations, number, printable
from verify.vocabulary import SKIPPED, VERDICTS

#: Characters of a cell; the rest of a reason is in the results and the reports.
WIDEST = 400

#: Of quotes that have no place in the document.
LOST = {"stale": "not in the document any more", "ambiguous": "more than once in the document"}


def summary(
    results: Glance, took: str, interrupted: bool = False, listing: bool = False, first: bool = False
) -> Iterator[str]:
    """The lines, styled for a terminal, with how long it ``took``, if that is said. ``listing`` puts every claim and check before
    them; ``first``: the run went as far as the first finding."""
    timed = f" ({took})" if took else ""
    if listing:
        yield from everything(results)
    yield from findings(results)
    if interrupted:
        done = f"{counted(results.claims)}; {counted_checks(results.checks)}"
        done += f"; {counted_implementations(results.implementations)}" if results.implementations else ""
        why = "ended with the first finding" if first else "interrupted"
        yield style(f"{why}; so far {done}{timed}", fg="yellow", bold=True)
        return
    if proofs := _proofs(results.claims):
        yield proofs
    yield from _skipped(results)
    if results.as_pinned:
        yield style(_all_as_pinned(results) + timed, fg="green")
        return
    unexpected = [r for r in results.claims if not r.as_pinned]
    if unexpected:
        expected = len(results.claims) - len(unexpected)
        yield style(f"{counted(results.claims)}; {expected} as pinned, {len(unexpected)} not", fg="red", bold=True)
    elif results.claims:
        yield f"{counted(results.claims)}; all as pinned"
    agree = all(c.as_expected for c in results.checks)
    if results.implementations:
        yield counted_implementations(results.implementations)
    yield style(f"{counted_checks(results.checks)}{timed}", fg=None if agree else "red", bold=not agree)


def _proofs(claims: Sequence[ClaimGlance]) -> str:
    """How many proofs the trusted core has checked, and what the others rest on; nothing where all are."""
    proved = [c for c in claims if c.verdict in ("holds", "holds-if")]
    trusted = Counter(c.unchecked for c in proved if c.unchecked)
    if not trusted:
        return ""
    named = ", ".join(f"{name} {n}" for name, n in sorted(trusted.items(), key=lambda t: (-t[1], t[0])))
    return f"{sum(c.checked for c in proved)} proved and checked; {sum(trusted.values())} proved, unchecked: {named}"


def _skipped(results: Glance) -> Iterator[str]:
    """What needs libraries that are not installed: a line a library."""
    of_kinds = {
        "claim": [c.reason for c in results.claims if c.verdict == SKIPPED],
        "check": [c.reason for c in results.checks if c.outcome == SKIPPED],
        "implementation": [i.said for i in results.implementations if i.verdict == SKIPPED],
    }
    for why in dict.fromkeys(why for whys in of_kinds.values() for why in whys):
        told = [number(n, kind) for kind, whys in of_kinds.items() if (n := whys.count(why))]
        yield style(f"skipped {', '.join(told)}: {why}", fg="yellow")


def _all_as_pinned(results: Glance) -> str:
    claims = counted(results.claims)
    if results.implementations:
        named = counted_implementations(results.implementations)
        claims = f"{claims}; {named}" if results.claims else named
    line = f"{claims}; all as pinned" if results.claims or results.implementations else claims
    if all(c.outcome == "agrees" for c in results.checks):
        return f"{line}; {number(len(results.checks), 'check')}, all agree" if results.checks else line
    return f"{line}; {counted_checks(results.checks)}"


def findings(results: Glance) -> Iterator[str]:
    """Every verdict that is not as pinned and every check that does not agree, grouped."""
    unexpected = sorted((r for r in results.claims if not r.judged_as_pinned), key=_severity)
    for (verdict, pinned), group in groupby(unexpected, key=lambda r: (r.verdict, r.pinned)):
        found = list(group)
        yield style(
            f"{verdict} (pinned {pinned}): {len(found)}", fg="red" if verdict == "wrong" else "yellow", bold=True
        )
        yield from _table([_claim_row(r) for r in found])
        yield ""
    for lost, heading in LOST.items():
        if rows := [(*_claim_row(c)[:2], c.quoted.reason) for c in results.claims if c.quoted and c.lost == lost]:
            yield style(f"{lost}, {heading}: {len(rows)}", fg="yellow", bold=True)
            yield from _table(rows)
            yield ""
    yield from _implementations([i for i in results.implementations if not i.as_pinned])
    for outcome, heading in (("differs", "differs from the exact mathematics"), ("undecided", "could not be checked")):
        checks = [c for c in results.checks if c.outcome == outcome]
        if checks:
            yield style(f"{heading}: {len(checks)}", fg="red", bold=True)
            yield from _table([_check_row(c) for c in checks])
            yield ""


def _implementations(found: Sequence[ImplementationGlance]) -> Iterator[str]:
    for verdict in ("deviates", "convention", "undecided", "conforms"):
        chosen = [i for i in found if i.verdict == verdict]
        if chosen:
            yield style(
                f"{verdict}, not as pinned: {len(chosen)}", fg="red" if verdict == "deviates" else "yellow", bold=True
            )
            yield from _table([(f"{i.file}:{i.line}", i.id, i.said) for i in chosen])
            yield ""


def everything(results: Glance) -> Iterator[str]:
    """Every claim and every check, a line each."""
    rows = [(*_claim_row(r)[:2], f"{r.verdict} (pinned {r.pinned})", r.reason) for r in results.claims]
    yield from _table(rows)
    yield from _table([(*_check_row(c)[:2], c.outcome, c.reason) for c in results.checks])
    yield ""


def _severity(result: ClaimGlance) -> tuple[int, int]:
    """Wrong first, undecided last; a sort by it keeps the document's order inside a group."""
    order = ("wrong", *(v for v in VERDICTS if v not in ("wrong", "undecided")), "undecided")
    return order.index(result.verdict), VERDICTS.index(result.pinned)


def _claim_row(result: ClaimGlance) -> tuple[str, str, str]:
    return result.place, result.id, result.reason


def _check_row(check: CheckGlance) -> tuple[str, str, str]:
    return f"{check.document}/{check.case}", f"{check.backend} {check.subject}", check.reason or check.off


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns."""
    cells = [[printable(cell, WIDEST) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
