"""Derivations as programs that run by themselves: a file of source whose docstring says what it computes.

``to_numpy`` and ``to_torch`` write in tensors, as a person would; ``to_numpy(..., points=True)`` writes for many points
at once (``blocked``). Floating point is the business of this package, so these stand here and not in ``derive``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.expr.graph import Node, free_symbols
from derive.language.components import components_all
from derive.language.meaning import unfold
from derive.language.reader import to_text
from derive.programs.derived import Derivation, Part
from derive.programs.digits import keeping_digits
from derive.programs.kinks import for_programs
from verify.backends import numpy_source, torch_source
from verify.backends.blocked import RESERVED, blocked_source
from verify.backends.c_source import c_source
from verify.backends.guards import guarded
from verify.backends.writer import ATOM, PRODUCT, UNARY, Dialect, Form, Names, function_name, printable, write

MAX_SAID = 400  # characters of a formula in a docstring

What = Derivation | Node | Sequence[Node]

#: Structure in NumPy; elementwise operators are those of the program over points.
TENSORS: dict[str, Form] = {
    "matmul": Form("{} @ {}", PRODUCT, (PRODUCT, UNARY), numbers=False),
    "transpose": Form("{}.T", places=(ATOM,), numbers=False),
    "outer": Form("np.outer({}, {})"),
    "diag": Form("np.diag({})"),
    "sum": Form("np.sum({}, axis={attr})"),
    "broadcast": Form("np.broadcast_to({}, {shape})"),
    "reshape": Form("np.reshape({}, {shape})"),
    "index": Form("{}[{attr}]", places=(ATOM,), numbers=False),
    "stack": Form("np.stack([{}])"),
    "concat": Form("concat({})", numbers=False),
    "det": Form("np.linalg.det({})", numbers=False),
    "inv": Form("np.linalg.inv({})", numbers=False),
    # composites that are a function here; the rest are written out by their meaning
    "mean": Form("np.mean({}, axis={axis})"),
    "var": Form("np.var({}, axis={axis}, ddof={ddof})"),
    "amax": Form("np.max({}, axis={axis})"),
    "amin": Form("np.min({}, axis={axis})"),
    "trace": Form("np.trace({})"),
    "solve": Form("np.linalg.solve({}, {})", numbers=False),
    "logsumexp": Form("logsumexp({}, {dim})"),
    "softmax": Form("np.exp(log_softmax({}, {dim}))"),
    "log_softmax": Form("log_softmax({}, {dim})"),
}

HELPERS = {
    "given": '''\
def given(name, value, shape):
    """An input as an array of floats. Raises ValueError where its shape is another."""
    a = np.asarray(value)
    if a.shape != shape:
        raise ValueError(f"{name} has shape {a.shape}, where {shape} was expected")
    return a if a.dtype.kind == "f" else a.astype(np.float64)''',
    "concat": '''\
def concat(*parts):
    """Joined end to end; a part of one dimension less is one entry or row."""
    rank = max(1, *(np.ndim(p) for p in parts))
    return np.concatenate([p if np.ndim(p) == rank else np.expand_dims(p, 0) for p in parts])''',
    "logsumexp": '''\
def logsumexp(x, axis):
    """log(sum(exp(x))) along an axis, without overflow."""
    top = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.sum(np.exp(x - top), axis=axis))''',
    "log_softmax": '''\
def log_softmax(x, axis):
    """x - log(sum(exp(x))) along an axis, without overflow."""
    low = x - np.max(x, axis=axis, keepdims=True)
    return low - np.log(np.sum(np.exp(low), axis=axis, keepdims=True))''',
}

NUMPY = Dialect(
    module="np",
    header="import numpy as np",
    forms={**numpy_source.FORMS, **TENSORS},
    number=numpy_source.DIALECT.number,
    decorator=numpy_source.DIALECT.decorator,
    helpers={**numpy_source.DIALECT.helpers, **HELPERS},
)


def to_numpy(what: What, inputs: Sequence[Node] | None = None, *, name: str = "f", points: bool = False) -> str:
    """A NumPy module whose function ``name`` computes the value and what is derived from it, as a tuple.

    ``inputs`` are the symbols in the order of the parameters (by default in that of the expression). With ``points``
    every input has axes of points behind its own: one call evaluates some 10^6 points a second and operation.
    Raises NotImplementedError for an operator that NumPy has no form for.
    """
    parts, given = _parts(what), _inputs(what, inputs)
    outputs = _computed(what)
    if not points:
        name = function_name(name, NUMPY.reserved)
        written = keeping_digits(unfold(outputs, NUMPY.forms), given, NUMPY.forms, turning=True)
        title = _docstring(
            parts, given, NUMPY.reserved, "arrays of the shapes said, or numbers; ValueError for another shape"
        )
        return write(NUMPY, written, given, name, title, checked=True)
    name = function_name(name, RESERVED)
    said = (
        "arrays: first the axes of the shapes said, then those of the points, so a scalar has one entry a point. "
        "What has no axes of points is the same at all of them. Results are laid out alike, in float32 where all "
        "points are float32, else in float64."
    )
    return blocked_source(outputs, given, name, _docstring(parts, given, [*RESERVED, f"{name}_of_block"], said))


def to_torch(what: What, inputs: Sequence[Node] | None = None, *, name: str = "f") -> str:
    """A Torch module whose function ``name`` computes the same from float64 tensors, as a tuple of tensors."""
    parts, given = _parts(what), _inputs(what, inputs)
    dialect = torch_source.DIALECT
    title = _docstring(
        parts, given, dialect.reserved, "float64 tensors of the shapes said; ValueError for another shape"
    )
    outputs = guarded(keeping_digits(unfold(_computed(what), torch_source.FORMS), given, torch_source.FORMS))
    return write(dialect, outputs, given, function_name(name, dialect.reserved), title, checked=True)


def to_c(what: What, inputs: Sequence[Node] | None = None, *, name: str = "f") -> str:
    """A C function ``name`` that computes the same at many points, entry by entry (``c_source.c_source``)."""
    parts, given = _parts(what), _inputs(what, inputs)
    laid = components_all(_computed(what))
    leaves = [e for entries in components_all(list(given)) for e in entries]
    lines, count = [], 0
    for part, entries in zip(parts, laid, strict=True):
        places = f"out[{count}]" + (f" to out[{count + len(entries) - 1}], row by row" if len(entries) > 1 else "")
        lines.append(f"{places}: {part.name}{_what(part)}")
        count += len(entries)
    head = "Each input and each result is an array of count numbers, which shares no memory with another."
    return c_source([e for entries in laid for e in entries], leaves, name, "\n".join([head, *lines]))


def _parts(what: What) -> Sequence[Part]:
    if isinstance(what, Derivation):
        return what.parts
    nodes = [what] if isinstance(what, Node) else what
    return [Part(f"result {k}", n, n) for k, n in enumerate(nodes)]


def _computed(what: What) -> list[Node]:
    """What a program computes: the parts, in range and with their values on kinks (derive.programs.kinks)."""
    return [p.right for p in (for_programs(what) if isinstance(what, Derivation) else _parts(what))]


def _inputs(what: What, inputs: Sequence[Node] | None) -> Sequence[Node]:
    if inputs is not None:
        return inputs
    return what.symbols if isinstance(what, Derivation) else free_symbols([p.right for p in _parts(what)])


def _docstring(parts: Sequence[Part], inputs: Iterable[Node], reserved: Iterable[str], kind: str) -> str:
    first, *rest = parts
    head = _said(first.right) if first.left is first.right else f"{_said(first.left)} = {_said(first.right)}"
    lines = [head + (", and its derivatives." if rest else "."), "", "Inputs, " + kind]
    names = Names(reserved)
    for n in inputs:
        called = names.of(n)
        lines.append(f"    {called}: {_shape(n)}" + (f", {n.attr} in the formula" if called != n.attr else ""))
    lines += ["Returns a tuple:", *(f"    {p.name}: {_shape(p.right)}{_what(p)}" for p in parts)]
    return '"""' + "\n    ".join(printable(line) for line in lines).replace("\n    \n", "\n\n") + '\n    """'


def _what(p: Part) -> str:
    said = p.remark or _said(p.left)
    return f", {said}" if said != p.name else ""


def _said(n: Node) -> str:
    text = to_text(n)
    return text if len(text) <= MAX_SAID else f"{text[:MAX_SAID]}..."


def _shape(n: Node) -> str:
    return f"shape {n.shape}" if n.shape else "scalar"
