"""A positioned tree to a typed ``Case``, with all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from derive.errors import nearest
from derive.lazily import lazily
from verify.casefile.claims import Claims
from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.implementations import Implementations
from verify.casefile.model import Case, Derivation
from verify.casefile.names import Names
from verify.casefile.readers import Reader, TooMany, beside, short
from verify.casefile.schema import CASE
from verify.casefile.sequences import Sequences
from verify.casefile.tree import MAX_FAULTS, Text, Tree
from verify.casefile.tree import Mapping as Map

with lazily():
    from verify.casefile import agreements, embedded, uses
    from verify.document import passages


def load_case(
    path: Path, name: str | None = None, sizes: Mapping[str, int] | None = None, data: bytes | None = None
) -> Case:
    """The case in a file, at other ``sizes`` if given; in these bytes, where they are not yet in the file. Raises CaseFaults with
    every fault in it, in order."""
    file = name or str(path)
    tree, faults = embedded.read(path, file, data)
    reader = Reader(faults)

    def made() -> Case | None:
        if tree is None or len(faults) >= MAX_FAULTS:
            return None
        if not isinstance(tree, Map):
            return _case(tree, path, file, reader, sizes)
        whole, used = uses.joined(tree, path, file, reader)
        return _case(agreements.resolved(whole, list(used.values()), reader), path, file, reader, sizes, tuple(used))

    return _faultless(made, reader, file)


def names_of(path: str) -> Names:
    """The names of the case in a file, and its table of names; no claim is read. Raises CaseFaults."""
    tree, faults = embedded.read(Path(path), path)
    reader = Reader(faults)
    try:
        if isinstance(tree, Map) and not faults:
            tree = uses.joined(tree, Path(path), path, reader)[0]
            return _names(reader.fields(tree, CASE, "a case"), reader, None)[0]
    except TooMany:
        pass
    raise CaseFaults(sorted(set(reader.faults)) or [Fault(path, 1, 1, "expected a case")])


def case_of(
    tree: Map, path: Path, file: str, sizes: Mapping[str, int] | None = None, *, used: tuple[str, ...], partial: bool
) -> Case:
    """The case that the tree of a case says, or a part of one. As ``load_case``."""
    reader = Reader(())
    return _faultless(lambda: _case(tree, path, file, reader, sizes, used, partial), reader, file)


def _faultless(made: Callable[[], Case | None], reader: Reader, file: str) -> Case:
    try:
        case = made()
        if case is not None and not reader.faults:
            return case
    except TooMany:
        pass
    found = sorted(set(reader.faults))
    if len(reader.faults) >= MAX_FAULTS:
        last = found[-1]
        found.append(Fault(file, last.line, last.column, f"{MAX_FAULTS} faults are enough: there may be more"))
    raise CaseFaults(found)


def _case(
    tree: Tree,
    path: Path,
    file: str,
    reader: Reader,
    sizes: Mapping[str, int] | None,
    used: tuple[str, ...] = (),
    partial: bool = False,
) -> Case:
    top = reader.fields(tree, CASE, "a case")
    names, sequences = _names(top, reader, sizes)
    derivations = _derivations(top.get("derive"), names)
    claims = Claims(reader, names).read(top.get("claims"))
    implementations = Implementations(reader, names).read(top.get("implementations"))
    return Case(
        name=path.stem,
        document=reader.text(top.get("document")) or path.resolve().parent.name or "document",
        path=file,
        title=reader.text(top.get("title")),
        source=_source(top.get("source"), reader),
        graph=names.graph,
        symbols=names.symbols,
        definitions=names.definitions,
        derivations=derivations,
        claims=claims,
        tree=tree if isinstance(tree, Map) else None,
        sizes=names.sizes,
        instances=tuple(names.instances),
        listed=frozenset(names.listed),
        states=sequences.states,
        warnings=tuple(dict.fromkeys(reader.warnings)),
        implementations=implementations,
        used=used,
        partial=partial,
        manuscript=_manuscript(top.get("source"), path, file, reader) if any(c.quote for c in claims) else "",
    )


def _names(top: Mapping[str, Tree], reader: Reader, sizes: Mapping[str, int] | None) -> tuple[Names, Sequences]:
    """What the expressions of a case may speak of."""
    names = Names(reader)
    names.read_layout(top.get("layout"))
    names.read_sizes(top.get("sizes"), sizes)
    names.read_functions(top.get("functions"))
    names.read_symbols(top.get("symbols"))
    sequences = Sequences(names)
    sequences.starts(top.get("sequences"))
    names.formulas.read_names(top.get("names"))
    names.read_definitions(top.get("define"))
    sequences.steps()
    return names, sequences


def _source(tree: Tree | None, reader: Reader) -> dict[str, str]:
    if tree is None:
        return {}
    if not isinstance(tree, Map):
        reader.fault(tree.place, 'expected a mapping such as {section: "2.8"}')
        return {}
    return {key: reader.text(value) for key, (_, value) in tree.entries.items()}


def _manuscript(tree: Tree | None, path: Path, file: str, reader: Reader) -> str:
    """The file of the document that is quoted, as results call it; "" where the case names none, a fault where there is none."""
    said = tree.entries["file"][1] if isinstance(tree, Map) and "file" in tree.entries else None
    if said is None and passages.is_document(path):  # the claims stand in the document that they quote
        return file
    if not isinstance(said, Text) or not said.value:
        return ""
    folder = path.parent
    found = beside(folder, said.value)
    if found is None:
        reader.fault(said.place, f"'{short(said.value)}' is not in the folder of this case")
    elif not found.is_file():
        here = (
            sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != path.name) if folder.is_dir() else []
        )
        reader.fault(said.place, f"no document '{short(said.value)}' beside this case{nearest(said.value, here)}")
    return str(Path(file).parent / said.value)


def _derivations(tree: Tree | None, names: Names) -> tuple[Derivation, ...]:
    found = []
    for t in names.reader.texts(tree, "a list of derivatives such as grad(L, [w, b])"):
        node = names.expression(t)
        if node is not None:
            found.append(Derivation(t.value, node, t.place))
    return tuple(found)
