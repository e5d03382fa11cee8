"""The claims of a case."""

from __future__ import annotations

import re
from typing import Any

from derive.errors import ExpressionError, Misfit, ShapeError, UnknownSymbol, nearest
from derive.expr.graph import Node, topological
from derive.expr.shapes import indices, letters, show, size
from derive.language.reader import parse
from derive.language.schemes import assume
from derive.numbers.formats import FORMATS
from verify.casefile import rules
from verify.casefile.agreements import FILE, ID, PRINTS
from verify.casefile.model import Claim, Place, Printing
from verify.casefile.names import Names, explained
from verify.casefile.readers import Reader, short
from verify.casefile.schema import CLAIM, MAX_ID, MAX_LISTS, MAX_QUOTE, STANDARD
from verify.casefile.tree import Items, Mapping, Text, Tree
from verify.decimals import parse_printed, parse_tolerance
from verify.verdict import VERDICTS

_DECIMAL = re.compile(r"(?<![\w.])(?:\d[\d_]*\.[\d_]*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?")


class Claims:
    """Reads the list of claims."""

    def __init__(self, reader: Reader, names: Names) -> None:
        self.reader, self.names = reader, names
        self.ids: dict[str, Place] = {}
        self.sources: list[Text] = []
        self.others: list[Text] = []

    def read(self, tree: Tree | None) -> tuple[Claim, ...]:
        if tree is None:
            return ()
        if not isinstance(tree, Items):
            self.reader.fault(tree.place, "expected claims as a list of mappings, each with an id")
            return ()
        found: list[Claim] = []
        for item in tree.items:
            found.extend(self.claim(item, len(found)))
        named = [(t, "to recover from") for t in self.sources] + [(t, "to contradict") for t in self.others]
        for source, purpose in named:
            if source.value not in self.ids:
                hint = nearest(source.value, self.ids)
                self.reader.fault(source.place, f"no claim '{short(source.value)}' {purpose}{hint}")
        return tuple(found)

    # -- one claim ------------------------------------------------------------------------------

    def claim(self, tree: Tree, order: int) -> list[Claim]:
        r = self.reader
        before = r.count
        given = r.fields(tree, CLAIM, "a claim")
        own: dict[str, Tree] = {key: given[key] for key in ("latex", "quote") if key in given}  # the document's
        texts: dict[str, str] = {
            key: t.value for key, t in own.items() if r.is_text(t, "a text") and isinstance(t, Text)
        }
        if "latex" in given:
            names = self.names
            given = names.formulas.claim(given, names.scope, names.graph, names.layout, names.broken)
            if r.count > before:
                return []
        if not given:
            return []
        # an empty or cut value of a key is a fault of its own, not of the keys beside it
        if r.count == before:
            r.rules(rules.CLAIM, given, tree.place)
        values = self.expressions(given, texts)
        whole = r.count == before  # every expression could be read
        if "shape" in given:
            values["shape"] = r.sizes(given["shape"], self.names.sizes)
        self.recovery(given, values)
        self.made(given, values)
        values["defines"] = tuple(t.value for t in r.texts(given.get("defines"), "a list of names") if self.defined(t))
        values["probe"] = self.probe(given)
        agrees = self.agreements(given)
        values["pinned"], values["because"] = self.pin(given)
        for key in ("where", "note"):
            values[key] = r.text(given.get(key))
        values["quote"] = self.quote(own, texts)
        if whole:
            self.shapes_agree(given, values)
        kind = r.text(given.get("kind")) or next((label for key, label in rules.SAYS.items() if key in given), "claim")
        return self.entries(given, tree, dict(values, kind=kind, texts=texts), agrees, order)

    def expressions(self, given: dict[str, Tree], texts: dict[str, str]) -> dict[str, Any]:
        """The nodes of a claim by key, and the texts that they were read from."""
        values: dict[str, Any] = {"places": {key: t.place for key, t in given.items()}}
        verbatim = self.reader.flag(given.get("verbatim"))
        ill: list[str] = []
        held = self.conditions(given)  # first: what is assumed of matrices says whether they are covariances
        for key, boolean in (("of", False), ("by", False), ("holds", True), ("somewhere", True)):
            t = given.get(key)
            if t is not None and self.reader.is_text(t, "an expression") and isinstance(t, Text):
                found: list[ExpressionError] = []
                texts[key], values[key] = t.value, self.names.expression(t, boolean, found, ShapeError)
                ill += self.unfit(t, found, verbatim)
        if parts := self.reader.texts(given.get("equals"), "an expression or a list of them"):
            texts["equals"] = " = ".join(t.value for t in parts)
            misfits: list[ExpressionError] = []
            nodes = []
            for t in parts:
                found = []
                nodes.append(self.names.expression(t, False, found, ShapeError))
                misfits += [e for e in found if isinstance(e, Misfit)]
                ill += self.unfit(t, [e for e in found if not isinstance(e, Misfit)], verbatim)
            values["equals"] = _spread(values.get("of"), tuple(n for n in nodes if n is not None))
            if misfits:
                values["equals"], values["misfit"] = (), _misfit(misfits[0].message, misfits[0].letters)
        for key, (text, conditions) in held.items():
            texts[key], values[key] = text, conditions
        if ill:
            values["ill_formed"] = ill[0]
        values["assuming"] = (*values.get("assuming", ()), *self.known(values))
        if "shows" in given:
            self.shows(given["shows"], texts, values)
        if "standard" in given:
            self.standard(given["standard"], texts, values)
        assume(self.names.graph, ())
        return values

    def conditions(self, given: dict[str, Tree]) -> dict[str, tuple[str, tuple[Node, ...]]]:
        """What a claim assumes and needs, by key: the text, and the nodes that could be read. In the rest of the
        claim the matrices that it assumes to be definite may be covariances."""
        found = {}
        for key in ("assuming", "needs"):
            if parts := self.reader.texts(given.get(key), "an expression or a list of them"):
                nodes = [self.names.expression(t, True) for t in parts]
                found[key] = "; ".join(t.value for t in parts), tuple(n for n in nodes if n is not None)
        assume(self.names.graph, found["assuming"][1] if "assuming" in found else ())
        return found

    def unfit(self, t: Text, found: list[ExpressionError], verbatim: bool) -> list[str]:
        """What is wrong with shapes and indices of a formula: a fault of the case, unless the document has it so."""
        for e in found:
            if not verbatim:
                hint = "; if the document has it so, letter by letter: verbatim: true"
                self.reader.fault(t.at(e.offset), f"{explained(e, t)}{hint}", e)
        return [e.message.partition("; it fits only")[0] for e in found] if verbatim else []

    def known(self, values: dict[str, Any]) -> list[Node]:
        """What the symbols of a formula are declared to be, beside their ranges."""
        said = [values.get(key) for key in ("of", "holds", "somewhere") if "equals" in values or key != "of"]
        nodes = [n for n in (*said, *values.get("equals", ())) if n is not None]
        symbols = (self.names.symbols.get(n.attr) for n in topological(nodes) if n.op == "symbol")
        return [s.known for s in symbols if s is not None and s.known is not None]

    def standard(self, tree: Tree, texts: dict[str, str], values: dict[str, Any]) -> None:
        """A form, a list of them, or ``{form: ..., name: ...}``."""
        given = self.reader.fields(tree, STANDARD, "a standard form") if isinstance(tree, Mapping) else {"form": tree}
        parts = self.reader.texts(given.get("form"), "an expression or a list of them")
        nodes = [self.names.expression(t, False) for t in parts]
        texts["standard"] = "; ".join(t.value for t in parts)
        texts["standard name"] = self.reader.text(given.get("name"))
        values["standard"] = tuple(n for n in nodes if n is not None)

    def shows(self, tree: Tree, texts: dict[str, str], values: dict[str, Any]) -> None:
        """Displayed arithmetic: numbers and operators, no names."""
        if not self.reader.is_text(tree, "displayed arithmetic such as 0.5*2 + 1") or not isinstance(tree, Text):
            return
        texts["shows"] = tree.value
        try:
            values["shows"] = parse(tree.value, {}, self.names.graph, boolean=False)
            values["literals"] = tuple(_DECIMAL.findall(tree.value))
        except ExpressionError as e:
            message = explained(e, tree)
            if isinstance(e, UnknownSymbol):
                message = f"displayed arithmetic has numbers only, no names: {e.message.partition(';')[0]}"
            self.reader.fault(tree.at(e.offset), message)

    def recovery(self, given: dict[str, Tree], values: dict[str, Any]) -> None:
        if "recover" in given:
            name = self.reader.text(given["recover"])
            symbol = self.names.symbols.get(name)
            if symbol is not None and symbol.recover:
                values["recover"] = name
            elif symbol is not None:
                self.reader.fault(given["recover"].place, f"declare the symbol so: {name}: {{recover: true}}")
            elif name and name not in self.names.broken:
                hint = nearest(name, self.names.symbols)
                self.reader.fault(given["recover"].place, f"unknown symbol '{short(name)}'{hint}")
        sources = self.reader.texts(given.get("from"), "a list of claim ids") if "recover" in given else []
        self.sources += sources
        values["sources"] = tuple(t.value for t in sources)
        others = self.reader.texts(given.get("contradicts"), "a list of claim ids")
        self.others += others
        own = given.get("id")
        for t in (t for t in others if isinstance(own, Text) and t.value == own.value):
            self.reader.fault(
                t.place, f"the claim '{short(t.value)}' can't contradict itself: expected the id of another"
            )
        values["contradicts"] = tuple(t.value for t in others)

    def made(self, given: dict[str, Tree], values: dict[str, Any]) -> None:
        """How a printed number was made."""
        r = self.reader
        if "computed" in given:
            values["computed"] = name = r.text(given["computed"])
            if name and name not in FORMATS:
                hint = nearest(name, FORMATS) or f"; known: {', '.join(FORMATS)}"
                r.fault(given["computed"].place, f"unknown format '{short(name)}'{hint}")
        if "within" in given and (text := r.text(given["within"])):
            try:
                values["within"] = parse_tolerance(text)
            except ValueError as e:
                r.fault(given["within"].place, str(e))
        values["rounded_inputs"] = "from" in given and "recover" not in given

    def defined(self, t: Text) -> bool:
        known = t.value in self.names.scope or t.value in self.names.broken
        if not known:
            self.reader.fault(t.place, f"unknown name '{short(t.value)}'{nearest(t.value, self.names.scope)}")
        return known

    def probe(self, given: dict[str, Tree]) -> str:
        name = self.reader.text(given.get("probe"))
        if name:
            from verify.probes import PROBES

            if name not in PROBES:
                hint = nearest(name, PROBES) or "; docs/cases.md says where they are"
                self.reader.fault(given["probe"].place, f"no probe '{short(name)}'{hint}")
        return name

    def quote(self, own: dict[str, Tree], texts: dict[str, str]) -> str:
        quote = texts.get("quote", "")
        if "quote" in texts and not quote.strip():
            self.reader.fault(own["quote"].place, "the quote is empty; expected characters of the document")
        if len(quote) > MAX_QUOTE:
            said = f"a quote of {len(quote):,} characters, and at most {MAX_QUOTE:,} are looked for"
            self.reader.fault(own["quote"].place, said)
        return quote

    def pin(self, given: dict[str, Tree]) -> tuple[str, str]:
        because = self.reader.text(given.get("because"))
        if "verdict" not in given:
            return "holds", because
        pinned = self.reader.text(given["verdict"])
        if pinned and pinned not in VERDICTS:
            hint = nearest(pinned, VERDICTS) or f"; known: {', '.join(VERDICTS)}"
            self.reader.fault(given["verdict"].place, f"unknown verdict '{short(pinned)}'{hint}")
        else:
            self.reader.rules((rules.PIN,), given, given["verdict"].place)
        return pinned, because

    def shapes_agree(self, given: dict[str, Tree], values: dict[str, Any]) -> None:
        of = values.get("of")
        if of is None:
            return
        for key in ("equals", "by", "standard"):
            tree, found = given.get(key), values.get(key)
            if tree is None or found is None:
                continue
            places = [t.place for t in tree.items] if isinstance(tree, Items) else [tree.place]
            for place, node in zip(places, found if isinstance(found, tuple) else [found], strict=False):
                if node is None or node.shape == of.shape:
                    continue
                if key == "equals" and node.shape:
                    clash = [letters(m, n) for m, n in zip(node.shape, of.shape, strict=False) if m != n]
                    fits = clash[0] if clash and all(clash) and len(node.shape) == len(of.shape) else ()
                    said = f"{show(node.shape)} is not the shape {show(of.shape)}"
                    values["equals"], values["misfit"] = (), _misfit(said, fits)
                else:
                    message = f"'{key}' has shape {show(node.shape)}, and 'of' has shape {show(of.shape)}"
                    self.reader.fault(place, message)

    # -- a claim an entry -------------------------------------------------------------------------

    def agreements(self, given: dict[str, Tree]) -> list[tuple[tuple[int, ...], list[Printing], Place]]:
        """Other printings, as ``verify.casefile.agreements`` has put them in: the shape and the entries of each."""
        tree, found = given.get("agrees"), []
        for item in tree.items if isinstance(tree, Items) else ():
            if isinstance(item, Mapping):
                name, file = (self.reader.text(item.entries[k][1]) if k in item.entries else "" for k in (ID, FILE))
                tensor = self.reader.tensor(item.entries[PRINTS][1], MAX_LISTS)
                if tensor is not None:
                    shape, prints = tensor
                    self.readable(prints)
                    ids = (
                        name.split(", ")
                        if ", " in name
                        else [f"{name}[{','.join(map(str, i))}]" for i in indices(shape)]
                    )
                    said = [Printing(i, t.value, file) for i, t in zip(ids if shape else [name], prints, strict=True)]
                    found.append((shape, said, item.place))
        return found

    def entries(
        self,
        given: dict[str, Tree],
        tree: Tree,
        values: dict[str, Any],
        agrees: list[tuple[tuple[int, ...], list[Printing], Place]],
        order: int,
    ) -> list[Claim]:
        """The claim, or one claim an entry where a vector or matrix is printed."""
        tensor = self.reader.tensor(given["prints"], MAX_LISTS) if "prints" in given else None
        if tensor is None:
            return [Claim(id=self.one_id(given), place=tree.place, order=order, **values)]
        shape, prints = tensor
        self.readable(prints)
        for key in ("of", "shows"):
            subject = values.get(key)
            if subject is not None and subject.shape != shape:
                message = f"the print has shape {show(shape)}, and '{key}' has shape {show(subject.shape)}"
                if len(shape) < len(subject.shape) == 2:
                    message += ": a matrix is printed row by row, [[a, b], [c, d]]"
                self.reader.fault(given["prints"].place, message)
                values = dict(values, **{key: None})
        for other, _, place in agrees:
            if other != shape:
                self.reader.fault(place, f"that prints shape {show(other)}, and this claim {show(shape)}")
        agrees = [(other, found, place) for other, found, place in agrees if other == shape]
        if not shape:
            values = dict(values, prints=prints[0].value, agrees=tuple(found[0] for _, found, _ in agrees))
            return [Claim(id=self.one_id(given), place=tree.place, order=order, **values)]
        if said := [rule for rule in rules.TENSOR if rule.broken(given)]:
            self.reader.fault(given[said[0].key].place, said[0].message)
            values = {k: v for k, v in values.items() if k not in {rule.key for rule in said}}
        graph = self.names.graph
        names = self.entry_ids(given, shape)
        claims = []
        for i, (index, name, t) in enumerate(zip(indices(shape), names, prints, strict=True)):
            entry = dict(values, prints=t.value, agrees=tuple(found[i] for _, found, _ in agrees))
            for key in ("of", "by", "shows"):
                node = values.get(key)
                if node is not None and node.shape == shape:
                    entry[key] = graph.index(node, index)
            for key in ("equals", "standard"):
                if key in values:
                    entry[key] = tuple(graph.index(e, index) for e in values[key] if e.shape == shape)
            claims.append(Claim(id=name, place=t.place, order=order + i, **entry))
        return claims

    def readable(self, prints: list[Text]) -> None:
        for t in prints:
            try:
                parse_printed(t.value)
            except ValueError as e:
                self.reader.fault(t.place, str(e))

    def one_id(self, given: dict[str, Tree]) -> str:
        tree = given.get("id")
        if isinstance(tree, Text):
            return self.new_id(tree.value, tree.place)
        if tree is not None:
            self.reader.fault(tree.place, rules.IDS.message)
        return ""

    def entry_ids(self, given: dict[str, Tree], shape: tuple[int, ...]) -> list[str]:
        """An id for each entry: from a list of them, laid out as the print or flat, or ``id[i]``, ``id[i,j]``."""
        tree = given.get("id")
        if isinstance(tree, Text):
            self.new_id(tree.value, tree.place)  # stands for all of them
            return [self.new_id(f"{tree.value}[{','.join(map(str, i))}]", tree.place) for i in indices(shape)]
        listed = self.reader.tensor(tree, MAX_LISTS) if tree is not None else None
        names = [self.new_id(t.value, t.place) for t in listed[1]] if listed else []
        if len(names) == size(shape):
            return names
        if listed and tree is not None:
            self.reader.fault(tree.place, f"{len(names)} ids for {size(shape)} printed numbers")
        return [""] * size(shape)

    def new_id(self, name: str, place: Place) -> str:
        if not name or len(name) > MAX_ID or any(c.isspace() for c in name):
            self.reader.fault(place, f"an id is one word of at most {MAX_ID} characters, not '{short(name)}'")
        elif name in self.ids:
            self.reader.fault(place, f"the id '{name}' is already taken on line {self.ids[name].line}")
        else:
            self.ids[name] = place
        return name


def _spread(of: Node | None, forms: tuple[Node, ...]) -> tuple[Node, ...]:
    """A number that a tensor is said to equal stands for each of its entries."""
    if of is None or not of.shape:
        return forms
    return tuple(of.graph.broadcast(n, of.shape) if n.op == "const" else n for n in forms)


def _misfit(what: str, sizes: tuple[str, ...]) -> str:
    """Why a formula has no value at an instance of the sizes, or at any."""
    if not sizes:
        return f"the shapes do not fit: {what.partition('; it fits only')[0]}"
    return f"conforms only where {' = '.join(sizes)}: {what.partition('; it fits only')[0]}"
