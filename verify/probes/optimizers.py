"""Optimizers of torch.optim: passes a step, and what happens to gradients."""

from __future__ import annotations

import math
from typing import Any

from verify.probes.look import Observed, family, show

TABLE, probe = family()

FIRST_ORDER = ("SGD", "Adam", "RMSprop")


def _problem(torch: Any) -> tuple[Any, Any]:
    """A parameter, and a loss of it that is not quadratic."""
    w = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    return w, lambda: (w**4).sum() + w.prod()


@probe
def adam_of_eps_zero(torch: Any) -> Observed:
    """torch.optim.Adam with eps = 0 makes a parameter nan whose gradient is 0 from the start; with the default eps it
    stays."""

    def stepped(**options: float) -> list[float]:
        w = torch.nn.Parameter(torch.tensor([1.0, 1.0]))
        w.grad = torch.tensor([0.0, 1.0])
        torch.optim.Adam([w], lr=0.1, **options).step()
        return [float(x) for x in w]

    bare, usual = stepped(eps=0.0), stepped()
    return Observed(
        math.isnan(bare[0]) and usual[0] == 1,
        f"from [1, 1], gradient [0, 1]: {show(bare)} with eps = 0, {show(usual)} by default",
    )


@probe
def one_pass_a_step(torch: Any) -> Observed:
    """A step of a first-order optimizer (SGD, Adam, RMSProp) takes one forward and one backward pass."""
    passes = {}
    for name in (*FIRST_ORDER, "LBFGS"):
        w, loss = _problem(torch)
        counted = {"forward": 0, "backward": 0}
        optimizer = getattr(torch.optim, name)([w], lr=0.01)

        def closure(optimizer: Any = optimizer, loss: Any = loss, counted: dict[str, int] = counted) -> Any:
            optimizer.zero_grad()
            value = loss()
            counted["forward"] += 1
            value.register_hook(lambda _: counted.update(backward=counted["backward"] + 1))
            value.backward()
            return value

        optimizer.step(closure)
        passes[name] = (counted["forward"], counted["backward"])
    holds = all(passes[name] == (1, 1) for name in FIRST_ORDER)
    more = passes["LBFGS"][1] > 1
    told = ", ".join(f"{name} {f} and {b}" for name, (f, b) in passes.items() if name != "LBFGS")
    return Observed(holds, f"forward and backward passes a step: {told}" + ("; more for LBFGS" if more else ""))


@probe
def step_needs_gradients_only(torch: Any) -> Observed:
    """First-order optimizers update by gradients alone: no Hessian-vector product, and no graph, is needed."""
    moved = []
    for name in FIRST_ORDER:
        w, _ = _problem(torch)
        before = w.detach().clone()
        w.grad = torch.ones(2)  # no loss, no graph
        getattr(torch.optim, name)([w], lr=0.01).step()
        if not torch.equal(w, before) and not w.grad.requires_grad:
            moved.append(name)
    return Observed(
        moved == list(FIRST_ORDER), f"with a gradient set by hand and no graph at all, these step: {', '.join(moved)}"
    )


@probe
def curvature_beside_training(torch: Any) -> Observed:
    """Working out H u, or u.H u, beside training does not change the updates."""

    def trained(diagnose: str) -> list[float]:
        w, loss = _problem(torch)
        optimizer, u = torch.optim.SGD([w], lr=0.01), torch.tensor([1.0, 1.0])
        for _ in range(3):
            optimizer.zero_grad()
            value = loss()
            value.backward(retain_graph=bool(diagnose))
            if diagnose:
                (gradient,) = torch.autograd.grad(value, w, create_graph=True)
                if diagnose == "grad":
                    torch.autograd.grad(gradient @ u, w)
                else:
                    (gradient @ u).backward()
            optimizer.step()
        return [float(x) for x in w]

    plain, beside, into = (trained(d) for d in ("", "grad", "backward"))
    return Observed(
        plain == beside,
        f"after 3 steps: {show(plain)}; with H u by autograd.grad: {show(beside)}; "
        f"by backward(): {show(into)}, since it adds to .grad",
        "H u is taken by autograd.grad, not by backward()" if into != plain else "",
    )


@probe
def zero_grad_sets_to_none(torch: Any) -> Observed:
    """optimizer.zero_grad(set_to_none=True) sets .grad to None."""
    w, loss = _problem(torch)
    optimizer = torch.optim.SGD([w], lr=0.01)
    loss().backward()
    had = w.grad is not None
    optimizer.zero_grad(set_to_none=True)
    none = w.grad is None
    loss().backward()
    optimizer.zero_grad(set_to_none=False)
    zeros = w.grad is not None and not w.grad.any()
    return Observed(
        had and none,
        f".grad is {'None' if none else 'kept'}; with set_to_none=False it is {'zeros' if zeros else 'something else'}",
    )
