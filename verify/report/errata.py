"""The errata of a document as its author would want them: by consequence, each once, and a list to paste."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from verify.report.chains import Faults
from verify.report.consequences import ALL, CONTRADICTION, CORRECTIONS, FORMULAS, REMARKS
from verify.report.entries import Entry, below, entries, place, put_for, reviewed, told, where
from verify.report.index import by_case, heading, title
from verify.report.place import INDEX, MARKER, Links
from verify.report.words import Item, count, sentence
from verify.text.escape import one_line, text
from verify.text.numbers import correct

MAX_PASTED = 80  # characters of one in the list to paste


def errata(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(document, items, links, interrupted)) + "\n"


def _parts(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> Iterator[str]:
    found = entries(by_case(items).values())
    yield MARKER
    yield f"# {text(title(document))}: errata by consequence"
    yield _numbers(document, items, found)
    if interrupted:
        yield "**The run was interrupted; what follows is a part.**"
    for c in ALL:
        chosen = [e for e in found if e.consequence is c]
        if chosen:
            yield f"## {c.heading}"
            yield c.explained
            yield from _section(chosen, links)
    open_ = [i for i in items if i.result.verdict == "undecided"]
    if open_:
        yield "## Not decided"
        yield "Neither proved nor refuted. They count as open, and not as right."
        yield "\n".join(f"- {where(i, links)}: {sentence(i.result.reason, i.case.name, links)}" for i in open_)
    if found:
        yield "## To paste"
        yield "The same as a plain list, in the order of the document."
        yield _pasted(found)


# -- numbers --------------------------------------------------------------------------------------------


def _numbers(document: str, items: Sequence[Item], entries: Sequence[Entry]) -> str:
    words = Counter[str](i.result.verdict for i in items)
    said = [
        (words["holds"], "holds", "hold"),
        (words["holds-if"], "holds only under a condition", "hold only under a condition that is not stated"),
        (words["wrong"], "is wrong", "are wrong"),
        (words["inherited"], "follows from a wrong or a rounded number", "follow from wrong or rounded numbers"),
        (words["truncated"], "is cut off instead of rounded", "are cut off instead of rounded"),
        (words["inconsistent"], "contradicts another", "contradict each other"),
        (words["convention"], "follows another convention", "follow another convention"),
        (words["underspecified"], "lacks an input", "lack an input"),
        (words["undecided"], "is not decided", "are not decided"),
    ]
    told = ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in said if n)
    counted = Counter(e.consequence.heading for e in entries)
    parts = [f"{n:,} {c.one if n == 1 else c.many}" for c in ALL if (n := counted[c.heading])]
    head = f"Of {len(items):,} claims of *{text(title(document))}* that were checked, {told}."
    if not entries:
        return f"{head} There is nothing to mend."
    carried = sum(len(e.heirs) for e in entries)
    below = f" What follows from an error stands below it ({carried})." if carried else ""
    once = " What is the same at several places stands once." if any(e.also for e in entries) else ""
    places = count(len(entries), "entry", "entries")
    return (
        f"{head} That makes {places}: {', '.join(parts)}.{below}{once} Each place is linked to its derivation and exact values; "
        f"[the index]({INDEX}) has the same by section."
    )


# -- the sections ---------------------------------------------------------------------------------------


def _section(entries: Sequence[Entry], links: Links) -> Iterator[str]:
    cases: dict[str, list[Entry]] = {}
    for e in entries:
        cases.setdefault(e.item.case.name, []).append(e)
    for name, of_case in cases.items():
        yield f"### {links.case(name, text(heading(of_case[0].item.case)))}"
        yield "\n".join(line for e in of_case for line in _lines(e, links))


def _lines(e: Entry, links: Links) -> Iterator[str]:
    yield _bullet(e.item, told(e, links), links)
    yield from ("  " + _bullet(item, said, links) for item, said in below(e, links))


def _bullet(item: Item, said: Sequence[str], links: Links) -> str:
    return f"- {where(item, links)}: {' '.join(said)}"


# -- to paste -------------------------------------------------------------------------------------------


def _pasted(entries: Sequence[Entry]) -> str:
    """Two lists in the order of the document: what to change, and what to remark."""
    lines: list[str] = []
    for name, chosen in (("Corrections", CORRECTIONS), ("Remarks", REMARKS)):
        told = dict.fromkeys(line for e in entries if e.consequence in chosen for line in _plain_lines(e))
        if told:
            lines += [*([""] if lines else []), name, "", *told]
    fence = "`" * max(3, *(len(run) + 1 for line in lines for run in re.findall("`+", line)), 3)
    return "\n".join([f"{fence}text", *lines, fence])


def _plain_lines(e: Entry) -> Iterator[str]:
    """An entry in plain text, a line each for what follows from it."""
    also = () if e.consequence is CONTRADICTION else e.also
    places = "; ".join(dict.fromkeys(place(i) for i in (e.item, *also)))
    yield f"- {places}: {_correction(e.faults, e.item) if e.consequence in CORRECTIONS else _remark(e.item)}"
    for heir in e.heirs:
        yield f"- {place(heir)}: {_correction(e.faults, heir)}"


def _correction(faults: Faults, item: Item) -> str:
    """``for 0.105233 read 0.105285.``"""
    r, claim = item.result, item.claim
    if r.verdict in ("holds-if", "inconsistent"):
        return _remark(item)
    if mended := faults.mended(item):
        shown = f"{claim.texts.get('shows', '')} = {r.printed}" if claim is not None else str(r.printed)
        return f"for {shown} read {mended}."
    if r.printed is not None and (answer := correct(r.exact, r.printed)):
        return f"for {r.printed} read {answer}."
    if (put := put_for(item)) is not None:
        old, new, where = put
        return f"for `{old}` read `{new}`" + (f" (where `{where}`)." if where else ".")
    return _remark(item)


def _remark(item: Item) -> str:
    """A sentence: by who has looked at it, or the condition, or the reason; after the formula, where that is short."""
    condition = item.result.evidence.get("condition")
    made = one_line(reviewed(item) or (f"only if {condition}" if condition else item.result.reason))
    texts = item.claim.texts if item.claim is not None else {}
    formula = ""
    if "shows" in texts:
        formula = f"{texts['shows']} = {item.result.printed}"
    elif "equals" in texts and item.result.kind in FORMULAS:
        formula = f"{texts.get('of', '')} = {texts['equals']}"
    elif "holds" in texts or "somewhere" in texts:
        formula = texts.get("holds") or texts["somewhere"]
    lead = f"`{one_line(formula)}`: " if formula and len(formula) <= MAX_PASTED else ""
    return f"{lead}{made}" if made.endswith((".", "!", "?")) else f"{lead}{made}."
