"""YAML to a positioned tree: maps, lists and texts, each with its place; or faults, never a traceback.

The text is read through YAML's event stream into nodes of our own, iteratively: nothing is constructed, every scalar
stays text, depth and size are bounded, aliases and tags (which could make a small file enormous, or code) are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from verify.casefile.model import Place

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_NODES = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a case file, with its place (counted from 1)."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class CaseFaults(ValueError):
    """All the faults that were found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(slots=True)
class Text:
    value: str
    place: Place
    quoted: bool = False
    lines: int = 1


@dataclass(slots=True)
class Items:
    place: Place
    items: list[Tree] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    place: Place
    entries: dict[str, tuple[Text, Tree]] = field(default_factory=dict)


Tree = Text | Items | Mapping

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: Path, name: str | None = None) -> Tree:
    """The tree of a YAML file. ``name`` is how faults call the file. Raises CaseFaults."""
    name = name or str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CaseFaults([Fault(name, 1, 1, f"a file of {size:,} bytes; the limit is {MAX_BYTES:,}")])
        data = path.read_bytes()
    except OSError as e:
        raise CaseFaults([Fault(name, 1, 1, f"can't be read: {e.strerror or e}")]) from None
    return parse(_decode(data, name), name)


def _decode(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        before = data[: e.start]
        line = before.count(b"\n") + 1
        column = e.start - (before.rfind(b"\n") + 1) + 1
        what = "a binary file, not YAML" if b"\0" in data else "not UTF-8"
        raise CaseFaults([Fault(name, line, column, f"{what}: byte 0x{data[e.start]:02x} can't be read")]) from None
    for i, c in enumerate(text):
        if c < " " and c not in "\n\r\t":
            line = text.count("\n", 0, i) + 1
            column = i - text.rfind("\n", 0, i)
            raise CaseFaults(
                [Fault(name, line, column, f"a control character (0x{ord(c):02x}): a binary file, not YAML")]
            )
    if not text.strip():
        raise CaseFaults([Fault(name, 1, 1, "an empty file; 'errata new NAME' writes a case to start from")])
    return text


def parse(text: str, name: str) -> Tree:
    """The tree of a YAML text. Raises CaseFaults."""
    try:
        return _build(text, name)
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise CaseFaults([Fault(name, line, column, _plain_words(e, text, line))]) from None
    except yaml.YAMLError as e:
        raise CaseFaults([Fault(name, 1, 1, f"not YAML: {e}")]) from None


def _plain_words(e: yaml.MarkedYAMLError, text: str, line: int) -> str:
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    problem = e.problem or "can't be read"
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in problem or "tab" in problem:
        return "a tab in the indentation; YAML indents with spaces"
    if "alias" in problem or "anchor" in problem or here.lstrip().startswith("*") or ": *" in here:
        return "'*' or '&' at the start of a value is YAML's alias; put quotes round the expression"
    if "mapping values are not allowed" in problem:
        return "a ': ' inside an unquoted value; put quotes round it"
    return f"not YAML: {problem}{f' ({e.context})' if e.context else ''}"


def _build(text: str, name: str) -> Tree:
    root: Tree | None = None
    stack: list[tuple[Items | Mapping, Text | None]] = []
    faults: list[Fault] = []
    count = 0
    for event, place in _events(text, name):
        count += 1
        if count > MAX_NODES:
            raise CaseFaults(
                [*faults, Fault(name, place.line, place.column, f"more than {MAX_NODES:,} values in one file")]
            )
        if isinstance(event, yaml.DocumentStartEvent):
            if root is not None:
                raise CaseFaults(
                    [*faults, Fault(name, place.line, place.column, "a second document; one file holds one case")]
                )
            continue
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "'*' or '&' at the start of a value is YAML's alias; put quotes round the expression"
            raise CaseFaults([*faults, Fault(name, place.line, place.column, message)])
        if tag := getattr(event, "tag", None):
            message = f"a YAML tag ({tag}); values are plain text here"
            raise CaseFaults([*faults, Fault(name, place.line, place.column, message)])
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        made: Tree
        if isinstance(event, yaml.ScalarEvent):
            made = Text(event.value, place, event.style is not None, _lines(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            made = Items(place)
        elif isinstance(event, yaml.MappingStartEvent):
            made = Mapping(place)
        else:
            continue
        if not stack:
            root = root if root is not None else made
        else:
            parent, key = stack[-1]
            if isinstance(parent, Items):
                parent.items.append(made)
            elif key is None:
                if not isinstance(made, Text):
                    raise CaseFaults([*faults, Fault(name, place.line, place.column, "a key must be a plain name")])
                stack[-1] = (parent, made)
            else:
                if key.value in parent.entries:
                    first = parent.entries[key.value][0].place
                    message = f"'{key.value}' stands here a second time; first on line {first.line}"
                    faults.append(Fault(name, key.place.line, key.place.column, message))
                else:
                    parent.entries[key.value] = (key, made)
                stack[-1] = (parent, None)
        if not isinstance(made, Text):
            if len(stack) >= MAX_DEPTH:
                raise CaseFaults([*faults, Fault(name, place.line, place.column, f"nested more than {MAX_DEPTH} deep")])
            stack.append((made, None))
    if faults:
        raise CaseFaults(faults)
    if root is None:
        raise CaseFaults([Fault(name, 1, 1, "nothing but comments; 'errata new NAME' writes a case to start from")])
    return root


def _events(text: str, name: str) -> Iterator[tuple[yaml.Event, Place]]:
    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        yield event, Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)


def _lines(event: yaml.Event) -> int:
    start, end = event.start_mark, event.end_mark
    return end.line - start.line + 1 if start and end else 1
