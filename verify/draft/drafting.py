"""A section to the entries of a case: values, definitions and claims, and of all else why it is none of these."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.language.latex import Reading
from derive.language.latex.mentions import vocabulary
from derive.language.latex.tree import Relation, Tree
from verify.casefile.quotes import Document
from verify.document.passages import spot
from verify.draft.account import untold
from verify.draft.clashes import clash
from verify.draft.entries import again, by_entries, defines_entries, whole
from verify.draft.hypotheses import Hypotheses, Unread, domain
from verify.draft.inheritance import Inherited, without_unused
from verify.draft.lengths import Lengths, counted
from verify.draft.look import Look
from verify.draft.model import Claimed, Defined, Drafted, Note, Value
from verify.draft.pieces import comma, derived, links, once, restated, same, sizes_of, tail, within
from verify.draft.quoting import quote
from verify.draft.roles import roles
from verify.draft.scope import Refused, Scope, Told, Waiting, called, name_in_print, tensors
from verify.draft.shapes import each, families, is_element, shapes_said
from verify.draft.statements import (
    Section,
    Statement,
    base_of,
    digits_of,
    function_of,
    listed,
    name_of,
    part,
    split,
    statements_of,
)

MOST = 50  # of a size
WORDS = frozenset({"ReLU", "softmax", "MSE"})


class Drafter:
    """One section, statement by statement."""

    def __init__(
        self,
        section: Section,
        document: Document,
        most: int,
        until: int,
        earlier: Mapping[str, str] | None = None,
        given: Mapping[str, tuple[str, ...]] | None = None,
        above: Inherited | None = None,
    ) -> None:
        self.section, self.document = section, document
        self.most, self.look = most, Look(until)  # of its statements, and of the work that is counted
        self.looked_at = 0
        texts = [f.latex for f in section.readable]
        self.over = families(texts)
        shapes, unclear = shapes_said(((f.latex, spot(f.passage.cell, f.line)) for f in section.readable), self.over)
        shapes |= {name: Told(name, name, sizes) for name, sizes in (given or {}).items()}
        unclear = {name: why for name, why in unclear.items() if name not in (given or {})}
        self.above = above or Inherited()
        shapes = {name: told for name, told in self.above.shapes.items() if name not in unclear} | shapes
        self.scope = Scope(shapes, unclear, frozenset(tensors(texts)), frozenset(called(texts)))
        self.scope.bring = self._bring
        self.made = Drafted(section, self.scope, earlier=earlier or {}, standing=list(self.above.standing))
        self.valued: dict[str, Value] = {}
        self.defined: dict[str, Defined] = {}
        self.nodes: dict[str, Node] = {}
        self.doubled: set[str] = set()  # names with two meanings
        self.changed: dict[str, Statement] = {}  # names with another value later, by where that is said
        self.hypotheses = Hypotheses(self.scope)
        self.lengths = Lengths()

    # -- the passes ---------------------------------------------------------------------------------

    def drafted(self) -> Drafted:
        """Values first, then definitions, each after those it needs, then what is claimed of them."""
        found: list[Statement] = []
        statements = list(statements_of(self.section, vocabulary(WORDS)))
        defined = frozenset(name for s in statements if not s.reason and (name := self._defines(s)))
        said_as = roles(
            self.section, statements, self._only_names, self.made.standing, self.scope.functions | defined, defined
        )
        for s in statements:
            self.looked_at += 1
            s.role = said_as.get(id(s), s.role)
            if self.looked_at > self.most:
                self.note(s, "there are too many statements in one case: what follows is left out")
                break
            if s.reason and not is_element(s.latex):
                self.note(s, s.reason)
            elif s.reason or s.role.condition:
                continue
            elif ((why := s.role.denied or s.role.unread) and not is_element(s.latex)) or (
                why := comma(s, bool(self.section.numbers))
            ):
                self.note(s, why)
            elif not self._shape_or_range(s):
                found += [one for each_ in self._for_each(s) for one in (each_, *tail(each_))]
        self._differentials(found)
        self.scope.later = {name for s in found if (name := self._defines(s))}
        self.scope.count(f.latex for f in self.section.readable)
        rest = [s for s in found if not self._values(s)]
        self._counted()
        rest = self._definitions(rest)
        for s in rest:
            if not self._values(s):
                self._claim(s)
        self._without_doubled()
        restated(self.made.claims)
        self.made.notes = [n for n in self.made.notes if n.s.latex not in self.hypotheses.used]
        self.made.values = list(self.valued.values())
        self.made.definitions = list(self.defined.values())
        without_unused(self.made)
        self.made.notes += untold(self.made, statements, said_as)
        self.made.claims.sort(key=lambda c: (c.s.passage.cell, c.s.start))
        self.made.notes.sort(key=lambda n: (n.s.passage.cell, n.s.start))
        found_in = [x.s for x in self.made.given if not x.above]
        found_in += [x.s for x in self.made.claims] + [x.s for x in self.made.notes]
        spans = [(one.passage, one.start, one.stop) for one in found_in]
        self.made.numbers = [n for n in self.section.numbers if not within(n, spans)]
        return self.made

    def _without_doubled(self) -> None:
        """What is said of a name with two meanings, and is not true of the first, may be said of the second."""
        for claim in list(self.made.claims):
            spoken = {n.attr for n in topological(claim.nodes) if n.op == "def"} & self.doubled
            if spoken and len(claim.nodes) > 1 and claim.truth != "proved":
                self.made.claims.remove(claim)
                self.note(claim.s, f"speaks of '{min(map(str, spoken))}', which has two meanings in this section")

    def note(self, s: Statement, reason: str) -> None:
        self.made.notes.append(Note(s, reason))

    def _shape_or_range(self, s: Statement) -> bool:
        """Whether it says no more than of which shape something is, or from where to where an index runs."""
        bare = (
            not isinstance(s.tree, Relation) and bool(name_of(s.tree, lambda n: True)) if s.tree is not None else False
        )
        return bare or is_element(s.latex) or bool(families([s.latex]))

    def _for_each(self, s: Statement) -> list[Statement]:
        """A statement of an index that runs over numbers, as one for each of them."""
        made = each(s.latex, self.over)
        if len(made) == 1:
            return [s]
        copies = [
            replace(s, latex=latex, apart=True, note=f"one of {len(made)}, for each of an index") for latex in made
        ]
        return [one for copy in copies for one in split(copy, WORDS) if not one.reason]

    def _differentials(self, found: Sequence[Statement]) -> None:
        """``dv_7 = ...`` names what it defines: a letter d before a symbol on the left is part of the name."""
        for s in found:
            left = part(s, 0) if s.ends else ""
            if re.match(r"d\s*(?:\\[A-Za-z]+|[A-Za-z])", left) and (name := name_in_print(left[1:].strip())):
                self.scope.table.setdefault(left, f"d{name}")

    def _counted(self) -> None:
        """What numbers the letters for sizes are, by values and by the data over which sums go."""
        for letter, name, axis in counted(f.latex for f in self.section.readable):
            value = self.valued.get(name)
            shape = sizes_of(value.digits) if value else ()
            if value and axis < len(shape):
                self.lengths.add(letter, int(shape[axis]), f"'{name}' on {value.s.spot} has length {shape[axis]}")
        for letter, (number, why) in self.lengths.of.items():
            if letter not in self.valued and 0 < number <= MOST:
                self.scope.fix(letter, number, why)

    def _known(self, name: str) -> bool:
        return name in self.scope.names or name in self.scope.later

    # -- values ------------------------------------------------------------------------------------

    def _only_names(self, s: Statement) -> bool:
        """Whether a statement does no more than give a name a value or a meaning."""
        if not isinstance(s.tree, Relation) or len(s.tree.parts) != 2:
            return False
        left, right = s.tree.parts
        if digits_of(right):
            return all(name_of(t, self._known) for t in listed(left) or (left,))
        return bool(self._defines(s)) and not name_of(right, self._known)

    def _values(self, s: Statement) -> bool:
        """``x = 2`` and ``(w, b) = (1, 2)``, of names that no formula defines: whether the statement is no more than that."""
        if not isinstance(s.tree, Relation) or any(op != "==" for op in s.tree.ops) or s.prints or s.role.restricted:
            return False
        *lefts, right = s.tree.parts
        listed_ = listed(lefts[0]) if len(lefts) == 1 else ()
        names = [name_of(t, self._known) for t in (listed_ or lefts)]
        entries = listed(right) if listed_ else (right,) * len(names)
        if not all(names) or len(names) != len(entries) or not all(digits_of(t) for t in entries):
            return False
        if any(n in self.scope.later or n in self.nodes or n in self.above.definitions for n in names):
            return False
        for name, entry in zip(names, entries, strict=True):
            self._value(name, digits_of(entry), s)
        return True

    def _value(self, name: str, digits: str, s: Statement) -> None:
        before = self.valued.get(name)
        if before is not None:
            if same(before.digits, digits):
                return
            self.changed.setdefault(name, s)
            self.note(
                s,
                f"'{name}' is {before.digits} on {before.s.spot} and {digits} here: another network, a later step, an error",
            )
            return
        if name in self.scope.sizes or any(name in told.shape for told in self.scope.shapes.values()):
            if not digits.isdigit() or not 0 < int(digits) <= MOST:
                self.note(s, f"'{name}' is a size, and {digits} is no number to try: give one up to {MOST}")
            else:
                self.lengths.add(name, int(digits), f"{s.spot} says {digits}")
            return
        shape = sizes_of(digits)
        said_ = self.scope.shapes[name].shape if name in self.scope.shapes else shape
        if not shape and len(said_) == 1:  # a vector of one entry
            digits, shape = f"[{digits}]", ("1",)
        if len(said_) != len(shape):
            self.note(s, f"'{name}' has another shape where its sizes are said")
            return
        if name in self.scope.names and self.scope.names[name].shape != tuple(map(int, shape)):
            self.note(s, f"'{name}' is a number elsewhere in the section, or has other sizes there")
            return
        for letter, number in zip(said_, shape, strict=True):
            if not letter.isdigit():
                self.lengths.add(letter, int(number), f"'{name}' on {s.spot} has length {number}")
        self.scope.declare(Told(name, name, shape, place=s.spot))
        self.scope.symbols.pop(name, None)
        self.valued[name] = Value(name, digits, s)

    def _bring(self, name: str) -> bool:
        """Takes a value or a definition over from a section above; whether there is one that can be read here."""
        found = self.above.brought(name)
        if found is None or name in self.scope.brought:
            return False
        self.scope.brought.add(name)
        if isinstance(found, Value):
            self.scope.declare(Told(name, name, sizes_of(found.digits), place=found.s.spot))
            self.valued[name] = found
            return True
        try:
            if found.latex:
                node = self.scope.read(found.latex, left=name, place=found.s.spot).statements[0].nodes[0]
            else:
                node = again(self.scope, found.reads)
        except (Refused, Waiting, ExpressionError):
            self.scope.brought.discard(name)
            return False
        self.scope.names[name] = self.scope.graph.define(name, node)
        self.nodes[name] = node
        self.defined[name] = found
        return True

    # -- definitions -------------------------------------------------------------------------------

    def _definitions(self, found: Sequence[Statement]) -> list[Statement]:
        """Takes up what names stand for; what is left claims something."""
        wanted: dict[str, Statement] = {}
        for s in found:
            name = self._defines(s)
            if not name or name in wanted or name in self.valued:
                continue
            if not s.role.restricted or (s.role.bounded and once(s, [s for s in found if self._defines(s) == name])):
                wanted[name] = s
        self.scope.later = set(wanted)
        left = dict(wanted)
        while left:
            for name, s in list(left.items()):
                self.scope.later = set(left) - {name}
                try:
                    done = self._define(name, s)
                except Waiting:
                    continue
                finally:
                    self.scope.later = set(left)
                del left[name]
                if not done:
                    wanted.pop(name)
                break
            else:  # defined by each other: the last of them says something of the others
                last = max(left, key=lambda n: (left[n].passage.cell, left[n].start))
                del left[last], wanted[last]
                self.scope.later = set(left)
        noted = {id(n.s) for n in self.made.notes}
        self.scope.later = set()
        whole = {id(s) for s in wanted.values() if len(s.ends) == 2 and not s.prints}
        return [s for s in found if id(s) not in whole and id(s) not in noted]

    def _defines(self, s: Statement) -> str:
        """The name that a statement may define: the left side of an equation, and more than a number on the right."""
        if not isinstance(s.tree, Relation) or s.tree.ops[0] != "==" or digits_of(s.tree.parts[1]):
            return ""
        if any(op not in ("==", "~") for op in s.tree.ops):
            return ""
        if digits_of(s.tree.parts[-1]) and all(name_of(t, self._known) for t in s.tree.parts[:-1]):
            return ""  # several names of one number
        if entries := defines_entries(s.tree.parts[0], part(s, 1)):
            return "" if entries in self.scope.shapes else entries
        if self._entry(s.tree.parts[0], s.tree.parts[1]):
            return ""
        return self.scope.table.get(part(s, 0)) or name_of(s.tree.parts[0], self._known) or function_of(s.tree.parts[0])

    def _entry(self, left: Tree, right: Tree) -> bool:
        """Whether an equation is of an entry of something that the section declares, or of two names that differ by their indices
        alone: it claims something of them."""
        base, other = base_of(left), base_of(right)
        return bool(base) and (base in self.scope.shapes or base == other)

    def _define(self, name: str, s: Statement) -> bool:
        """Whether it does. Raises Waiting."""
        latex = part(s, 1)
        if why := self.lengths.fault(latex):
            self.note(s, why)
            return False
        if isinstance(s.tree, Relation) and defines_entries(s.tree.parts[0], latex) == name:
            return self._by_entries(name, s, latex)
        if isinstance(s.tree, Relation) and function_of(s.tree.parts[0]) == name:
            latex = f"{part(s, 0)} = {latex}"  # with its variables, which say what other calls of it are
        try:
            found = self.scope.read(latex, left=name, place=s.spot)
        except Refused as why:
            self.note(s, str(why))
            return False
        said_ = found.statements[0]
        if len(found.statements) != 1 or len(said_.parts) != 1 or said_.holds or said_.prints is not None:
            self.note(s, f"'{name}' is said in more than one statement")
            return False
        node = said_.nodes[0]
        if node in (self.scope.names.get(n) for n in self.scope.symbols) and name in self.scope.symbols:
            return False
        self.scope.names[name] = self.scope.graph.define(name, node)
        self.nodes[name] = node
        self.defined[name] = Defined(name, latex, said_.parts[0], s)
        return True

    def _by_entries(self, name: str, s: Statement, right: str) -> bool:
        """Whether a name is defined entry by entry. Raises Waiting."""
        assert isinstance(s.tree, Relation)
        try:
            text, node = by_entries(self.scope, name, s.tree.parts[0], s.latex, right, s.spot)
        except (Refused, ExpressionError) as why:
            self.note(s, str(why))
            return False
        vector = whole(self.scope, text)
        if vector is not None and self.look.equal([node, vector[1]]) == "proved":
            text, node = vector
        self.scope.names[name] = self.scope.graph.define(name, node)
        self.nodes[name] = node
        self.defined[name] = Defined(name, "", text, s)
        return True

    # -- claims ------------------------------------------------------------------------------------

    def _claim(self, s: Statement) -> None:
        if why := self.lengths.fault(s.latex):
            self.note(s, why)
            return
        try:
            found = self.scope.read(s.latex, place=s.spot)
        except (Refused, Waiting) as why:
            self.note(s, str(why))
            return
        if len(found.statements) != 1:
            self.note(s, "several statements, each a claim of its own")
            return
        told = found.statements[0]
        if (cut := links(told.nodes, s)) < len(s.ends) and not told.shows and told.prints is None:
            self._without_links(s, cut)
            return
        equation = told.nodes if not told.holds and len(told.parts) > 1 else ()
        try:
            assumed = self.hypotheses.of(
                s.latex,
                s.role,
                told.nodes,
                lambda d: self.look.equal(equation, d) if equation else self.look.true(told.nodes[0], d),
            )
        except Unread as why:
            self.note(s, str(why))
            return
        doubt: str | None = ""
        if told.holds:
            doubt = self._condition(told.nodes[0], domain(assumed))
        elif equation:
            doubt = self._equation(told.nodes, s, found, domain(assumed))
        elif told.prints is None and not s.prints:
            doubt = "a value and no statement"
        if (
            not doubt
            and doubt is not None
            and (told.prints is not None or s.prints)
            and (free := self._unsaid(told.nodes[0]))
        ):
            doubt = f"a number is printed, and nothing is said of {free}: a value that is given, or a result"
        if doubt is None:
            return
        if doubt := doubt or clash(told.nodes, s, assumed, self.valued, self.changed, self.look):
            self.note(s, doubt)
            return
        self.made.claims.append(
            Claimed(
                s.latex,
                told.holds or " == ".join(told.parts),
                s,
                told.nodes,
                s.prints,
                self._quote(s),
                tuple(h.text for h in assumed),
                self.look.equal(equation, domain(assumed)) if equation else "",
            )
        )

    def _without_links(self, s: Statement, count: int) -> None:
        """The chain before them is a claim; they are noted."""
        cut = s.ends[count]
        plain = re.sub(r"(?:=|&|\s)+$", "", s.latex[:cut])
        left = replace(s, latex=plain, stop=s.stretch(0, cut)[1], ends=s.ends[:count])
        self.note(
            replace(s, latex=s.latex[cut:], start=s.stretch(cut, len(s.latex))[0]),
            "numbers put in for names: arithmetic, which 'shows' can say",
        )
        self._claim(left)

    def _quote(self, s: Statement) -> str:
        return quote(self.document, s.passage, s.start, s.stop)

    def _condition(self, node: Node, given: Domain) -> str:
        """A relation is a claim where it is true of what is said here; else it may be a condition that the text makes."""
        if all(n.attr in self.scope.sizes for n in topological([node]) if n.op in ("def", "symbol")):
            return "a condition on sizes"
        verdict = self.look.true(node, given)
        return (
            ""
            if verdict == "proved"
            else "a condition that the text makes, or a claim: "
            + (
                "it fails at some values"
                if verdict == "refuted"
                else "whether it is true of all values was not decided"
            )
        )

    def _equation(self, nodes: Sequence[Node], s: Statement, found: Reading, given: Domain) -> str | None:
        """Why an equation is no claim; None where it only says again what a name stands for."""
        name = str(nodes[0].attr) if nodes and nodes[0].op == "def" else ""
        if (
            name in self.nodes
            and len(nodes) == 2
            and not found.statements[0].shows
            and found.statements[0].prints is None
            and not s.prints
        ):
            if self.nodes[name] is nodes[1]:
                return None
            if not derived(self.nodes[name]) and not derived(nodes[1]) and self.look.equal(nodes, given) != "proved":
                place = self.defined[name].s.spot
                self.doubled.add(name)
                return f"'{name}' is '{self.defined[name].reads}' on {place}, and another here: a second meaning, or an error"
        if len(nodes) < 2 or (truth := self.look.equal(nodes, given)) == "proved":
            return ""
        if alone := self._alone(nodes) if truth == "refuted" else "":
            return f"nothing is said of '{alone}', which stands on one side alone: its meaning, or an equation to be solved"
        if given or any(derived(n) or (n.op == "def" and n.attr in self.nodes) for n in nodes) or not self._free(nodes):
            return ""
        return "an equation to be solved, a condition, or a claim that fails"

    def _unsaid(self, node: Node) -> str:
        """The free symbols of a printed number, where no definition leads to it."""
        if any(n.op == "def" and n.attr in self.nodes for n in topological([node])) or derived(node):
            return ""
        return ", ".join(f"'{x}'" for x in sorted(self._free([node])))

    def _free(self, nodes: Sequence[Node]) -> set[str]:
        """The symbols without a value that a formula speaks of."""
        return {str(n.attr) for n in topological(nodes) if n.op == "symbol" and n.attr not in self.valued}

    def _alone(self, nodes: Sequence[Node]) -> str:
        """A free symbol of one side alone, which no definition speaks of."""
        sides = [self._free([n]) for n in nodes]
        spoken = self._free(list(self.nodes.values()))
        return min(
            (x for side in sides for x in side if sum(x in other for other in sides) == 1 and x not in spoken),
            default="",
        )
