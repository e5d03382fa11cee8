"""What the listings of a document do when they are run: Lp regularization (6.11), its graph (6.12), gradient descent
(3.14)."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from verify.probes.graph import name_of, parents, reachable
from verify.probes.look import Observed, close, family, show

TABLE, probe = family()

P, LAM = 3.0, 1e-4  # the exponent and the strength of the listing of 6.11.1


# -- the regularized loss -----------------------------------------------------------------------------


def _penalty(model: Any) -> Any:
    """The penalty of 6.11.1: of parameters whose name ends in "weight"."""
    penalty = 0.0
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and name.endswith("weight"):
            penalty = penalty + parameter.abs().pow(P).sum()
    return penalty


def _regularized(torch: Any) -> tuple[Any, Any, Any, Any]:
    """A model of Linear and Sigmoid layers, the data loss, the penalty, and the loss of 6.11.1."""
    nn = torch.nn
    model = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1))
    data = nn.MSELoss()(model(torch.tensor([[1.0, -2.0], [0.5, 3.0]])), torch.tensor([[1.0], [0.0]]))
    penalty = _penalty(model)
    return model, data, penalty, data + (LAM / P) * penalty


def _visited(loss: Any) -> list[Any]:
    """The nodes that the loop of 6.12.1 prints: always the first edge."""
    found, node = [], loss.grad_fn
    while node is not None:
        found.append(node)
        if not node.next_functions:
            break
        node = node.next_functions[0][0]
    return found


@probe
def lp_listing_value(torch: Any) -> Observed:
    """loss - data_loss is lam/p times the sum of abs(W)**p over the weights."""
    model, data, _, loss = _regularized(torch)
    expected = LAM / P * sum(abs(float(w)) ** P for m in (model[0], model[2]) for w in m.weight.flatten())
    found = float((loss - data).detach())
    return Observed(close(found / expected, 1, 1e-2), f"of 2 weight matrices: {found:.2g}, expected {expected:.2g}")


@probe
def lp_listing_leaves_biases_out(torch: Any) -> Observed:
    """Biases are left out of the penalty."""
    model, _, penalty, _ = _regularized(torch)
    names, parameters = zip(*model.named_parameters(), strict=True)
    gradients = torch.autograd.grad(penalty, parameters, allow_unused=True)
    inside = [n for n, g in zip(names, gradients, strict=True) if g is not None]
    return Observed(inside == ["0.weight", "2.weight"], f"in the penalty: {', '.join(inside)}; of {', '.join(names)}")


@probe
def weight_names_select_matrices(torch: Any) -> Observed:
    """name.endswith("weight") selects the weight matrices, and nothing else."""
    nn = torch.nn

    def right(model: Any) -> bool:
        return all(n.endswith("weight") == (p.ndim >= 2) for n, p in model.named_parameters())

    models = {"Linear": nn.Linear(2, 2), "LayerNorm": nn.LayerNorm(2), "LSTM": nn.LSTM(2, 2)}
    found = {name: right(model) for name, model in models.items()}
    others = [name for name in ("LayerNorm", "LSTM") if not found[name]]
    given = "all parameters are those of layers such as Linear" if others else ""
    seen = (
        "it does for Linear; a LayerNorm has a gain called weight, which is a vector, "
        "and an LSTM matrices called weight_ih_l0, weight_hh_l0"
    )
    return Observed(found["Linear"], seen, given)


@probe
def lp_loss_prints_add(torch: Any) -> Observed:
    """print(loss.grad_fn) shows AddBackward0."""
    *_, loss = _regularized(torch)
    out = io.StringIO()
    with redirect_stdout(out):
        print(loss.grad_fn)
    word = out.getvalue().strip("<>\n").partition(" ")[0]
    return Observed(word == "AddBackward0", f"it shows <{word} object at ...>")


@probe
def lp_loss_has_two_branches(torch: Any) -> Observed:
    """data_loss + (lam/p)*reg has two branches."""
    *_, loss = _regularized(torch)
    names = [name_of(n) for n in parents(loss.grad_fn)]
    return Observed(
        names == ["MseLossBackward0", "MulBackward0"], f"next_functions of {name_of(loss.grad_fn)}: {', '.join(names)}"
    )


@probe
def lp_loss_nodes(torch: Any) -> Observed:
    """The graph of the loss has nodes AddBackward0, MseLossBackward0, SigmoidBackward0, PowBackward0 and AbsBackward0."""
    *_, loss = _regularized(torch)
    nodes = [name_of(n) for n in reachable(loss.grad_fn)]
    wanted = ("AddBackward0", "MseLossBackward0", "SigmoidBackward0", "PowBackward0", "AbsBackward0")
    told = ", ".join(f"{nodes.count(n)} {n}" for n in wanted)
    return Observed(all(n in nodes for n in wanted), f"of {len(nodes)} nodes: {told}")


@probe
def first_edges_visit_the_graph(torch: Any) -> Observed:
    """The loop that follows next_functions[0][0] goes backward through the whole graph."""
    *_, loss = _regularized(torch)
    chain = torch.sin(torch.exp(torch.ones(1, requires_grad=True)))
    visited, nodes = len(_visited(loss)), len(reachable(loss.grad_fn))
    whole = len(_visited(chain)) == len(reachable(chain.grad_fn))
    given = "the graph is one chain, without a second branch" if visited < nodes else ""
    return Observed(
        whole, f"of a chain all nodes; of the regularized loss {visited} of {nodes}, along the first edges", given
    )


@probe
def first_edges_print(torch: Any) -> Observed:
    """The loop that follows next_functions[0][0] prints AddBackward0, MseLossBackward0, SigmoidBackward0, PowBackward0,
    AbsBackward0."""
    *_, loss = _regularized(torch)
    names = [name_of(n) for n in _visited(loss)]
    wanted = ["AddBackward0", "MseLossBackward0", "SigmoidBackward0", "PowBackward0", "AbsBackward0"]
    return Observed(
        names == wanted, f"it prints {', '.join(names)}: the first edges lead to a bias, and never to the penalty"
    )


@probe
def lp_loss_branches_merge(torch: Any) -> Observed:
    """AddBackward0 joins two branches: one through the activations to the data loss, one from the weights alone to the
    penalty."""
    model, *_, loss = _regularized(torch)
    data, penalty = ({name_of(n) for n in reachable(root)} for root in parents(loss.grad_fn))
    leaves = [n.variable for n in reachable(parents(loss.grad_fn)[1]) if name_of(n) == "AccumulateGrad"]
    weights = [model[0].weight, model[2].weight]
    only_weights = len(leaves) == 2 and all(any(leaf is w for w in weights) for leaf in leaves)
    holds = name_of(loss.grad_fn) == "AddBackward0" and "SigmoidBackward0" in data and "SigmoidBackward0" not in penalty
    holds = (
        holds
        and {"PowBackward0", "AbsBackward0"} <= penalty
        and not {"PowBackward0", "AbsBackward0"} & data
        and only_weights
    )
    return Observed(
        holds,
        f"one branch: {', '.join(sorted(data))}; the other: {', '.join(sorted(penalty))}, with the weights as leaves",
    )


# -- gradient descent by hand -------------------------------------------------------------------------

Seed = Callable[[float], float]


def _value(x1: float, x2: float) -> float:
    return x1 * math.exp(x2) + math.cos(x1 * x2)


def _step(x1: float, x2: float, lr: float, seed: Seed, prnt_delta: bool = False) -> tuple[float, float]:
    """One step of the listings: the chain rule from the first backward signal, which a loss gives at v7; as the first
    prints it."""
    up, v5 = math.exp(x2), x1 * x2
    v7 = x1 * up + math.cos(v5)
    dv7 = seed(v7)
    dv5 = -dv7 * math.sin(v5)
    x1, x2 = x1 - lr * (dv7 * up + dv5 * x2), x2 - lr * (dv5 * x1 + dv7 * x1 * up)
    if prnt_delta:
        f_new = _value(x1, x2)
        print(f"delta_f={f_new - v7}")
        print(f"f_new={f_new}, f_old={v7}")
        print("-" * 25)
    return x1, x2


def _run(start: float, steps: int, lr: float, seed: Seed, nudge: bool = False) -> list[float]:
    x1, x2 = (math.nextafter(start, math.inf), start) if nudge else (start, start)
    for _ in range(steps):
        x1, x2 = _step(x1, x2, lr, seed)
    return [x1, x2]


#: Start, steps, learning rate and first backward signal of 3.15.1 to 3.15.3.
RUNS: tuple[tuple[float, int, float, Seed], ...] = (
    (0.6, 10, 1e-2, lambda v7: 1.0),
    (0.5, 5000, 1e-3, lambda v7: v7),
    (1.5, 5000, 1e-3, lambda v7: v7 - 1),
)


@probe
def listing_prints_deltas() -> Observed:
    """With prnt_delta=True a step of listing 1 prints delta_f, then f_new and f_old, then 25 dashes."""
    (start, _, lr, seed), outs = RUNS[0], (io.StringIO(), io.StringIO())
    for out, prints in zip(outs, (True, False), strict=True):
        with redirect_stdout(out):
            _step(start, start, lr, seed, prnt_delta=prints)
    lines, silent = outs[0].getvalue().splitlines(), not outs[1].getvalue()
    numbers = dict(part.split("=") for line in lines[:2] for part in line.split(", "))
    old, new, delta = (float(numbers[key]) for key in ("f_old", "f_new", "delta_f"))
    holds = (
        list(numbers) == ["delta_f", "f_new", "f_old"] and delta == new - old < 0 and lines[2:] == ["-" * 25] and silent
    )
    return Observed(
        holds,
        f"{len(lines)} lines at the start of 3.15.1: v7 goes from {old:.5f} to {new:.5f}; none without prnt_delta",
    )


@probe
def sgd_runs_the_listings(torch: Any) -> Observed:
    """torch.optim.SGD on the same graph in float64 takes the steps of the listings."""
    apart = []
    losses: tuple[Callable[[Any], Any], ...] = (lambda v: v, lambda v: v**2 / 2, lambda v: (v - 1) ** 2 / 2)
    for (start, _, lr, seed), loss in zip(RUNS, losses, strict=True):
        x = torch.tensor([start, start], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([x], lr=lr)
        for _ in range(10):
            optimizer.zero_grad()
            loss(x[0] * torch.exp(x[1]) + torch.cos(x[0] * x[1])).backward()
            optimizer.step()
        by_hand = _run(start, 10, lr, seed)
        apart.append(max(abs(float(a) - b) for a, b in zip(x, by_hand, strict=True)))
    same = all(a < 1e-13 for a in apart)
    return Observed(
        same, f"10 steps of each run: {'within 1e-13 of each other' if same else f'up to {max(apart):.1e} apart'}"
    )


@probe
def runs_do_not_hang_on_rounding() -> Observed:
    """The outcomes of the runs of 3.15 do not hang on rounding: a start that is one ulp away leads to the same printed
    digits."""
    moved = [max(abs(a - b) for a, b in zip(_run(*r), _run(*r, nudge=True), strict=True)) for r in RUNS]
    ends = "; ".join(show(_run(*r)) for r in RUNS)
    return Observed(
        max(moved) < 1e-9, f"ends: {ends}; {'within 1e-9' if max(moved) < 1e-9 else 'apart'} from a start one ulp away"
    )
