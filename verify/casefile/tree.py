"""YAML to a positioned tree: maps, lists and texts, each with its place; and faults, never a traceback.

The text is read through YAML's event stream into nodes of our own, iteratively: nothing is constructed, every scalar
stays text, depth and size are bounded, aliases and tags (which could make a small file enormous, or code) are refused.
A slip that leaves no doubt what was meant (a comma in an unquoted expression, a key given twice) is a fault, and
reading goes on, so that one look tells all that is wrong with a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

import yaml

from verify.casefile.faults import CaseFaults, Fault
from verify.casefile.model import Place
from verify.casefile.yaml_words import plain_words

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_NODES = 100_000
MAX_FAULTS = 100  # of one file; what follows is not looked for

START = "'errata new NAME' writes a case to start from"

# What YAML does not allow in a text. A NUL in a file says that it is no text at all.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

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
    found = _UNREADABLE.search(text)
    if found is None:
        return None
    return found.start(), f"an invisible character (U+{ord(found.group()):04X}) that YAML does not allow"


def _refuse(name: str, before: str, message: str) -> NoReturn:
    """A fault at the end of ``before``."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    raise CaseFaults([Fault(name, line, column, message)])


# -- from a text ------------------------------------------------------------------------------------


class _Stop(Exception):
    """Reading on would only tell of faults that are none."""


def parse(
    text: str, name: str, loader: type = _LOADER, origin: Origin | None = None
) -> tuple[Tree | None, list[Fault]]:
    """The tree of a YAML text and its faults; no tree where there is no telling what was meant. ``origin`` tells where a text
    stands that is only a part of the file."""
    build = _Builder(text, name, origin)
    try:
        for event in yaml.parse(text, Loader=loader):
            build.take(event)
    except _Stop:
        return None, build.faults
    except yaml.MarkedYAMLError as e:
        if loader is not yaml.SafeLoader and "nesting depth" in str(e.problem):
            return parse(
                text, name, yaml.SafeLoader, origin
            )  # libyaml looks ahead to a limit of its own; this one meets ours first
        build.misread(e)
        return None, build.faults
    except yaml.YAMLError as e:
        return None, [*build.faults, Fault(name, *build.at(0), f"not YAML: {e}")]
    if build.root is None and not build.faults:
        build.faults.append(Fault(name, *build.at(0), f"nothing but comments; {START}"))
    return build.root, build.faults


@dataclass(slots=True)
class _Open:
    """A list or mapping that is being read; of a mapping, keys and values by turns."""

    node: Items | Mapping
    flow: bool
    parts: list[Tree] = field(default_factory=list)

    @property
    def brackets(self) -> str:
        return "[...]" if isinstance(self.node, Items) else "{...}"

    def cut(self) -> Text | None:
        """The last unquoted text, where it is the beginning of what a comma has cut."""
        texts = [p for p in self.parts[-3:] if isinstance(p, Text) and p.value]
        return next((t for t in reversed(texts) if _missing(t) > 0), None) if self.flow else None


class _Builder:
    def __init__(self, text: str, name: str, origin: Origin | None = None) -> None:
        self.text, self.name, self.origin = text, name, origin
        self.root: Tree | None = None
        self.faults: list[Fault] = []
        self.stack: list[_Open] = []
        self.count = 0
        self.read = 0  # of the text, by the last value

    def fault(self, place: Place, message: str) -> None:
        self.faults.append(Fault(place.file, place.line, place.column, message))
        if len(self.faults) >= MAX_FAULTS:
            raise _Stop

    def place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None
        return Place(self.name, *(self.origin(mark.index) if self.origin else (mark.line + 1, mark.column + 1)))

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        if self.origin is not None:
            return self.origin(offset)
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def take(self, event: yaml.Event) -> None:
        """One event more."""
        if isinstance(event, yaml.CollectionEndEvent):
            self.close(self.stack.pop())
        elif isinstance(event, yaml.DocumentStartEvent):
            if self.root is not None:
                self.fault(self.place(event), "a second document; one file holds one case")
                raise _Stop
        elif isinstance(event, yaml.NodeEvent):
            self.count += 1
            self.read = event.end_mark.index if event.end_mark is not None else self.read
            place = self.place(event)
            if self.count > MAX_NODES:
                self.fault(place, f"more than {MAX_NODES:,} values in one file")
                raise _Stop
            self.add(self.node(event, place), event)

    def node(self, event: yaml.NodeEvent, place: Place) -> Tree:
        flawed = self.refused(event, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(place)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(place, bool(event.flow_style))
        assert event.start_mark is not None
        assert event.end_mark is not None
        start, stop = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.ScalarEvent):
            return Text(event.value, place, event.style or "", self.text, start, stop, flawed, self.origin)
        return Text(self.text[start:stop], place, "", self.text, start, stop, flawed, self.origin)

    def refused(self, event: yaml.NodeEvent, place: Place) -> bool:
        """Aliases, anchors and tags."""
        assert event.start_mark is not None
        sign = self.text[event.start_mark.index : event.start_mark.index + 1]  # nothing, at the end of the file
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.fault(place, f"'{sign}' at the start of a value is YAML's alias; put quotes round the expression")
        elif getattr(event, "tag", None):
            self.fault(place, f"'{sign}' at the start of a value is a YAML tag; put quotes round the text")
        else:
            return False
        return True

    def add(self, made: Tree, event: yaml.NodeEvent) -> None:
        parent = self.stack[-1] if self.stack else None
        if parent is None:
            self.root = made
        else:
            is_key = isinstance(parent.node, Mapping) and len(parent.parts) % 2 == 0
            if is_key and not isinstance(made, Text):
                self.cut(parent)
                self.fault(made.place, "a key must be a plain name")
                raise _Stop
            parent.parts.append(made)
        if not isinstance(made, Text):
            if len(self.stack) >= MAX_DEPTH:
                self.fault(made.place, f"nested more than {MAX_DEPTH} deep")
                raise _Stop
            self.stack.append(_Open(made, bool(getattr(event, "flow_style", False))))

    def cut(self, inside: _Open) -> None:
        """Where a comma has cut an expression beyond mending, says so and stops."""
        if text := inside.cut():
            self.fault(text.place, _comma(inside, f"'{text.value}, ...'"))
            raise _Stop

    def close(self, done: _Open) -> None:
        """A collection is complete: what commas have cut is joined again, and it gets its parts."""
        parts = self.joined(done) if done.flow else done.parts
        if isinstance(done.node, Items):
            done.node.items = parts
            return
        for key, value in zip(parts[::2], parts[1::2], strict=True):
            assert isinstance(key, Text)
            first = done.node.entries.setdefault(key.value, (key, value))[0]
            if first is not key:
                line = f"line {first.place.line}" if first.place.line != key.place.line else "the same line"
                message = f"'{key.value}' stands here a second time; first on {line}, column {first.place.column}"
                self.fault(key.place, message)

    def joined(self, done: _Open) -> list[Tree]:
        """The parts of ``{of: d(L, z), prints: 1}``, which YAML reads as ``{of: d(L, z): , prints: 1}``."""
        parts, step = done.parts, 1 if isinstance(done.node, Items) else 2
        made: list[Tree] = []
        i = 0
        while i < len(parts):
            entry = parts[i : i + step]
            first = last = entry[-1]
            i += step
            missing = _missing(first)
            while missing > 0 and i < len(parts):
                head, tail = parts[i], parts[i + step - 1]
                if not isinstance(head, Text) or (
                    step == 2 and not (isinstance(tail, Text) and tail.start == tail.stop)
                ):
                    break
                last, missing, i = head, missing + _missing(head), i + step
            if isinstance(first, Text) and isinstance(last, Text) and last is not first:
                value = self.text[first.start : last.stop]
                entry[-1] = replace(first, value=value, stop=last.stop)
                self.fault(first.place, _comma(done, f'"{value}"'))
            made += entry
        return made

    def misread(self, e: yaml.MarkedYAMLError) -> None:
        """What YAML itself can't read, in plain words."""
        inside = self.stack[-1] if self.stack else None
        mark = e.problem_mark or e.context_mark
        here = 0 if mark is None else self.origin(mark.index)[0] if self.origin else mark.line + 1
        if any(f.line == here for f in self.faults):
            return  # the rest of a line that is at fault already
        try:
            if inside is not None:
                self.cut(inside)
                self.bracket(inside, mark)
            if "maximum nesting depth" in (e.problem or ""):
                self.too_deep()
            line, column, message = plain_words(e, self.text)
            if inside is not None and inside.flow and "expected ','" in message:
                place = inside.node.place
                message += f"; the '{inside.brackets[0]}' of line {place.line}, column {place.column} is not closed"
            if self.origin is not None:
                starts = [0, *(m.end() for m in re.finditer("\r\n|[\n\r\x85\u2028\u2029]", self.text))]
                line, column = self.origin(starts[min(line, len(starts)) - 1] + column - 1)
            self.fault(Place(self.name, line, column), message)
        except _Stop:
            pass

    def too_deep(self) -> None:
        """YAML's own limit lies above ours, but newer versions of it read so far ahead that it is met first."""
        opened = [m.start() for m in re.finditer(r"[\[{]", self.text[self.read :])]
        deepest = MAX_DEPTH - len(self.stack)
        if deepest >= len(opened):
            return
        at = self.read + opened[deepest]
        self.fault(Place(self.name, *self.at(at)), f"nested more than {MAX_DEPTH} deep")
        raise _Stop

    def bracket(self, inside: _Open, mark: yaml.Mark | None) -> None:
        """``{of: z[0]}``"""
        last = inside.parts[-1] if inside.parts else None
        if mark is None or not inside.flow or not isinstance(last, Text) or last.quoted or last.stop != mark.index:
            return
        if self.text[mark.index : mark.index + 1] in ("[", "{"):
            message = f"inside {inside.brackets} a bracket ends an unquoted value: put quotes round the expression"
            self.fault(last.place, message)
            raise _Stop


def _missing(tree: Tree) -> int:
    """How many brackets of an unquoted text are not closed."""
    if not isinstance(tree, Text) or tree.style:
        return 0
    return tree.value.count("(") - tree.value.count(")")


def _comma(inside: _Open, shown: str) -> str:
    return f"inside {inside.brackets} a comma ends an unquoted value: put quotes round the expression: {shown}"
