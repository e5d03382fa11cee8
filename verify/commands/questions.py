"""What ``errata prove`` is asked, as a case of one claim: from options of the command line, or a line of JSON.

A line is a claim (``x**2 >= 0``), or a mapping with the keys of a claim and those of a case; ``claim`` is another word for
``holds``, and both at once are a fault. Names that nothing is said of are scalars.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import field, replace
from pathlib import Path

from derive.errors import ExpressionError, Unclosed, UnknownSize, nearest
from derive.expr.operators import CONSTANTS
from derive.language.names import names_in
from derive.records import dataclass
from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.loader import case_of
from verify.casefile.model import Case, Place
from verify.casefile.readers import short
from verify.casefile.tree import MAX_BYTES, Items, Text, Tree
from verify.casefile.tree import Mapping as Map
from verify.commands.answers import Options
from verify.commands.derivation import Unreadable, read_shapes, scalars

#: Keys of a case that a question may have. Files it has none: ``uses`` would read one.
OF_A_CASE = ("sizes", "functions", "symbols", "sequences", "define", "names", "layout")
#: Keys of a claim whose texts are expressions.
_SAYS = ("of", "by", "holds", "somewhere", "equals", "assuming", "needs", "standard")

_NAME = r"[^\W\d]\w*"
_BETWEEN = r"(?:\s*,\s*|(?<=\d)\s*x\s*(?=\d))"
_SIZE = rf"(?:\d+|{_NAME})"
_SHAPE = re.compile(rf"\s*({_NAME})\s*=\s*\[?\s*({_SIZE}(?:{_BETWEEN}{_SIZE})*)?\s*\]?\s*")
LINE = "line"  # what faults call a line of a file


@dataclass(slots=True)
class Asked:
    """The keys of a case and of its claim, with the texts that they were read from, by what these are called in faults."""

    case: Map
    claim: Map
    sources: dict[str, str] = field(default_factory=dict)

    def said(self, where: str, text: str) -> Text:
        """A text of the command line, in which faults are told; of the same option there may be several."""
        name = where
        while name in self.sources:
            name += " "
        self.sources[name] = text
        return Text(text, Place(name, 1, 1), "", text, 0, len(text))

    def pair(self, where: str, key: str, text: str) -> tuple[Text, Text]:
        """A key with such a text."""
        return _text(key), self.said(where, text)

    @property
    def words(self) -> str:
        """The claim in its own words."""
        said = [
            self.claim.entries[key][1]
            for key in ("holds", "latex", "of", "shows", "somewhere")
            if key in self.claim.entries
        ]
        return said[0].value if said and isinstance(said[0], Text) else ""


# -- from the command line ----------------------------------------------------------------------------


def given(options: Options) -> Asked:
    """What the options say. Raises Unreadable."""
    asked = Asked(_map("--"), _map("--"))
    tables = (
        ("--size", "sizes", options.sizes, "NAME=NUMBER such as N=4", _plain),
        ("--function", "functions", options.functions, "NAME=ARGUMENTS such as phi=1, or f=[3] of a vector", _yaml),
        ("--define", "define", options.definitions, "NAME=EXPR such as L=sum(x**2)", _plain),
        ("--value", "value", options.values, "NAME=VALUE such as x=2 or 'w=[1, 2]'", _yaml),
        ("--in", "in", options.ranges, "NAME=LOW,HIGH such as p=0,1", _ends),
    )  # fmt: skip
    for option, key, texts, wanted, read in tables:
        for text in texts:
            label, value = _pair(asked, option, text, wanted, read)
            if key in ("value", "in"):
                _symbol(asked, label, key, value)
            else:
                _put(_section(asked.case, key), label, value)
    for text in options.shapes:
        _shape(asked, text)
    return asked


def line(text: str, shared: Asked) -> Asked:
    """What a line says, beside what the options say of all of them. Raises CaseFaults."""
    if text.lstrip()[:1] not in ("{", '"'):
        made = _map(LINE, holds=Text(text, Place(LINE, 1, 1), "", text, 0, len(text)))
        return Asked(shared.case, _beside(made, shared.claim), {**shared.sources, LINE: text})
    if len(text) > MAX_BYTES:
        raise CaseFaults([Fault(LINE, 1, 1, f"a line of {len(text):,} characters; the limit is {MAX_BYTES:,}")])
    tree, faults = _parsed(text, LINE)
    if faults or tree is None or isinstance(tree, Items):
        raise CaseFaults(faults or [Fault(LINE, 1, 1, "expected a claim, or a mapping such as {claim: x == x}")])
    sources = {**shared.sources, LINE: text}
    if isinstance(tree, Text):
        return Asked(shared.case, _beside(_map(LINE, holds=tree), shared.claim), sources)
    case, claim = _map(LINE), Map(tree.place)
    case.entries.update(shared.case.entries)
    for key, (label, value) in tree.entries.items():
        if key == "claim":
            if "holds" in tree.entries:
                again = max(label.place, tree.entries["holds"][0].place, key=lambda at: (at.line, at.column))
                raise CaseFaults(
                    [Fault(LINE, again.line, again.column, "'claim' and 'holds' are one key: give one of them")]
                )
            claim.entries["holds"] = label, value
        elif key not in OF_A_CASE:
            claim.entries[key] = label, value
        elif isinstance(value, Map) and isinstance(before := case.entries.get(key, (label, None))[1], Map):
            case.entries[key] = label, replace(value, entries={**before.entries, **value.entries})
        else:
            case.entries[key] = label, value
    return Asked(case, _beside(claim, shared.claim), sources)


def _beside(claim: Map, shared: Map) -> Map:
    """A claim with what is assumed of all of them."""
    for key, (label, value) in shared.entries.items():
        own = claim.entries.get(key, (label, Items(claim.place)))[1]
        parts = [p for tree in (own, value) for p in (tree.items if isinstance(tree, Items) else [tree])]
        claim.entries[key] = label, Items(value.place, parts)
    return claim


# -- to a case ----------------------------------------------------------------------------------------


def case(asked: Asked) -> Case:
    """The case of the claim that is asked about; of a vector that is printed under several ids it has one an entry. Raises
    CaseFaults."""
    claim = replace(asked.claim, entries=dict(asked.claim.entries))
    claim.entries.setdefault("id", (_text("id"), _text("claim")))
    top = _map("case", title=_text("claim"), claims=Items(claim.place, [claim]))
    top.entries.update(asked.case.entries)
    if symbols := _symbols(asked):
        top.entries["symbols"] = _text("symbols"), symbols
    return case_of(top, Path("claim"), "claim", used=(), partial=False)


def _symbols(asked: Asked) -> Tree | None:
    """The symbols that are told, and as scalars all other names that are spoken of. What can't be read is told by its reader."""
    told = asked.case.entries.get("symbols", (None, None))[1]
    if told is not None and not isinstance(told, Map):
        return told
    known = {name for key in ("sizes", "functions", "define", "sequences") for name in _names(asked.case, key)}
    found = Map(asked.claim.place, entries=dict(told.entries) if told is not None else {})
    says = [t for key in _SAYS if key in asked.claim.entries for t in _texts(asked.claim.entries[key][1])]
    tables = [asked.case.entries[key][1] for key in ("define", "sequences") if key in asked.case.entries]
    for t in (
        *says,
        *(t for table in tables if isinstance(table, Map) for _, v in table.entries.values() for t in _texts(v)),
    ):
        try:
            names = names_in(t.value)
        except ExpressionError:
            continue
        for name in sorted(names, key=names.__getitem__):  # as they are met
            if name not in known and name not in CONSTANTS and name not in found.entries:
                found.entries[name] = _text(name), Map(Place("symbols", 1, 1))
    return found if found.entries else None


def must_be_used(asked: Asked, options: Options) -> None:
    """Raises Unreadable for a shape that is given of what the claim does not speak of."""
    texts = [t.value for e in asked.claim.entries.values() for t in _texts(e[1])]
    texts += [t.value for _, t in _entries(asked.case, "define") for t in _texts(t)]
    used = {name for text in texts for name in re.findall(_NAME, text)}
    for option, given_texts in (("--shape", options.shapes), ("--value", options.values), ("--in", options.ranges)):
        for text in given_texts:
            name = text.partition("=")[0].strip()
            if name not in used:
                raise Unreadable(option, name, 0, f"'{name}' does not stand in the claim{nearest(name, used)}")


def unreadable(faults: CaseFaults, asked: Asked) -> Unreadable:
    """The first fault, shown under the text that it is in."""
    fault = faults.faults[0]
    text = asked.sources.get(fault.file, "")
    cause = fault.cause
    said = (
        cause.message if isinstance(cause, Unclosed | UnknownSize) else fault.message
    )  # there is no file round it here
    sized = f"; declare it: --size {cause.letters[0]}=3" if isinstance(cause, UnknownSize) and cause.letters else ""
    message = said.replace(f" in '{short(text)}'", "").partition("; if the document has it so")[0]
    return Unreadable(fault.file.partition(" ")[0], text, fault.column - 1, message + scalars(cause) + sized)


# -- pieces -------------------------------------------------------------------------------------------


def _text(value: str, file: str = "claim") -> Text:
    return Text(value, Place(file, 1, 1), "", value, 0, len(value))


def _map(file: str, **entries: Tree) -> Map:
    return Map(Place(file, 1, 1), entries={key: (_text(key, file), value) for key, value in entries.items()})


def _pair(asked: Asked, option: str, text: str, wanted: str, read: Callable[[Text], Tree]) -> tuple[Text, Tree]:
    """``NAME=VALUE``. Raises Unreadable."""
    whole = asked.said(option, text)
    name, equals, rest = text.partition("=")
    if not equals or not rest.strip() or not re.fullmatch(_NAME, name.strip()):
        raise Unreadable(option, text, len(name) + 1 if equals else 0, f"expected {wanted}")
    at = len(name) + 1 + len(rest) - len(rest.lstrip())
    value = replace(whole, value=rest.strip(), start=at, place=replace(whole.place, column=at + 1))
    return replace(whole, value=name.strip()), read(value)


def _plain(t: Text) -> Tree:
    return t


def _parsed(text: str, name: str) -> tuple[Tree | None, list[Fault]]:
    from verify.casefile.events import parse

    return parse(text, name)


def _yaml(t: Text) -> Tree:
    """A number, a vector or a matrix, as cases write them. Raises Unreadable."""
    tree, faults = _parsed(" " * t.start + t.value, t.place.file)
    if faults or tree is None:
        fault = faults[0]
        raise Unreadable(t.place.file.strip(), t.source, fault.column - 1, fault.message)
    return tree


def _ends(t: Text) -> Tree:
    """``0,1``, ``[0, inf]`` or ``(0, 1)``."""
    inner = t.value.strip("[]() ")
    at = t.source.index(inner, t.start)
    parts = []
    for m in re.finditer(r"[^,]+", inner):
        start = at + m.start()
        parts.append(replace(t, value=m[0].strip(), start=start, place=replace(t.place, column=start + 1)))
    return Items(t.place, list[Tree](parts))


def _shape(asked: Asked, text: str) -> None:
    whole = asked.said("--shape", text)
    match = _SHAPE.fullmatch(text)
    if not match or re.search(r"(?<!\w)0+(?!\w)", match[2] or ""):
        read_shapes([text])  # tells what is wrong with it
        raise Unreadable("--shape", text, text.find("=") + 1, "expected NAME=SIZE,SIZE such as W=2,3 or X=N,p")
    sizes, start = list[Tree](), match.start(2)
    for k, part in enumerate(re.split(f"({_BETWEEN})", match[2]) if match[2] else ()):
        if not k % 2:
            sizes.append(replace(whole, value=part, start=start, place=replace(whole.place, column=start + 1)))
        start += len(part)
    label = replace(whole, value=match[1])
    if "shape" in dict(_entries(asked.case, "symbols", match[1])):
        raise Unreadable("--shape", text, 0, f"'{match[1]}' has a shape already")
    _symbol(asked, label, "shape", Items(whole.place, sizes))


def shape_of(text: str) -> tuple[str, tuple[str, ...]]:
    """``X=N,p`` as a name and its sizes. Raises Unreadable."""
    asked = Asked(_map("--"), _map("--"))
    _shape(asked, text)
    ((name, symbol),) = _entries(asked.case, "symbols")
    sizes = symbol.entries["shape"][1] if isinstance(symbol, Map) else symbol
    return name, tuple(t.value for t in sizes.items if isinstance(t, Text)) if isinstance(sizes, Items) else ()


def _symbol(asked: Asked, label: Text, key: str, value: Tree) -> None:
    symbols = _section(asked.case, "symbols")
    known = symbols.entries.setdefault(label.value, (label, Map(label.place)))[1]
    assert isinstance(known, Map)
    _put(known, replace(label, value=key), value)


def _put(table: Map, label: Text, value: Tree) -> None:
    if label.value in table.entries:
        where = label.place.file.strip()
        raise Unreadable(where, label.source, 0, "is given already: one of them is enough")
    table.entries[label.value] = label, value


def _section(top: Map, key: str) -> Map:
    found = top.entries.setdefault(key, (_text(key), _map("--")))[1]
    assert isinstance(found, Map)
    return found


def _entries(top: Map, *keys: str) -> Iterable[tuple[str, Tree]]:
    for key in keys:
        found = top.entries.get(key, (None, None))[1]
        if not isinstance(found, Map):
            return []
        top = found
    return [(key, value) for key, (_, value) in top.entries.items()]


def _names(top: Map, key: str) -> Iterable[str]:
    return [name for name, _ in _entries(top, key)]


def _texts(tree: Tree) -> list[Text]:
    found, open_ = list[Text](), [tree]
    while open_:
        part = open_.pop()
        if isinstance(part, Text):
            found.append(part)
        else:
            open_ += part.items if isinstance(part, Items) else [v for _, v in part.entries.values()]
    return found
