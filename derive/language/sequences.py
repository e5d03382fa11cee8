"""Iterations with state: ``w`` is the state before a step, ``w(k)`` its value after k steps, ``loss(k)`` that of a definition.

A step may use what other sequences have already become in it, ``new(m)``, and the number of the step, ``index: t``. In a
definition that is called with k the index is k. Reading makes nodes ``after``; ``derive.calculus.iteration`` works them out.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Mapping

from derive.expr.graph import Graph, Node, topological
from derive.language.loops import whole
from derive.language.syntax import Reader

MAX_STEPS = 1_000_000

_STATES = "states"


def declare(g: Graph, symbols: Iterable[Node]) -> None:
    """From here on these symbols of the graph are states (or the index of a step)."""
    g.templates[_STATES] = states(g) | frozenset(symbols)


def states(g: Graph) -> frozenset[Node]:
    """The symbols of a graph that are states of an iteration, or its index."""
    found: frozenset[Node] = g.templates.get(_STATES, frozenset())
    return found


def called(scope: Mapping[str, Node], t: ast.Call, functions: Container[str]) -> bool:
    """Whether a call has the form ``w(k)``, of a state or of a definition that mentions one."""
    if not of_one(t) or not isinstance(t.func, ast.Name) or t.func.id not in scope:
        return False
    n = scope[t.func.id]
    known = states(n.graph)
    if n in known:
        return True
    return n.op == "def" and t.func.id not in functions and any(m in known for m in topological([n]))


def of_one(t: ast.Call) -> bool:
    """Whether a call by name has one argument and nothing else."""
    return isinstance(t.func, ast.Name) and len(t.args) == 1 and not t.keywords and not _loops(t.args[0])


def _loops(t: ast.expr) -> bool:
    return isinstance(t, ast.GeneratorExp | ast.Starred)


def read(r: Reader, t: ast.Call, done: Mapping[ast.AST, Node]) -> Node:
    """The node ``after`` of a call: what is asked for, and after how many steps."""
    assert isinstance(t.func, ast.Name)
    body, number = r.scope[t.func.id], whole(t.args[0], r.scope)
    k = r.real(done[t.args[0]], t.args[0]) if number is None else r.graph.const(number)
    if (constant := r.constants.get(k)) is not None:
        k = r.graph.const(constant)
    if k.shape:
        r.fail("a number of steps is one number", t.args[0])
    if k.op == "const" and not (isinstance(k.attr, int) and 0 <= k.attr <= MAX_STEPS):
        r.fail(f"a number of steps is a whole number from 0 to {MAX_STEPS:,}, not {k.attr}", t.args[0])
    return r.graph.node("after", (body, k), None, body.shape)
