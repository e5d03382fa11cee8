"""The census of a document: what it says, whether or not it is a claim yet. Ids, places and kinds, no verdicts, no sentences.

A folder ``census`` beside the cases of a document holds YAML files, each a map from sections to what they say::

    "2.8":
      - {id: t2.4-s4, where: Table 2.4 step 4, kind: number}
      - {id: s2.8-history, kind: statistic, check: none}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from derive.records import dataclass
from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.model import Place
from verify.casefile.readers import Reader, TooMany, short
from verify.casefile.schema import SCHEMA_URI, Field
from verify.casefile.tree import Items, Mapping, Tree, read

FOLDER = "census"

ENTRY: dict[str, Field] = {
    "id": Field("text", "names what is said; the claim about it has the same id", "t2.4-s4", required=True),
    "where": Field("text", "where in the document it stands; default: the section", "Table 2.4 step 4"),
    "kind": Field("text", "a label: number, formula, ...", "number"),
    "check": Field("text", "'none' where there is nothing that could be checked", "none"),
    "left out": Field("text", "why it is no claim, though it could be checked", "it needs a printer"),
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of census files."""
    described = {key: {"type": "string", "description": f.doc, "examples": [f.example]} for key, f in ENTRY.items()}
    described["check"]["enum"] = ["none"]
    entry = {"type": "object", "properties": described, "required": ["id"], "additionalProperties": False}
    return {
        "$schema": SCHEMA_URI,
        "title": "Errata census",
        "type": "object",
        "additionalProperties": {"type": "array", "items": entry},
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a document says. ``left_out``: why it is no claim, or ""."""

    id: str
    section: str
    where: str
    kind: str
    place: Place
    checkable: bool = True
    left_out: str = ""


def files(folder: Path) -> list[Path]:
    """The census files of a folder."""
    return sorted(p for p in folder.glob("*.y*ml") if p.suffix in (".yaml", ".yml") and p.is_file())


def load(paths: Sequence[Path]) -> list[Entry]:
    """The entries of census files. Raises CaseFaults with all faults, ids that stand twice among them."""
    found: list[Entry] = []
    faults: list[Fault] = []
    taken: dict[str, Place] = {}
    for path in paths:
        tree, read_faults = read(path)
        reader = Reader(read_faults)
        try:
            if tree is not None:
                found += _entries(tree, reader, taken)
        except TooMany:
            pass
        faults += sorted(set(reader.faults))
    if faults:
        raise CaseFaults(faults)
    return found


def _entries(tree: Tree, reader: Reader, taken: dict[str, Place]) -> Iterable[Entry]:
    if not isinstance(tree, Mapping):
        reader.fault(tree.place, 'expected a census: a mapping from sections to lists, such as "2.8": [{id: t2.4-s4}]')
        return []
    found = []
    for label, entries in tree.entries.values():
        if not isinstance(entries, Items):
            reader.fault(label.place, f"section '{short(label.value)}': expected a list of mappings, each with an id")
            continue
        for item in entries.items:
            if (entry := _entry(item, label.value, reader, taken)) is not None:
                found.append(entry)
    return found


def _entry(tree: Tree, section: str, reader: Reader, taken: dict[str, Place]) -> Entry | None:
    before = reader.count
    given = reader.fields(tree, ENTRY, "an entry of a census")
    values = {key: reader.text(t) for key, t in given.items()}
    if reader.count > before:
        return None
    name, check = values["id"], values.get("check", "")
    place = given["id"].place
    if check not in ("", "none"):
        reader.fault(given["check"].place, f"expected 'none', or no 'check' at all, not '{short(check)}'")
    elif check and "left out" in given:
        reader.fault(given["left out"].place, "'left out' is for what could be checked, and this says check: none")
    if any(c.isspace() for c in name):
        reader.fault(place, f"an id is one word, not '{short(name)}'")
    elif name in taken:
        first = taken[name]
        where = f"on line {first.line}" if first.file == place.file else f"in {first.file}:{first.line}"
        reader.fault(place, f"the id '{name}' is already taken {where}")
    else:
        taken[name] = place
    said = values.get("left out", "")
    return Entry(name, section, values.get("where") or section, values.get("kind", ""), place, check != "none", said)
