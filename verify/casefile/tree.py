"""A case file as a positioned tree: maps, lists and texts, each with its place; and faults, never a traceback."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import NoReturn

from derive.records import dataclass
from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.model import Place

MAX_BYTES = 1_000_000
MAX_FAULTS = 100  # of one file; what follows is not looked for

START = "'errata new NAME' writes a case to start from"

# What YAML does not allow in a text. A NUL in a file says that it is no text at all.
_UNREADABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

#: Line and column in the file of a character of a text.
Origin = Callable[[int], tuple[int, int]]


@dataclass(slots=True)
class Text:
    """A scalar: what it says, and the stretch ``start``..``stop`` of ``source`` that says it."""

    value: str
    place: Place
    style: str
    source: str
    start: int
    stop: int
    flawed: bool = False  # a fault of it is told already: whatever follows from that is not
    origin: Origin | None = None  # where the characters of ``source`` stand, if that is a part of a file

    @property
    def quoted(self) -> bool:
        return self.style in ("'", '"')

    def at(self, offset: int) -> Place:
        """The place in the file of a character of the value: quotes, folded lines and block indents are passed over."""
        start = self.start
        if self.style in ("|", ">"):
            start = self.source.find("\n", start) + 1  # the header; a comment may follow it
        elif self.quoted:
            start += 1
        written = self.source[start : self.stop]
        if self.flawed or (self.style == '"' and "\\" in written):
            return self.place
        # Both read the same but for white space, so a character is found by counting the others before it
        before = sum(not c.isspace() for c in self.value[:offset])
        spot = next((i for i, c in enumerate(written) if not c.isspace() and (before := before - 1) < 0), len(written))
        position = start + spot
        if self.origin is not None:
            return Place(self.place.file, *self.origin(position))
        line = self.source.count("\n", self.start, position)
        if not line:
            return Place(self.place.file, self.place.line, self.place.column + position - self.start)
        return Place(self.place.file, self.place.line + line, position - self.source.rfind("\n", 0, position))


@dataclass(slots=True)
class Items:
    place: Place
    items: list[Tree] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    place: Place
    flow: bool = False
    entries: dict[str, tuple[Text, Tree]] = field(default_factory=dict)


Tree = Text | Items | Mapping


# -- from a file ------------------------------------------------------------------------------------


def read(path: Path, name: str | None = None, data: bytes | None = None) -> tuple[Tree | None, list[Fault]]:
    """The tree of a YAML file and its faults; no tree where it can't be read. ``name`` is how faults call the file; ``data`` are
    its bytes, where an editor has others than the disk."""
    from verify.casefile.events import parse

    name = name or str(path)
    try:
        text = _decode(_bytes(path) if data is None else _small(data), name)
    except CaseFaults as e:
        return None, e.faults
    except OSError as e:
        return None, [Fault(name, 1, 1, f"can't be read: {e.strerror or e}")]
    except ValueError as e:
        return None, [Fault(name, 1, 1, str(e))]
    return parse(text, name)


def _bytes(path: Path) -> bytes:
    """Never more than the limit; never of a pipe or a device, which might not end. Raises OSError, ValueError."""
    if path.exists() and not path.is_file():
        raise ValueError("not a file")
    size = path.stat().st_size
    if size <= MAX_BYTES:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return _small(data)
    raise _too_large(size)


def _small(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise _too_large(len(data))
    return data


def _too_large(size: int) -> ValueError:
    return ValueError(f"a file of {size:,} bytes; the limit is {MAX_BYTES:,}")


def _decode(data: bytes, name: str) -> str:
    if data.startswith(_UTF16):
        _refuse(name, "", "UTF-16 text; save the file as UTF-8")
    nul = data.find(b"\0")
    if nul >= 0:
        _refuse(name, data[:nul].decode(errors="replace"), "a NUL byte: a binary file, not YAML")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        before = data[: e.start].decode("utf-8-sig", errors="replace")
        _refuse(name, before, f"not UTF-8: byte 0x{data[e.start]:02x} can't be read; save the file as UTF-8")
    if found := unreadable(text):
        _refuse(name, text[: found[0]], found[1])
    if not text.strip():
        _refuse(name, "", f"an empty file; {START}")
    return text


def unreadable(text: str) -> tuple[int, str] | None:
    """The first character that YAML does not allow, with what is wrong."""
    found = re.search(_UNREADABLE, text)
    if found is None:
        return None
    return found.start(), f"an invisible character (U+{ord(found.group()):04X}) that YAML does not allow"


def _refuse(name: str, before: str, message: str) -> NoReturn:
    """A fault at the end of ``before``."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    raise CaseFaults([Fault(name, line, column, message)])
