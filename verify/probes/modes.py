"""Autograd switched on and off: what is recorded and kept in training, and what under no_grad()."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from verify.probes.look import Observed, family, raised, show

TABLE, probe = family()


@contextmanager
def saved_by(torch: Any) -> Iterator[list[Any]]:
    """The tensors that operations save for their backward passes meanwhile, in order."""
    saved: list[Any] = []

    def pack(tensor: Any) -> Any:
        saved.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        yield saved


def _leaf(torch: Any) -> Any:
    return torch.tensor([1.0, 2.0, 3.0], requires_grad=True)


def _squashed(torch: Any, x: Any) -> Any:
    """Two operations, of which the first is read by its backward formula."""
    return torch.sigmoid(x) + 1


@probe
def recording_by_mode(torch: Any) -> Observed:
    """Autograd records while it is enabled, as it is by default, and not under no_grad()."""
    x, default = _leaf(torch), torch.is_grad_enabled()
    recorded = (x * 2).grad_fn is not None
    with torch.no_grad():
        disabled, silent = not torch.is_grad_enabled(), (x * 2).grad_fn is None
    with torch.inference_mode():
        silent = silent and not torch.is_grad_enabled() and not (x * 2).requires_grad
    layer = torch.nn.Linear(3, 1).eval()
    untouched = layer(x).grad_fn is not None
    seen = "is_grad_enabled() is True by default, False under no_grad() and inference_mode()"
    return Observed(
        default and recorded and disabled and silent, seen + ("; model.eval() leaves it on" if untouched else "")
    )


@probe
def graph_recorded_when(torch: Any) -> Observed:
    """A result has a grad_fn exactly where gradient mode is on and some input requires a gradient."""
    found, right = [], True
    for mode in (True, False):
        for requires in (True, False):
            with torch.set_grad_enabled(mode):
                x = torch.ones(2, requires_grad=requires)
                recorded = (x * torch.ones(2)).grad_fn is not None
            found.append(
                f"mode {'on' if mode else 'off'}, {'some' if requires else 'no'} input: {'recorded' if recorded else 'not'}"
            )
            right = right and recorded == (mode and requires)
    x = _leaf(torch)
    without = [
        name for name, y in (("x > 0", x > 0), ("argmax", x.argmax()), ("detach", x.detach())) if y.grad_fn is None
    ]
    given = "the operation is one with a derivative" if without else ""
    return Observed(right, "; ".join(found) + (f"; never by {', '.join(without)}" if without else ""), given)


@probe
def forward_records(torch: Any) -> Observed:
    """The forward pass records the whole graph of its operations."""
    recorded = [_squashed(torch, torch.ones(3, requires_grad=r)).grad_fn for r in (True, False)]
    names = []
    node = recorded[0]
    while node is not None:
        names.append(node.name())
        node = node.next_functions[0][0] if node.next_functions else None
    holds = [n.rpartition("::")[2] for n in names] == ["AddBackward0", "SigmoidBackward0", "AccumulateGrad"]
    given = "some input requires a gradient" if recorded[1] is None else ""
    return Observed(
        holds,
        f"of sigmoid(x) + 1: {', '.join(n.rpartition('::')[2] for n in names)}; nothing where x requires no gradient",
        given,
    )


@probe
def forward_alone(torch: Any) -> Observed:
    """Under no_grad() the forward pass is computed and nothing else: the same values, no graph, nothing saved."""
    x = _leaf(torch)
    usual = _squashed(torch, x)
    with torch.no_grad(), saved_by(torch) as saved:
        bare = _squashed(torch, x)
    holds = torch.equal(usual, bare) and bare.grad_fn is None and not saved
    return Observed(
        holds,
        f"{'the same' if torch.equal(usual, bare) else 'other'} values, grad_fn {bare.grad_fn}, {len(saved)} tensors saved",
    )


@probe
def activations_stored(torch: Any) -> Observed:
    """In training intermediate activations are stored for the backward pass."""
    x = _leaf(torch)
    with saved_by(torch) as by_sigmoid:
        activation = torch.sigmoid(x)
    stored = any(torch.equal(t, activation) for t in by_sigmoid)
    with saved_by(torch) as by_sum:
        _ = (x + 1) + (x + 2)
    given = "a backward formula reads them" if not by_sum else ""
    return Observed(stored, f"sigmoid saves its output; sums of activations save {len(by_sum)} tensors", given)


@probe
def activations_not_stored(torch: Any) -> Observed:
    """Under no_grad() no activation is stored."""
    x = _leaf(torch)
    with saved_by(torch) as before:
        _squashed(torch, x)
    with torch.no_grad(), saved_by(torch) as saved:
        _squashed(torch, x)
    return Observed(len(before) > 0 and not saved, f"{len(saved)} tensors saved; {len(before)} with autograd on")


@probe
def training_retains(torch: Any) -> Observed:
    """In training PyTorch keeps intermediate results and builds a graph."""
    with saved_by(torch) as saved:
        kept = _squashed(torch, _leaf(torch))
    with saved_by(torch) as nothing:
        plain = _squashed(torch, torch.ones(3))
        sums = _leaf(torch) + 1
    holds = kept.grad_fn is not None and len(saved) > 0
    fails = plain.grad_fn is None and not nothing and sums.grad_fn is not None
    given = "tensors require gradients, and backward formulas read the results" if fails else ""
    return Observed(
        holds,
        f"of sigmoid(x) + 1: a graph, {len(saved)} tensor saved; neither without requires_grad; of x + 1 none saved",
        given,
    )


@probe
def tracks_requires_grad(torch: Any) -> Observed:
    """Tensors with requires_grad=True are tracked."""
    x, plain = _leaf(torch), torch.ones(3)
    tracked, untracked = x * plain, plain * plain
    holds = tracked.requires_grad and tracked.grad_fn is not None and not untracked.requires_grad
    return Observed(
        holds, f"x*y requires a gradient: {tracked.requires_grad}, where neither does: {untracked.requires_grad}"
    )


@probe
def nothing_tracked(torch: Any) -> Observed:
    """Under no_grad() no gradient is tracked."""
    x, forward = _leaf(torch), torch.autograd.forward_ad
    asked = {}
    with torch.no_grad():
        silent = not (x * 2).requires_grad
        asked["requires_grad=True"] = torch.ones(3, requires_grad=True).requires_grad
        with torch.enable_grad():
            asked["enable_grad()"] = (x * 2).requires_grad
        with forward.dual_level():
            asked["forward-mode AD"] = forward.unpack_dual(forward.make_dual(x, torch.ones(3)) * 2).tangent is not None
    tracked = [way for way, seen in asked.items() if seen]
    given = f"nothing inside asks for it, by {' or '.join(tracked)}" if tracked else ""
    return Observed(
        silent, f"x*2 requires no gradient; inside, these ask for one and get it: {', '.join(tracked) or 'none'}", given
    )


@probe
def metadata_saved(torch: Any) -> Observed:
    """An operation on a tensor that requires a gradient leaves its grad_fn with the result, for the chain rule."""
    y = torch.sigmoid(_leaf(torch))
    name = type(y.grad_fn).__name__
    return Observed(name == "SigmoidBackward0", f"the grad_fn of sigmoid(x) is {name}")


@probe
def metadata_not_saved(torch: Any) -> Observed:
    """Under no_grad() results have no grad_fn."""
    with torch.no_grad():
        y = _squashed(torch, _leaf(torch))
    return Observed(y.grad_fn is None, f"grad_fn is {y.grad_fn}")


@probe
def gradients_need_backward(torch: Any) -> Observed:
    """Gradients of a loss take a backward pass."""
    x = _leaf(torch)
    loss = (x**2).sum()
    none = x.grad is None
    loss.backward()
    there = x.grad is not None
    by_forward = torch.func.jacfwd(lambda v: (v**2).sum())(x.detach())
    given = "gradients are taken in reverse mode" if torch.equal(by_forward, x.grad) else ""
    return Observed(
        none and there,
        "x.grad is None before backward(), and there after it; torch.func.jacfwd gives the same with none",
        given,
    )


@probe
def no_backward_pass(torch: Any) -> Observed:
    """Under no_grad() there is no backward pass."""
    x, recorded = _leaf(torch), _leaf(torch)
    before = (recorded**2).sum()
    with torch.no_grad():
        error = raised((x**2).sum().backward)
        before.backward()
    ran = recorded.grad is not None
    given = "the graph was not recorded before" if ran else ""
    return Observed(
        bool(error),
        f"backward() of a result from inside: {error or 'runs'}; of one recorded before: {'runs' if ran else 'does not'}",
        given,
    )


@probe
def gradients_accumulate(torch: Any) -> Observed:
    """Gradients add up in the .grad fields of parameters."""
    w = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    for _ in range(2):
        (w**2).sum().backward()
    return Observed(w.grad.tolist() == [4, 8], f"2*w at w = [1, 2], after two backward passes: {show(w.grad)}")


@probe
def no_gradient_buffers(torch: Any) -> Observed:
    """In inference there are no gradient buffers."""
    fresh, trained = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    trained(torch.ones(2)).sum().backward()
    with torch.no_grad():
        for model in (fresh, trained):
            model(torch.ones(2))
    none = all(p.grad is None for p in fresh.parameters())
    kept = all(p.grad is not None for p in trained.parameters())
    given = ".grad was None before" if kept else ""
    return Observed(
        none, f"no_grad() allocates none{'; buffers of a backward pass before it stay' if kept else ''}", given
    )


def _saved_bytes(torch: Any, f: Any, mode: bool) -> int:
    x = torch.ones(1000, requires_grad=True)
    with torch.set_grad_enabled(mode), saved_by(torch) as saved:
        f(x)
    return sum(t.numel() * t.element_size() for t in saved)


@probe
def training_holds_more(torch: Any) -> Observed:
    """Training takes more memory than inference, for the graph and the activations that it keeps."""
    squashed, sums = (
        [_saved_bytes(torch, f, mode) for mode in (True, False)]
        for f in (lambda x: _squashed(torch, x), lambda x: x + 1)
    )
    given = "some operation saves a tensor for its backward pass" if sums[0] == sums[1] else ""
    seen = (
        f"bytes saved of 1000 entries: sigmoid {squashed[0]} in training, "
        f"{squashed[1]} under no_grad(); a sum {sums[0]} and {sums[1]}"
    )
    return Observed(squashed[0] > squashed[1], seen, given)


@probe
def autograd_is_the_default(torch: Any) -> Observed:
    """Where gradients are required, autograd needs no switch: it is on by default, and parameters require gradients."""
    required = all(p.requires_grad for p in torch.nn.Linear(2, 1).parameters())
    in_thread: list[bool] = []
    thread = Thread(target=lambda: in_thread.append(torch.is_grad_enabled()))
    thread.start()
    thread.join()
    return Observed(
        in_thread == [True] and required,
        f"is_grad_enabled() of a new thread: {in_thread[0]}; parameters require gradients: {required}",
    )


@probe
def inference_is_enabled_by(torch: Any) -> Observed:
    """torch.no_grad() with model.eval() puts a model into inference: nothing is recorded, and Dropout passes its input
    on."""
    model, x = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(1.0)), torch.ones(2)
    by_eval = model.eval()(x)
    with torch.no_grad():
        both = model(x)
        only_silent = model.train()(x)
    holds = both.grad_fn is None and torch.equal(both, by_eval) and bool(both.any())
    halves = by_eval.grad_fn is not None and not only_silent.any()
    return Observed(
        holds, "both together do" + ("; eval() alone still records, no_grad() alone still drops" if halves else "")
    )
