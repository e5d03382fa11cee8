"""Verdicts written into a case file as pins: two keys of a claim, and nothing else of the file changes by a byte.

Where to write is told by PyYAML's composed nodes, which know their ends; the text is edited, not dumped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from derive.records import dataclass

KEYS = ("verdict", "because")
_TEXTS = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar stays text


class PinError(ValueError):
    """A pin that can't be written, in one line."""


@dataclass(frozen=True, slots=True)
class Pin:
    verdict: str
    because: str


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    stop: int
    text: str


def items(text: str) -> list[yaml.MappingNode]:
    """The claims of a well-formed case, as nodes."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    claims = _value(root, "claims") if isinstance(root, yaml.MappingNode) else None
    found = claims.value if isinstance(claims, yaml.SequenceNode) else []
    return [node for node in found if isinstance(node, yaml.MappingNode)]


def owner(nodes: Sequence[yaml.MappingNode], line: int, column: int) -> int:
    """The number of the claim that a place (from 1) lies in."""
    starts = [(n.start_mark.line + 1, n.start_mark.column + 1) for n in nodes]
    return max(k for k, start in enumerate(starts) if start <= (line, column))


def pinned(text: str, pins: Mapping[int, Pin]) -> str:
    """The text of a case with these pins, by the numbers of the claims. Raises PinError."""
    nodes = items(text)
    edits = [edit for number, pin in pins.items() for edit in _edits(text, nodes[number], pin)]
    made = text
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        made = made[: edit.start] + edit.text + made[edit.stop :]
    if _without(made, pins) != _without(text, pins):
        raise PinError("the pins can't be written without changing something else: write them by hand")
    return made


def _without(text: str, pins: Iterable[int]) -> Any:
    """All that a case says but for these pins, as texts."""
    try:
        data = yaml.load(text, Loader=_TEXTS)
    except yaml.YAMLError:
        return None
    for number in pins:
        for key in KEYS:
            data["claims"][number].pop(key, None)
    return data


def _edits(text: str, node: yaml.MappingNode, pin: Pin) -> list[_Edit]:
    """What is there is replaced where it stands; what is not goes behind the last key."""
    said = {"verdict": pin.verdict, "because": _quoted(pin.because)}
    edits, missing = [], []
    for key in KEYS:
        there = _value(node, key)
        if there is None:
            missing.append(f"{key}: {said[key]}")
        elif isinstance(there, yaml.ScalarNode) and there.style not in ("|", ">"):
            edits.append(_Edit(there.start_mark.index, there.end_mark.index, said[key]))
        else:
            line = there.start_mark.line + 1
            raise PinError(
                f"'{key}' on line {line} is a block of text: it is left as it is, and the claim is not pinned"
            )
    if missing:
        edits.append(_in_flow(text, node, missing) if node.flow_style else _in_block(text, node, missing))
    return edits


def _quoted(text: str) -> str:
    """In double quotes, as JSON and YAML write them; what is a line break to YAML alone is escaped, too."""
    made = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in made)


def _in_flow(text: str, node: yaml.MappingNode, missing: Sequence[str]) -> _Edit:
    """Before the closing brace, behind the last value."""
    at = _end(text, node.value[-1][1])
    between = text[at : node.end_mark.index - 1]
    comma = re.match(r"\s*,", between)
    told = ", ".join(missing)
    return _Edit(at + comma.end(), at + comma.end(), f" {told}") if comma else _Edit(at, at, f", {told}")


def _in_block(text: str, node: yaml.MappingNode, missing: Sequence[str]) -> _Edit:
    """On lines of their own, under the keys."""
    indent = " " * node.value[0][0].start_mark.column
    newline = "\r\n" if "\r\n" in text else "\n"
    at = text.find("\n", _end(text, node)) + 1 or len(text)
    lines = "".join(f"{indent}{line}{newline}" for line in missing)
    ended = at == 0 or text[at - 1] == "\n"
    return _Edit(at, at, lines if ended else newline + lines.removesuffix(newline))


def _end(text: str, node: yaml.Node) -> int:
    """Where what is written of a node ends: of a block its mark is where the next thing begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return len(text[:end].rstrip()) if block else end


def _value(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)
