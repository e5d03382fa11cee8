"""A draft as the text of a case file that runs as it is: what the loader finds at fault becomes a comment, with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.loader import load_case
from verify.document.passages import spot
from verify.draft.model import Claimed, Defined, Drafted, Note, Value
from verify.draft.scope import Told

ROUNDS = 12  # of looking what the loader finds
AS_A_NUMBER = "taken for a number, as nothing in the section says otherwise"
SHOWN = 160  # characters of a formula in a comment

Entry = Value | Defined | Claimed | Told | str
Line = tuple[str, Entry | None]


def text_of(drafted: Drafted, document: Path, path: Path, beside: bool = True) -> str:
    """The text of the case file at ``path``. ``beside``: the document lies in its folder, and is quoted."""
    for _ in range(ROUNDS):
        lines = list(_lines(drafted, document.name if beside else "", beside))
        text = "".join(f"{line}\n" for line, _ in lines)
        faults = _faults(text, path)
        if not faults or not _without(drafted, lines, faults):
            return text
    drafted.claims, drafted.definitions = [], []
    return "".join(f"{line}\n" for line, _ in _lines(drafted, document.name if beside else "", beside))


def _faults(text: str, path: Path) -> list[Fault]:
    try:
        load_case(path, str(path), data=text.encode())
    except CaseFaults as bad:
        return bad.faults
    return []


def _without(drafted: Drafted, lines: Sequence[Line], faults: Sequence[Fault]) -> bool:
    """Takes what is at fault out of the draft, and notes why; whether there was any."""
    done = False
    for fault in faults:
        entry = next((e for _, e in reversed(lines[: fault.line]) if e is not None), None)
        reason = fault.message
        if isinstance(entry, Claimed) and entry in drafted.claims:
            drafted.claims.remove(entry)
        elif isinstance(entry, Defined) and entry in drafted.definitions:
            drafted.definitions.remove(entry)
        elif isinstance(entry, Value) and entry in drafted.values:
            drafted.values.remove(entry)
        elif isinstance(entry, Told) and entry.name in drafted.scope.symbols:
            del drafted.scope.symbols[entry.name]
            done = True
            continue
        else:
            continue
        drafted.notes.append(Note(entry.s, reason))
        done = True
    return done


# -- the text ----------------------------------------------------------------------------------------------


def _lines(d: Drafted, file: str, beside: bool) -> Iterator[Line]:
    """The lines of the case, each with the entry that it begins."""
    s = d.section
    source = [f"section: {_quoted(s.number or s.title)}"] if s.number or s.title else []
    source += [f"file: {_quoted(file)}"] if file else []
    yield (
        f"# Drafted from {spot(s.cell, s.line)} on: compare it with the document, line by line, before you trust it.",
        None,
    )
    yield (
        "# Each formula is as the document has it, 'reads' is how it was read; what could not be read stands at the end.",
        None,
    )
    yield f"title: {_quoted(s.title or s.name)}", None
    if source:
        yield f"source: {{{', '.join(source)}}}", None
    if d.scope.sizes:
        yield "sizes:  # letters in shapes, each with a number to try", None
        for name, number in d.scope.sizes.items():
            why = d.scope.counts.get(name, "")
            yield f"  {name}: {number}{f'  # {_comment(why)}' if why else ''}", name
    yield from _symbols(d)
    if d.scope.table:
        yield "names:", None
        for latex, name in d.scope.table.items():
            yield f"  {_quoted(latex)}: {name}", None
    if d.definitions:
        yield "define:", None
        for defined in d.definitions:
            yield (
                f"  {defined.name}: {{latex: {_quoted(defined.latex)}}}  # {_place(defined)}: {_comment(defined.reads)}"
                if defined.latex
                else f"  {defined.name}: {_quoted(defined.reads)}  # {_place(defined)}, entry by entry",
                defined,
            )
    yield from _claims(d, beside)
    yield from _rest(d)


def _symbols(d: Drafted) -> Iterator[Line]:
    if not (d.values or d.scope.symbols):
        return
    yield "symbols:", None
    for value in d.values:
        digits = value.digits if value.digits.startswith("[") else _quoted(value.digits)
        yield f"  {value.name}: {digits}  # {_place(value)}", value
    for told in d.scope.symbols.values():
        if told.shape:
            yield f"  {told.name}: {{shape: [{', '.join(told.shape)}]}}  # {_from(told)}", told
        else:
            before = _comment(_before(d, told))
            yield f"  {told.name}: {{}}  # {_comment(told.latex)}: {AS_A_NUMBER}{before}", told


def _place(said: Value | Defined) -> str:
    return f"{said.s.spot}{f', of {said.above}' if said.above else ''}"


def _from(told: Told) -> str:
    return told.place or "as --shape says"


def _before(d: Drafted, told: Told) -> str:
    """What a name is by an earlier section."""
    return f"; in {d.earlier[told.name]} ('uses:' can bring that)" if told.name in d.earlier else ""


def _claims(d: Drafted, beside: bool) -> Iterator[Line]:
    if d.empty or not (d.claims or d.definitions):
        return
    yield "claims:", None
    if own := [x.name for x in d.definitions if not x.above]:
        yield f"  - {{id: definitions, defines: [{', '.join(own)}]}}", None
    taken: dict[str, int] = {}
    for claim in d.claims:
        cell = f"c{claim.s.passage.cell}-" if claim.s.passage.cell else ""
        base = f"{cell}l{claim.s.line}"
        taken[base] = taken.get(base, 0) + 1
        yield f"  - id: {base}{f'-{taken[base]}' if taken[base] > 1 else ''}", claim
        if claim.s.note:
            yield f"    # {_comment(claim.s.note)}", None
        if not claim.quote:
            yield "    # the document says it more than once: no quote has one place", None
        if claim.s.where:
            yield f"    where: {_quoted(claim.s.where)}", None
        yield f"    latex: {_quoted(claim.latex)}", None
        if "==" in claim.reads or re.search(r"[<>]", claim.reads):
            yield f"    reads: {_quoted(claim.reads)}", None
        if claim.assuming:
            yield f"    assuming: [{', '.join(map(_quoted, claim.assuming))}]", None
        if claim.prints:
            yield f"    prints: {_quoted(claim.prints)}", None
        if claim.quote:
            yield f"    quote: {_quoted(claim.quote)}", None


def _rest(d: Drafted) -> Iterator[Line]:
    if d.notes:
        yield "", None
        yield "# Not read, by line:", None
        for note in d.notes:
            yield f"#   {note.s.spot}: {_shown(note)}", None
            yield f"#     {_comment(note.reason)}", None
    if d.numbers:
        yield "", None
        yield "# Printed numbers of which no formula says what they are:", None
        for n in d.numbers:
            yield f"#   {spot(n.passage.cell, n.line)}: {_comment(n.text)}", None


def noted(d: Drafted) -> list[str]:
    """What could not be read, and why, each in a line."""
    return [f"{note.s.spot}: {_shown(note)}: {_comment(note.reason)}" for note in d.notes]


def _shown(note: Note) -> str:
    shown = _comment(note.s.latex)
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."


def _comment(text: str) -> str:
    """On one line, with nothing that can't be seen."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def _quoted(text: str) -> str:
    """In single quotes, as LaTeX stands best in YAML."""
    return "'" + _comment(text).replace("'", "''") + "'"
