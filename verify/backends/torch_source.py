"""Torch source from tensor nodes, so that autograd works on the document's own definitions.

Every input is a float64 tensor of the node's shape (a scalar has shape ()), and so is every output.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.expr.graph import Node
from derive.expr.operators import OPERATORS
from derive.language.meaning import unfold
from derive.programs.digits import LOG_PHI, keeping_digits
from verify.backends.guards import guarded
from verify.backends.writer import ATOM, INFIX, PRODUCT, UNARY, Dialect, Form, Program, compile_source, write


def _call(text: str) -> Form:
    """A function or a method of Torch, which wants tensors."""
    return Form(text, places=(ATOM,) if text.startswith("{}") else (), numbers=False)


FORMS: dict[str, Form] = {
    **INFIX,
    **{o.name: _call(o.torch) if o.arity else Form(o.torch) for o in OPERATORS.values() if o.torch},
    "erfc": _call("torch.erfc({})"),
    "erfinv": _call("torch.erfinv({})"),
    "probit": _call("torch.special.ndtri({})"),
    LOG_PHI: _call("torch.special.log_ndtr({})"),
    "matmul": Form("{} @ {}", PRODUCT, (PRODUCT, UNARY), numbers=False),
    "transpose": _call("{}.permute({axes})"),
    "outer": _call("torch.outer({}, {})"),
    "diag": _call("torch.diag({})"),
    "sum": _call("torch.sum({}, dim={attr})"),
    "broadcast": _call("torch.broadcast_to({}, {shape})"),
    "reshape": _call("torch.reshape({}, {shape})"),
    "index": _call("{}[{attr}]"),
    "stack": _call("torch.stack([{}])"),
    "concat": _call("concat({})"),
    "det": _call("torch.linalg.det({})"),
    "inv": _call("torch.linalg.inv({})"),
    # composites that Torch evaluates by a function of its own; the rest are written out by their meaning
    "logsumexp": _call("torch.logsumexp({}, dim={dim})"),
    "softmax": _call("torch.softmax({}, dim={dim})"),
    "log_softmax": _call("torch.log_softmax({}, dim={dim})"),
    "mean": _call("torch.mean({}, dim={axis})"),
    "ceil": _call("torch.ceil({})"),
    "round": _call("torch.round({})"),
    "mod": _call("torch.remainder({}, {})"),
    "solve": _call("torch.linalg.solve({}, {})"),
    "trace": _call("torch.trace({})"),
}

#: A definition is a line.
RESOLVED = ("def",)

DIALECT = Dialect(
    module="torch",
    header="import torch",
    forms=FORMS,
    number="number({})",
    # a tensor of its own, so that a derivative by a defined name sees only the paths through that name
    alias="{}.clone()",
    helpers={
        "given": '''\
def given(name, value, shape):
    """An input as a tensor of floats. Raises ValueError where its shape is another."""
    x = value if isinstance(value, torch.Tensor) else number(value)
    if x.shape != shape:
        raise ValueError(f"{name} has shape {tuple(x.shape)}, where {shape} was expected")
    return x if x.is_floating_point() else x.to(torch.float64)''',
        "number": """\
def number(x):
    return torch.tensor(x, dtype=torch.float64)""",
        # torch.special.ndtr is 0 at -10: it adds 1 to the error function
        "normal_cdf": '''\
def normal_cdf(x):
    """The standard normal distribution function; the left tail keeps its digits."""
    return 0.5 * torch.erfc(-0.7071067811865476 * x)''',
        "probit_odds": '''\
def probit_odds(u):
    """The number z with Phi(z) = u/(1 + u), of u > 0; the lesser tail keeps its digits."""
    low = torch.special.ndtri(torch.clamp(u, max=1.0) / (1.0 + torch.clamp(u, max=1.0)))
    high = torch.special.ndtri(1.0 / (1.0 + torch.clamp(u, min=1.0)))
    return torch.where(u <= 1.0, low, -high)''',
        # torch.polygamma(1, x), of which torch.digamma's derivative is made, is 5e-10 off in float64
        "lgamma": '''\
class _LogGamma(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x > 0, torch.lgamma(x), torch.nan)

    @staticmethod
    def backward(ctx, up):
        return up * polygamma(0, *ctx.saved_tensors)


def lgamma(x):
    """log(Gamma(x)) of positive numbers."""
    return _LogGamma.apply(x)''',
        "polygamma": '''\
class _Polygamma(torch.autograd.Function):
    @staticmethod
    def forward(ctx, n, x):
        ctx.n = n
        ctx.save_for_backward(x)
        order = torch.tensor(n + 1.0, dtype=x.dtype)
        if n:
            far = torch.exp(torch.lgamma(order - 1.0)) * x**-n * (1.0 + 0.5 * n / x)
            value = torch.where(x > 1e8, far, torch.special.zeta(order, x) * torch.exp(torch.lgamma(order)))
        else:
            value = torch.digamma(x)
        return torch.where(x > 0, value if n % 2 or not n else -value, torch.nan)

    @staticmethod
    def backward(ctx, up):
        return None, up * polygamma(ctx.n + 1, *ctx.saved_tensors)


def polygamma(n, x):
    """The derivative of order n + 1 of lgamma, of positive numbers."""
    return _Polygamma.apply(int(n), x)''',
        "concat": '''\
def concat(*parts):
    """Joined end to end; a part of one dimension less is one entry or row."""
    rank = max(1, *(p.dim() for p in parts))
    return torch.cat([p if p.dim() == rank else p.unsqueeze(0) for p in parts])''',
        "select": '''\
def select(s, a, b):
    """a where s > 0, b where s < 0; on the kink their common value, or NaN."""
    on = torch.where((s == 0.0) & (a == b), b, torch.full_like(b, torch.nan))
    return torch.where(s > 0.0, a, torch.where(s < 0.0, b, on))''',
    },
    remark="from float64 tensors",
)


def torch_source(outputs: Sequence[Node], inputs: Sequence[Node]) -> str:
    """The source of a module whose function ``f`` takes one tensor an input and returns a tuple of tensors.

    ``outputs`` are derivative-free nodes of any shape. A definition among them is the very tensor that the
    others are computed from, so ``torch.autograd.grad(L, a1)`` is the document's dL/da1.
    """
    unfolded = unfold([*outputs, *inputs], FORMS)
    given = unfolded[len(outputs) :]
    unfolded = guarded([*keeping_digits(unfolded[: len(outputs)], given, FORMS, through_definitions=False), *given])
    return write(DIALECT, unfolded[: len(outputs)], unfolded[len(outputs) :])


def compile_torch(outputs: Sequence[Node], inputs: Sequence[Node]) -> Program:
    """That function, ready to call."""
    source = torch_source(outputs, inputs)
    return Program(source, compile_source(source))
