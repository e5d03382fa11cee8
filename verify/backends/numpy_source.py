"""NumPy source from scalar nodes: a function over arrays of points.

Every input is an array with one entry a point (or a number); so is every output. The lines are those of the
graph in its own order, each in float64, but in the forms that keep their digits (derive.programs.digits).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.expr.graph import Node
from derive.expr.operators import OPERATORS
from derive.programs.digits import LOG_PHI, keeping_digits
from verify.backends.error_function import (
    BELL,
    ERF,
    ERF_NEAR_ZERO,
    ERFC,
    LOG_NORMAL_CDF,
    NORMAL_CDF,
    QUOTIENT,
    SCALED_ERFC,
)
from verify.backends.gamma_function import LGAMMA, POLYGAMMA
from verify.backends.normal_quantile import ERFINV, NORMAL_QUANTILE, PROBIT, PROBIT_ODDS
from verify.backends.writer import INFIX, Dialect, Form, Program, compile_source, write

FORMS: dict[str, Form] = {
    **INFIX,
    **{o.name: Form(o.numpy) for o in OPERATORS.values() if o.numpy},
    "erfc": Form("erfc({})"),
    "erfinv": Form("erfinv({})"),
    "probit": Form("probit({})"),
    "mod": Form("np.mod({}, {})"),
    "round": Form("np.rint({})"),
    LOG_PHI: Form("log_normal_cdf({})"),
}

#: What ``derive.language.components`` has resolved before source is written, and a definition, which is a line.
RESOLVED = (
    "matmul", "transpose", "outer", "diag", "sum", "broadcast", "reshape", "index", "stack", "concat", "det", "inv", "def",
)  # fmt: skip

DIALECT = Dialect(
    module="np",
    header="import numpy as np",
    forms=FORMS,
    number="np.float64({})",
    # a branch that is not taken, or the tail of an exponential, is no warning
    decorator='@np.errstate(all="ignore")',
    helpers={
        "sigmoid": '''\
def sigmoid(x):
    """1/(1 + exp(-x)), without overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, e) / (1.0 + e)''',
        "erf": ERF,
        "erfc": ERFC,
        "normal_cdf": NORMAL_CDF,
        "log_normal_cdf": LOG_NORMAL_CDF,
        "scaled_erfc": SCALED_ERFC,
        "erf_near_zero": ERF_NEAR_ZERO,
        "probit_odds": PROBIT_ODDS,
        "probit": PROBIT,
        "erfinv": ERFINV,
        "normal_quantile": NORMAL_QUANTILE,
        "quotient": QUOTIENT,
        "bell": BELL,
        "lgamma": LGAMMA,
        "polygamma": POLYGAMMA,
        "select": '''\
def select(s, a, b):
    """a where s > 0, b where s < 0; on the kink their common value, or NaN."""
    return np.where(s > 0.0, a, np.where((s < 0.0) | ((s == 0.0) & (a == b)), b, np.nan))''',
    },
    remark="elementwise over arrays of points",
)


def numpy_source(outputs: Sequence[Node], inputs: Sequence[Node]) -> str:
    """The source of a module whose function ``f`` takes one array an input and returns a tuple of arrays.

    ``outputs`` are scalar nodes (see derive.language.components); ``inputs`` the scalar symbols and entries of symbols
    that they need, or any other nodes to start from.
    """
    return write(DIALECT, keeping_digits(outputs, inputs, FORMS, turning=True), inputs)


def compile_numpy(outputs: Sequence[Node], inputs: Sequence[Node]) -> Program:
    """That function, ready to call; every output has the common shape of the inputs."""
    import numpy as np

    source = numpy_source(outputs, inputs)
    f = compile_source(source)

    def call(*points: Any) -> tuple[Any, ...]:
        arrays = [np.asarray(p, dtype=np.float64) for p in points]
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
        return tuple(np.broadcast_to(r, shape) for r in f(*arrays))

    return Program(source, call)
