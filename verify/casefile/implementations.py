"""The section ``implementations:`` of a case: functions and optimizers that people run, named for what the case defines."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.errors import ExpressionError, nearest
from derive.expr.graph import Graph, Node
from derive.expr.shapes import Shape
from derive.language.reader import parse
from verify.casefile import rules
from verify.casefile.model import Implementation, Recurrence
from verify.casefile.names import Names, explained
from verify.casefile.readers import Reader, short
from verify.casefile.schema import CONFORMANCE, DTYPES, IMPLEMENTATION
from verify.casefile.states import shapes_of_states
from verify.casefile.tree import Items, Mapping, Text, Tree

MAX_IMPLEMENTATIONS = 1_000

GREATEST = Fraction(sys.float_info.max)

#: Names that a step of an optimizer may speak of beside its states and constants: the parameter, its gradient, the step's number.
STEP_NAMES = ("w", "g", "t")


class Implementations:
    """Reads the list of implementations."""

    def __init__(self, reader: Reader, names: Names) -> None:
        self.reader, self.names = reader, names
        self.ids: dict[str, int] = {}

    def read(self, tree: Tree | None) -> tuple[Implementation, ...]:
        if tree is None:
            return ()
        if not isinstance(tree, Items):
            self.reader.fault(
                tree.place, "expected implementations as a list such as [{of: gelu(x), name: torch.nn.functional.gelu}]"
            )
            return ()
        if len(tree.items) > MAX_IMPLEMENTATIONS:
            self.reader.fault(tree.place, f"more than {MAX_IMPLEMENTATIONS:,} implementations")
            return ()
        return tuple(made for item in tree.items if (made := self.implementation(item)) is not None)

    def implementation(self, tree: Tree) -> Implementation | None:
        r = self.reader
        before = r.count
        given = r.fields(tree, IMPLEMENTATION, "an implementation")
        if not given or r.count > before:
            return None
        name = r.text(given.get("name"))
        if "." not in name or not all(p.isidentifier() for p in name.split(".")):
            r.fault(
                given["name"].place,
                f"expected the name of a function, such as torch.nn.functional.gelu, not '{short(name)}'",
            )
        r.rules(rules.IMPLEMENTATION, given, tree.place)
        of = given.get("of")
        node = self.names.expression(of) if isinstance(of, Text) else None
        if of is not None and not isinstance(of, Text):
            r.is_text(of, "an expression")
        symbols = {s: n for s, n in self.names.scope.items() if n.op == "symbol"}
        recurrence = self.recurrence(given) if "step" in given else None
        verdict = r.text(given.get("verdict")) or "conforms"
        if verdict not in CONFORMANCE:
            r.fault(
                given["verdict"].place,
                f"unknown verdict '{short(verdict)}'{nearest(verdict, CONFORMANCE)}; known: {', '.join(CONFORMANCE)}",
            )
        else:
            r.rules((rules.CONFORMANCE,), given, tree.place)
        self.pinned_class(given, verdict)
        made = Implementation(
            id=self.new_id(r.text(given.get("id")) or name, given.get("id")),
            name=name,
            place=tree.place,
            of=node,
            text=of.value if isinstance(of, Text) else "",
            arguments=self.arguments(given.get("arguments"), symbols),
            options=plain_mapping(r, given.get("options"), "options such as {approximate: tanh}"),
            result=self.result(given.get("result"), symbols),
            ranges=self.ranges(given.get("in"), symbols),
            wrt=tuple(
                dict.fromkeys(t.value for t in r.texts(given.get("wrt"), "a list of symbols") if self.known(t, symbols))
            ),
            dtypes=tuple(
                t.value
                for t in r.texts(given.get("dtypes"), "a list of dtypes such as [float32]")
                if self.one_of(t, "dtype", DTYPES)
            ),
            recurrence=recurrence,
            pinned=verdict,
            pinned_class=r.text(given.get("class")),
            because=r.text(given.get("because")),
            note=r.text(given.get("note")),
        )
        return made if r.count == before else None

    def pinned_class(self, given: dict[str, Tree], verdict: str) -> None:
        """A class is one that there is, of what deviates."""
        from verify.conform.outcome import BEHAVIOUR, CLASSES

        tree = given.get("class")
        if isinstance(tree, Text) and self.one_of(tree, "class", (*CLASSES, *BEHAVIOUR)) and verdict != "deviates":
            self.reader.fault(tree.place, f"a class is of what deviates, and the verdict is '{short(verdict)}'")

    def one_of(self, t: Text, what: str, known: Sequence[str]) -> bool:
        if t.value not in known:
            near = nearest(t.value, known) or f"; known: {', '.join(known)}"
            self.reader.fault(t.place, f"unknown {what} '{short(t.value)}'{near}")
        return t.value in known

    def new_id(self, wanted: str, given: Tree | None) -> str:
        """The id, with a number behind it where several implementations have the same name."""
        if given is not None and wanted in self.ids:
            self.reader.fault(given.place, f"another implementation has the id '{short(wanted)}', too")
        count = self.ids[wanted] = self.ids.get(wanted, 0) + 1
        return wanted if count == 1 else f"{wanted} ({count})"

    def known(self, t: Text, symbols: dict[str, Node]) -> bool:
        if t.value not in symbols:
            self.reader.fault(t.place, f"'{short(t.value)}' is no symbol of the case{nearest(t.value, symbols)}")
        return t.value in symbols

    def arguments(self, tree: Tree | None, symbols: dict[str, Node]) -> tuple[str, ...] | dict[str, str] | None:
        """Symbols in the order of the arguments, or by the name of the parameter."""
        if tree is None:
            return None
        if isinstance(tree, Mapping):
            found = {}
            for key, (label, value) in tree.entries.items():
                if not key.isidentifier():
                    self.reader.fault(label.place, f"expected the name of a parameter, not '{short(key)}'")
                elif self.reader.is_text(value, "a symbol") and isinstance(value, Text) and self.known(value, symbols):
                    found[key] = value.value
            return found
        return tuple(t.value for t in self.reader.texts(tree, "a list of symbols") if self.known(t, symbols))

    def result(self, tree: Tree | None, symbols: dict[str, Node]) -> str | tuple[int, ...] | None:
        """Indices, or the symbol of an argument that is changed."""
        words = self.reader.texts(tree, "an entry of the result such as 1, or a symbol")
        if all(t.value.isdigit() for t in words):
            return tuple(int(t.value) for t in words) or None
        if len(words) > 1:
            self.reader.fault(words[0].place, "a result is entries by numbers, [1, 0], or one symbol")
            return None
        return words[0].value if self.known(words[0], symbols) else None

    def ranges(self, tree: Tree | None, symbols: dict[str, Node]) -> dict[str, tuple[Fraction | None, Fraction | None]]:
        if tree is None:
            return {}
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, "expected ranges such as {x: [0, inf]}")
            return {}
        found: dict[str, tuple[Fraction | None, Fraction | None]] = {}
        for key, (label, value) in tree.entries.items():
            ends = self.reader.texts(value, "a range such as [0, inf]")
            if not self.known(label, symbols):
                continue
            if len(ends) == 1:
                number = self.reader.number(ends[0])
                if abs(number) > GREATEST:
                    self.reader.fault(value.place, "that is no number of the format float64")
                found[key] = (number, number)
            elif len(ends) == 2:
                low, high = (self.reader.end(t) for t in ends)
                found[key] = (low, high)
                if any(v is not None and abs(v) > GREATEST for v in (low, high)):
                    self.reader.fault(
                        value.place, "an end of the range is no number of the format float64: inf is no end"
                    )
                elif low is not None and high is not None and low > high:
                    self.reader.fault(value.place, f"an empty range: {ends[0].value} is greater than {ends[1].value}")
            else:
                self.reader.fault(
                    value.place, "expected a range of two numbers such as [-1, 1] or [0, inf], or one number"
                )
        return found

    # -- optimizers -------------------------------------------------------------------------------------

    def recurrence(self, given: dict[str, Tree]) -> Recurrence | None:
        """States, constants and updates of an optimizer: an expression each, of names of its own."""
        r = self.reader
        constants: dict[str, Fraction] = {}
        if isinstance(tree := given.get("constants"), Mapping):
            for key, (label, value) in tree.entries.items():
                if key in STEP_NAMES or not key.isidentifier():
                    r.fault(label.place, f"a constant needs a name of its own, other than {', '.join(STEP_NAMES)}")
                elif r.is_text(value, "a number") and isinstance(value, Text):
                    constants[key] = r.number(value)
        elif tree is not None:
            r.fault(tree.place, "expected constants as a mapping such as {lr: 0.001}")
        graph = Graph()
        step, joins = given["step"], isinstance(given["step"], Mapping) and _joins(given["step"])
        declared = self.names.scope.get("w")
        shape: Shape = () if not joins else declared.shape if declared is not None else (2, 3)
        scope = {n: graph.symbol(n, shape if n in ("w", "g") else ()) for n in (*STEP_NAMES, *constants)}
        if isinstance(tree := given.get("states"), Mapping):
            for key, (label, _) in tree.entries.items():
                if key in scope:
                    r.fault(label.place, f"a state needs a name of its own, other than {', '.join(scope)}")
        states = self.formulas(given.get("states"), scope, graph, "states such as {m: 0}")
        if isinstance(step, Mapping):
            texts = [(key, value.value) for key, (_, value) in step.entries.items() if isinstance(value, Text)]
            shapes = shapes_of_states(texts, {n: s.shape for n, s in scope.items()}, states, shape)
            scope |= {n: graph.symbol(n, s) for n, s in shapes.items()}
        updates = self.formulas(step, scope, graph, "updates such as {m: beta*m + g, w: w - lr*m}", grows=True)
        if "w" not in updates:
            r.fault(given["step"].place, "no update says what becomes of the parameter 'w'")
        return Recurrence(states, tuple(updates.items()), constants)

    def formulas(
        self, tree: Tree | None, scope: dict[str, Node], graph: Graph, what: str, grows: bool = False
    ) -> dict[str, str]:
        """Texts by name, each of which can be read; with ``grows`` each may speak of the names before it."""
        if tree is None:
            return {}
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, f"expected {what}")
            return {}
        found = {}
        for key, (label, value) in tree.entries.items():
            if not key.isidentifier() or not (self.reader.is_text(value, "an expression") and isinstance(value, Text)):
                self.reader.fault(label.place, f"expected {what}")
                continue
            try:
                node = parse(value.value, scope, graph, boolean=False)
            except ExpressionError as e:
                self.reader.fault(value.at(e.offset), explained(e, value))
            else:
                if grows and key not in scope:
                    scope = {**scope, key: graph.symbol(key, node.shape)}
            found[key] = value.value
        return found


def _joins(updates: Mapping) -> bool:
    """Whether entries of the parameter meet in an update: then it is read for a matrix."""
    texts = [value.value for _, value in updates.entries.values() if isinstance(value, Text)]
    return any(re.search(r"@|\b(norm|mean|sum|outer)\(", t) for t in texts)


def plain_mapping(reader: Reader, tree: Tree | None, what: str) -> dict[str, Any]:
    """A mapping as plain Python: numbers, truth values, None, words and lists of these."""
    if tree is None:
        return {}
    if not isinstance(tree, Mapping):
        reader.fault(tree.place, f"expected {what}")
        return {}
    return {key: plain(value) for key, (_, value) in tree.entries.items()}


def plain(tree: Tree) -> Any:
    if isinstance(tree, Items):
        return [plain(item) for item in tree.items]
    if isinstance(tree, Mapping):
        return {key: plain(value) for key, (_, value) in tree.entries.items()}
    return tree.value if tree.quoted else plain_value(tree.value)


def plain_value(text: str) -> Any:
    """What a word stands for: a whole number, a number, true, false, none; else itself."""
    known = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in known:
        return known[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text
