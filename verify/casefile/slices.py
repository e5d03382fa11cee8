"""What a claim can see of its file: the part that it is judged on, and whose text says whether what was found still stands.

A part is a case of its own, with fewer names and claims, so that nothing outside of it can have had a say. A formula sees the
names that it speaks of, and those that these speak of. Who looks for what else a document may have meant sees all names. A
printed number sees the whole file, as its error may have started in any other one.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from verify.casefile.model import Case, Claim, Implementation, Place
from verify.casefile.tree import Items, Mapping, Text, Tree

#: Sections that every part has, those of which a part has the names that it speaks of, those that are lists of what is asked,
#: and those that no judge looks at. A section that is in none of them has to be put into one (a test says so).
SHARED = ("layout", "sizes", "functions", "sequences")
NAMED = ("symbols", "define")
ASKED = ("derive", "claims", "implementations")
BESIDE = ("title", "document", "source")
JOINED = ("uses",)  # what it takes from other files stands in the sections by now

#: Keys of a claim, and of an implementation, that say nothing of what is found.
SILENT = frozenset({"where", "kind", "verdict", "class", "because", "note"})

#: Keys of a claim whose judge may look at any other claim of the file.
WIDE = frozenset({"prints", "shows", "by", "recover", "from", "agrees", "contradicts"})


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a file. ``partial``: there is more to see, for who has to look further (``verify.claims.bench.Wider``)."""

    tree: Mapping
    partial: bool

    @cached_property
    def digest(self) -> str:
        """Of what it says, wherever it stands in the file."""
        said = [[key, _plain(value)] for key, (_, value) in self.tree.entries.items() if key not in BESIDE]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class Slices:
    """The parts of a file."""

    def __init__(self, case: Case) -> None:
        assert case.tree is not None  # it was read from a file
        tree = case.tree
        self._sections = tree.entries
        self._tree, self._case = tree, case
        self._named = {
            _plainly(name): (section, value) for section in NAMED for name, value in _entries(self._section(section))
        }
        self._words = {name: frozenset(_words(value)) for name, (_, value) in self._named.items()}
        shared = [self._section(key) for key in self._sections if key not in (*NAMED, *ASKED, *BESIDE)]
        self._shared = frozenset(w for t in shared if t is not None for w in _words(t))
        self._items = {item.place: item for key in ("claims", "implementations") for item in self._listed(key)}

    # -- parts ----------------------------------------------------------------------------------

    def of_claim(self, claim: Claim) -> list[Part]:
        """The parts that a claim is judged on: the next one where the judge has to see more."""
        item = self._items.get(claim.place)
        if not isinstance(item, Mapping) or not WIDE.isdisjoint(item.entries):
            return [self.whole]
        names = self._closure(_words(_spoken(item)))
        if any(self._is_left_out(name) for name in names):
            return [self.whole]
        parts = [self._part(names, claims=[item], partial=True)]
        return [*parts, self._part(self._named, claims=[item], partial=False)]

    def of_implementation(self, entry: Implementation) -> Part:
        item = self._items[entry.place]
        words = {*_words(_spoken(item)), "w"}  # the parameter of an optimizer, whose shape the case may declare
        return self._part(self._closure(words), implementations=[item], partial=False)

    def of_checks(self) -> Part:
        """What says which derivatives are checked: all names, and the claims that write one."""
        places = set(_deriving(self._case))
        derived = [
            _without_digits(i)
            for i in self._listed("claims")
            if i.place in places
            or (isinstance(i, Mapping) and "prints" in i.entries and not places.isdisjoint(_places(i)))
        ]
        return self._part(self._named, claims=derived, derive=True, partial=False)

    @cached_property
    def whole(self) -> Part:
        """All names and all claims."""
        return self._part(self._named, claims=self._listed("claims"), partial=False)

    def _part(
        self,
        names: Collection[str],
        *,
        partial: bool,
        claims: Iterable[Tree] = (),
        implementations: Iterable[Tree] = (),
        derive: bool = False,
    ) -> Part:
        made = Mapping(self._tree.place)
        asked = {"claims": list(claims), "implementations": list(implementations)}
        for key, (label, value) in self._sections.items():
            if key in asked:
                if asked[key]:
                    made.entries[key] = label, Items(value.place, [_spoken(item) for item in asked[key]])
            elif key in NAMED and isinstance(value, Mapping):
                kept = {k: entry for k, entry in value.entries.items() if _plainly(k) in names}
                if kept:
                    made.entries[key] = label, Mapping(value.place, value.flow, kept)
            elif key != "derive" or derive:
                made.entries[key] = label, value
        return Part(made, partial)

    # -- names ----------------------------------------------------------------------------------

    def _closure(self, words: Iterable[str]) -> frozenset[str]:
        """The names among the words, and those that what they stand for speaks of."""
        found: set[str] = set()
        open_ = [*words, *self._shared]
        while open_:
            word = open_.pop()
            if word in self._named and word not in found:
                found.add(word)
                open_ += self._words[word]
        return frozenset(found)

    def _is_left_out(self, name: str) -> bool:
        """Whether it is an input that the document does not give: it is recovered from the numbers that are printed."""
        _, value = self._named[name]
        return isinstance(value, Mapping) and "recover" in value.entries

    def _section(self, key: str) -> Tree | None:
        return self._sections[key][1] if key in self._sections else None

    def _listed(self, key: str) -> list[Tree]:
        section = self._section(key)
        return section.items if isinstance(section, Items) else []


def _deriving(case: Case) -> Iterator[Place]:
    """The places of claims that write a derivative of their own."""
    from derive.expr.graph import topological
    from derive.expr.operators import DERIVATIVES

    named = [d.node for d in case.definitions.values()]
    known = {n for n in topological(named) if n.op in DERIVATIVES}
    for c in case.claims:
        nodes = (c.of, *c.equals, c.by, c.shows, c.holds, c.somewhere, *c.assuming)
        written = topological([n for n in nodes if n is not None])
        if any(n.op in DERIVATIVES and n not in known for n in written):
            yield c.place


def _spoken(item: Tree) -> Tree:
    """An item without what says nothing of its verdict."""
    if not isinstance(item, Mapping):
        return item
    return Mapping(item.place, item.flow, {k: entry for k, entry in item.entries.items() if k not in SILENT})


def _places(item: Mapping) -> Iterator[Place]:
    """Where the claims of an item stand: of a printed vector or matrix at its entries."""
    open_ = [item.entries["prints"][1]]
    while open_:
        t = open_.pop()
        yield t.place
        if isinstance(t, Items):
            open_ += t.items


def _without_digits(item: Tree) -> Tree:
    """A claim as far as it says what is differentiated: not what is printed, nor what it has to do with other claims."""
    if not isinstance(item, Mapping):
        return item
    kept = {k: entry for k, entry in item.entries.items() if k not in ("agrees", "contradicts", "from")}
    if "prints" in kept:
        label, printed = kept["prints"]
        kept["prints"] = label, _muted(printed)
    return Mapping(item.place, item.flow, kept)


def _muted(printed: Tree) -> Tree:
    if isinstance(printed, Text):
        return replace(printed, value="0")
    return Items(printed.place, [_muted(t) for t in printed.items]) if isinstance(printed, Items) else printed


def _entries(tree: Tree | None) -> Iterator[tuple[str, Tree]]:
    if isinstance(tree, Mapping):
        yield from ((key, value) for key, (_, value) in tree.entries.items())


def _plainly(name: str) -> str:
    """A name as Python writes it."""
    return unicodedata.normalize("NFKC", name)


def _words(tree: Tree) -> Iterator[str]:
    """Every word in it that could be a name."""
    for text in texts(tree):
        yield from re.findall(r"\w+", _plainly(text))


def texts(tree: Tree) -> Iterator[str]:
    """All that is written in it, keys included."""
    open_ = [tree]
    while open_:
        t = open_.pop()
        if isinstance(t, Text):
            yield t.value
        elif isinstance(t, Items):
            open_ += t.items
        else:
            for key, (_, value) in t.entries.items():
                yield key
                open_.append(value)


def _plain(tree: Tree) -> object:
    """The tree without its places. Depth is limited where a file is read."""
    if isinstance(tree, Text):
        return [tree.value, tree.quoted]
    if isinstance(tree, Items):
        return {"items": [_plain(t) for t in tree.items]}
    return {"map": [[key, _plain(value)] for key, (_, value) in tree.entries.items()]}
