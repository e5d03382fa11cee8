"""The graph that autograd records: its nodes and edges, and how a backward pass goes through it."""

from __future__ import annotations

from typing import Any

from verify.probes.look import Observed, family, raised, show
from verify.probes.modes import saved_by

TABLE, probe = family()


def name_of(node: Any) -> str:
    return str(node.name()).rpartition("::")[2]


def parents(node: Any) -> list[Any]:
    """The nodes that a node's edges lead to."""
    return [parent for parent, _ in node.next_functions if parent is not None]


def reachable(root: Any) -> list[Any]:
    """The nodes below a node and itself, each once, in the order of a breadth-first walk."""
    found = [root]
    for node in found:
        found.extend(p for p in dict.fromkeys(parents(node)) if p not in found)
    return found


def _diamond(torch: Any) -> tuple[Any, Any]:
    """The example of section 2.10, at x = 3: its v3 feeds two nodes."""
    x = torch.tensor(3.0, requires_grad=True)
    v3 = x**2
    return v3, (2 * v3) * (v3 + 1)


@probe
def edges_add_up(torch: Any) -> Observed:
    """The gradient of a value is the sum of one contribution from each outgoing edge."""
    v3, f = _diamond(torch)
    edges = sum(parents(node).count(v3.grad_fn) for node in reachable(f.grad_fn))
    (total,) = torch.autograd.grad(f, v3)
    held, moved = v3.detach(), v3.detach().requires_grad_()
    each = [torch.autograd.grad(g, moved)[0] for g in ((2 * held) * (moved + 1), (2 * moved) * (held + 1))]
    return Observed(
        edges == 2 and bool(total == sum(each)), f"{edges} edges, contributions {show(each)}, gradient {show(total)}"
    )


@probe
def graph_is_dynamic(torch: Any) -> Observed:
    """The graph is built while the forward pass runs: which operations it has hangs on the branch that was taken."""

    def f(x: Any) -> Any:
        return torch.exp(x) if x > 0 else torch.sin(x)

    names = [name_of(f(torch.tensor(v, requires_grad=True)).grad_fn) for v in (1.0, -1.0)]
    return Observed(names == ["ExpBackward0", "SinBackward0"], f"one function at 1 and at -1: {', '.join(names)}")


@probe
def graph_is_rebuilt(torch: Any) -> Observed:
    """Each forward pass builds its graph anew."""
    model, x = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Sigmoid()), torch.ones(2)
    first, second = (reachable(model(x).sum().grad_fn) for _ in range(2))
    shared = {name_of(n) for n in first if n in second}
    holds = (
        [*map(name_of, first)] == [*map(name_of, second)] and shared <= {"AccumulateGrad"} and first[0] is not second[0]
    )
    seen = f"two passes: {len(first)} nodes each, with the same names; in common only {', '.join(sorted(shared)) or 'nothing'}"
    return Observed(holds, seen)


@probe
def graph_is_acyclic(torch: Any) -> Observed:
    """The graph is a directed acyclic graph, whose nodes are operations and whose edges lead to the nodes that made
    their inputs."""
    v3, f = _diamond(torch)
    nodes = reachable(f.grad_fn)
    left = list(nodes)
    while ready := [n for n in left if not any(p in left for p in parents(n))]:
        left = [n for n in left if n not in ready]
    shared = v3.grad_fn in nodes and sum(v3.grad_fn in parents(n) for n in nodes) == 2
    told = ", ".join(map(name_of, nodes))
    return Observed(
        not left and shared, f"{told}; {'no cycle' if not left else 'a cycle'}, PowBackward0 reached by two edges"
    )


@probe
def nodes_are_operations(torch: Any) -> Observed:
    """Nodes of the graph are operations, and its edges are dependencies of data."""
    w, b = (torch.tensor(v, requires_grad=True) for v in (2.0, 1.0))
    product = w * 3.0
    total = product + b
    edges = [name_of(p) for p in parents(total.grad_fn)]
    holds = name_of(total.grad_fn) == "AddBackward0" and edges == ["MulBackward0", "AccumulateGrad"]
    holds = holds and parents(total.grad_fn)[0] is product.grad_fn
    return Observed(holds, f"of w*3 + b: grad_fn is {name_of(total.grad_fn)}; its next_functions: {', '.join(edges)}")


@probe
def nodes_keep_local_derivatives(torch: Any) -> Observed:
    """Each node keeps what the chain rule needs of its local derivative."""
    x, y = (torch.tensor(v, requires_grad=True) for v in (2.0, 5.0))
    product = x * y
    node = product.grad_fn
    kept = [float(node._saved_self), float(node._saved_other)]
    product.backward(retain_graph=True)
    retained = float(node._saved_self) == 2
    product.backward()
    freed = raised(lambda: node._saved_self)
    given = "before backward(), or with retain_graph=True" if freed else ""
    seen = (
        f"MulBackward0 keeps the factors {show(kept)}, also after backward(retain_graph=True): {retained}; "
        f"after backward(): {freed or 'still'}"
    )
    return Observed(kept == [2, 5] and retained, seen, given)


@probe
def nodes_keep_parent_tensors(torch: Any) -> Observed:
    """Each node keeps references to the tensors that it was computed from."""
    x = torch.tensor(2.0, requires_grad=True)
    left, right = x * 2, x * 3
    with saved_by(torch) as saved:
        total = left + right
    node = total.grad_fn
    tensors = [a for a in dir(node) if a.startswith("_saved_") and isinstance(getattr(node, a), torch.Tensor)]
    edges = ", ".join(name_of(p) for p in parents(node))
    holds = len(saved) + len(tensors) > 0
    return Observed(holds, f"AddBackward0 keeps {len(saved)} tensors; its next_functions are nodes: {edges}")


@probe
def backward_is_in_reverse(torch: Any) -> Observed:
    """backward() runs the nodes in reverse, each after all that use its result, and gives the gradients of the
    parameters."""
    w, b = torch.tensor(2.0, requires_grad=True), torch.tensor(1.0, requires_grad=True)
    hidden = torch.sigmoid(w * 3.0 + b)
    loss = hidden**2 + torch.exp(hidden)
    nodes, order = reachable(loss.grad_fn), []
    for node in nodes:
        node.register_prehook(lambda _, node=node: order.append(node))
    loss.backward()
    after = all(order.index(n) < order.index(p) for n in order for p in parents(n) if p in order)
    holds = after and len(order) == len(nodes) and w.grad is not None and b.grad is not None
    names = list(dict.fromkeys(map(name_of, order)))
    return Observed(
        holds, f"{len(order)} nodes run, from {names[0]} to {names[-1]}, each after all that use it: {after}"
    )


@probe
def tensors_have_a_grad_fn(torch: Any) -> Observed:
    """Each tensor stores a grad_fn that tells how it was made."""
    leaf = torch.tensor(2.0, requires_grad=True)
    name = name_of((leaf * 2).grad_fn)
    given = "it is the result of a recorded operation, no parameter or input" if leaf.grad_fn is None else ""
    return Observed(name == "MulBackward0", f"of w*2: {name}; of the parameter w itself: {leaf.grad_fn}", given)


@probe
def absent_tensors_have_gradient_zero(torch: Any) -> Observed:
    """Of a term that a tensor does not enter, the derivative by that tensor is zero."""
    w, a = (torch.tensor(v, requires_grad=True) for v in (2.0, 5.0))
    grad, penalty = torch.autograd.grad, w**2
    error = raised(lambda: grad(penalty, a, retain_graph=True))
    (unused,) = grad(penalty, a, retain_graph=True, allow_unused=True)
    (zero,) = grad(penalty, a, retain_graph=True, materialize_grads=True)
    alone, both = (grad(loss, a)[0] for loss in (w * a, w * a + w**2))
    holds = unused is None and float(zero) == 0 and torch.equal(alone, both)
    seen = (
        f"{unused} with allow_unused, {show(zero)} with materialize_grads, "
        f"else {error}; beside another term it changes nothing"
    )
    return Observed(holds, seen)


@probe
def network_saves_seven_tensors(torch: Any) -> Observed:
    """The backward pass through three layers with ReLU, tanh and sigmoid needs the input, the values before and after
    each activation, and the output: all seven are stored."""
    layers = [torch.nn.Linear(3, 3) for _ in range(3)]
    values = {"x": torch.randn(3, 3)}
    with saved_by(torch) as saved:
        a = values["x"]
        for k, act in enumerate((torch.relu, torch.tanh, torch.sigmoid), 1):
            values[f"z{k}"] = layers[k - 1](a)
            a = values[f"a{k}" if k < 3 else "yhat"] = act(values[f"z{k}"])
        ((a - torch.ones(3, 3)) ** 2).sum().backward()
    stored = {name for name, value in values.items() if any(s.data_ptr() == value.data_ptr() for s in saved)}
    told = [" ".join(n for n in values if (n in stored) == kept) for kept in (True, False)]
    return Observed(stored == set(values), f"stored are {told[0]}; not stored: {told[1] or 'none'}")
