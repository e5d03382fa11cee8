"""The errata of a document as its author would want them: by consequence, each once, and a list to paste.

An error stands with what follows from it; the same remark at several places stands once, with all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verify.claims.repair import replacement
from verify.report.chains import Chain, Faults
from verify.report.consequences import (
    ALL,
    ASSUMPTION,
    CONTRADICTION,
    CONVENTION,
    CORRECTIONS,
    FORMULAS,
    GAP,
    REMARKS,
    STATEMENT,
    Consequence,
    consequence,
    of_chain,
)
from verify.report.index import by_case, heading, title
from verify.report.place import INDEX, MARKER, Links
from verify.report.words import Item, against, count, printed, right, sentence, why
from verify.text.escape import code, one_line, text
from verify.text.numbers import correct

MAX_SHOWN = 250  # characters of a formula; its page has it whole
MAX_PASTED = 80  # characters of one in the list to paste


@dataclass(frozen=True, slots=True)
class Entry:
    """An error with what follows from it, or a remark with the other places that it is about."""

    consequence: Consequence
    item: Item
    heirs: tuple[Item, ...]
    also: tuple[Item, ...]
    faults: Faults


def errata(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> str:
    """The page, as markdown."""
    return "\n\n".join(_parts(document, items, links, interrupted)) + "\n"


def _parts(document: str, items: Sequence[Item], links: Links, interrupted: bool) -> Iterator[str]:
    entries = [e for of_case in by_case(items).values() for e in _entries(of_case)]
    entries = _merged(entries)
    yield MARKER
    yield f"# {text(title(document))}: errata by consequence"
    yield _numbers(document, items, entries)
    if interrupted:
        yield "**The run was interrupted; what follows is a part.**"
    for c in ALL:
        chosen = [e for e in entries if e.consequence is c]
        if chosen:
            yield f"## {c.heading}"
            yield c.explained
            yield from _section(chosen, links)
    open_ = [i for i in items if i.result.verdict == "undecided"]
    if open_:
        yield "## Not decided"
        yield "Neither proved nor refuted. They count as open, and not as right."
        yield "\n".join(f"- {_where(i, links)}: {sentence(i.result.reason, i.case.name, links)}" for i in open_)
    if entries:
        yield "## To paste"
        yield "The same as a plain list, in the order of the document."
        yield _pasted(entries)


# -- what belongs together ------------------------------------------------------------------------------


def _entries(items: Sequence[Item]) -> Iterator[Entry]:
    """The errors of a case, in its order."""
    faults = Faults(items)
    at = {i.result.id: k for k, i in enumerate(items)}
    groups = _contradictions(items)
    grouped = {i.result.id for group in groups for i in group}
    chains = [c for c in faults.chains if c.origin.result.id not in grouped]
    listed = {i.result.id for c in chains for i in (c.origin, *c.heirs)} | grouped
    alone = [Chain(i, ()) for i in items if i.result.id not in listed and consequence(i.result) is not None]
    made = [
        *(
            Entry(of_chain([c.origin.result, *(h.result for h in c.heirs)]), c.origin, c.heirs, (), faults)
            for c in chains
        ),
        *(Entry(of_chain([c.origin.result]), c.origin, (), (), faults) for c in alone),
        *(Entry(CONTRADICTION, group[0], (), tuple(group[1:]), faults) for group in groups),
    ]
    yield from sorted(made, key=lambda e: at[e.item.result.id])


def _contradictions(items: Sequence[Item]) -> list[list[Item]]:
    """The claims of a case that can't all stand, those that name each other together; who names most of the others is first."""
    others = {i.result.id: i for i in items if i.result.verdict == "inconsistent"}
    groups: list[set[str]] = []
    for name, item in others.items():
        group = {name, *against(item)} & set(others)
        for other in [g for g in groups if g & group]:
            groups.remove(other)
            group |= other
        groups.append(group)
    order = list(others)
    return [
        sorted((others[n] for n in group), key=lambda i: (-len(against(i)), order.index(i.result.id)))
        for group in groups
    ]


def _merged(entries: Sequence[Entry]) -> list[Entry]:
    """What is the same at several places, word by word, stands once: a remark, or a part to put in the place of another."""
    made: dict[object, Entry] = {}
    for number, e in enumerate(entries):
        first = made.setdefault(_same(e) or number, e)
        if first is not e:
            made[_same(e)] = replace(first, also=(*first.also, e.item))
    return list(made.values())


def _same(e: Entry) -> object:
    """What two entries have in common that need not be told twice; None of what stands by itself."""
    if e.heirs or e.consequence is CONTRADICTION or e.item.result.printed is not None:
        return None
    because, condition = _because(e.item), _condition(e.item)
    if e.consequence in (ASSUMPTION, CONVENTION, GAP, STATEMENT):
        name = e.item.claim.texts.get("standard name") if e.item.claim is not None else ""
        return (e.consequence.heading, because, condition, name) if because else None
    put = _put(e.item)
    return (e.item.case.name, place(e.item), put) if put is not None else None


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
    if e.consequence is CONTRADICTION:
        yield _bullet(_where(e.item, links), _why(e.item, links))
        yield from (f"  - {_where(i, links)}: {printed(i, MAX_SHOWN)}" for i in e.also)
        return
    told = [_told(e, e.item), _why(e.item, links)]
    if _in_words(e.item):
        told = [told[1], _as_formula(e.item)]
    yield _bullet(_where(e.item, links), *told, _also(e, links))
    for heir in e.heirs:
        yield "  " + _bullet(_where(heir, links), _told(e, heir), _follows(e, heir, links))


def _bullet(where: str, *parts: str) -> str:
    return f"- {where}: {' '.join(p for p in parts if p)}"


def _where(item: Item, links: Links) -> str:
    return links.claim(item.case.name, item.result.id, f"**{text(place(item))}**")


def _also(e: Entry, links: Links) -> str:
    others = [i for i in e.also if place(i) != place(e.item)]
    return f"The same in {', '.join(_where(i, links) for i in others)}." if others else ""


def _in_words(item: Item) -> bool:
    """Whether the document says in words what the case has put into a formula: then a person's words say it best."""
    by_formula = item.result.printed is None and item.result.evidence.get("method") != "probe"
    return (
        by_formula and item.result.kind not in FORMULAS and bool(_because(item)) and consequence(item.result) is not GAP
    )


def _as_formula(item: Item) -> str:
    said, condition = _said(item), _condition(item)
    if not said:
        return f"(True if {condition}.)" if condition and item.result.verdict == "holds-if" else ""
    if item.result.verdict == "holds-if":
        return f"(As a formula: {said}, if {condition}.)" if condition else f"(As a formula: {said}.)"
    return f"(As a formula, refuted: {said}.)" if item.result.verdict == "wrong" else f"(As a formula: {said}.)"


def _told(e: Entry, item: Item) -> str:
    """What is printed, and what should stand there, or what it takes to hold."""
    said = _said(item)
    if item.result.verdict == "underspecified" and _because(item):
        return ""
    if item.result.verdict == "holds-if":
        condition = _condition(item)
        if item.result.evidence.get("method") == "probe":
            return " ".join([*([f"{said}."] if said else []), *([f"The condition: {condition}."] if condition else [])])
        asked = f" holds only if {condition}" if condition and e.consequence is ASSUMPTION else ""
        return f"{said}{asked}." if said else f"{asked.strip().capitalize()}." if asked else ""
    if item.result.verdict == "convention":
        name = item.claim.texts.get("standard name", "") if item.claim is not None else ""
        told = f"{said}, unlike {text(name)}" if said and name else said
        standard = right(item)
        standard = f" The standard form: {standard}." if standard and len(standard) <= MAX_SHOWN else ""
        return f"{told}.{standard}" if told else standard.strip()
    should = _should(e.faults, item)
    if item.result.printed is not None:
        return f"{said}, should be **{should}**." if should else f"{said}."
    if (put := _put(item)) is not None:
        old, new, where = put
        mended = f"for {code(old)} read **{code(new)}**" + (f" (where {code(where)})" if where else "")
        return f"{said}: {mended}." if said else f"{mended[0].upper()}{mended[1:]}."
    if said and should and len(should) <= MAX_SHOWN and item.result.kind in FORMULAS:
        return f"{said}, and the left side is {should}."
    return f"{said}." if said else ""


def _said(item: Item) -> str:
    """What the document says, typeset; as it was written down where that can't be typeset; "" where it is long."""
    made = printed(item, MAX_SHOWN)
    return "" if made.startswith("(long") else made


def _should(faults: Faults, item: Item) -> str:
    return code(faults.mended(item)) or right(item)


def _put(item: Item) -> tuple[str, str, str] | None:
    """Of a formula that is right with one part in the place of another: the old part, the new one, and where it is right.

    A step that mends it at the document's values alone, or that mends what was said in words, is none that an author can take.
    """
    words, claim = item.result.evidence.get("repair"), item.claim
    if not isinstance(words, str) or claim is None or "values" in item.result.evidence:
        return None
    if item.result.kind not in FORMULAS or item.result.printed is not None:
        return None
    return replacement(words, claim.texts.get("equals", ""))


def _condition(item: Item) -> str:
    """The condition under which a claim holds: of a library in words, else in the language of cases."""
    evidence: Mapping[str, object] = item.result.evidence
    one, several = evidence.get("condition"), evidence.get("conditions")
    if isinstance(one, str) and one:
        return text(one) if evidence.get("method") == "probe" else code(one)
    return code(" and ".join(map(str, several))) if isinstance(several, list) and several else ""


def _because(item: Item) -> str:
    """What was written down by who has looked at it, without the correct digits at its beginning: these stand before it."""
    because = item.claim.because if item.claim is not None else ""
    answer = correct(item.result.exact, item.result.printed)
    lead = re.match(re.escape(answer) + r"(?:[;,] |$)", because) if answer else None
    return because[lead.end() :] if lead else because


def _why(item: Item, links: Links) -> str:
    """One sentence, by who has looked at it; else the reason of the verdict. What an input may be is told as well."""
    because = _because(item)
    allowed = item.result.verdict == "underspecified" and item.result.evidence.get("intervals")
    told = [_sentence(because, item, links)] if because else []
    return " ".join([*told, *([why(item, links)] if allowed or not told else [])])


def _sentence(said: str, item: Item, links: Links) -> str:
    """A sentence; a name at its beginning stays as it is."""
    made = sentence(said, item.case.name, links)
    word = re.match(r"[\w.]+\(?", said)
    names = {*item.case.symbols, *item.case.definitions}
    named = word is not None and (word[0] in names or re.search(r"[._\d]\w|\($", word[0]) is not None)
    return said[0] + made[1:] if named and made[:1] == said[:1].upper() else made


def _follows(e: Entry, heir: Item, links: Links) -> str:
    """What else it started from."""
    others = [i for i in e.faults.items if i.result.id in heir.result.origin and i not in (e.item, heir)]
    return f"It follows from {' and '.join(_where(i, links) for i in others)}, too." if others else ""


# -- places ---------------------------------------------------------------------------------------------


def place(item: Item) -> str:
    """Where it stands, as one would say it: ``Section 3.5.4``, ``Eq. (7.1)``, ``Table 2.2 step 8``."""
    where = one_line(item.place)
    if re.match(r"\d+(\.\d+)*\b", where):
        return f"Section {where}"
    return f"Eq. {where}" if where.startswith("(") else where


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
    where = "; ".join(dict.fromkeys(place(i) for i in (e.item, *also)))
    yield f"- {where}: {_correction(e.faults, e.item) if e.consequence in CORRECTIONS else _remark(e.item)}"
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
    if (put := _put(item)) is not None:
        old, new, where = put
        return f"for `{old}` read `{new}`" + (f" (where `{where}`)." if where else ".")
    return _remark(item)


def _remark(item: Item) -> str:
    """A sentence: by who has looked at it, or the condition, or the reason; after the formula, where that is short."""
    condition = item.result.evidence.get("condition")
    made = one_line(_because(item) or (f"only if {condition}" if condition else item.result.reason))
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
