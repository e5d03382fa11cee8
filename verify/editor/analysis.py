"""A case as an editor has it: its text, what is wrong with it, and what stands at a place. Knows nothing of the protocol.

Lines and columns count from 1, columns in characters. What is asked of a text that is at fault is answered from the last that
was not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from derive.budget import Unwieldy, share
from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.expr.shapes import show, size
from derive.language.names import FUNCTION_NAMES
from derive.language.reader import LAYOUTS, parse, to_text
from derive.language.typeset import latex
from derive.records import dataclass
from verify import messages
from verify.casefile.embedded import read
from verify.casefile.faults import CaseFaults
from verify.casefile.loader import load_case
from verify.casefile.schema import CASE, CLAIM, FUNCTION, IMPLEMENTATION, SEQUENCE, SIZE, SYMBOL, USES, Field
from verify.casefile.tree import Items, Mapping, Text, Tree
from verify.decimals import show as digits
from verify.probes import PROBES
from verify.text.numbers import exact
from verify.vocabulary import VERDICTS

if TYPE_CHECKING:
    from verify.casefile.model import Case

STEPS = 2_000_000  # of work for one value that is shown
MAX_SHOWN = 12  # entries of a tensor
MAX_TYPESET = 1_000  # characters of a formula

#: The keys of each kind of mapping, by the section that it stands in.
TABLES: dict[str, dict[str, Field]] = {
    "": CASE,
    "claims": CLAIM,
    "implementations": IMPLEMENTATION,
    "symbols": SYMBOL,
    "sizes": SIZE,
    "functions": FUNCTION,
    "sequences": SEQUENCE,
    "uses": USES,
}
EXPRESSIONS = ("expression", "expressions", "standard", "definition", "formulas", "updates")
SECTIONS = ("sizes", "functions", "symbols", "sequences", "define")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something wrong from one column up to another of a line."""

    line: int
    column: int
    end: int
    message: str
    code: str
    level: str


class Document:
    """A case that is open in an editor."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.case: Case | None = None  # the last that could be read
        self.update(text)

    def update(self, text: str) -> None:
        self.text, self.lines = text, text.splitlines()
        self.faults: list[Diagnostic] = []
        data = text.encode("utf-8", "replace")
        try:
            self.case = load_case(self.path, data=data)
        except CaseFaults as bad:
            here = [f for f in bad.faults if f.file == str(self.path)]
            self.faults = [self._diagnostic(f.line, f.column, f.message, messages.of_fault(f.message)) for f in here]
            elsewhere = [f for f in bad.faults if f.file != str(self.path)]
            if elsewhere and not here:  # in a file that this one uses
                self.faults = [self._diagnostic(1, 1, str(elsewhere[0]), messages.of_fault(elsewhere[0].message))]
        else:
            self.faults = list(self._warnings(self.case))
        self.tree = read(self.path, data=data)[0]

    def _warnings(self, case: Case) -> Iterator[Diagnostic]:
        from verify.claims.misuse import doubts

        for place, message in dict.fromkeys((*case.warnings, *doubts(case))):
            if place.file == str(self.path):
                yield self._diagnostic(place.line, place.column, message, messages.of_warning(message))

    def _diagnostic(self, line: int, column: int, text: str, message: messages.Message) -> Diagnostic:
        """From the place to the end of the word there, or of what stands there without a space."""
        said = self._line(line)
        found = re.compile(r"\w+|\S").match(said, column - 1) if column <= len(said) else None
        return Diagnostic(line, column, found.end() + 1 if found else column + 1, text, message.code, message.level)

    def _line(self, line: int) -> str:
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""

    # -- what stands at a place --------------------------------------------------------------------

    def hover(self, line: int, column: int) -> str:
        """What is known of the key, the name or the expression there, as markdown; "" where that is nothing."""
        at = self._offset(line, column)
        for keys, label, value in _entries(self.tree):
            if label.start <= at < max(label.stop, label.start + 1):
                return self._key(keys, label.value)
            for text in _texts(value):
                if text.start <= at < text.stop:
                    return self._expression(keys, label.value, text, at)
        return ""

    def _offset(self, line: int, column: int) -> int:
        starts = [0, *(m.end() for m in re.finditer(r"\r\n|[\n\r\x85\u2028\u2029]", self.text))]
        return starts[line - 1] + column - 1 if line <= len(starts) else len(self.text)

    def _key(self, keys: Sequence[str], key: str) -> str:
        fields = TABLES.get(_table(keys), {})
        if key in fields:
            example = f"\n\n```yaml\n{key}: {fields[key].example}\n```" if fields[key].example else ""
            return f"**{key}**: {fields[key].doc}{example}"
        return self._name(key)

    def _expression(self, keys: Sequence[str], key: str, text: Text, at: int) -> str:
        section = _table((*keys, key))
        fields = TABLES.get(_table(keys), {})
        if key == "verdict" and (found := messages.named(text.value)) is not None:
            return f"**{found.name}**: {found.says} {found.means}"
        if key == "probe" and text.value in PROBES:
            return PROBES[text.value].says
        if (key in fields and fields[key].kind not in EXPRESSIONS) or section in ("uses", "names", "source"):
            return ""
        word = next(
            (m for m in re.finditer(r"\w+", self.text[text.start : text.stop]) if m.end() > at - text.start), None
        )
        if word is not None and word.start() <= at - text.start and (told := self._name(word.group())):
            return told
        return self._node(self._parsed(text.value), text.value)

    def _parsed(self, text: str) -> Node | None:
        if self.case is None:
            return None
        scope = {s.name: s.node for s in self.case.symbols.values()} | {
            d.name: d.node for d in self.case.definitions.values()
        }
        with suppress(ExpressionError):
            return parse(text, scope, self.case.graph, boolean=None)
        return None

    def _name(self, name: str) -> str:
        """A symbol, definition, size or state of the case."""
        case, name = self.case, unicodedata.normalize("NFKC", name)
        if case is None:
            return ""
        if name in case.definitions:
            found = case.definitions[name]
            where = "" if found.place.file == str(self.path) else f" ({found.place})"
            return "\n\n".join([f"**{name}** = `{found.text}`{where}", *self._facts(found.node.args[0])])
        if name in case.symbols:
            symbol = case.symbols[name]
            shape = f", shape {show(symbol.shape)}" if symbol.shape else ""
            ends = [
                "-inf" if symbol.low is None else str(symbol.low),
                "inf" if symbol.high is None else str(symbol.high),
            ]
            limits = "" if symbol.low is symbol.high is None else f", in [{', '.join(ends)}]"
            what = "to be recovered" if symbol.recover else "any value" if symbol.values is None else ""
            value = self._value(symbol.node) if symbol.values is not None else what
            state = case.states.get(name)
            steps = f"\n\nstarts at `{state.start}`, step `{state.step}`" if state else ""
            return f"**{name}**: a symbol{shape}{limits}: {value}{steps}"
        if name in case.sizes:
            others = ", ".join(str(i[name]) for i in case.instances)
            return f"**{name}**: a size, {case.sizes[name]} here{f'; tried at {others}, too' if others else ''}"
        return ""

    def _node(self, node: Node | None, text: str) -> str:
        if node is None:
            return ""
        shape = f", shape {show(node.shape)}" if node.shape else ""
        return "\n\n".join([f"`{to_text(node) if len(text) > 200 else text}`{shape}", *self._facts(node)])

    def _facts(self, node: Node) -> Iterator[str]:
        """Value and typeset form."""
        if value := self._value(node):
            yield f"value {value}"
        with suppress(ValueError, ArithmeticError, KeyError, NotImplementedError):
            made = latex(node).strip()
            if len(made) <= MAX_TYPESET:
                yield f"```latex\n{made}\n```"

    def _value(self, node: Node) -> str:
        """The exact value at the document's inputs, cut to a few digits; "" where there is none, or it takes long to find."""
        from derive.calculus.reverse import expand_all
        from derive.language.components import components_all
        from derive.numbers.balls import evaluate_all
        from verify.claims.context import CaseContext

        if self.case is None or size(node.shape) > MAX_SHOWN:
            return ""
        context = CaseContext(self.case)
        try:
            with share(STEPS):
                (entries,) = components_all(expand_all([node]))
                if any(context.not_given(e) for e in entries):
                    return ""
                found = evaluate_all(entries, context.given)
        except (ValueError, ArithmeticError, KeyError, NotImplementedError, Unwieldy):
            return ""
        values = [found[e] for e in entries]
        if any(isinstance(v, Exception) for v in values):
            return ""
        told = [str(v).lower() if isinstance(v, bool) else exact(digits(v)) for v in values]
        rows = [told]
        if len(node.shape) == 2:
            width = node.shape[1]
            rows = [told[i : i + width] for i in range(0, len(told), width)]
        lists = [f"[{', '.join(row)}]" for row in rows]
        return told[0] if not node.shape else lists[0] if len(node.shape) == 1 else f"[{', '.join(lists)}]"

    # -- what may come next --------------------------------------------------------------------------

    def completions(self, line: int, column: int) -> list[tuple[str, str]]:
        """Words that may stand at the place, each with what it is."""
        before = self._line(line)[: column - 1]
        key = re.search(r"""(?:^|[{,\s])["']?([\w ]+?)["']?:\s+[^:]*$""", before)
        name = key.group(1).strip() if key else ""
        words = {"verdict": VERDICTS, "probe": tuple(PROBES), "layout": LAYOUTS}
        if name in words:
            return [(word, name) for word in words[name]]
        if name in ("from", "contradicts", "agrees"):
            return [(claim.id, "claim") for claim in (self.case.claims if self.case else ())]
        fields = CASE | CLAIM
        if name in fields and fields[name].kind in ("text", "note", "ids", "prints", "tensor", "range", "table"):
            return []
        if not before.strip().strip("-{ ") and not key:
            return [(k, f.doc) for k, f in (CLAIM if before.strip() or before.startswith("  ") else CASE).items()]
        names = list(self._names())
        return [*names, *(() if name in ("defines", "recover") else ((f, "function") for f in FUNCTION_NAMES))]

    def _names(self) -> Iterator[tuple[str, str]]:
        """Those of the text as it is, and those that come from other files."""
        told: set[str] = set()
        for section in SECTIONS:
            value = (
                self.tree.entries[section][1]
                if isinstance(self.tree, Mapping) and section in self.tree.entries
                else None
            )
            for name in value.entries if isinstance(value, Mapping) else ():
                told.add(name)
                yield name, section
        if self.case is not None:
            for name, place in self.case.elsewhere.items():
                if name not in told:
                    yield name, str(place)


def _table(keys: Sequence[str]) -> str:
    """The section whose table has the keys of a mapping that is reached by these keys."""
    return keys[0] if keys else ""


def _entries(tree: Tree | None, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Text, Tree]]:
    """Every key of a tree with the keys that lead to it, and its value."""
    open_: list[tuple[tuple[str, ...], Tree | None]] = [(keys, tree)]
    while open_:
        keys, node = open_.pop()
        if isinstance(node, Mapping):
            for name, (label, value) in node.entries.items():
                yield keys, label, value
                open_.append(((*keys, name), value))
        elif isinstance(node, Items):
            open_ += ((keys, item) for item in node.items)


def _texts(tree: Tree) -> Iterator[Text]:
    """The texts of a value, also in lists; what stands under keys of its own is theirs."""
    if isinstance(tree, Text):
        yield tree
    elif isinstance(tree, Items):
        for item in tree.items:
            yield from _texts(item)
