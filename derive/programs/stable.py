"""Exact identities that keep floats in range, for expressions that are written as programs.

log(1 + exp(u)) is logaddexp(0, u) for every real u, and exp(800) is inf in float64. What is rewritten is the expression, before
it is differentiated, so that derivatives are those of the form that stays in range: sigmoid(u) in place of exp(u)/(1 + exp(u)).
The identities hold for all real values of what stands in them, so that no condition goes with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.expr.composites import COMPOSITES, build
from derive.expr.graph import Graph, Node, topological


def stable(roots: Sequence[Node]) -> dict[Node, Node]:
    """What each node below the roots becomes. Definitions keep their names."""
    done: dict[Node, Node] = {}
    logs: dict[Node, Node] = {}  # of exp(u), 1 and their sums
    for n in topological(roots):
        args = tuple(done[a] for a in n.args)
        made = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
        if n.op == "exp":
            logs[made] = args[0]
        elif made is n.graph.one:
            logs[made] = n.graph.zero
        elif n.op == "add" and args[0] in logs and args[1] in logs:
            logs[made] = n.graph.call("logaddexp", logs[args[0]], logs[args[1]])
        if n.op in _RULES:
            made = _RULES[n.op](made, logs) or made
        done[n] = made
    return done


def _log(n: Node, logs: Mapping[Node, Node]) -> Node | None:
    """log(exp(u) + exp(v)) = logaddexp(u, v), log(sigmoid(u)) = -logaddexp(0, -u), and so on."""
    g, x = n.graph, n.args[0]
    if x in logs:
        return logs[x]
    match x.op:
        case "sub" if x.args[0] is g.one and x.args[1].op == "sigmoid":  # log(1 - sigmoid(u)) = log(sigmoid(-u))
            return g.neg(_softplus(g, x.args[1].args[0]))
        case "sigmoid":  # log(1/(1 + exp(-u))) = -log(1 + exp(-u))
            return g.neg(_softplus(g, g.neg(x.args[0])))
        case "softmax":  # along the same axis
            return _same(x, "log_softmax")
        case "index" if x.args[0].op == "softmax":
            return g.index(_same(x.args[0], "log_softmax"), x.attr)
        case "sum" if x.args[0].op == "exp":  # of a vector, or along an axis of a matrix
            u = x.args[0].args[0]
            if u.shape == x.args[0].shape and (len(u.shape) == 1 or (len(u.shape) == 2 and x.attr is not None)):
                return build(g, COMPOSITES["logsumexp"], [u], {"axis": -1 if x.attr is None else x.attr})
    return None


def _quotient(n: Node, logs: Mapping[Node, Node]) -> Node | None:
    """exp(u)/(exp(u) + exp(v)) = sigmoid(u - v), exp(u)/sum(exp(u)) = softmax(u)."""
    g, (a, b) = n.graph, n.args
    if a in logs and b.op == "add" and b in logs and a in b.args:
        other = b.args[b.args[0] is a]
        return g.call("sigmoid", g.sub(logs[a], logs[other]))
    if a.op == "exp" and len(a.shape) == 1 and b.op == "sum" and b.args[0] is a:
        return build(g, COMPOSITES["softmax"], [a.args[0]])
    return None


_RULES = {"log": _log, "div": _quotient}


def _softplus(g: Graph, u: Node) -> Node:
    return g.call("logaddexp", g.zero, u)


def _same(n: Node, op: str) -> Node:
    """The composite of another name, of the same arguments and options."""
    return n.graph.node(op, n.args, n.attr, n.shape)
