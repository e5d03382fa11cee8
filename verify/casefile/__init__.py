"""Case files: YAML in, typed cases or placed faults out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import nearest
from verify.casefile.documents import Documents
from verify.casefile.faults import CaseFaults, Fault

if TYPE_CHECKING:
    from verify.casefile.model import Case

__all__ = ["CaseFaults", "Documents", "Fault", "at_sizes", "check", "find", "load"]

LIBRARY = Path("cases")
SUFFIXES = (".yaml", ".yml")


def load(path: Path | str, sizes: dict[str, int] | None = None) -> Case:
    """The case in a file, at other sizes than it declares if given. Raises CaseFaults with all its faults."""
    from verify.casefile.loader import load_case

    return load_case(Path(path), str(path), sizes)


def at_sizes(case: Case, sizes: Mapping[str, int]) -> Case:
    """The same case at other sizes; raises CaseFaults where they do not fit. The file is not read again: it may have changed."""
    from verify.casefile.loader import case_of

    assert case.tree is not None  # sizes stand in a file
    return case_of(case.tree, Path(case.path), case.path, sizes, used=case.used, partial=case.partial)


def check(paths: Sequence[Path | str], well_formed: list[Case] | None = None) -> list[Fault]:
    """All faults of all files: of each, and of names that two cases of a document have. Cases without go to ``well_formed``."""
    faults: list[Fault] = []
    documents = Documents(map(Path, paths))
    for path in paths:
        try:
            case = load(path)
        except CaseFaults as e:
            faults.extend(e.faults)
            continue
        if well_formed is not None:
            well_formed.append(case)
        faults.extend(documents.faults(case))
    return list(dict.fromkeys(faults))  # one of a file that others use is met once a file


def find(paths: Sequence[str]) -> list[Path]:
    """The case files that arguments mean: files, folders (with all below) or documents of the library ``cases``.

    In natural order (2.8 before 2.10). Raises CaseFaults where an argument means nothing.
    """
    found: dict[Path, None] = {}
    faults = []
    for text in paths or [str(LIBRARY)]:
        path = Path(text)
        if not path.exists() and (LIBRARY / text).is_dir():
            path = LIBRARY / text
        if path.is_dir():
            files = sorted(
                (p for p in path.rglob("*") if _is_case_file(p.relative_to(path)) and p.is_file()), key=_natural
            )
            if not files:
                faults.append(Fault(text, 1, 1, "no case files (*.yaml) in this folder"))
            found.update(dict.fromkeys(files))
        elif path.exists():
            found[path] = None
        else:
            documents = [p.name for p in LIBRARY.iterdir() if p.is_dir()] if LIBRARY.is_dir() else []
            faults.append(Fault(text, 1, 1, f"no such file, folder or document{nearest(text, documents)}"))
    if faults:
        raise CaseFaults(faults)
    return list(found)


def _is_case_file(path: Path) -> bool:
    """Hidden files are none, and what lies in a folder ``census`` is what a document says, and no case."""
    return path.suffix in SUFFIXES and not any(part.startswith(".") or part == "census" for part in path.parts)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    return [(0, int(t), "") if t.isdecimal() else (1, 0, t) for t in re.findall(r"\d+|\D+", str(path))]
