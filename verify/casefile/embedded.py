"""A case in the document itself: its blocks that are marked ``errata`` (verify.document.blocks), joined to one tree.

All blocks of a document are one case, as if they stood one after another in a file: sections that several blocks have are joined
in their order. A block that is a list holds claims. Every text keeps its place in the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from verify.casefile import tree as files
from verify.casefile.faults import Fault
from verify.casefile.model import Place
from verify.casefile.tree import MAX_FAULTS, Items, Mapping, Text, Tree
from verify.document.blocks import Block, blocks
from verify.document.passages import Passage, Unreadable, is_document, passages

LISTS = ("claims", "derive", "implementations", "uses")


def read(path: Path, name: str | None = None, data: bytes | None = None) -> tuple[Tree | None, list[Fault]]:
    """The tree of the case in a file, and its faults, as ``tree.read``: of a document, that of its blocks."""
    if not is_document(path):
        return files.read(path, name, data)
    name = name or str(path)
    try:
        found = _passages(path, data)
    except Unreadable as why:
        return None, [Fault(name, 1, 1, f"this document can't be read: {why}")]
    return joined(found, name, path.stem)


def _passages(path: Path, data: bytes | None) -> list[Passage]:
    from verify.document.passages import read as passages_of

    return passages_of(path) if data is None else passages(data, path)


def joined(found: Sequence[Passage], name: str, stem: str) -> tuple[Tree | None, list[Fault]]:
    """The case of the blocks in these passages, and its faults."""
    parts = blocks(found)
    if not parts:
        message = f"no block marked 'errata' in this document, and so no claims; `errata draft {Path(name).name}` writes a case"
        return None, [Fault(name, 1, 1, message)]
    faults: list[Fault] = []
    whole: Mapping | None = None
    for block in parts:
        tree = _tree(block, name, faults)
        if tree is not None:
            whole = tree if whole is None else _joined(whole, tree, faults)
        if len(faults) >= MAX_FAULTS:
            break
    if whole is not None and "title" not in whole.entries:
        title = Text(_title(found) or stem, whole.place, "'", "", 0, 0, flawed=True)
        whole.entries["title"] = replace(title, value="title"), title
    return whole, faults


def _tree(block: Block, name: str, faults: list[Fault]) -> Mapping | None:
    if block.fault:
        faults.append(Fault(name, *block.passage.place(block.at), block.fault))
        return None
    from verify.casefile.events import parse

    bad = files.unreadable(block.text)
    if bad is not None:
        faults.append(Fault(name, *block.place(bad[0]), bad[1]))
        return None
    tree, told = parse(block.text, name, origin=block.place)
    faults += told
    if isinstance(tree, Items):
        key = Text("claims", tree.place, "", "", 0, 0, flawed=True)
        return Mapping(tree.place, entries={"claims": (key, tree)})
    if tree is not None and not isinstance(tree, Mapping) and not told:
        faults.append(Fault(name, tree.place.line, tree.place.column, "expected keys of a case, or a list of claims"))
    return tree if isinstance(tree, Mapping) else None


def _joined(first: Mapping, then: Mapping, faults: list[Fault]) -> Mapping:
    """One mapping of both; what stands in both and can't be joined is a fault."""
    for key, (label, value) in then.entries.items():
        if key not in first.entries:
            first.entries[key] = label, value
            continue
        before_label, before = first.entries[key]
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            for name, (entry, said) in value.entries.items():
                if name in before.entries:
                    _twice(before.entries[name][0].place, entry, faults)
                else:
                    before.entries[name] = entry, said
        elif key in LISTS:
            items = [part for t in (before, value) for part in (t.items if isinstance(t, Items) else [t])]
            first.entries[key] = before_label, Items(before.place, items)
        else:
            _twice(before_label.place, label, faults)
    return first


def _twice(first: Place, again: Text, faults: list[Fault]) -> None:
    here = again.place
    message = f"'{again.value}' stands here a second time; first on line {first.line}, column {first.column}"
    faults.append(Fault(here.file, here.line, here.column, message))


def _title(found: Sequence[Passage]) -> str:
    """The first heading of a document."""
    for p in (p for p in found if p.kind in ("markdown", "latex")):
        pattern = (
            r"\\(?:title|chapter|section)\*?\{([^{}\n]+)\}"
            if p.kind == "latex"
            else r"^ {0,3}#{1,6}[ \t]+([^\r\n]+?)[ \t#]*(?=[\r\n]|\Z)"
        )
        if m := re.search(pattern, p.text[:20_000], re.M):
            return " ".join(m[1].split())[:200]
    return ""
