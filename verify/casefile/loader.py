"""A positioned tree to a typed ``Case``, with all faults at once."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import ExpressionError, nearest
from derive.graph import Graph, Node
from derive.language import names_in, parse
from derive.shapes import indices, show, size
from verify.casefile.model import Case, Claim, Definition, Derivation, Place, Symbol
from verify.casefile.schema import CASE, CLAIM, SYMBOL, Field
from verify.casefile.tree import CaseFaults, Fault, Items, Mapping, Text, Tree, read
from verify.decimals import parse_printed
from verify.verdict import VERDICTS

MAX_ENTRIES = 10_000  # of one symbol

#: What a claim may say; at least one of these keys must stand in it.
SAYS = ("equals", "prints", "shows", "holds", "recover", "defines", "shape")

_LABELS = (
    ("recover", "recovery"),
    ("defines", "definition"),
    ("shape", "shape"),
    ("holds", "relation"),
    ("shows", "arithmetic"),
    ("equals", "formula"),
    ("prints", "number"),
)


def load_case(path: Path, name: str | None = None) -> Case:
    """The case in a file. Raises CaseFaults with every fault in it, in order."""
    loader = _Loader(path, name or str(path))
    case = loader.case(read(path, loader.file))
    if loader.faults:
        raise CaseFaults(sorted(set(loader.faults)))
    return case


class _Loader:
    def __init__(self, path: Path, file: str) -> None:
        self.path, self.file = path, file
        self.faults: list[Fault] = []
        self.graph = Graph()
        self.scope: dict[str, Node] = {}
        self.symbols: dict[str, Symbol] = {}
        self.definitions: dict[str, Definition] = {}
        self.broken: set[str] = set()  # names whose definition is at fault: their uses are not

    # -- faults ---------------------------------------------------------------------------------

    def fault(self, place: Place, message: str) -> None:
        self.faults.append(Fault(place.file, place.line, place.column, message))

    # -- the file -------------------------------------------------------------------------------

    def case(self, tree: Tree) -> Case:
        top = self.fields(tree, CASE, "a case")
        self.read_symbols(top.get("symbols"))
        self.read_definitions(top.get("define"))
        derivations = self.derivations(top.get("derive"))
        claims = self.claims(top.get("claims"))
        source = top.get("source")
        folder = self.path.resolve().parent.name
        return Case(
            name=self.path.stem,
            document=self.text(top.get("document")) or folder or "document",
            path=self.file,
            title=self.text(top.get("title")) or self.path.stem,
            source={k: self.text(v) for k, (_, v) in source.entries.items()} if isinstance(source, Mapping) else {},
            graph=self.graph,
            symbols=self.symbols,
            definitions=self.definitions,
            derivations=derivations,
            claims=claims,
        )

    def fields(self, tree: Tree, table: dict[str, Field], what: str) -> dict[str, Tree]:
        """The known keys of a mapping; unknown and missing ones are faults."""
        if not isinstance(tree, Mapping):
            keys = ", ".join(list(table)[:4])
            self.fault(tree.place, f"expected {what}: a mapping with keys such as {keys}")
            return {}
        found = {}
        for key, (label, value) in tree.entries.items():
            if key in table:
                if isinstance(value, Text) and not value.value and not value.quoted and key != "note":
                    self.fault(label.place, f"'{key}' has no value; expected {table[key].doc}")
                else:
                    found[key] = value
            elif isinstance(value, Text) and not value.value and set(key) & set(")]}"):
                message = (
                    f"'{key}' is no key: a comma ends a plain value inside {{...}}; put quotes round the expression"
                )
                self.fault(label.place, message)
            else:
                self.fault(
                    label.place, f"unknown key '{key}' in {what}{nearest(key, table) or f'; known: {_list(table)}'}"
                )
        for key, f in table.items():
            if f.required and key not in tree.entries:
                self.fault(tree.place, f"{what} needs '{key}': {f.doc}")
        return found

    # -- small readers --------------------------------------------------------------------------

    def text(self, tree: Tree | None) -> str:
        if tree is None:
            return ""
        if not isinstance(tree, Text):
            self.fault(tree.place, "expected a text")
            return ""
        return tree.value

    def texts(self, tree: Tree | None, what: str) -> list[Text]:
        """A list of texts; one text stands for a list of one."""
        if tree is None:
            return []
        if isinstance(tree, Text):
            return [tree]
        if isinstance(tree, Mapping):
            self.fault(tree.place, f"expected {what}; a value with ': ' or in braces needs quotes")
            return []
        return [t for t in tree.items if self.is_text(t, what) and isinstance(t, Text)]

    def is_text(self, tree: Tree, what: str) -> bool:
        if not isinstance(tree, Text):
            self.fault(tree.place, f"expected {what}; an expression in brackets needs quotes here")
        return isinstance(tree, Text)

    def number(self, t: Text) -> Fraction:
        try:
            if len(t.value) > 1000 or ("e" in t.value.lower() and abs(int(t.value.lower().split("e")[1])) > 1000):
                raise ValueError
            return Fraction(t.value.replace(" ", "").replace("−", "-"))
        except (ValueError, ZeroDivisionError):
            self.fault(t.place, f"expected a number such as 0.1, -2, 1e-3 or 1/3, not '{_short(t.value)}'")
            return Fraction(0)

    def tensor(self, tree: Tree) -> tuple[tuple[int, ...], list[Text]] | None:
        """Shape and entries of a scalar, a list or a list of rows."""
        if isinstance(tree, Text):
            return (), [tree]
        if isinstance(tree, Mapping) or not tree.items:
            self.fault(tree.place, "expected a number, a vector [1, 2] or a matrix [[1, 2], [3, 4]]")
            return None
        parts = [self.tensor(item) for item in tree.items]
        if any(p is None for p in parts):
            return None
        shapes = [p[0] for p in parts if p]
        for item, shape in zip(tree.items, shapes, strict=True):
            if shape != shapes[0]:
                self.fault(item.place, f"rows of unequal shape: {show(shapes[0])} and {show(shape)}")
                return None
        return (len(parts), *shapes[0]), [t for p in parts if p for t in p[1]]

    def sizes(self, tree: Tree) -> tuple[int, ...] | None:
        found = []
        for t in tree.items if isinstance(tree, Items) else [tree]:
            if not isinstance(t, Text) or not t.value.isdigit() or int(t.value[:9]) < 1:
                self.fault(t.place, "expected sizes such as [2, 3]")
                return None
            found.append(int(t.value[:9]))
        if size(tuple(found)) > MAX_ENTRIES:
            self.fault(tree.place, f"{size(tuple(found)):,} entries; the limit is {MAX_ENTRIES:,}")
            return None
        return tuple(found)

    # -- expressions ----------------------------------------------------------------------------

    def expression(self, t: Text, boolean: bool | None = False) -> Node | None:
        """The node of an expression, or None where it is at fault or needs a name that is."""
        try:
            if self.broken and any(n in self.broken for n in names_in(t.value)):
                return None
            return parse(t.value, self.scope, self.graph, boolean=boolean)
        except ExpressionError as e:
            self.fault(_inside(t, e.offset), self.explained(e, t))
            return None

    def explained(self, e: ExpressionError, t: Text) -> str:
        if not t.quoted and ("never closed" in e.message or "unexpected EOF" in e.message):
            return f"{e.message}; inside {{...}} and [...] a comma ends a plain value: put quotes round the expression"
        what, semicolon, hint = e.message.partition(";")
        return f"{what} in '{_short(t.value)}'{semicolon}{hint}" if t.value not in what else e.message

    def new_name(self, label: Text) -> bool:
        """Whether a symbol or definition may be called so."""
        name = label.value
        if not name.isidentifier():
            self.fault(label.place, f"'{_short(name)}' is not a name: letters, digits and _, not a digit first")
        elif keyword.iskeyword(name):
            self.fault(label.place, f"'{name}' is a reserved word; choose another name, such as '{name}_'")
        elif name.startswith("__"):
            self.fault(label.place, f"'{name}': a name does not start with two underscores")
        else:
            return True
        return False

    # -- symbols and definitions ----------------------------------------------------------------

    def read_symbols(self, tree: Tree | None) -> None:
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.fault(tree.place, "expected symbols as a mapping such as {x: 2, w: [1, 2]}")
            return
        for name, (label, value) in tree.entries.items():
            faults = len(self.faults)
            symbol = self.symbol(label, value) if self.new_name(label) else None
            if symbol is None or len(self.faults) > faults:
                self.broken.add(name)
            else:
                self.symbols[name] = symbol
                self.scope[name] = symbol.node

    def symbol(self, label: Text, tree: Tree) -> Symbol | None:
        given = self.fields(tree, SYMBOL, f"symbol '{label.value}'") if isinstance(tree, Mapping) else {"value": tree}
        shape: tuple[int, ...] = ()
        values = None
        if "shape" in given:
            sizes = self.sizes(given["shape"])
            if sizes is None:
                return None
            shape = sizes
        if "value" in given:
            tensor = self.tensor(given["value"])
            if tensor is None:
                return None
            if "shape" in given and tensor[0] != shape:
                self.fault(given["value"].place, f"the value has shape {show(tensor[0])}, declared is {show(shape)}")
                return None
            shape, values = tensor[0], tuple(self.number(t) for t in tensor[1])
        low = high = None
        if "in" in given:
            ends = self.texts(given["in"], "a range such as [-1, 1]")
            if len(ends) != 2:
                self.fault(given["in"].place, "expected a range of two numbers such as [-1, 1]")
                return None
            low, high = (self.number(t) for t in ends)
            if low > high:
                self.fault(given["in"].place, f"an empty range: {ends[0].value} is greater than {ends[1].value}")
            elif values and any(not low <= v <= high for v in values):
                self.fault(given["in"].place, f"the value of '{label.value}' lies outside of its range")
        recover = self.flag(given.get("recover"))
        if recover and (values is not None or shape):
            self.fault(label.place, f"'{label.value}' is to be recovered: then it has no value, and is a scalar")
        return Symbol(
            label.value, shape, values, low, high, recover, self.graph.symbol(label.value, shape), label.place
        )

    def flag(self, tree: Tree | None) -> bool:
        text = self.text(tree).lower()
        if tree is not None and text not in ("true", "false", "yes", "no"):
            self.fault(tree.place, "expected true or false")
        return text in ("true", "yes")

    def read_definitions(self, tree: Tree | None) -> None:
        if tree is None:
            return
        if not isinstance(tree, Mapping):
            self.fault(tree.place, "expected definitions as a mapping such as {z: w*x + b}")
            return
        texts: dict[str, tuple[Text, Text]] = {}
        for name, (label, value) in tree.entries.items():
            if name in self.scope or name in self.broken:
                self.fault(label.place, f"'{name}' is already a symbol")
            elif self.new_name(label) and self.is_text(value, "an expression") and isinstance(value, Text):
                texts[name] = (label, value)
            else:
                self.broken.add(name)
        for name in self.in_order(texts):
            label, value = texts[name]
            node = self.expression(value)
            if node is None:
                self.broken.add(name)
                continue
            made = self.graph.define(name, node)
            self.definitions[name] = Definition(name, made, value.value, label.place)
            self.scope[name] = made

    def in_order(self, texts: dict[str, tuple[Text, Text]]) -> list[str]:
        """The definitions, each after those it needs. A cycle is a fault of its members."""
        needs: dict[str, list[str]] = {}
        for name, (_, value) in texts.items():
            try:
                needs[name] = [n for n in names_in(value.value) if n in texts]
            except ExpressionError:
                needs[name] = []  # parsing it will say why
        order: list[str] = []
        state: dict[str, int] = {}
        for start in texts:
            path = [(start, iter(needs[start]))] if start not in state else []
            while path:
                name, rest = path[-1]
                state[name] = 1
                following = next((n for n in rest if state.get(n) != 2), None)
                if following is None:
                    state[name] = 2
                    if name not in self.broken:
                        order.append(name)
                    path.pop()
                elif state.get(following) == 1:
                    cycle = [n for n, _ in path]
                    cycle = [*cycle[cycle.index(following) :], following]
                    label = texts[following][0]
                    self.fault(label.place, f"a cyclic definition: {' -> '.join(cycle)}")
                    self.broken.update(cycle)
                else:
                    path.append((following, iter(needs[following])))
        return order

    def derivations(self, tree: Tree | None) -> tuple[Derivation, ...]:
        found = []
        for t in self.texts(tree, "a list of derivatives such as grad(L, [w, b])"):
            node = self.expression(t)
            if node is not None:
                found.append(Derivation(t.value, node, t.place))
        return tuple(found)

    # -- claims ---------------------------------------------------------------------------------

    def claims(self, tree: Tree | None) -> tuple[Claim, ...]:
        if tree is None:
            return ()
        if not isinstance(tree, Items):
            self.fault(tree.place, "expected claims as a list of mappings, each with an id")
            return ()
        found: list[Claim] = []
        for item in tree.items:
            found.extend(self.claim(item, len(found)))
        first: dict[str, Claim] = {}
        for c in found:
            if c.id in first:
                self.fault(c.place, f"the id '{c.id}' is already taken on line {first[c.id].place.line}")
            first.setdefault(c.id, c)
        for c in found:
            for source in c.sources:
                if source not in first:
                    self.fault(c.place, f"no claim '{source}' to recover from{nearest(source, first)}")
        return tuple(found)

    def claim(self, tree: Tree, order: int) -> list[Claim]:
        given = self.fields(tree, CLAIM, "a claim")
        if not given:
            return []
        if not any(k in given for k in SAYS):
            self.fault(tree.place, f"the claim says nothing: expected one of {', '.join(SAYS)}")
        texts: dict[str, str] = {}
        values: dict[str, Any] = {}
        whole = True  # every expression could be read
        for key, boolean in (("of", False), ("by", False), ("holds", True)):
            if key in given and self.is_text(given[key], "an expression"):
                t = given[key]
                assert isinstance(t, Text)
                texts[key], values[key] = t.value, self.expression(t, boolean)
                whole = whole and values[key] is not None
        for key, boolean in (("equals", False), ("assuming", True)):
            parts = self.texts(given.get(key), "an expression or a list of them")
            nodes = [self.expression(t, boolean) for t in parts]
            whole = whole and all(n is not None for n in nodes)
            if parts:
                texts[key] = (" = " if key == "equals" else "; ").join(t.value for t in parts)
                values[key] = tuple(n for n in nodes if n is not None)
        if "shows" in given:
            whole = self.shows(given["shows"], texts, values) and whole
        if "shape" in given:
            values["shape"] = self.sizes(given["shape"])
        for key in ("equals", "shape"):
            if key in given and "of" not in given:
                self.fault(tree.place, f"'{key}' needs 'of': what the claim is about")
        self.recovery(given, values)
        values["defines"] = tuple(t.value for t in self.texts(given.get("defines"), "names") if self.defined(t))
        values["pinned"], values["because"] = self.pin(given, tree)
        for key in ("where", "note"):
            values[key] = self.text(given.get(key))
        if whole:
            self.shapes_agree(given, values)
        kind = self.text(given.get("kind")) or next((label for key, label in _LABELS if key in given), "claim")
        return self.entries(given, tree, whole, dict(values, kind=kind, texts=texts), order)

    def shows(self, tree: Tree, texts: dict[str, str], values: dict[str, Any]) -> bool:
        """Displayed arithmetic: numbers and operators, no names."""
        if not self.is_text(tree, "displayed arithmetic such as 0.5*2 + 1") or not isinstance(tree, Text):
            return False
        texts["shows"] = tree.value
        try:
            values["shows"] = parse(tree.value, {}, self.graph, boolean=False)
        except ExpressionError as e:
            message = e.message
            if message.startswith("unknown symbol"):
                message = f"displayed arithmetic has numbers only, no names: {message.split(';')[0]}"
            self.fault(_inside(tree, e.offset), message)
            return False
        return True

    def recovery(self, given: dict[str, Tree], values: dict[str, Any]) -> None:
        if "recover" in given:
            name = self.text(given["recover"])
            symbol = self.symbols.get(name)
            if symbol is None and name not in self.broken:
                self.fault(given["recover"].place, f"unknown symbol '{name}'{nearest(name, self.symbols)}")
            elif symbol is not None and not symbol.recover:
                self.fault(given["recover"].place, f"declare the symbol so: {name}: {{recover: true}}")
            else:
                values["recover"] = name
        if "from" in given:
            if "recover" not in given:
                self.fault(given["from"].place, "'from' goes with 'recover'")
            values["sources"] = tuple(t.value for t in self.texts(given["from"], "a list of claim ids"))

    def defined(self, t: Text) -> bool:
        known = t.value in self.scope or t.value in self.broken
        if not known:
            self.fault(t.place, f"unknown name '{t.value}'{nearest(t.value, self.scope)}")
        return known

    def pin(self, given: dict[str, Tree], tree: Tree) -> tuple[str, str]:
        because = self.text(given.get("because"))
        if "verdict" not in given:
            return "holds", because
        pinned = self.text(given["verdict"])
        if pinned not in VERDICTS:
            hint = nearest(pinned, VERDICTS) or f"; known: {', '.join(VERDICTS)}"
            self.fault(given["verdict"].place, f"unknown verdict '{pinned}'{hint}")
        elif pinned != "holds" and not because:
            self.fault(given["verdict"].place, "a pinned verdict needs 'because': what was seen when it was reviewed")
        return pinned, because

    def shapes_agree(self, given: dict[str, Tree], values: dict[str, Any]) -> None:
        of = values.get("of")
        if of is None:
            return
        for key in ("equals", "by"):
            found = values.get(key)
            for node in found if isinstance(found, tuple) else [found]:
                if node is not None and node.shape != of.shape:
                    message = f"'{key}' has shape {show(node.shape)}, and 'of' has shape {show(of.shape)}"
                    self.fault(given[key].place, message)

    # -- a claim an entry -------------------------------------------------------------------------

    def entries(
        self, given: dict[str, Tree], tree: Tree, whole: bool, values: dict[str, Any], order: int
    ) -> list[Claim]:
        """The claim, or one claim an entry where a vector or matrix is printed."""
        place = tree.place
        if "prints" not in given:
            return [Claim(id=self.one_id(given, tree), place=place, order=order, **values)]
        tensor = self.tensor(given["prints"])
        if tensor is None:
            return []
        shape, prints = tensor
        for t in prints:
            try:
                parse_printed(t.value)
            except ValueError as e:
                self.fault(t.place, str(e))
        of = values.get("of")
        if of is None and "shows" not in values and whole:
            self.fault(
                given["prints"].place, "a printed number needs 'of' (what it is) or 'shows' (displayed arithmetic)"
            )
            return []
        subject = of if of is not None else values.get("shows")
        if subject is not None and subject.shape != shape:
            self.fault(
                given["prints"].place, f"the print has shape {show(shape)}, what it is of has {show(subject.shape)}"
            )
            return []
        if not shape:
            return [
                Claim(id=self.one_id(given, tree), place=place, order=order, **dict(values, prints=prints[0].value))
            ]
        names = self.ids(given, tree, shape)
        claims = []
        for i, (index, name, t) in enumerate(zip(indices(shape), names, prints, strict=True)):
            entry = dict(values, prints=t.value)
            for key in ("of", "by", "shows"):
                if values.get(key) is not None:
                    entry[key] = self.graph.index(values[key], index)
            if "equals" in values:
                entry["equals"] = tuple(self.graph.index(e, index) for e in values["equals"])
            claims.append(Claim(id=name, place=t.place, order=order + i, **entry))
        return claims

    def one_id(self, given: dict[str, Tree], tree: Tree) -> str:
        if "id" in given and not isinstance(given["id"], Text):
            self.fault(given["id"].place, "a list of ids goes with a printed vector or matrix")
            return ""
        name = self.text(given.get("id"))
        return self.good_id(name, given["id"].place) if name else ""

    def ids(self, given: dict[str, Tree], tree: Tree, shape: tuple[int, ...]) -> list[str]:
        if isinstance(given.get("id"), Text):
            base = self.one_id(given, tree)
            return [f"{base}[{','.join(map(str, i))}]" for i in indices(shape)]
        found = self.tensor(given["id"]) if "id" in given else None
        names = [self.good_id(t.value, t.place) for t in found[1]] if found else []
        if len(names) != size(shape):
            self.fault(tree.place, f"{len(names)} ids for {size(shape)} printed numbers")
            names = [""] * size(shape)
        return names

    def good_id(self, name: str, place: Place) -> str:
        if len(name) > 200 or any(c.isspace() or c < " " for c in name):
            self.fault(place, "an id is one word of at most 200 characters")
        return name


def _inside(t: Text, offset: int) -> Place:
    """The place of a column of an expression in the file; of a folded text, its beginning."""
    if t.lines > 1:
        return t.place
    return Place(t.place.file, t.place.line, t.place.column + offset + (1 if t.quoted else 0))


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
