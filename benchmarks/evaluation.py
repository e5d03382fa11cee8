"""How fast gradient and Hessian of a scalar network are evaluated at many points, beside the peers, in one run.

    python benchmarks/evaluation.py [--layers 3] [--points 100000]

float64, one thread; peers that are not installed are skipped by name. Inputs and parameters all differ from point to point.
Ours returns the gradient and the upper triangle, lambdify too; Torch and JAX return the full Hessian and no gradient. All
return new memory on every call, and beside that ours writes over the results of an earlier call (``out=``). Ours runs in turn
with each peer (see timing); what is prepared once (deriving, writing, compiling) is told apart. The memory that ours takes is
what a call takes at most beyond its inputs.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

# after the settings, which these read when they are imported
import networks  # noqa: E402
import numpy as np  # noqa: E402
from timing import Call, available, in_turn, ratio  # noqa: E402


def ours(layers: int, inputs: Sequence[Any], dtype: Any = None, again: bool = False) -> Call:
    from verify.backends.blocked import compile_blocked

    f = compile_blocked(*_straight_line(layers))
    given = [x.astype(dtype or np.float64) for x in inputs]
    if not again:
        return lambda: f(*given)
    out = f(*given)
    return lambda: f(*given, out=out)


def in_float32(layers: int, inputs: Sequence[Any]) -> Call:
    return ours(layers, inputs, np.float32)


def in_c(layers: int, inputs: Sequence[Any]) -> Call:
    from verify.backends.c_source import compile_c

    outputs, given = _straight_line(layers)
    f = compile_c(outputs, given)
    return lambda: f(*inputs)


def _straight_line(layers: int) -> tuple[list[Any], list[Any]]:
    """What ours computes, and from what."""
    from derive.calculus.hessian import gradient_and_hessian
    from derive.expr.graph import Graph

    g = Graph()
    functions = {name: lambda a, name=name: g.call(name, a) for name in networks.ACTIVATIONS}
    net = networks.chain(layers, g.symbol, functions)
    slope, rows = gradient_and_hessian(net.loss, net.parameters)
    return [*slope, *(entry for row in rows for entry in row.values())], net.inputs


def _same_lines(layers: int, module: str) -> dict[str, Any]:
    """The very lines that ours runs in NumPy, over another module of its kind: what they define."""
    from verify.backends.numpy_source import numpy_source

    source = numpy_source(*_straight_line(layers)).replace("import numpy as np", f"import {module} as np")
    namespace: dict[str, Any] = {}
    exec(source.replace('@np.errstate(all="ignore")', ""), namespace)
    return namespace


def jax_same_lines(layers: int, inputs: Sequence[Any]) -> Call:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    f = jax.jit(_same_lines(layers, "jax.numpy")["f"])
    given = [jnp.asarray(x) for x in inputs]
    return lambda: [r.block_until_ready() for r in f(*given)]


def numba_same_lines(layers: int, inputs: Sequence[Any]) -> Call:
    import numba

    namespace = _same_lines(layers, "numpy")
    for name, helper in namespace.items():
        if callable(helper):
            namespace[name] = numba.njit(helper)
    f = namespace["f"]
    return lambda: f(*inputs)


def sympy_lambdify(layers: int, inputs: Sequence[Any]) -> Call:
    import sympy as sp

    # a Piecewise of its own for each ReLU nests in the derivatives, and Max leaves Heaviside to be written in NumPy
    functions = {"relu": lambda a: sp.Max(a, 0), "tanh": sp.tanh, "sigmoid": lambda a: 1 / (1 + sp.exp(-a))}
    net = networks.chain(layers, lambda name: sp.Symbol(name, real=True), functions)
    slope = [sp.diff(net.loss, p) for p in net.parameters]
    second = [sp.diff(s, p) for i, s in enumerate(slope) for p in net.parameters[i:]]
    modules = [{"Heaviside": lambda x, at=0.5: np.heaviside(x, at), "DiracDelta": lambda x: 0.0 * x}, "numpy"]
    f = sp.lambdify(net.inputs, [*slope, *second], modules=modules, cse=True)
    return lambda: f(*inputs)


def torch_func(layers: int, inputs: Sequence[Any]) -> Call:
    import torch

    torch.set_num_threads(1)
    functions = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        given = iter(parameters)
        named = {"x": x, "y": y}
        return networks.chain(layers, lambda name: named[name] if name in named else next(given), functions).loss

    f = torch.func.vmap(torch.func.hessian(loss), in_dims=(1, 0, 0))
    x, y, *parameters = (torch.from_numpy(v) for v in inputs)
    stacked = torch.stack(parameters)
    return lambda: [
        f(stacked[:, i : i + 100_000], x[i : i + 100_000], y[i : i + 100_000]) for i in range(0, len(x), 100_000)
    ]


def jax_jit(layers: int, inputs: Sequence[Any]) -> Call:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    functions = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        given = iter(parameters)
        named = {"x": x, "y": y}
        return networks.chain(layers, lambda name: named[name] if name in named else next(given), functions).loss

    f = jax.jit(jax.vmap(jax.hessian(loss), in_axes=(1, 0, 0)))
    x, y, *parameters = (jnp.asarray(v) for v in inputs)
    stacked = jnp.stack(parameters)
    return lambda: f(stacked, x, y).block_until_ready()


def casadi_map(layers: int, inputs: Sequence[Any]) -> Call:
    import casadi as ca

    functions = {"relu": lambda a: ca.fmax(a, 0), "tanh": ca.tanh, "sigmoid": lambda a: 1 / (1 + ca.exp(-a))}
    net = networks.chain(layers, ca.SX.sym, functions)
    matrix, slope = ca.hessian(net.loss, ca.vertcat(*net.parameters))
    f = ca.Function("f", [ca.vertcat(*net.inputs)], [slope, ca.triu(matrix)]).map(len(inputs[0]))
    stacked = np.stack(inputs)
    return lambda: f(stacked)


#: What is measured beside the generated NumPy, by the module that it needs.
PEERS: dict[str, tuple[str, Callable[[int, Sequence[Any]], Call]]] = {
    "generated NumPy, float32": ("numpy", in_float32),
    "compiled C": ("ctypes", in_c),
    "sympy.lambdify(cse=True)": ("sympy", sympy_lambdify),
    "torch.func.vmap(hessian)": ("torch", torch_func),
    "jax.jit(vmap(hessian))": ("jax", jax_jit),
    "jax.jit of the same lines": ("jax", jax_same_lines),
    "numba of the same lines": ("numba", numba_same_lines),
    "casadi map": ("casadi", casadi_map),
}


def peak(call: Call) -> int:
    """Bytes that a call of NumPy's takes at most beyond what stands before it."""
    import tracemalloc

    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--points", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=10.0, help="for each peer")
    given = parser.parse_args()
    usable = available(sorted({module for module, _ in PEERS.values()}))
    for points in given.points:
        rng = np.random.default_rng(0)
        inputs = [rng.standard_normal(points) for _ in range(2 + 2 * given.layers)]
        generated, again = ours(given.layers, inputs), ours(given.layers, inputs, again=True)
        results = sum(r.nbytes for r in generated())
        print(
            f"\n{given.layers} layers, {points} points; ours takes {peak(generated) / results:.3f} of its results in memory"
        )
        print(f"{'':28} {'prepared s':>10} {'ms':>8}   {'takes, of ours':24} {'ms':>8}   of ours with out= {'ms':>8}")
        for name, (module, prepare) in PEERS.items():
            if module not in usable:
                continue
            start = time.perf_counter()
            try:
                call = prepare(given.layers, inputs)
                call()
                prepared = time.perf_counter() - start
                new, same, theirs = in_turn(generated, again, call, seconds=given.seconds)
            except Exception as fault:
                print(f"{name:28} failed: {type(fault).__name__}: {str(fault)[:60]}")
                continue
            print(
                f"{name:28} {prepared:10.2f} {1e3 * median(theirs):8.1f}   {ratio(theirs, new)!s:24} {1e3 * median(new):8.1f}"
                f"   {ratio(theirs, same)!s:24} {1e3 * median(same):8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
