"""NumPy source for many points at once: straight-line code that writes into reused buffers, block by block.

Every operation is one pass over a block that stays in cache; a temporary goes back to the pool after its last use
(linear scan: Poletto and Sarkar, Linear scan register allocation, TOPLAS 21, 1999), and a result is written where the
caller will find it. So memory is inputs, outputs and one block, and Python works per block, never per point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from derive.expr.graph import Node
from derive.expr.operators import OPERATORS
from derive.language.components import components, components_all
from derive.programs.digits import keeping_digits
from derive.records import dataclass
from verify.backends import numpy_source
from verify.backends.writer import Names, Program, compile_source, docstring, literal, needed

CACHE = 1 << 21  # bytes that the buffers of one block may take: a second-level cache, or little of a third-level one
SMALLEST, LARGEST = 1024, 24576  # points of a block: below, calls cost more than they compute; above, nothing is gained

_INFIX = {o.name: f"np.{o.ufunc}" for o in OPERATORS.values() if o.ufunc and o.name != "pow"}

#: Operators that take more than one pass. Such a function may not write over its arguments before it has read them all.
_FUNCTIONS = {
    "sigmoid": "sigmoid({}, {out})",
    "select": "select({}, {}, {}, {out})",
    "where": "where({}, {}, {}, {out})",
}

_HELPERS = {
    "sigmoid": '''\
def sigmoid(x, out):
    """1/(1 + exp(-x)); where exp(-x) overflows, exp(x), which is the same there."""
    np.negative(x, out=out)
    np.exp(out, out=out)
    np.add(out, 1.0, out=out)
    np.divide(1.0, out, out=out)
    lowest = -708.0 if out.itemsize == 8 else -87.0
    if np.fmin.reduce(x) < lowest:
        np.exp(x, out=out, where=x < lowest)''',
    "step": '''\
def step(s, above, below, out):
    """One number where s > 0, another where s < 0; NaN where s is 0 or NaN."""
    np.absolute(s, out=out)
    regular = np.minimum.reduce(out) > 0.0
    if (above, below) == (1.0, 0.0):
        np.greater(s, 0.0, out=out, casting="unsafe")
    else:
        np.copyto(out, np.where(np.greater(s, 0.0), above, below))
    if not regular:
        np.copyto(out, np.nan, where=np.logical_not(np.not_equal(s, 0.0) & np.equal(s, s)))''',
    "select": '''\
def select(s, a, b, out):
    """a where s > 0, b where s < 0; on the kink their common value, or NaN."""
    up = s > 0.0
    np.copyto(out, b)
    np.positive(a, out=out, where=up)
    if not np.all(up | (s < 0.0)):
        np.copyto(out, np.nan, where=np.logical_not((s != 0.0) & (s == s) | (s == 0.0) & np.equal(a, b)))''',
    "where": '''\
def where(c, a, b, out):
    """a where the condition holds, else b."""
    np.copyto(out, b)
    np.positive(a, out=out, where=c)''',
}

_IN_BLOCKS = '''\
def in_blocks(compute, inputs, shapes, buffers, masks, out):
    """Runs ``compute`` on some thousand points at a time; the points are the axes after those of an input's own shape."""
    for name, value, s in inputs:
        if np.shape(value)[: len(s)] != s:
            raise ValueError(f"{name} has shape {np.shape(value)}, where {s} and then the points were expected")
    given = [(np.asarray(value), s) for _, value, s in inputs]
    points = np.broadcast_shapes(*(a.shape[len(s) :] for a, s in given))
    count = math.prod(points)
    spread = [a.dtype for a, s in given if a.shape[len(s) :]]
    single = bool(spread) and all(t == np.float32 for t in spread)
    dtype = np.dtype(np.float32 if single else np.float64)
    rows = []
    for a, s in given:
        if a.size == math.prod(s) and count != 1:  # the same at all points
            rows += a.reshape(-1).tolist()
        else:
            whole = np.broadcast_to(a.reshape(s + (1,) * (len(s) + len(points) - a.ndim) + a.shape[len(s) :]), s + points)
            rows += list(whole.astype(dtype, copy=False).reshape(math.prod(s), count))
    sizes = [math.prod(s) for s in shapes]
    if out is None:  # all results in one piece of memory
        out = [piece.reshape(s + points) for piece, s in zip(in_lines([size * count for size in sizes], dtype), shapes)]
    else:
        check_results(out, [s + points for s in shapes], dtype, [a for a, _ in given])
    results = [row for o, size in zip(out, sizes) for row in o.reshape(size, count)]
    block = BLOCK * 8 // dtype.itemsize
    work = in_lines([min(block, count)] * buffers, dtype)
    flags = np.empty((masks, min(block, count)), bool)
    with np.errstate(all="ignore"):  # a branch that is not taken, or the tail of an exponential, is no warning
        for start in range(0, count, block):
            stop = min(start + block, count)
            here = [r[start:stop] if isinstance(r, np.ndarray) else r for r in rows]
            there = [r[start:stop] for r in results]
            compute(*here, *there, *[w[: stop - start] for w in work], *flags[:, : stop - start])
    return tuple(out)


def in_lines(lengths, dtype):
    """New arrays in one piece of memory, each at the start of a line of the cache: vectors across two lines are slow to write."""
    line = 64 // dtype.itemsize
    spans = [-(-n // line) * line for n in lengths]
    memory = np.empty(sum(spans) + line, dtype)
    start = -memory.__array_interface__["data"][0] % 64 // dtype.itemsize
    arrays = []
    for n, span in zip(lengths, spans):
        arrays.append(memory[start : start + n])
        start += span
    return arrays


def check_results(out, shapes, dtype, inputs):
    """Raises ValueError unless results can be written to these arrays."""
    if len(out) != len(shapes):
        raise ValueError(f"{len(out)} arrays to write to, where there are {len(shapes)} results")
    for o, shape in zip(out, shapes):
        if not isinstance(o, np.ndarray) or o.shape != shape or o.dtype != dtype or not o.flags.carray:
            raise ValueError(f"results are written to contiguous arrays: one of shape {shape} and type {dtype} was expected")
    spans = sorted((o.__array_interface__["data"][0], o.nbytes) for o in out)
    if any(start + size > after for (start, size), (after, _) in zip(spans, spans[1:])):
        raise ValueError("two of the arrays to write to share memory")
    if any(np.may_share_memory(o, a) for o in out for a in inputs):
        raise ValueError("an array to write to shares memory with an input")'''

#: Names of the module, which no parameter may have.
RESERVED = (
    "np", "math", "BLOCK", "in_blocks", "in_lines", "check_results", "out", *_HELPERS, *numpy_source.DIALECT.helpers,
)  # fmt: skip

REMARK = "over arrays whose last axes are the points"


def blocked_source(outputs: Sequence[Node], inputs: Sequence[Node], name: str = "f", title: str = "") -> str:
    """The source of a module whose function ``name`` takes one array an input and returns a tuple of arrays.

    Outputs are derivative-free nodes of any shape, inputs symbols of any shape or other scalar nodes to start from.
    The points are the last axes: an input ``W`` of shape [2, 3] is an array of shape (2, 3, points). ``title`` is
    the docstring. The function takes ``out``, too: arrays to write to instead of new ones, one a result, such as an earlier
    call returned; each contiguous, of its result's shape and type (float32 if all inputs are, else float64), sharing no
    memory with another or an input. It raises ValueError where they don't fit.

    Raises ValueError for a symbol that is no input, NotImplementedError for an operator without a form.
    """
    leaves = [e for n in inputs for e in (components(n) if n.shape else [n])]
    entries = keeping_digits(
        [e for part in components_all(outputs) for e in part], leaves, numpy_source.FORMS, turning=True
    )
    names = Names([*RESERVED, f"{name}_of_block"])
    arguments = [names.of(n) for n in inputs]
    inside = Names(["np", *_HELPERS, *numpy_source.DIALECT.helpers])
    code = _Code(inside, dict(zip(leaves, [inside.of(e) for e in leaves], strict=True)))
    code.write(entries)
    text = "\n".join(code.lines)
    helpers = needed({**numpy_source.DIALECT.helpers, **_HELPERS}, text)
    held = len(code.buffers) * 8
    block = min(max(CACHE // max(held, 1) // 512 * 512, SMALLEST), LARGEST)
    parameters = [*code.leaves.values(), *code.results, *code.buffers, *code.masks]
    compute = "\n    ".join([f"def {name}_of_block({', '.join(parameters)}):", *code.lines])
    given = ", ".join(f'("{a}", {a}, {n.shape})' for a, n in zip(arguments, inputs, strict=True))
    wanted = ", ".join(str(n.shape) for n in outputs) + ","
    function = "\n    ".join(
        [
            f"def {name}({', '.join([*arguments, 'out=None'])}):",
            title or docstring(outputs, REMARK),
            f"return in_blocks({name}_of_block, [{given}], ({wanted}), {len(code.buffers)}, {len(code.masks)}, out)",
        ]
    )
    head = (
        f"import math\n\nimport numpy as np\n\nBLOCK = {block}  # points at a time, so that all buffers stay in cache"
    )
    return "\n\n\n".join([head, *helpers, _IN_BLOCKS, compute, function]) + "\n"


def compile_blocked(outputs: Sequence[Node], inputs: Sequence[Node]) -> Program:
    """That function, ready to call."""
    source = blocked_source(outputs, inputs)
    return Program(source, compile_source(source))


@dataclass
class _Code:
    """The lines of one block, and the buffers that they need."""

    names: Names
    leaves: dict[Node, str]
    lines: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    buffers: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)

    def write(self, outputs: Sequence[Node]) -> None:
        outputs = [_body(n, self.leaves) for n in outputs]
        order = _depth_first(outputs, self.leaves)
        needs = {n: [_body(a, self.leaves) for a in n.args] for n in order if n not in self.leaves}
        last = {a: i for i, n in enumerate(order) for a in needs.get(n, ())}
        place = dict(self.leaves)
        self.results = [self.names.fresh("r") for _ in outputs]
        target: dict[Node, str] = {}
        for n, r in zip(outputs, self.results, strict=True):
            target.setdefault(n, r)
        free: dict[bool, list[str]] = {False: [], True: []}
        held: dict[Node, str] = {}
        for i, n in enumerate(order):
            if n in self.leaves:
                continue
            if not n.args:
                place[n] = _constant(n)
                continue
            done = [a for a in dict.fromkeys(needs[n]) if a in held and last[a] == i]
            lines, over = _statements(n, [place[a] for a in needs[n]])
            if over:  # may be written over an argument that nobody needs any more
                self.give_back(done, held, free)
            place[n] = target.get(n) or self.take(n, held, free)
            self.lines += [line.replace("{out}", place[n]) for line in lines]
            if not over:
                self.give_back(done, held, free)
        for n, r in zip(outputs, self.results, strict=True):
            if place[n] != r:
                self.lines.append(f"np.copyto({r}, {place[n]})")

    def take(self, n: Node, held: dict[Node, str], free: Mapping[bool, list[str]]) -> str:
        boolean = _is_boolean(n)
        if not free[boolean]:
            pool, letter = (self.masks, "m") if boolean else (self.buffers, "t")
            pool.append(self.names.fresh(letter))
            free[boolean].append(pool[-1])
        held[n] = free[boolean].pop()
        return held[n]

    @staticmethod
    def give_back(done: Sequence[Node], held: dict[Node, str], free: Mapping[bool, list[str]]) -> None:
        for a in done:
            free[_is_boolean(a)].append(held.pop(a))


def _is_boolean(n: Node) -> bool:
    return n.op in OPERATORS and OPERATORS[n.op].boolean


def _body(n: Node, leaves: Mapping[Node, str]) -> Node:
    """What a name stands for; here names are not written."""
    while n.op == "def" and n not in leaves:
        n = n.args[0]
    return n


def _constant(n: Node) -> str:
    if n.op == "const":
        return literal(n.attr)[0]
    if n.op in numpy_source.FORMS:
        return numpy_source.FORMS[n.op].text
    raise ValueError(f"the symbol '{n.attr}' is not among the inputs")


def _depth_first(outputs: Sequence[Node], leaves: Mapping[Node, str]) -> list[Node]:
    """What the outputs need, each as late as its first user lets it: few values are alive at a time."""
    seen: set[Node] = set()
    order: list[Node] = []
    for root in sorted(outputs, key=lambda n: n.id):
        work = [(root, False)]
        while work:
            n, ready = work.pop()
            if ready:
                order.append(n)
            elif n not in seen:
                seen.add(n)
                work.append((n, True))
                if n not in leaves:
                    work += [(_body(a, leaves), False) for a in reversed(n.args)]
    return order


def _statements(n: Node, args: Sequence[str]) -> tuple[list[str], bool]:
    """Lines that leave the value in ``{out}``, and whether ``{out}`` may be one of the arguments."""
    if n.op == "pow" and n.args[1].op == "const" and (lines := list(_power(args[0], n.args[1].attr))):
        return lines, len(lines) == 1
    if n.op == "select" and n.args[1].op == n.args[2].op == "const" and n.args[1] is not n.args[2]:
        return [f"step({', '.join(args)}, {{out}})"], False
    if n.op in _FUNCTIONS:
        return [_FUNCTIONS[n.op].format(*args, out="{out}")], False
    if n.op in _INFIX:
        return [f"{_INFIX[n.op]}({', '.join(args)}, out={{out}})"], True
    if n.op == "pow":
        return [f"np.power({args[0]}, {args[1]}, out={{out}})"], True
    form = numpy_source.FORMS.get(n.op)
    if form is None:
        raise NotImplementedError(f"NumPy has no form for '{n.op}'")
    text = form.text.format(*args)
    if re.fullmatch(r"np\.\w+\([^()]*\)", text):  # a ufunc
        return [f"{text[:-1]}, out={{out}})"], True
    return [f"np.copyto({{out}}, {text})"], True


def _power(x: str, exponent: object) -> Iterator[str]:
    """Small powers by multiplication; nothing where that does not apply."""
    if exponent == 2:
        yield f"np.square({x}, out={{out}})"
    elif exponent in (3, 4):
        yield f"np.square({x}, out={{out}})"
        yield f"np.multiply({{out}}, {x}, out={{out}})" if exponent == 3 else "np.square({out}, out={out})"
    elif exponent == -1:
        yield f"np.divide(1.0, {x}, out={{out}})"
