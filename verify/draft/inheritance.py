"""What the sections above a section say, for it to use: values, definitions, shapes and standing conditions, unless it says
otherwise itself. Only what is spoken of is taken over, with what it stands on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from derive.expr.graph import topological
from derive.records import dataclass
from verify.draft.conditions import Condition
from verify.draft.model import Defined, Drafted, Value
from verify.draft.scope import Told


@dataclass(slots=True)
class Inherited:
    """By names."""

    values: dict[str, Value] = field(default_factory=dict)
    definitions: dict[str, Defined] = field(default_factory=dict)
    shapes: dict[str, Told] = field(default_factory=dict)
    standing: list[Condition] = field(default_factory=list)

    def brought(self, name: str) -> Value | Defined | None:
        return self.values.get(name) or self.definitions.get(name)


def inherited(above: Sequence[Drafted]) -> Inherited:
    """Of the sections above one, the outermost first: what a nearer one says counts."""
    found = Inherited()
    for drafted in above:
        place = drafted.section.number or f"'{drafted.section.name}'"
        for value in drafted.values:
            found.definitions.pop(value.name, None)
            found.values[value.name] = replace(value, above=value.above or place)
        for defined in drafted.definitions:
            found.values.pop(defined.name, None)
            found.definitions[defined.name] = replace(defined, above=defined.above or place)
        found.shapes |= drafted.scope.shapes
        found.standing += [c for c in drafted.standing if c not in found.standing]
    return found


def without_unused(made: Drafted) -> None:
    """Takes out what was taken over and is not spoken of, and the letters that were only spoken of there."""
    if not any(x.above for x in made.given):
        return
    own = [d.name for d in made.definitions if not d.above]
    nodes = [*(made.scope.names[name] for name in own), *(n for c in made.claims for n in c.nodes)]
    used = {str(n.attr) for n in topological(nodes) if n.op in ("symbol", "def")}
    used |= _words(text for c in made.claims for text in c.assuming)
    made.values = [v for v in made.values if v.name in used or not v.above]
    made.definitions = [d for d in made.definitions if d.name in used or not d.above]
    for name in [n for n in made.scope.symbols if n not in used]:
        del made.scope.symbols[name]


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d]\w*", text)}
