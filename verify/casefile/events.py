"""A YAML text, event by event, to a positioned tree.

The text is read through YAML's event stream into nodes of our own, iteratively: nothing is constructed, every scalar
stays text, depth and size are bounded, aliases and tags (which could make a small file enormous, or code) are refused.
A slip that leaves no doubt what was meant (a comma in an unquoted expression, a key given twice) is a fault, and
reading goes on, so that one look tells all that is wrong with a file.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import NoReturn

import yaml

from derive.records import dataclass
from verify.casefile.faults import Fault
from verify.casefile.model import Place
from verify.casefile.tree import MAX_FAULTS, START, Items, Mapping, Origin, Text, Tree
from verify.casefile.yaml_words import plain_words

MAX_DEPTH = 50
MAX_NODES = 100_000
MAX_LOOKS = 20  # at a file with lines that can't be read
_ENTRY = re.compile(r"\s*(- |[\w.-]+:)\s*[\[{].*[\]}]\s*")  # of a list or a mapping, on a line of its own
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):
    """Reading on would only tell of faults that are none."""


def parse(
    text: str, name: str, loader: type | None = None, origin: Origin | None = None
) -> tuple[Tree | None, list[Fault]]:
    """The tree of a YAML text and its faults; no tree where there is no telling what was meant. ``origin`` tells where a text
    stands that is only a part of the file."""
    tree, faults, beyond = _read(text, name, loader or _LOADER, origin)
    for _ in range(MAX_LOOKS):
        if beyond is None or len(faults) >= MAX_FAULTS:
            break
        start, stop = beyond  # what comes after a line that is at fault is read without it
        text = text[:start] + " " * (stop - start) + text[stop:]
        _, further, beyond = _read(text, name, loader or _LOADER, origin)
        faults += [f for f in further if f not in faults]
    return tree, sorted(faults, key=lambda f: (f.line, f.column))


def _read(
    text: str, name: str, loader: type, origin: Origin | None
) -> tuple[Tree | None, list[Fault], tuple[int, int] | None]:
    """One look: the tree, faults, and where the line stands that ended it, if the rest can be read without it."""
    build = _Builder(text, name, origin)
    try:
        for event in yaml.parse(text, Loader=loader):
            build.take(event)
    except _Stop:
        return None, build.faults, build.beyond
    except yaml.MarkedYAMLError as e:
        if loader is not yaml.SafeLoader and "nesting depth" in str(e.problem):
            return _read(
                text, name, yaml.SafeLoader, origin
            )  # libyaml looks ahead to a limit of its own; this one meets ours first
        build.misread(e)
        return None, build.faults, build.beyond
    except yaml.YAMLError as e:
        return None, [*build.faults, Fault(name, *build.at(0), f"not YAML: {e}")], None
    if build.root is None and not build.faults:
        build.faults.append(Fault(name, *build.at(0), f"nothing but comments; {START}"))
    return build.root, build.faults, None


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
        self.beyond: tuple[int, int] | None = None  # the line that ended it, where others don't hang on it

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
            self.ended(text.start)

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
            if mark is not None:
                self.ended(mark.index)
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
            self.ended(last.start)

    def ended(self, at: int) -> NoReturn:
        """Reading ends. An entry that begins and ends on the line of the fault can be left out, and the rest be read."""
        start, stop = self.text.rfind("\n", 0, at) + 1, self.text.find("\n", at)
        stop = len(self.text) if stop < 0 else stop
        first = next((o.node.place.line for o in self.stack if o.flow), self.at(at)[0])
        if first == self.at(at)[0] and _ENTRY.fullmatch(self.text, start, stop):
            self.beyond = start, stop
        raise _Stop


def _missing(tree: Tree) -> int:
    """How many brackets of an unquoted text are not closed."""
    if not isinstance(tree, Text) or tree.style:
        return 0
    return tree.value.count("(") - tree.value.count(")")


def _comma(inside: _Open, shown: str) -> str:
    return f"inside {inside.brackets} a comma ends an unquoted value: put quotes round the expression: {shown}"
