"""``uses:`` of a case: what another file of the document names comes along, as if it stood here, with its place there.

The trees are joined before anything is read, so a case with ``uses`` is a case like any other: sizes, functions, symbols with
their values, sequences and definitions. A symbol or a size that is declared here as well is the one declared here: the same
network at other values. Nothing else may stand twice. A file is looked for beside the case, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from derive.errors import ExpressionError, nearest
from derive.language.names import names_in
from derive.records import dataclass
from verify.casefile.model import Place
from verify.casefile.readers import Reader, beside, short
from verify.casefile.schema import USES
from verify.casefile.tree import Items, Mapping, Text, Tree, read

#: The sections whose names come along, and those of them whose names may be declared anew.
SECTIONS = ("sizes", "functions", "symbols", "sequences", "define")
VALUES = ("sizes", "symbols")
SUFFIXES = (".yaml", ".yml")
TABLE = "names"  # from LaTeX to the language; it comes along whole
MAX_FILES = 100  # that one case takes names from
MAX_CHAIN = 20


@dataclass(frozen=True, slots=True)
class _Name:
    section: str
    label: Text
    value: Tree


@dataclass(frozen=True, slots=True)
class _File:
    """A case file: where it is, how faults call it, and what it says."""

    path: Path
    name: str
    tree: Mapping


def joined(tree: Mapping, path: Path, name: str, reader: Reader) -> tuple[Mapping, dict[str, Mapping]]:
    """The tree of the case in ``path`` with what it uses and without ``uses``; and the other files, by name, as they are written.

    Faults go to the reader; ``name`` is how they call the file.
    """
    files: _Files = {}
    made = _joined(_File(path, name, tree), reader, (), files)
    return made, {name: written for name, (written, _) in files.items()}


#: Of each file that was read what it says, as it is written and with what it uses: it is read once, however many others use it.
_Files = dict[str, tuple[Mapping, Mapping]]


def _joined(case: _File, reader: Reader, trail: tuple[Path, ...], files: _Files) -> Mapping:
    tree = case.tree
    if "uses" not in tree.entries:
        return tree
    used: dict[str, _Name] = {}
    tables = [tree.entries.get(TABLE)]
    for source, wanted in _sources(tree.entries["uses"][1], reader):
        other = _other(source, case, reader, (*trail, case.path.resolve()), files)
        if other is None:
            continue
        if _layout(other) != _layout(tree):
            said = f"{source.value} has the layout {_layout(other)}, and this case {_layout(tree)}"
            reader.fault(source.place, f"{said}: derivatives would mean something else here")
            continue
        tables.append(other.entries.get(TABLE))
        for name, found in _chosen(_names(other), source, wanted, reader, _table(other)).items():
            before = used.setdefault(name, found)
            if before.label.place != found.label.place:
                places = f"{before.label.place} and {found.label.place}"
                reader.fault(source.place, f"'{name}' comes along from {places}: say which 'names' to take")
    for name, mine in _names(tree).items():
        theirs = used.get(name)
        if theirs is not None and mine.section == theirs.section and mine.section in VALUES:
            del used[name]
        elif theirs is not None:
            reader.fault(mine.label.place, f"the name '{name}' is taken: it comes along from {theirs.label.place}")
            del used[name]
    made = _merged(tree, used)
    return _with_tables(made, [t for t in tables if t is not None], reader)


def _sources(value: Tree, reader: Reader) -> Iterator[tuple[Text, list[Text] | None]]:
    """The files that are named, each with the names to take: a file, ``{from: file, names: [...]}``, or a list of these."""
    for item in value.items if isinstance(value, Items) else [value]:
        if isinstance(item, Text):
            yield item, None
        elif isinstance(item, Mapping):
            given = reader.fields(item, USES, "'uses'")
            source = given.get("from")
            if isinstance(source, Text):
                yield source, reader.texts(given["names"], "a list of names") if "names" in given else None
            else:
                reader.text(source)
        else:
            reader.fault(item.place, "expected a case file of this folder, or {from: file, names: [...]}")


def _other(source: Text, case: _File, reader: Reader, trail: tuple[Path, ...], files: _Files) -> Mapping | None:
    """The tree of another file of the document, with what that uses; None, and a fault, where there is none."""
    folder, told = case.path.parent, short(source.value)
    path = beside(folder, source.value)
    if path is None:
        reader.fault(source.place, f"'{told}' is not in the folder of this case")
    elif path.suffix not in SUFFIXES or not path.is_file():
        here = [p.name for p in folder.iterdir() if p.suffix in SUFFIXES and p.name != case.path.name]
        reader.fault(source.place, f"no case file '{told}' beside this one{nearest(source.value, here)}")
    elif path.resolve() in trail:
        names = [p.name for p in trail[trail.index(path.resolve()) :]]
        reader.fault(source.place, f"a circle of files: {' -> '.join([*names, path.name])}")
    elif len(files) >= MAX_FILES or len(trail) > MAX_CHAIN:
        reader.fault(source.place, f"more than {MAX_FILES} files, or {MAX_CHAIN} of which each uses the next")
    elif (name := str(Path(case.name).parent / source.value)) in files:
        return files[name][1]
    else:
        tree, faults = read(path, name)
        for fault in faults:
            reader.fault(Place(fault.file, fault.line, fault.column), fault.message)
        if isinstance(tree, Mapping) and not faults:
            made = _joined(_File(path, name, tree), reader, trail, files)
            files[name] = tree, made
            return made
        if not faults:
            reader.fault(source.place, f"'{told}' holds no case")
    return None


def _layout(tree: Mapping) -> str:
    value = tree.entries["layout"][1] if "layout" in tree.entries else None
    return value.value if isinstance(value, Text) else "mixed"


# -- names ----------------------------------------------------------------------------------------------


def _names(tree: Mapping) -> dict[str, _Name]:
    """What a case names, by the name as Python writes it."""
    found: dict[str, _Name] = {}
    for section in SECTIONS:
        value = tree.entries[section][1] if section in tree.entries else None
        if isinstance(value, Mapping):
            for label, said in value.entries.values():
                found.setdefault(unicodedata.normalize("NFKC", label.value), _Name(section, label, said))
    return found


def _chosen(
    known: dict[str, _Name], source: Text, wanted: list[Text] | None, reader: Reader, table: dict[str, str]
) -> dict[str, _Name]:
    """The names that are wanted and those that they stand on; all, where none are named."""
    if wanted is None:
        return known
    open_ = []
    for t in wanted:
        name = unicodedata.normalize("NFKC", t.value)
        if name in known:
            open_.append(name)
        else:
            reader.fault(t.place, f"{source.value} has no name '{short(t.value)}'{nearest(t.value, known)}")
    taken: set[str] = set()
    while open_:
        name = open_.pop()
        if name in known and name not in taken:
            taken.add(name)
            value = known[name].value
            if isinstance(value, Mapping) and "latex" in value.entries:
                from derive.language.latex import mentioned

                open_ += (w for text in _texts(value) for w in mentioned(text, known, table))
            else:
                open_ += (w for text in _texts(value) for w in _spoken_of(text))
    return {name: found for name, found in known.items() if name in taken}


def _texts(tree: Tree) -> Iterator[str]:
    open_ = [tree]
    while open_:
        t = open_.pop()
        if isinstance(t, Text):
            yield t.value
        else:
            open_ += t.items if isinstance(t, Items) else [value for _, value in t.entries.values()]


def _spoken_of(text: str) -> Iterator[str]:
    """The names in an expression, those that are called among them; of what is none every word: reading it will say why."""
    text = unicodedata.normalize("NFKC", text)
    try:
        yield from names_in(text)
        yield from re.findall(r"(\w+)\s*\(", text)
    except ExpressionError:
        yield from re.findall(r"\w+", text)


def _table(tree: Mapping) -> dict[str, str]:
    """The table of names of a case, as it is written."""
    value = tree.entries[TABLE][1] if TABLE in tree.entries else None
    entries = value.entries if isinstance(value, Mapping) else {}
    return {key: said.value for key, (_, said) in entries.items() if isinstance(said, Text)}


def _with_tables(tree: Mapping, tables: list[tuple[Text, Tree]], reader: Reader) -> Mapping:
    """The tree with the tables of names of all its files, which may not contradict each other: its own comes first."""
    entries: dict[str, tuple[Text, Tree]] = {}
    for _, table in tables:
        for key, (label, value) in table.entries.items() if isinstance(table, Mapping) else ():
            first_label, first = entries.setdefault(key, (label, value))
            if isinstance(first, Text) and isinstance(value, Text) and first.value != value.value:
                said = f"'{short(key)}' is '{short(value.value)}' in {label.place.file}"
                reader.fault(first_label.place, f"{said}, which comes along, and '{short(first.value)}' here")
    if not entries:
        return tree
    label, value = tables[0]
    table = Mapping(value.place, False, entries)
    return Mapping(tree.place, tree.flow, {**tree.entries, TABLE: (label, table)})


def _merged(tree: Mapping, used: dict[str, _Name]) -> Mapping:
    """The tree without ``uses``, what comes along before what stands in it."""
    place = tree.entries["uses"][0].place
    made = Mapping(tree.place, tree.flow, {k: e for k, e in tree.entries.items() if k != "uses"})
    for section in SECTIONS:
        theirs = {n.label.value: (n.label, n.value) for n in used.values() if n.section == section}
        label, value = made.entries.get(section, (Text(section, place, "", section, 0, len(section)), Mapping(place)))
        if theirs and isinstance(value, Mapping):
            made.entries[section] = label, Mapping(value.place, value.flow, theirs | value.entries)
    return made
