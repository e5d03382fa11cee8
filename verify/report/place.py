"""Where a report lies: one folder a document, one page a case, an anchor a claim; and how its files are written.

Names come from case files, so they are reduced to harmless ones first. A file is written whole or not at all; a page
that a run no longer makes is removed only if its first line says that a report wrote it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from pathlib import Path

from derive.records import dataclass
from verify.text.medium import MARKDOWN, Medium

MARKER = "<!-- written by errata; changes are lost at the next run -->"
INDEX, MACHINE, ERRATA = "README.md", "machine.md", "errata.md"
_MAX_NAME = 80


def harmless(name: str) -> str:
    """A name for a file, a folder or an anchor: letters, digits, ``.``, ``-`` and ``_``; unlike names stay unlike."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-_")[:_MAX_NAME]
    if kept and kept == name:
        return kept
    return f"{kept}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".lstrip("-")


def folder(document: str) -> str:
    return harmless(document)


def page(case: str, ending: str = ".md") -> str:
    """The file name of a case's page. It is never that of the index, also where case does not count in names."""
    name = f"{harmless(case)}{ending}"
    return f"case-{name}" if name.lower() in (INDEX.lower(), MACHINE, ERRATA) else name


def anchor(claim: str) -> str:
    """The anchor of a claim on its page."""
    return f"claim-{harmless(claim)}"


@dataclass
class Links:
    """Links to the claims of one document, in the medium of the report: only to pages and anchors that are being written."""

    cases: frozenset[str]
    claims: Mapping[str, frozenset[str]]  # case -> ids of the claims on its page
    medium: Medium = MARKDOWN
    page: Callable[[str], str] = page  # from a case to the address of its page
    findings: bool = False  # whether pages open with what does not simply hold: then the anchors are there
    _words: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def claim(self, case: str, identity: str, shown: str, here: bool = False) -> str:
        """A link to a claim with the text ``shown`` (markup already), or just the text where it has no page."""
        if case not in self.cases or identity not in self.claims.get(case, ()):
            return shown
        return self.medium.link(shown, f"{'' if here else self.page(case)}#{anchor(identity)}")

    def case(self, case: str, shown: str) -> str:
        return self.medium.link(shown, self.page(case)) if case in self.cases else shown

    def split(self, case: str, sentence: str, named: Collection[str] = ()) -> list[str]:
        """A sentence cut at the claim ids in it: text, id, text, id, ..., text.

        An id that could be a word (``it``, ``loss``) is one only where it is ``named`` as an id, or its number follows.
        """
        ids = self.claims.get(case)
        if not ids:
            return [sentence]
        pattern = self._words.get(case)
        if pattern is None:
            longest_first = sorted(ids, key=lambda i: (-len(i), i))
            inside = "|".join(re.escape(i) for i in longest_first)
            pattern = self._words[case] = re.compile(rf"(?<![\w.-])({inside})(?![\w\[-])")
        parts, end = list[str](), 0
        for found in pattern.finditer(sentence):
            number = re.match(r" \([-+~≈.\d]", sentence[found.end() :])
            if found[0].isalpha() and not number and found[0] not in named:
                continue
            parts += [sentence[end : found.start()], found[0]]
            end = found.end()
        return [*parts, sentence[end:]]


def write_whole(path: Path, text: str) -> None:
    """Writes a file whole or not at all; one that says the same already is left alone. Raises OSError."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "wb") as out:
            out.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def remove_stale(directory: Path, written: Iterable[Path], ending: str = ".md") -> None:
    """Removes the pages in a document's folder that earlier runs wrote and this one did not; never anything else, and no pages of
    another format."""
    keep = set(written)
    for path in sorted(directory.glob(f"*{ending}")):
        if path in keep or path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as f:
            first = f.readline(200)
            if first.lower().startswith(b"<!doctype"):
                first = f.readline(200)
        if first.rstrip(b"\r\n") == MARKER.encode():
            path.unlink()
