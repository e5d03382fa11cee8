"""What the letters of a section may be: numbers, unless something in it says otherwise; and its formulas, read with them.

The reader of formulas says which name it misses; here it is said whether that may be taken for a number. What looks like a
vector, a function, an entry or a step, of which the section does not say what it is, is refused with that reason.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from derive.errors import ExpressionError, UnknownSymbol
from derive.expr.graph import Graph, Node, Shape, topological
from derive.expr.operators import DERIVATIVES
from derive.expr.shapes import Size
from derive.language.latex import Reading, read
from derive.language.latex.displays import statements
from derive.language.names import RESERVED
from derive.records import dataclass
from verify.draft.statements import name_of

MAX_NEW = 30  # names of one formula

_EULER = re.compile(r"(?<![A-Za-z])e(?![A-Za-z])(?:\s*(?!\s*\^)|\s*\^\s*(?:\{\s*\d+\s*\}|\d))")
_LETTER = r"(?:\\[A-Za-z]+\s*\{\s*(?:\\[A-Za-z]+\s*\{?\s*)?)?(?:\\[A-Za-z]+|[A-Za-z])\}*"
_SCRIPTED = re.compile(rf"(?P<letter>{_LETTER})(?P<rest>(?:\s*[_^]\s*(?:\{{[^{{}}]*\}}|\\[A-Za-z]+|\w|\*))*)")
_BOLD = re.compile(r"\\(?:hat|tilde|bar|dot)?\s*\{?\s*\\?(?:mathbf|boldsymbol|bm|vec|mathbfit)\b")
RANGE = re.compile(r"\\(?:sum|prod)\s*_\s*\{\s*([a-z])\s*=\s*1\s*\}\s*\^\s*\{?\s*([A-Za-z]|[1-9]\d?)\s*\}?(?![A-Za-z])")
_INDEX = re.compile(
    r"_\s*(?:\{\s*[ijklmnrst]{1,3}\s*(?:[-+,][^{}]*)?\}|\{[^{}]*(?<![A-Za-z\\])[ijklmnrstKTN](?![A-Za-z])[^{}]*\}|[ijklmnrstKTN](?![A-Za-z]))"
)
_STEP = re.compile(r"\^\s*\{?\s*[\(\[]|_\s*\{?\s*t\b")


class Refused(Exception):
    """A formula that is not drafted, with the reason."""


@dataclass(frozen=True, slots=True)
class Told:
    """A symbol that was taken up: its shape, and why it is no scalar or that it was taken for one."""

    name: str
    latex: str
    shape: tuple[str, ...] = ()
    place: str = ""  # where the document says so


@dataclass(slots=True)
class Scope:
    """The names of a section. ``later`` are those that its formulas define and that are not defined yet."""

    shapes: Mapping[str, Told] = field(default_factory=dict)
    unclear: Mapping[str, str] = field(default_factory=dict)  # names of which the section says two things
    tensors: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    graph: Graph = field(default_factory=Graph)
    names: dict[str, Node] = field(default_factory=dict)
    symbols: dict[str, Told] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)  # why a size is the number that it is
    later: set[str] = field(default_factory=set)
    table: dict[str, str] = field(default_factory=dict)  # what stretches of LaTeX are called

    bring: Callable[[str], bool] = lambda name: False  # takes a name over from a section above
    brought: set[str] = field(default_factory=set)

    def read(self, latex: str, left: str = "", place: str = "") -> Reading:
        """What a formula says; names that it is the first to speak of are taken up, if all of it can be read. Raises Refused, or
        Waiting where it speaks of a name that is defined later."""
        taken: dict[str, Told] = {}
        before = dict(self.names)
        try:
            for _ in range(MAX_NEW):
                try:
                    self._must_be_plain(latex)
                    found = read(latex, self.names, self.graph, names=self.table, left=left)
                    self._must_depend(found)
                except ExpressionError as e:
                    told = self._admitted(e, latex, left, place)
                    if told is not None and told.name in taken:
                        why = f"'{told.latex}' stands here in another way, too: another name, a derivative or a step"
                        raise Refused(f"{why}; say in 'names:' what it is") from None
                    if told is not None:
                        taken[told.name] = told
                    continue
                self.symbols |= taken
                return found
            raise Refused(f"more than {MAX_NEW} names of which nothing is said stand in one formula")
        except BaseException:
            kept = {*self.sizes, *self.brought, *self.symbols}
            self.names = before | {name: node for name, node in self.names.items() if name in kept}
            raise

    def declare(self, told: Told) -> Node:
        """A symbol of the shape that the document says it has."""
        shape: Shape = tuple(int(s) if s.isdigit() else Size(self.size(s), s) for s in told.shape)
        self.names[told.name] = self.graph.symbol(told.name, shape)
        return self.names[told.name]

    def size(self, name: str) -> int:
        """A number for a letter in shapes: each letter has another."""
        if name not in self.sizes:
            self.sizes[name] = next(n for n in range(2, 100) if n not in self.sizes.values())
            self.names[name] = self.graph.define(name, self.graph.const(self.sizes[name]))
        return self.sizes[name]

    def fix(self, name: str, number: int, why: str) -> None:
        """That a letter in shapes is a number; before anything is read that speaks of it."""
        self.sizes[name], self.counts[name] = number, why
        self.names[name] = self.graph.define(name, self.graph.const(number))

    def _admitted(self, e: ExpressionError, latex: str, left: str, place: str) -> Told | None:
        """The name that the reader missed, now in scope; None where it was taken over. Raises Refused."""
        if not isinstance(e, UnknownSymbol) or not e.letters:
            raise Refused(e.message) from None
        (name,) = e.letters
        m = _SCRIPTED.match(latex, e.offset)
        written = re.sub(r"\s*\^\s*(?:\d|\{\s*\d+\s*\})$", "", m[0]).strip() if m else name
        if "{" not in written:
            written = written.rstrip("}")
        if name in self.later:
            raise Waiting(name)
        if m and "_" in m["rest"] and (base := name_in_print(m["letter"])) in self.later:
            raise Waiting(base)
        if name == left:
            raise Refused(f"'{written}' is said by itself: an assignment, or an equation to be solved")
        if self.bring(name):
            return None
        if name in self.unclear:
            raise Refused(f"'{written}' {self.unclear[name]}")
        if name in self.shapes:
            told = self.shapes[name]
        elif m and m["rest"] and (base := name_in_print(m["letter"])) in self.shapes and base not in self.names:
            told, name = self.shapes[base], base
        elif m and (same := self._with_a_hat(name, m["letter"], place)):
            told = same
        elif m and (entry := self._of_entries(m, latex, place)):
            told, name = entry, entry.name
            if told.name in self.names:
                raise Refused(f"'{written}' has an index, and elsewhere '{told.name}' is a number")
        else:
            if why := self._doubt(name, m, latex):
                raise Refused(f"'{written}' {why}")
            told = Told(name, written, place=place)
        if name in RESERVED or keyword.iskeyword(name) or not name.isidentifier():
            raise Refused(
                f"'{written}' would be '{name}', which means something else in the language: say in 'names:' what it is"
            )
        self.declare(told)
        return told

    def count(self, texts: Iterable[str]) -> None:
        r"""Takes up the letters to which indices of sums run, ``\\sum_{i=1}^{n}``, as sizes."""
        for _, end in (m for text in texts for m in RANGE.findall(text)):
            if not end.isdigit() and self._is_size(end):
                self.size(end)

    def _with_a_hat(self, name: str, written: str, place: str) -> Told | None:
        """A letter beside its estimate, y beside yhat: of the same shape."""
        other = name.removesuffix("hat") if name.endswith("hat") else f"{name}hat"
        known = self.names.get(other)
        if known is None or not known.shape or not all(isinstance(n, Size) for n in known.shape):
            return None
        return Told(name, written, tuple(n.name for n in known.shape if isinstance(n, Size)), place)

    def _is_size(self, name: str) -> bool:
        return name not in self.names and name not in self.later and name not in self.shapes and name not in RESERVED

    def _of_entries(self, m: re.Match[str], latex: str, place: str) -> Told | None:
        """What a letter with indices is an entry of, where the formula says from where to where each of them runs: from 1 to the
        size of it."""
        indices = re.fullmatch(
            r"\s*_\s*(?:\{\s*([a-z](?:\s*,?\s*[a-z])*)\s*\}|([a-z]))\s*(?:\^\s*(?:\d|\{\s*\d\s*\}))?\s*", m["rest"]
        )
        ends = dict(RANGE.findall(latex))
        letters = re.findall(r"[a-z]", indices[1] or indices[2]) if indices else []
        name = name_in_print(m["letter"])
        if not letters or not name or any(i not in ends or not self._may_end(ends[i]) for i in letters):
            return None
        return Told(name, f"{m['letter']}_{{{''.join(letters)}}}", tuple(ends[i] for i in letters), place)

    def _may_end(self, end: str) -> bool:
        return end.isdigit() or end in self.sizes or self._is_size(end)

    def _doubt(self, name: str, m: re.Match[str] | None, latex: str) -> str:
        """Why a name may be more than a number."""
        if m is None:
            return "is no letter"
        rest = m["rest"]
        if re.match(r"\\(?:text|mathrm|textrm)\b", m["letter"]) and re.search(
            r"\d[\s~]*(?:\\[,;:! ])*\s*$", latex[: m.start()]
        ):
            return "is upright behind a number: a unit, or a factor"
        if _BOLD.match(m["letter"]) or latex[: m.start()].rstrip().endswith(
            ("\\mathbf{", "\\boldsymbol{", "\\bm{", "\\vec{")
        ):
            return "is set in bold, a vector or a matrix, and its shape is not said here"
        if _STEP.search(rest):
            return "may be a step of an iteration, a layer, or a name of its own"
        if _INDEX.search(rest):
            return "may be an entry of something whose size is not said here, or a name of its own"
        if name in self.functions:
            return "is followed by a bracket: a function of which nothing is said, or a factor"
        if name in self.tensors:
            return "is transposed, normed or has entries: a vector or a matrix, and its shape is not said here"
        return ""

    def _must_be_plain(self, latex: str) -> None:
        """Braces in print make sets; ``e`` on its own, and squared, is Euler's number to the reader."""
        if re.search(r"(?:^|=)\s*\\\{", latex):
            raise Refused("a set in braces, or a bracket")
        if "e" not in self.names and _EULER.search(re.sub(r"\\[A-Za-z]+\s*\{[A-Za-z ]*\}|\\[A-Za-z]+", "#", latex)):
            raise Refused("'e' is Euler's number, or a letter: say in 'names:' what it is")

    def _must_depend(self, found: Reading) -> None:
        """A derivative of what does not depend on its variable is 0, and is not what the document means."""
        for s in found.statements:
            for n in topological(s.nodes):
                if n.op not in DERIVATIVES:
                    continue
                of, by = n.args[0], [v for v in n.args[1:] if v.op in ("symbol", "def", "index")]
                below = set(topological([of]))
                for v in by:
                    base = v.args[0] if v.op == "index" else v
                    if base not in below and base is not of:
                        shown = of.attr if of.op in ("symbol", "def") else "what is differentiated"
                        raise Refused(f"'{shown}' does not depend on '{base.attr}' by what is said in this section")


class Waiting(Exception):
    """A formula speaks of a name that is defined by one which is not read yet."""


def name_in_print(latex: str, known: Callable[[str], bool] = lambda n: False) -> str:
    """The name of a symbol on its own, as the reader has it; "" for anything else."""
    try:
        trees = statements(latex, frozenset({"ReLU", "softmax", "MSE"})).statements
    except ExpressionError:
        return ""
    return name_of(trees[0].tree, known) if len(trees) == 1 else ""


def letters(latex: str) -> set[str]:
    """The names that may stand in a formula, of each letter with and without its index."""
    found = {name_in_print(m[0]) for m in _SCRIPTED.finditer(latex)}
    return found | {name_in_print(m["letter"]) for m in _SCRIPTED.finditer(latex)} - {""}


def tensors(texts: Iterable[str]) -> set[str]:
    """Letters that are used as vectors and matrices are: transposed, normed, indexed, a gradient is taken by them."""
    found: set[str] = set()
    for text in map(_without_words, texts):
        for m in re.finditer(
            rf"(?P<l>{_LETTER})(?:\s*_\s*(?:\{{[^{{}}]*\}}|\w))?\s*\^\s*\{{?\s*(?:-?\s*\\top|\\mathsf\{{?T\}}?|T\b|\\intercal|\\dagger)",
            text,
        ):
            found.add(_plain(m["l"]))
        for m in re.finditer(r"(?:\\\||\\Vert|\\lVert|\|\|)([^|]{1,80}?)(?:\\\||\\Vert|\\rVert|\|\|)", text):
            found |= {_plain(x[0]) for x in re.finditer(_LETTER, m[1])}
        for m in re.finditer(r"\\nabla(?:\^2)?\s*_\s*\{?\s*(" + _LETTER + r")", text):
            found.add(_plain(m[1]))
        for m in re.finditer(rf"({_LETTER})\s*_\s*(?:[ijk](?![A-Za-z])|\{{\s*[ijk][ijk,\s]*\}})", text):
            found.add(_plain(m[1]))
    return found - {""}


def called(texts: Iterable[str]) -> set[str]:
    """Letters that a bracket of nothing but letters follows: ``f(x)``, ``E(w, n)``."""
    found: set[str] = set()
    inside = rf"{_LETTER}(?:\s*[_^]\s*(?:\{{[^{{}}]*\}}|\w|\*))*"
    for text in map(_without_words, texts):
        for m in re.finditer(
            rf"({_LETTER})(?:\s*_\s*(?:\{{[^{{}}]*\}}|\w))?\s*(?:\\left)?\(\s*{inside}(?:\s*,\s*{inside})*\s*(?:\\right)?\)",
            text,
        ):
            found.add(_plain(m[1]))
    return found - {""}


def _without_words(text: str) -> str:
    r"""A formula without ``\text{ReLU}`` and its like, whose last letter is no letter."""
    return re.sub(r"\\(?:text|textbf|textit|operatorname\*?|mathrm|textrm|mbox)\s*\{[^{}]*\}", "#", text)


_GREEK = {"lambda": "lam", "epsilon": "eps", "varepsilon": "eps"}


def _plain(letter: str) -> str:
    """A letter without accents, as a name begins; "" for one in bold, which is another."""
    if re.search(r"mathbf|boldsymbol|\\bm\b|\\vec\b", letter):
        return ""
    m = re.search(r"\\?([A-Za-z]+)\}*\s*$", letter)
    word = m[1] if m else ""
    return _GREEK.get(word, word)
