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
from dataclasses import replace
from functools import cached_property

from derive.expr.graph import Node
from derive.records import dataclass
from verify.casefile.model import Case, Claim, Implementation, Place
from verify.casefile.tree import Items, Mapping, Text, Tree

#: Sections that every part has, those of which a part has the names that it speaks of, those that are lists of what is asked,
#: and those that no judge looks at. A section that is in none of them has to be put into one (a test says so).
SHARED = ("layout", "sizes", "functions", "sequences", "names")
NAMED = ("symbols", "define")
ASKED = ("derive", "claims", "implementations")
BESIDE = ("title", "document", "source")
JOINED = ("uses",)  # what it takes from other files stands in the sections by now

#: Keys of a claim, and of an implementation, that say nothing of what is found.
SILENT = frozenset({"where", "kind", "verdict", "class", "because", "quote", "note"})

#: Keys of a claim whose judge may look at any other claim of the file.
WIDE = frozenset({"prints", "shows", "by", "recover", "from", "agrees", "contradicts", "latex"})


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a file. ``partial``: there is more to see, for who has to look further (``verify.claims.context.Wider``)."""

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
        # a formula in LaTeX may speak of any name
        self._words = {
            name: frozenset(self._named)
            if isinstance(value, Mapping) and "latex" in value.entries
            else frozenset(_words(value))
            for name, (_, value) in self._named.items()
        }
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
        """What says which derivatives are checked: all names, what the file derives, and each expression of a claim that writes a
        derivative of its own, as a claim that says no more than that."""
        return self._part(self._named, claims=self._derivatives, derive=True, partial=False)

    def of_values(self) -> Part:
        """What says what the quantities of the file are: all names, what it derives, and what its claims print numbers of."""
        asked: list[Tree] = []
        for item, claims in self._claims_of():
            if any(c.prints is not None and c.of is not None for c in claims):
                of = item.entries["of"][1] if "of" in item.entries else None
                asked.append(_saying(of, True, len(asked)) if isinstance(of, Text) else item)
        return self._part(self._named, claims=asked, derive=True, partial=False)

    @cached_property
    def _derivatives(self) -> list[Tree]:
        from derive.expr.graph import topological
        from derive.expr.operators import DERIVATIVES

        known = {n for n in topological([d.node for d in self._case.definitions.values()]) if n.op in DERIVATIVES}
        found: list[Tree] = []
        for item, claims in self._claims_of():
            for key in ("of", "by", "holds", "somewhere", "equals", "assuming"):  # in the order in which they are read
                value = item.entries[key][1] if key in item.entries else Items(item.place)
                listed = value.items if isinstance(value, Items) else [value]
                one_each = all(len(_nodes(c, key)) == len(listed) for c in claims)
                for k, text in enumerate(listed):
                    below = topological(
                        [n for c in claims for n in _nodes(c, key)[slice(k, k + 1) if one_each else slice(None)]]
                    )
                    if isinstance(text, Text) and any(n.op in DERIVATIVES and n not in known for n in below):
                        found.append(_saying(text, key in ("of", "by", "equals"), len(found)))
        return found

    def _claims_of(self) -> Iterator[tuple[Mapping, list[Claim]]]:
        """Each item of the list of claims, with the claims that it makes: of a printed vector or matrix one an entry."""
        by_place: dict[Place, list[Claim]] = {}
        for c in self._case.claims:
            by_place.setdefault(c.place, []).append(c)
        for item in self._listed("claims"):
            if isinstance(item, Mapping):
                places = dict.fromkeys([item.place, *(_places(item) if "prints" in item.entries else ())])
                yield item, [c for place in places for c in by_place.get(place, ())]

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
        """A case of these names and items; with ``derive`` also of what the file derives."""
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


def _nodes(claim: Claim, key: str) -> tuple[Node, ...]:
    """What the expressions under a key are."""
    found = getattr(claim, key)
    return found if isinstance(found, tuple) else () if found is None else (found,)


def _saying(text: Text, is_formula: bool, number: int) -> Mapping:
    """A claim with this expression and no other."""
    said = {"of": text, "equals": text} if is_formula else {"holds": text}
    entries = {key: (replace(text, value=key), value) for key, value in said.items()}
    return Mapping(text.place, True, {"id": (replace(text, value="id"), replace(text, value=f"c{number}")), **entries})


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
