"""Which case and which claim the user's words mean."""

from __future__ import annotations

from pathlib import Path

from verify.casefile.model import Case, Claim
from verify.places import PlaceError, library

SUFFIXES = (".yaml", ".yml")
CENSUS = "census"  # a folder of what documents say: no cases


def case_file(word: str) -> Path:
    """A case file by its path, by its name, or by its document and name (``book/2.8-three-layer``).

    The folder 'cases' here goes before the library that came with Errata. Raises PlaceError with the nearest name.
    """
    from derive.errors import nearest

    path = Path(word)
    if path.is_file():
        return path
    names: list[str] = []
    for shelf in dict.fromkeys(s for s in (Path("cases"), library()) if s is not None and s.is_dir()):
        files = [
            p for p in sorted(shelf.rglob("*")) if p.suffix in SUFFIXES and p.is_file() and p.parent.name != CENSUS
        ]
        found = [p for p in files if word in (p.stem, p.name, str(p.relative_to(shelf)), f"{p.parent.name}/{p.stem}")]
        if len(found) == 1:
            return found[0]
        if found:
            raise PlaceError(f"'{word}' names several cases: {', '.join(map(str, found))}")
        names += [p.stem for p in files]
    if path.is_dir():
        inside = sorted(p.name for p in path.iterdir() if p.suffix in SUFFIXES)
        raise PlaceError(
            f"{word} is a folder, and one case is explained at a time; in it: {', '.join(inside) or 'none'}"
        )
    raise PlaceError(f"no case '{word}'{nearest(word, sorted(set(names)))}")


def claim_in(case: Case, identity: str) -> Claim:
    """The claim of that id. Raises PlaceError with the nearest id."""
    from derive.errors import nearest

    for claim in case.claims:
        if claim.id == identity:
            return claim
    hint = nearest(identity, [c.id for c in case.claims])
    raise PlaceError(f"no claim '{identity}' in {case.path}{hint}")
