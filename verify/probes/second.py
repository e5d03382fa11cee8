"""Products with Jacobians and Hessians: what is formed on the way, and when there are any."""

from __future__ import annotations

from typing import Any

from verify.probes.look import Observed, close, family, raised, show

TABLE, probe = family()


def _largest(torch: Any, run: Any) -> int:
    """The number of entries of the largest tensor that operations make meanwhile."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    found = [0]

    class Watch(TorchDispatchMode):  # type: ignore[misc]  # torch has no types here
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            made = func(*args, **(kwargs or {}))
            found[0] = max(found[0], *(t.numel() for t in tree_leaves(made) if isinstance(t, torch.Tensor)), 0)
            return made

    with Watch():
        run()
    return found[0]


def _network(torch: Any, n: int) -> tuple[list[Any], Any, Any]:
    """Weights of two layers of n units without a symmetry, an input, and the loss of them."""
    weights = [(torch.arange(n * n, dtype=torch.float64).reshape(n, n).sin() / n).requires_grad_() for _ in range(2)]
    x = torch.arange(n, dtype=torch.float64).cos()
    return weights, x, lambda v: torch.tanh(weights[1] @ torch.tanh(weights[0] @ v)).pow(2).sum()


@probe
def hessian_product_forms_no_hessian(torch: Any) -> Observed:
    """A Hessian-vector product by two backward passes forms no Hessian."""
    n = 8
    weights, x, loss = _network(torch, n)
    directions = [torch.ones_like(w) for w in weights]

    def product() -> list[Any]:
        gradients = torch.autograd.grad(loss(x), weights, create_graph=True)
        along = sum((g * u).sum() for g, u in zip(gradients, directions, strict=True))
        return list(torch.autograd.grad(along, weights))

    largest, parameters = _largest(torch, product), sum(w.numel() for w in weights)
    step, found, at = 1e-5, product(), [w.detach().clone() for w in weights]
    shifted = []
    for sign in (1, -1):
        with torch.no_grad():
            for w, start, u in zip(weights, at, directions, strict=True):
                w.copy_(start + sign * step * u)
        shifted.append(torch.autograd.grad(loss(x), weights))
    right = all(close(h, (p - m) / (2 * step)) for h, p, m in zip(found, *shifted, strict=True))
    seen = f"{parameters} parameters: the largest tensor made has {largest} entries, the Hessian {parameters**2}"
    return Observed(right and largest <= parameters, seen)


@probe
def jacobian_product_forms_no_jacobian(torch: Any) -> Observed:
    """Autograd works out J^T v without forming J."""
    n = 64
    x = torch.arange(n, dtype=torch.float64).sin().requires_grad_()

    def layer(v: Any) -> Any:
        return torch.tanh(torch.cumsum(v, 0))  # each output hangs on all entries before it

    v = torch.arange(n, dtype=torch.float64).cos()
    largest = _largest(torch, lambda: torch.autograd.grad(layer(x), x, v))
    (product,) = torch.autograd.grad(layer(x), x, v)
    formed = torch.autograd.functional.jacobian(layer, x.detach())
    return Observed(
        close(product, formed.T @ v) and largest <= n,
        f"{n} inputs and outputs: the largest tensor made has {largest} entries, the Jacobian {formed.numel()}",
    )


@probe
def hessian_product_by_backpropagation(torch: Any) -> Observed:
    """Forward, gradient, the scalar gradient.u, and a second backward pass give H u."""
    u = torch.tensor([1.0, -1.0])

    def product(f: Any, create: bool) -> Any:
        w = torch.tensor([0.5, 2.0], requires_grad=True)
        (gradient,) = torch.autograd.grad(f(w), w, create_graph=create)
        return torch.autograd.grad(gradient @ u, w)[0]

    def quadratic(w: Any) -> Any:
        return w[0] ** 2 + 3 * w[0] * w[1] + 2 * w[1] ** 2

    def affine(w: Any) -> Any:
        return 3 * w[0] - w[1]

    found = product(quadratic, True).tolist()
    without, flat = raised(lambda: product(quadratic, False)), raised(lambda: product(affine, True))
    given = "the gradient is taken with create_graph=True, and the function is not affine" if without and flat else ""
    seen = (
        f"of the example of 2.11.1: {show(found)}; without create_graph: {without or 'runs'}; "
        f"of an affine function: {flat or 'runs'}"
    )
    return Observed(found == [-1, -1], seen, given)


@probe
def second_derivatives_on_request(torch: Any) -> Observed:
    """In training second derivatives can be had on request."""

    class Once(torch.autograd.Function):  # type: ignore[misc]  # torch has no types here
        """x**3, with a backward pass that has no derivative."""

        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator]
        def backward(ctx: Any, g: Any) -> Any:
            return 3 * ctx.saved_tensors[0] ** 2 * g

    def second(f: Any, create: bool) -> float:
        x = torch.tensor(2.0, requires_grad=True)
        (slope,) = torch.autograd.grad(f(x), x, create_graph=create)
        return float(torch.autograd.grad(slope, x)[0])

    value = second(lambda x: x**3, True)
    bare, once = raised(lambda: second(lambda x: x**3, False)), raised(lambda: second(Once.apply, True))
    given = "with create_graph=True, of operations whose backward pass has a derivative" if bare and once else ""
    seen = (
        f"of x**3 at 2: {show(value)}; without create_graph: {bare or 'runs'}; "
        f"of an operation that is once_differentiable: {once or 'runs'}"
    )
    return Observed(value == 12, seen, given)


@probe
def no_second_derivatives_in_inference(torch: Any) -> Observed:
    """Under no_grad() higher derivatives are not available."""
    x = torch.tensor(2.0, requires_grad=True)
    with torch.no_grad():
        plain = raised(lambda: torch.autograd.grad(x**3, x))
        _, product = torch.autograd.functional.hvp(lambda v: v**3, x.detach(), torch.tensor(1.0))
        second = torch.func.hessian(lambda v: v**3)(x.detach())
    found = [float(product), float(second)]
    seen = (
        f"of x**3 at 2: autograd.grad of a result {plain or 'runs'}, "
        f"but autograd.functional.hvp and func.hessian give {show(found)}"
    )
    return Observed(bool(plain) and found != [12, 12], seen)
