"""How fast gradients and full Hessians are derived, and how many operations they have, beside the peers, in one run.

    python benchmarks/derivation.py [--quick]

Peers that are not installed are skipped by name. Times are medians, in milliseconds, from nothing to gradient and
upper-triangular Hessian: building the network is part of them. Ours runs in turn with each peer (see timing). Operations are
those of one shared graph of all entries, without loads, stores and constants. Of CasADi's the benchmark gives these, and
beside them all instructions of its function but the loads of inputs, as CasADi itself counts: constants and one store a
result are among those.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import networks
from timing import available, in_turn, ratio

from derive.calculus.hessian import gradient_and_hessian
from derive.calculus.reverse import hvp
from derive.expr.graph import Graph, Node, topological

Case = tuple[str, Callable[[Any, Any], networks.Network]]
LEAVES = ("const", "symbol", "index", "def")


def cases(quick: bool) -> Iterator[Case]:
    for layers in (3, 6, 12) if quick else (3, 6, 8, 12, 24, 48, 96):
        yield f"chain {layers}", lambda s, f, n=layers: networks.chain(n, s, f)
    for sizes in ((2, 2, 1), (3, 3, 3, 1)) if quick else ((2, 2, 1), (3, 3, 3, 1), (4, 4, 4, 1), (8, 8, 8, 1)):
        yield f"MLP {'-'.join(map(str, sizes))}", lambda s, f, n=sizes: networks.mlp(n, s, f)


def ours(build: Any) -> list[Node]:
    """The entries of gradient and Hessian."""
    g = Graph()
    functions = {name: lambda a, name=name: g.call(name, a) for name in networks.ACTIVATIONS}
    net = build(g.symbol, functions)
    entries, rows = gradient_and_hessian(net.loss, net.parameters)
    for row in rows:
        entries += row.values()
    return entries


def our_operations(entries: list[Node]) -> int:
    return sum(n.op not in LEAVES for n in topological(entries))


def casadi_sx(build: Any) -> Any:
    import casadi as ca

    functions = {"relu": lambda a: ca.fmax(a, 0), "tanh": ca.tanh, "sigmoid": lambda a: 1 / (1 + ca.exp(-a))}
    net = build(ca.SX.sym, functions)
    matrix, slope = ca.hessian(net.loss, ca.vertcat(*net.parameters))
    return ca.vertcat(*net.inputs), slope, ca.triu(matrix)


def casadi_operations(made: Any) -> tuple[int, int]:
    """What is computed: instructions without loads, stores and constants; and all instructions but the loads."""
    import casadi as ca

    inputs, slope, matrix = made
    f = ca.Function("f", [inputs], [slope, matrix])
    found = [f.instruction_id(k) for k in range(f.n_instructions())]
    idle = (ca.OP_INPUT, ca.OP_OUTPUT, ca.OP_CONST)
    return sum(k not in idle for k in found), sum(k != ca.OP_INPUT for k in found)


def symengine(build: Any) -> None:
    import symengine as se

    functions = {"relu": lambda a: se.Max(a, 0), "tanh": se.tanh, "sigmoid": lambda a: 1 / (1 + se.exp(-a))}
    net = build(se.Symbol, functions)
    slope = [se.diff(net.loss, p) for p in net.parameters]
    _ = [se.diff(s, p) for i, s in enumerate(slope) for p in net.parameters[i:]]


def sympy(build: Any) -> None:
    import sympy as sp
    from sympy.core.cache import clear_cache

    clear_cache()
    functions = {
        "relu": lambda a: sp.Max(a, 0),
        "tanh": sp.tanh,
        "sigmoid": lambda a: 1 / (1 + sp.exp(-a)),
    }
    net = build(lambda name: sp.Symbol(name, real=True), functions)
    slope = [sp.diff(net.loss, p) for p in net.parameters]
    _ = [sp.diff(s, p) for i, s in enumerate(slope) for p in net.parameters[i:]]


PEERS = {"casadi": casadi_sx, "symengine": symengine, "sympy": sympy}

#: The networks that take these peers no more than some seconds; CasADi is asked for all.
SMALL = ["chain 3", "chain 6", "MLP 2-2-1"]
SHORT = {"sympy": SMALL, "symengine": [*SMALL, "chain 8", "chain 12", "MLP 3-3-3-1", "MLP 4-4-4-1"]}


def layers_of_tensors(width: int, layers: int) -> tuple[Node, list[Node]]:
    g = Graph()
    a, variables = g.symbol("x", (width,)), []
    for k in range(layers):
        w, b = g.symbol(f"W{k}", (width, width)), g.symbol(f"b{k}", (width,))
        variables += [w, b]
        a = g.call(networks.ACTIVATIONS[k % 3], g.add(g.matmul(w, a), b))
    return g.sum(g.mul(a, a)), variables


def product(width: int, layers: int = 48) -> list[Node]:
    """The Hessian times a direction, of tensor-level layers."""
    loss, variables = layers_of_tensors(width, layers)
    g = loss.graph
    return hvp(loss, variables, [g.symbol(f"u{k}", v.shape) for k, v in enumerate(variables)], marked=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small networks only")
    parser.add_argument("--seconds", type=float, default=6.0, help="for each network and peer")
    given = parser.parse_args()
    peers = available(list(PEERS))
    print(f"{'gradient + Hessian':18} {'ms':>8} {'ops':>7}", *(f"{p + ' takes':>27}" for p in peers), end="")
    print("   ops of casadi, and its instructions" if "casadi" in peers else "")
    for name, build in cases(given.quick):
        operations = our_operations(ours(build))
        cells, share, mine = [], "", [0.0]
        for peer in peers:
            if name not in SHORT.get(peer, [name]):
                cells.append(f"{'-':>27}")
                continue
            theirs: list[float]
            mine, theirs = in_turn(
                lambda build=build: ours(build),
                lambda build=build, peer=peer: PEERS[peer](build),
                seconds=given.seconds,
            )
            cells.append(f"{ratio(theirs, mine)!s:>27}")
            if peer == "casadi":
                share = "".join(f"   {n:7} ({operations / n:.2f})" for n in casadi_operations(casadi_sx(build)))
        print(f"{name:18} {1e3 * median(mine):8.2f} {operations:7}", *cells, share, flush=True)
    print("\nHessian-vector product of 48 tensor-level layers, building included")
    for width in (4, 64, 1024):
        (times,) = in_turn(lambda width=width: product(width), seconds=given.seconds)
        nodes = len(topological(product(width)))
        print(f"width {width:5}: {1e3 * median(times):.2f} ms, {1e3 * min(times):.2f} at best; {nodes} nodes")


if __name__ == "__main__":
    main()
