"""The names of a case: symbols and definitions, and the expressions that are written with them."""

from __future__ import annotations

import keyword
import unicodedata
from collections import abc
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from derive.errors import ExpressionError, Misfit, Unclosed, UnknownSize, UnknownSymbol, nearest
from derive.expr.graph import Graph, Node
from derive.expr.operators import CONSTANTS
from derive.expr.shapes import show
from derive.language.abstract import function, of_vector
from derive.language.names import DERIVATIVE_CALLS, FUNCTION_NAMES, RESERVED, called_in, indices_in, names_in
from derive.language.pairs import of_symbol
from derive.language.partial import parts
from derive.language.reader import LAYOUTS, parse
from verify.casefile import rules
from verify.casefile.conditions import Condition, condition
from verify.casefile.formulas import Formulas, definition
from verify.casefile.model import Definition, Place, Symbol
from verify.casefile.readers import Reader, declared, short
from verify.casefile.schema import DEFINITION, FUNCTION, MAX_ENTRIES, MAX_SIZES, SIZE, SYMBOL
from verify.casefile.tree import Items, Mapping, Text, Tree

MAX_NAMES = 2_000  # of one case


class Names:
    """What the expressions of a case may speak of.

    A name whose own value is at fault is ``broken``: it is known, and its uses are no faults.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.graph = Graph()
        self.scope: dict[str, Node] = {}
        self.layout = "mixed"
        self.sizes: dict[str, int] = {}
        self.instances: list[dict[str, int]] = []
        self.listed: set[str] = set()  # sizes that are given as lists
        self.symbols: dict[str, Symbol] = {}
        self.definitions: dict[str, Definition] = {}
        self.broken: set[str] = set()
        self.places: dict[str, Place] = {}
        self.formulas = Formulas(reader)

    # -- expressions ----------------------------------------------------------------------------

    def expression(
        self,
        t: Text,
        boolean: bool | None = False,
        misfits: list[ExpressionError] | None = None,
        kind: type[ExpressionError] = Misfit,
    ) -> Node | None:
        """The node of an expression, or None where it is at fault or needs a name that is.

        ``boolean`` asks for a condition (True), a value (False) or either (None). Faults of a ``kind``, shapes that do not fit
        together, go to ``misfits`` where that is given: what a document claims may be wrong in this way, too.
        """
        try:
            if self.broken and any(n in self.broken for n in (*names_in(t.value), *called_in(t.value))):
                self.unknown(t)
                return None
            self.hidden(t)
            return parse(t.value, self.scope, self.graph, boolean=boolean, layout=self.layout)
        except ExpressionError as e:
            if misfits is not None and isinstance(e, kind):
                if not self.unknown(t):
                    misfits.append(e)
            elif not (isinstance(e, UnknownSymbol) and self.unknown(t)):
                self.reader.fault(t.at(e.offset), explained(e, t), e)
            return None

    def hidden(self, t: Text) -> None:
        """Warns of loop indices that hide a name of the case, and of loops that leave out the rest of what they pick from."""
        if " for " not in t.value:
            return
        for name, offset in indices_in(t.value).items():
            if name in self.scope:
                message = (
                    f"inside its loop the index '{name}' hides the '{name}' of the case: give one of them another name"
                )
                self.reader.warnings.append((t.at(offset), message))
        for part in parts(t.value, self.scope):
            message = (
                f"the loop over {part.size} = {part.reached} leaves out some of the {part.entries} entries of '{part.of}': "
                f"write range({part.size}) if that is meant"
            )
            self.reader.warnings.append((t.at(part.offset), message))

    def unknown(self, t: Text) -> bool:
        """All the unknown names of an expression, not only the first; whether there are any."""
        unknown = {n: i for n, i in names_in(t.value).items() if n not in self.scope and n not in self.broken}
        unknown = {n: i for n, i in unknown.items() if n not in CONSTANTS}
        for name, offset in unknown.items():
            self.reader.fault(t.at(offset), f"unknown symbol '{name}' in '{short(t.value)}'{self.hint(name)}")
        return bool(unknown)

    def hint(self, name: str) -> str:
        if name in FUNCTION_NAMES:
            return f"; the function is called as {name}(...)"
        return nearest(name, self.scope)

    # -- names ----------------------------------------------------------------------------------

    def new(self, label: Text) -> str | None:
        """The name that a symbol or definition gets, as Python writes it (NFKC); None where it can't be one."""
        name = unicodedata.normalize("NFKC", label.value)
        message: str | None
        if not name.isidentifier():
            message = f"'{short(name)}' is not a name: letters, digits and _, not a digit first"
        elif keyword.iskeyword(name):
            message = f"'{name}' is a reserved word; choose another name, such as '{name}_'"
        elif name.startswith("__"):
            message = f"'{short(name)}': a name does not start with two underscores"
        elif name in RESERVED:
            message = f"'{name}' is a function of the language; choose another name, such as '{name}_'"
        elif name in self.places:
            self.reader.fault(label.place, f"the name '{name}' is taken on line {self.places[name].line}")
            return None
        elif len(self.places) == MAX_NAMES:
            self.places[name] = label.place
            message = f"more than {MAX_NAMES:,} names in one case"
        elif len(self.places) > MAX_NAMES:
            message = None
        else:
            self.places[name] = label.place
            return name
        if message:
            self.reader.fault(label.place, message)
        self.broken.add(name)
        return None

    # -- symbols --------------------------------------------------------------------------------

    def read_layout(self, tree: Tree | None) -> None:
        if tree is None:
            return
        text = self.reader.text(tree)
        if text not in LAYOUTS:
            self.reader.fault(tree.place, f"unknown layout '{short(text)}'; known: {', '.join(LAYOUTS)}")
        else:
            self.layout = text

    def read_sizes(self, tree: Tree | None, chosen: abc.Mapping[str, int] | None) -> None:
        """Sizes as letters: what they are in this instance (``chosen``, or as declared), and the other instances."""
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, "expected sizes as a mapping such as {m: 2, n: 3}")
            return
        declared: dict[str, list[int]] = {}
        for label, value in tree.entries.values():
            name = self.new(label)
            if name is None:
                continue
            values = self.instances_of(name, value)
            if values is None:
                self.broken.add(name)
            else:
                declared[name] = values
        count = max(map(len, declared.values()), default=0)
        found = [{name: values[k % len(values)] for name, values in declared.items()} for k in range(count)]
        self.sizes = dict(chosen if chosen is not None else found[0] if found else {})
        self.instances = [i for i in found if i != self.sizes]
        for name, number in self.sizes.items():
            self.scope[name] = self.graph.define(name, self.graph.const(number))

    def instances_of(self, name: str, tree: Tree) -> list[int] | None:
        """The numbers that a size is tried at: those given, or one with its neighbour and the least that the document means."""
        r = self.reader
        given = r.fields(tree, SIZE, f"size '{name}'") if isinstance(tree, Mapping) else {"value": tree}
        if isinstance(tree, Mapping) and "value" not in given:
            return None
        values = self.counts(name, given["value"])
        if values is None:
            return None
        least = 1
        if "from" in given:
            text = given["from"].value if isinstance(given["from"], Text) else ""
            if not text.isdecimal() or not 0 < int(text) < 10**9:
                r.fault(given["from"].place, f"expected the least number that '{name}' stands for, such as 2")
                return None
            least = int(text)
        for v in values:
            if v < least:
                r.fault(given["value"].place, f"{v} is no value of '{name}', which counts from {least}")
                return None
        if len(values) > 1:
            self.listed.add(name)
            return list(values)
        return [values[0], least, values[0] + 1]

    def counts(self, name: str, tree: Tree) -> list[int] | None:
        """The number that a size stands for, or several; None, and one fault, where it is something else."""
        parts = tree.items if isinstance(tree, Items) else [tree]
        texts = [t.value if isinstance(t, Text) else "" for t in parts]
        if not texts or not all(t.isascii() and t.isdigit() and t[0] != "0" for t in texts):
            wanted = f"expected a number from 1 for the size '{name}', or a list such as [3, 1, 4]"
            self.reader.fault(tree.place, wanted)
            return None
        if len(texts) > MAX_SIZES or any(len(t) > len(str(MAX_ENTRIES)) or int(t) > MAX_ENTRIES for t in texts):
            self.reader.fault(
                tree.place, f"the size '{name}' goes to {MAX_ENTRIES:,}, and has {MAX_SIZES} values at most"
            )
            return None
        return [int(t) for t in texts]

    def read_functions(self, tree: Tree | None) -> None:
        """Abstract functions, each with the number of its arguments."""
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, "expected functions as a mapping such as {phi: 1, E: 2}")
            return
        for label, value in tree.entries.values():
            name = self.new(label)
            if name is None:
                continue
            if name in DERIVATIVE_CALLS:  # a symbol d stands beside d(f, x); a function would be called like it
                self.reader.fault(
                    label.place, f"'{name}' is a function of the language; choose another name, such as '{name}_'"
                )
                self.broken.add(name)
                continue
            declared = self.function(name, value)
            if declared is None:
                self.broken.add(name)
            else:
                self.scope[name] = declared

    def function(self, name: str, tree: Tree) -> Node | None:
        """phi: 1, of so many numbers; f: [n], of a vector; F: {from: [n], to: [m]}, to vectors."""
        r, text = self.reader, tree.value if isinstance(tree, Text) else ""
        if not isinstance(tree, Text):
            given = r.fields(tree, FUNCTION, f"function '{name}'") if isinstance(tree, Mapping) else {"from": tree}
            sizes = {key: r.sizes(given[key], self.sizes, self.broken) for key in ("from", "to") if key in given}
            if "from" not in sizes or None in sizes.values():
                return None
            if any(len(s or ()) != 1 for s in sizes.values()):
                r.fault(tree.place, f"'{name}' is a function of a vector: its size is one number, as in [3] or [n]")
                return None
        try:
            if isinstance(tree, Text):
                return function(self.graph, name, int(text) if text.isdecimal() else 0)
            return of_vector(self.graph, name, *(s[0] for s in sizes.values() if s))
        except ExpressionError as e:
            wanted = f"expected how many arguments '{name}' takes, such as 1, or the size of its vector, such as [3]"
            r.fault(tree.place, wanted if isinstance(tree, Text) else f"'{name}' is {e.message}")
            return None

    def read_symbols(self, tree: Tree | None) -> None:
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, "expected symbols as a mapping such as {x: 2, w: [1, 2]}")
            return
        for label, value in tree.entries.values():
            name = self.new(label)
            if name is None:
                continue
            before = self.reader.count
            symbol = self.symbol(name, label, value)
            if symbol is None or self.reader.count > before:
                self.broken.add(name)
            else:
                self.symbols[name] = symbol
                self.scope[name] = of_symbol(symbol.node) if self.complex(value) else symbol.node

    def complex(self, tree: Tree) -> bool:
        """Whether a symbol is declared as a complex number."""
        return isinstance(tree, Mapping) and "complex" in tree.entries and self.reader.flag(tree.entries["complex"][1])

    def symbol(self, name: str, label: Text, tree: Tree) -> Symbol | None:
        r = self.reader
        if isinstance(tree, Text) and not tree.value:
            r.fault(label.place, f"'{name}' has no value; a symbol that can be any number is written {name}: {{}}")
            return None
        given = r.fields(tree, SYMBOL, f"symbol '{name}'") if isinstance(tree, Mapping) else {"value": tree}
        shape: tuple[int, ...] = ()
        values: tuple[Fraction, ...] | None = None
        texts: tuple[str, ...] = ()
        if "shape" in given:
            sizes = r.sizes(given["shape"], self.sizes, self.broken)
            if sizes is None:
                return None
            shape = sizes
        if "value" in given:
            tensor = r.tensor(given["value"])
            if tensor is None:
                return None
            if "shape" in given and tensor[0] != shape:
                r.fault(given["value"].place, f"the value has shape {show(tensor[0])}, declared is {show(shape)}")
                return None
            shape, values, texts = tensor[0], tuple(r.number(t) for t in tensor[1]), tuple(t.value for t in tensor[1])
        low = high = None
        if "in" in given:
            ends = r.texts(given["in"], "a range such as [-1, 1]")
            if len(ends) != 2:
                r.fault(given["in"].place, "expected a range of two numbers such as [-1, 1] or [0, inf]")
                return None
            told = r.count
            low, high = (r.end(t) for t in ends)
            if r.count > told:
                return None
            if low is not None and high is not None and low >= high:
                r.fault(given["in"].place, f"an empty range: {ends[0].value} is not less than {ends[1].value}")
            elif any((low is not None and v < low) or (high is not None and v > high) for v in values or ()):
                r.fault(given["in"].place, f"the value of '{name}' lies outside of its range")
        if self.complex(tree):
            if "value" in given and shape != (2,):
                r.fault(
                    given["value"].place, f"a complex number is [real, imaginary], and '{name}' has shape {show(shape)}"
                )
                return None
            shape = (2,)
        recover = r.flag(given.get("recover"))
        broken = [rule for rule in rules.SYMBOL if rule.broken(given)]
        if broken:
            r.fault(label.place, f"'{name}' {broken[0].message}")
        whole = r.flag(given.get("whole"))
        if whole and any(v.denominator > 1 for v in values or ()):
            r.fault(given["value"].place, f"the value of '{name}' is no whole number")
        elif whole and low is not None and high is not None and ceil(low) > floor(high):
            r.fault(given["in"].place, "no whole number lies in the range")
        node = self.graph.symbol(name, shape)
        return Symbol(name, shape, values, low, high, recover, node, label.place, whole, texts)

    # -- definitions ----------------------------------------------------------------------------

    def read_definitions(self, tree: Tree | None) -> None:
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.reader.fault(tree.place, "expected definitions as a mapping such as {z: w*x + b}")
            return
        texts: dict[str, tuple[Text, Text]] = {}
        latex: set[str] = set()  # those that are written as the document has them
        conditions: dict[str, Condition] = {}
        for label, value in tree.entries.values():
            name = self.new(label)
            if name is None:
                continue
            if isinstance(value, Mapping):
                said = self.by_a_mapping(label, value)
                if isinstance(said, Condition):
                    conditions[name] = said
                    texts[name] = (label, replace(label, value=said.words, flawed=True))
                    continue
                if said is not None:
                    texts[name] = (label, said)
                    latex.add(name)
                    continue
            elif isinstance(value, Text) and not value.value:
                self.reader.fault(label.place, f"'{name}' has no value; expected an expression such as w*x + b")
            elif self.reader.is_text(value, "an expression") and isinstance(value, Text):
                texts[name] = (label, value)
                continue
            self.broken.add(name)
        for name in self.in_order(texts, latex, conditions):
            label, value = texts[name]
            if name in conditions:
                text, made = conditions[name].text, self.solution(name, conditions[name])
            else:
                text, node = self.formula(name, value) if name in latex else (value.value, self.expression(value))
                made = None if node is None else self.graph.define(name, node)
            if made is None:
                self.broken.add(name)
                continue
            self.definitions[name] = Definition(name, made, text, label.place)
            self.scope[name] = made
        # as the document has them, not as they had to be read
        self.definitions = {name: self.definitions[name] for name in texts if name in self.definitions}

    def by_a_mapping(self, label: Text, tree: Mapping) -> Text | Condition | None:
        """What a definition says that is no expression: a formula in LaTeX, or a condition. None, and a fault, of all else."""
        before = self.reader.count
        given = self.reader.fields(tree, DEFINITION, f"the definition of '{short(label.value)}'")
        if self.reader.count == before:
            self.reader.rules(rules.DEFINITION, given, tree.place)
        if self.reader.count > before:
            return None
        if "latex" in given:
            return definition(given, self.reader)
        return condition(given, self.reader, self.sizes)

    def solution(self, name: str, said: Condition) -> Node | None:
        """What a condition defines, unless a name in it is at fault."""
        for t in said.texts:
            known = {name, *self.scope}
            try:
                words = (*names_in(t.value), *called_in(t.value))
            except ExpressionError:
                continue  # reading it will say why
            if any(n in self.broken for n in words) or any(n not in known and n not in CONSTANTS for n in words):
                self.scope[name] = self.graph.symbol(name, said.shape)
                self.unknown(t)
                del self.scope[name]
                return None
        return said.made(name, self.scope, self.graph, self.layout, self.reader)

    def formula(self, name: str, t: Text) -> tuple[str, Node | None]:
        """What a formula says that a name is, in the language and as a node; no node where it is at fault."""
        said = self.formulas.said(t, self.scope, self.graph, self.layout, left=name, broken=self.broken)
        if said is None:
            return "", None
        if len(said.parts) != 1 or said.prints is not None:
            self.reader.fault(t.place, f"a definition is one expression, and this is '{short(said.text)}'")
            return "", None
        return said.parts[0], said.nodes[0]

    def in_order(
        self, texts: dict[str, tuple[Text, Text]], latex: abc.Container[str] = (), conditions: abc.Container[str] = ()
    ) -> list[str]:
        """The definitions, each after those it needs. A cycle is a fault, told once."""
        needs: dict[str, list[str]] = {}
        for name, (_, value) in texts.items():
            try:
                if name in latex:
                    from derive.language.latex import mentioned  # many modules, which few cases need

                    words = mentioned(value.value, texts, self.formulas.names)
                    found = [n for n in texts if n in words and n != name]
                else:
                    found = [*names_in(value.value), *called_in(value.value)]
                needs[name] = [n for n in found if n in texts and (n != name or name not in conditions)]
            except ExpressionError:
                needs[name] = []  # parsing it will say why
        order: list[str] = []
        done: dict[str, bool] = {}  # False: on the path
        cyclic: set[str] = set()
        for start in texts:
            path = [(start, iter(needs[start]))] if start not in done else []
            while path:
                name, rest = path[-1]
                done[name] = False
                following = next((n for n in rest if not done.get(n)), None)
                if following is None:
                    done[name] = True
                    order.append(name)
                    path.pop()
                elif following in done:
                    members = [n for n, _ in path]
                    members = members[members.index(following) :]
                    if cyclic.isdisjoint(members):
                        self.cycle(members, texts)
                    cyclic.update(members)
                else:
                    path.append((following, iter(needs[following])))
        self.broken |= cyclic
        return [name for name in order if name not in cyclic]

    def cycle(self, members: list[str], texts: dict[str, tuple[Text, Text]]) -> None:
        first = min(
            range(len(members)), key=lambda i: (texts[members[i]][0].place.line, texts[members[i]][0].place.column)
        )
        round_ = [*members[first:], *members[: first + 1]]
        hint = "; a definition is no assignment: give the new value a name of its own" if len(members) == 1 else ""
        shown = " -> ".join(round_ if len(round_) <= 12 else [*round_[:10], "...", round_[-1]])
        self.reader.fault(texts[round_[0]][0].place, f"a cyclic definition: {shown}{hint}")


def explained(e: ExpressionError, t: Text) -> str:
    """The message with the expression, before the hint."""
    what, semicolon, hint = e.message.partition("; ")
    if what.startswith("expected "):
        what = f"{what}, not '{short(t.value)}'" if t.value.strip() and " not " not in what else what
    elif short(t.value) not in what:
        what = f"{what} in '{short(t.value)}'"
    if isinstance(e, UnknownSize) and e.letters:
        return f"{what}{declared(e)}"
    if isinstance(e, Unclosed) and not t.quoted:
        semicolon, hint = "; ", "put quotes round the whole expression where it stands in {...} or [...]"
    return what + semicolon + hint
