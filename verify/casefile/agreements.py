"""``agrees:`` of a claim: other printings of its number, here or in the files that the case uses, put in as their digits.

The ids are looked up in the trees, before claims are read: a claim then has all that its verdict hangs on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.errors import nearest
from verify.casefile.readers import Reader, short
from verify.casefile.tree import Items, Mapping, Text, Tree

#: Keys of a printing that is put in the place of an id.
ID, PRINTS, FILE = "id", "prints", "file"


def resolved(tree: Mapping, others: Sequence[Mapping], reader: Reader) -> Mapping:
    """The tree with a mapping of id, digits and file in the place of each id under ``agrees``. Faults go to the reader."""
    claims = tree.entries["claims"][1] if "claims" in tree.entries else None
    items = claims.items if isinstance(claims, Items) else []
    if not any(isinstance(c, Mapping) and "agrees" in c.entries for c in items):
        return tree
    known: dict[str, Tree | None] = {}
    for each in (tree, *others):
        for name, digits in _printings(each):
            known.setdefault(name, digits)
    made = replace(tree, entries=dict(tree.entries))
    assert isinstance(claims, Items)
    found = [_with_digits(c, known, tree.place.file, reader) if isinstance(c, Mapping) else c for c in items]
    made.entries["claims"] = tree.entries["claims"][0], Items(claims.place, found)
    return made


def _with_digits(claim: Mapping, known: dict[str, Tree | None], here: str, reader: Reader) -> Mapping:
    if "agrees" not in claim.entries:
        return claim
    label, value = claim.entries["agrees"]
    items = value.items if isinstance(value, Items) else [value]
    own = {t.value for t in _leaves(claim.entries["id"][1])} if "id" in claim.entries else set()
    for t in (t for item in items for t in _leaves(item) if t.value.partition("[")[0] in own):
        reader.fault(
            t.place, f"the claim '{short(t.value)}' can't agree with itself: expected the id of another printing"
        )
        return claim
    found = [made for item in items if (made := _printing(item, known, here, reader)) is not None]
    return replace(claim, entries=claim.entries | {"agrees": (label, Items(value.place, list(found)))})


def _printing(item: Tree, known: dict[str, Tree | None], here: str, reader: Reader) -> Mapping | None:
    digits = _looked_up(item, known, reader)
    if digits is None:
        return None
    file = next((t.place.file for t in _leaves(digits)), here)
    said = {ID: ", ".join(t.value for t in _leaves(item)), **({FILE: file} if file != here else {})}
    texts = {key: Text(words, item.place, "", words, 0, len(words)) for key, words in said.items()}
    labels = {key: Text(key, item.place, "", key, 0, len(key)) for key in (*said, PRINTS)}
    return Mapping(
        item.place, entries={**{k: (labels[k], t) for k, t in texts.items()}, PRINTS: (labels[PRINTS], digits)}
    )


def _looked_up(item: Tree, known: dict[str, Tree | None], reader: Reader) -> Tree | None:
    """The digits of an id, or of ids laid out as a vector or matrix."""
    if isinstance(item, Mapping):
        reader.fault(item.place, "expected the id of a claim, or a list of ids laid out as the print")
    elif isinstance(item, Items):
        entries = [_looked_up(each, known, reader) for each in item.items]
        whole = [e for e in entries if e is not None]
        return Items(item.place, whole) if len(whole) == len(entries) and whole else None
    elif item.value not in known:
        hint = nearest(item.value, known)
        reader.fault(item.place, f"no claim '{short(item.value)}' to agree with, here or in what this case uses{hint}")
    elif known[item.value] is None:
        reader.fault(item.place, f"the claim '{short(item.value)}' prints no number to agree with")
    else:
        return known[item.value]
    return None


# -- what is printed ------------------------------------------------------------------------------------


def _printings(tree: Mapping) -> Iterator[tuple[str, Tree | None]]:
    """The ids of a case with the digits of their claims: of a tensor as a whole and entry by entry; None where there are none."""
    claims = tree.entries["claims"][1] if "claims" in tree.entries else None
    for claim in claims.items if isinstance(claims, Items) else ():
        if not isinstance(claim, Mapping) or "id" not in claim.entries:
            continue
        name = claim.entries["id"][1]
        prints = claim.entries["prints"][1] if "prints" in claim.entries else None
        if isinstance(name, Text):
            yield name.value, prints
            if isinstance(prints, Items):
                yield from ((f"{name.value}[{where}]", entry) for where, entry in _entries(prints))
        else:
            names = [t.value for t in _leaves(name)]
            entries = list(_leaves(prints)) if prints is not None else []
            yield from zip(names, entries if len(entries) == len(names) else [None] * len(names), strict=True)


def _entries(tree: Items, before: str = "") -> Iterator[tuple[str, Text]]:
    for i, item in enumerate(tree.items):
        if isinstance(item, Items):
            yield from _entries(item, f"{before}{i},")
        elif isinstance(item, Text):
            yield f"{before}{i}", item


def _leaves(tree: Tree) -> Iterator[Text]:
    """The texts of nested lists, in order."""
    open_ = [tree]
    while open_:
        t = open_.pop()
        if isinstance(t, Text):
            yield t
        elif isinstance(t, Items):
            open_ += reversed(t.items)
