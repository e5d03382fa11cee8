"""C source from scalar nodes: straight-line code in one loop over the points, and what a C compiler makes of it.

Nothing needs it: where a compiler is installed, ``compile_c`` is the fastest way to evaluate at many points. The loop is written
so that compilers turn it into vector instructions; GNU libc then has vector versions of the functions (libmvec, at most 4 ulps).
"""

from __future__ import annotations

import ctypes
import math
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from derive.expr.graph import Node
from derive.expr.operators import OPERATORS
from derive.programs.digits import keeping_digits
from verify.backends.writer import Form, Names, Program, between, identifier, literal, needed, printable

#: No contraction to fused operations and no reordering: what is computed is what is written. The rest lets loops be vectorized.
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared")

LINE = 8  # numbers in a line of the cache

FORMS: dict[str, Form] = {
    "add": Form("({} + {})"), "sub": Form("({} - {})"), "mul": Form("({} * {})"), "div": Form("({} / {})"),
    "neg": Form("(-{})"), "hold": Form("{}"), "pi": Form("3.141592653589793"), "pow": Form("pow({}, {})"),
    "gt": Form("({} > {})"), "ge": Form("({} >= {})"), "lt": Form("({} < {})"), "le": Form("({} <= {})"),
    "eq": Form("({} == {})"), "ne": Form("({} != {})"),
    "and": Form("({} && {})"), "or": Form("({} || {})"), "not": Form("(!{})"),
    **{name: Form(f"{name}({{}})") for name in (
        "exp", "log", "sqrt", "tanh", "sigmoid", "log1p", "expm1", "sin", "cos", "atan", "erf", "erfc", "relu", "sign", "floor",
    )},
    "abs": Form("fabs({})"), "Phi": Form("normal_cdf({})"), "logaddexp": Form("logaddexp({}, {})"),
    "lgamma": Form("log_gamma({})"), "min": Form("least({}, {})"), "max": Form("greatest({}, {})"),
    "select": Form("side({}, {}, {})"), "where": Form("({} ? {} : {})"),
    "mod": Form("modulo({}, {})"), "round": Form("rint({})"),
}  # fmt: skip

_HELPERS = {
    "sigmoid": """\
static inline double sigmoid(double x) {
    double e = exp(-fabs(x));
    return (x >= 0.0 ? 1.0 : e) / (1.0 + e);
}""",
    "relu": "static inline double relu(double x) { return x < 0.0 ? 0.0 : x; }",
    "sign": "static inline double sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x; }",
    "least": "static inline double least(double a, double b) { return a != a || a < b ? a : b; }",
    "greatest": "static inline double greatest(double a, double b) { return a != a || a > b ? a : b; }",
    "modulo": """\
static inline double modulo(double a, double b) {
    double r = fmod(a, b);
    return r != 0.0 && (r < 0.0) != (b < 0.0) ? r + b : r;
}""",
    "normal_cdf": "static inline double normal_cdf(double x) { return 0.5 * erfc(-0.7071067811865476 * x); }",
    "log_gamma": "static inline double log_gamma(double x) { return x > 0.0 ? lgamma(x) : NAN; }",
    "logaddexp": """\
static inline double logaddexp(double a, double b) {
    double m = a > b ? a : b;
    return a == b ? a + 0.6931471805599453 : m + log1p(exp(-fabs(a - b)));
}""",
    # a where s > 0, b where s < 0; on the kink their common value, or NaN
    "side": """\
static inline double side(double s, double a, double b) {
    return s > 0.0 ? a : (s < 0.0) | ((s == 0.0) & (a == b)) ? b : NAN;
}""",
}

#: Functions of GNU libc that have vector versions, which the compiler may use in loops over points.
_HEAD = """\
#include <math.h>
#include <stddef.h>

/* no point has a say in another: results share no memory with anything else */
#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define INDEPENDENT _Pragma("GCC ivdep")
#else
#define INDEPENDENT
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#if __GLIBC_PREREQ(2, 35)
#define VECTOR __attribute__((simd("notinbranch")))
VECTOR double exp(double);
VECTOR double log(double);
VECTOR double tanh(double);
VECTOR double expm1(double);
VECTOR double log1p(double);
VECTOR double sin(double);
VECTOR double cos(double);
VECTOR double atan(double);
VECTOR double erf(double);
VECTOR double erfc(double);
#endif
#endif"""

BLOCK = 64  # points whose results are kept until whole lines are written
LARGE = 1 << 22  # bytes of results: more than is read again before it has left the cache
WIDEST = 128  # results at a point: those of a block, on the stack, are 64 KiB and stay in the cache

#: ``f`` block by block, for results that begin at lines of the cache: they are written past it, as what is not in it would else
#: be loaded to be written over.
_STREAMED = """
#if defined(__SSE2__)
#include <immintrin.h>

static inline void line_past_cache(double *to, const double *from) {{
#if defined(__AVX512F__)
    _mm512_stream_pd(to, _mm512_load_pd(from));
#else
    for (int k = 0; k < 8; k += 2) _mm_stream_pd(to + k, _mm_load_pd(from + k));
#endif
}}

void f_streamed(size_t count, const double *const *in, double *const *out) {{
    double rows[{outputs}][{block}] __attribute__((aligned(64)));
    const double *from[{inputs}];
    double *to[{outputs}];
    size_t at = 0;
    for (; count - at >= {block}; at += {block}) {{
        for (int k = 0; k < {inputs}; k++) from[k] = in[k] + at;
        for (int k = 0; k < {outputs}; k++) to[k] = rows[k];
        f({block}, from, to);
        for (int k = 0; k < {outputs}; k++)
            for (int i = 0; i < {block}; i += 8) line_past_cache(out[k] + at + i, rows[k] + i);
    }}
    for (int k = 0; k < {inputs}; k++) from[k] = in[k] + at;
    for (int k = 0; k < {outputs}; k++) to[k] = out[k] + at;
    f(count - at, from, to);
    _mm_sfence();
}}
#else
void f_streamed(size_t count, const double *const *in, double *const *out) {{ f(count, in, out); }}
#endif
"""

_RESERVED = (
    "count", "in", "out", "i", "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
    "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "NAN", "y0", "y1",
    "yn", "j0", "j1", "jn", "gamma", "log_gamma", "main", "fabs", "lgamma", "pow",
)  # fmt: skip


def c_source(outputs: Sequence[Node], inputs: Sequence[Node], name: str = "f", title: str = "") -> str:
    """The source of ``void name(size_t count, const double *const *in, double *const *out)``: for each of ``count`` points the
    outputs from the inputs, each an array of its own.

    ``outputs`` are scalar nodes (see derive.language.components); ``inputs`` the scalar symbols and entries of symbols that they
    need, or any other nodes to start from. Raises ValueError for a symbol that is no input, NotImplementedError for an operator
    without a form. ``title`` is text for a comment that says what is computed.
    """
    outputs = keeping_digits(outputs, inputs, FORMS, turning=True)
    names = Names([*_RESERVED, *_HELPERS, *OPERATORS, name])
    written = {n: names.of(n) for n in inputs}
    taken = {n: names.fresh("x") for n in inputs}
    results = [names.fresh("r") for _ in outputs]
    rows: dict[Node, list[str]] = {}
    for n, r in zip(outputs, results, strict=True):
        rows.setdefault(n, []).append(r)
    lines: list[str] = []
    for n in between(outputs, inputs):
        if n.op == "const" and n not in taken:
            written[n] = literal(n.attr)[0].replace("1e999", "INFINITY")
        elif n.op == "symbol" and n not in taken:
            raise ValueError(f"the symbol '{n.attr}' is not among the inputs")
        else:
            if n in taken:
                text = f"{taken[n]}[i]"
            else:
                text = written[n.args[0]] if n.op == "def" else _applied(n, [written[a] for a in n.args])
                written[n] = names.of(n) if n.op == "def" else names.fresh()
            kind = "int" if n.op in OPERATORS and OPERATORS[n.op].boolean else "double"
            lines.append(f"const {kind} {written[n]} = {text};")
        # at once: stores in a row wait for each other, and their values for registers until then
        lines += [f"{r}[i] = {written[n]};" for r in rows.get(n, ())]
    arrays = [f"const double *restrict {taken[n]} = in[{k}];" for k, n in enumerate(inputs)]
    arrays += [f"double *restrict {r} = out[{k}];" for k, r in enumerate(results)]
    comment = [title or f"{len(outputs)} results of {len(inputs)} inputs, each an array of count numbers"]
    comment += [f"in[{k}]: {written[n]}" for k, n in enumerate(inputs)]
    said = "\n   ".join(_comment(line) for text in comment for line in text.splitlines())
    loop = "\n        ".join(["INDEPENDENT for (size_t i = 0; i < count; i++) {", *lines])
    body = "\n    ".join(
        [f"void {identifier(name)}(size_t count, const double *const *in, double *const *out) {{", *arrays]
    )
    function = f"/* {said} */\n{body}\n    {loop}\n    }}\n}}"
    helpers = needed(_HELPERS, "\n".join(lines))
    return "\n\n".join([_HEAD, *helpers, function]) + "\n"


def _comment(text: str) -> str:
    """Text that may stand in a comment: nothing in it ends one."""
    return printable(text).replace("*/", "* /").replace("/*", "/ *")


def _applied(n: Node, args: Sequence[str]) -> str:
    if n.op == "pow" and n.args[1].op == "const" and (text := _power(args[0], n.args[1].attr)):
        return text
    form = FORMS.get(n.op)
    if form is None:
        raise NotImplementedError(f"C has no form for '{n.op}'")
    return form.text.format(*args)


def _power(x: str, exponent: object) -> str:
    """Small powers by multiplication; nothing where that does not apply."""
    match exponent:
        case 2:
            return f"({x} * {x})"
        case 3:
            return f"({x} * {x} * {x})"
        case 4:
            return f"(({x} * {x}) * ({x} * {x}))"
        case -1:
            return f"(1.0 / {x})"
    return ""


def compiler() -> str | None:
    """The C compiler that is installed: ``$CC``, or cc, gcc, clang; None where there is none."""
    return next((found for c in (os.environ.get("CC"), "cc", "gcc", "clang") if c and (found := shutil.which(c))), None)


def compile_c(outputs: Sequence[Node], inputs: Sequence[Node]) -> Program:
    """That function over NumPy arrays in float64, ready to call; every output has the common shape of the inputs.

    Raises NotImplementedError where no compiler is installed, or it can't compile the source.
    """
    source = c_source(outputs, inputs)
    if inputs and 0 < len(outputs) <= WIDEST:
        source += _STREAMED.format(outputs=len(outputs), inputs=len(inputs), block=BLOCK)
    return Program(source, _called(_built(source), len(outputs)))


def _built(source: str) -> Any:
    """The functions of a source, compiled and loaded."""
    found = compiler()
    if found is None:
        raise NotImplementedError("no C compiler is installed")
    with tempfile.TemporaryDirectory() as folder:
        text, library = Path(folder) / "f.c", Path(folder) / "f.so"
        text.write_text(source, encoding="utf-8")
        told = subprocess.run(
            [found, *FLAGS, str(text), "-o", str(library), "-lm"], capture_output=True, text=True, check=False
        )
        if told.returncode:
            first = re.search(r"error: .*", told.stderr)
            raise NotImplementedError(f"the C compiler says: {first[0] if first else told.stderr[:200]}")
        return ctypes.CDLL(str(library))


def _called(library: Any, outputs: int) -> Callable[..., tuple[Any, ...]]:
    import numpy as np

    straight, streamed = library.f, getattr(library, "f_streamed", None)
    for function in (straight, streamed) if streamed else (straight,):
        function.argtypes = (ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
        function.restype = None

    def call(*points: Any, out: Sequence[Any] | None = None) -> tuple[Any, ...]:
        arrays = [np.asarray(p, dtype=np.float64) for p in points]
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
        given = [np.ascontiguousarray(np.broadcast_to(a, shape)) for a in arrays]
        if out is None:
            results = _in_lines(outputs, shape)
        else:
            results = list(out)
            _check(results, outputs, shape, given)
        places = [(ctypes.c_void_p * len(rows))(*(r.ctypes.data for r in rows)) for rows in (given, results)]
        large = sum(r.nbytes for r in results) >= LARGE and all(r.ctypes.data % (8 * LINE) == 0 for r in results)
        (streamed if streamed and large else straight)(math.prod(shape), *places)
        return tuple(results)

    return call


def _in_lines(count: int, shape: tuple[int, ...]) -> list[Any]:
    """New arrays of float64 in one piece of memory, which large pages may hold, each from the start of a line of the cache:
    vectors across two lines are slow to write."""
    import numpy as np

    size = math.prod(shape)
    span = -(-max(size, 1) // LINE) * LINE
    memory = np.empty(count * span + LINE)
    start = -memory.ctypes.data // memory.itemsize % LINE
    return [memory[at : at + size].reshape(shape) for at in range(start, start + count * span, span)]


def _check(results: Sequence[Any], count: int, shape: tuple[int, ...], inputs: Sequence[Any]) -> None:
    """Raises ValueError unless the results can be written to these arrays: no store may change what another point reads."""
    import numpy as np

    if len(results) != count:
        raise ValueError(f"{len(results)} arrays to write to, where there are {count} results")
    if any(r.shape != shape or r.dtype != np.float64 or not r.flags.carray for r in results):
        raise ValueError(
            f"results are written to contiguous arrays: one of shape {shape} and type float64 was expected"
        )
    spans = sorted((r.ctypes.data, r.nbytes) for r in results)
    if any(start + size > after for (start, size), (after, _) in pairwise(spans)):
        raise ValueError("two of the arrays to write to share memory")
    if any(np.may_share_memory(r, given) for r in results for given in inputs):
        raise ValueError("an array to write to shares memory with an input")
