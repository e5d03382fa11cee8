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


def _layers(torch: Any, n: int) -> tuple[Any, Any, Any]:
    """A network of n units a layer, an input, and a direction for each of its parameters."""
    model = torch.nn.Sequential(torch.nn.Linear(n, n), torch.nn.Tanh(), torch.nn.Linear(n, 1)).double()
    return model, torch.randn(5, n, dtype=torch.float64), [torch.randn_like(p) for p in model.parameters()]


@probe
def passes_of_a_hessian_product(torch: Any) -> Observed:
    """One forward pass, one backward pass for the gradient, a dot product and a second backward pass give H u."""
    model, x, u = _layers(torch, 3)
    weights, forward, backward = list(model.parameters()), [], []
    model.register_forward_hook(lambda *_: forward.append(1))
    loss = model(x).square().mean()
    loss.register_hook(lambda _: backward.append("loss"))
    gradient = torch.autograd.grad(loss, weights, create_graph=True)
    slope = sum((g * v).sum() for g, v in zip(gradient, u, strict=True))
    slope.register_hook(lambda _: backward.append("gradient @ u"))
    product = torch.autograd.grad(slope, weights)
    passes = (len(forward), backward)
    expected = _by_forward_mode(torch, model, x, u)
    right = all(close(a, b) for a, b in zip(product, expected, strict=True))
    return Observed(
        right and passes == (1, ["loss", "gradient @ u"]),
        f"{passes[0]} forward pass, backward passes from {' and '.join(backward)}; H u as by forward mode: {right}",
    )


def _by_forward_mode(torch: Any, model: Any, x: Any, u: list[Any]) -> tuple[Any, ...]:
    """H u by forward mode over one backward pass."""
    names = [name for name, _ in model.named_parameters()]

    def loss(*weights: Any) -> Any:
        return torch.func.functional_call(model, dict(zip(names, weights, strict=True)), x).square().mean()

    gradient = torch.func.grad(loss, argnums=tuple(range(len(names))))
    return tuple(torch.func.jvp(gradient, tuple(p.detach() for p in model.parameters()), tuple(u))[1])


@probe
def product_takes_a_second_backward_pass(torch: Any) -> Observed:
    """Each Hessian-vector product takes a backward pass of its own, after that of the gradient."""
    model, x, u = _layers(torch, 3)
    weights, backward = list(model.parameters()), []
    gradient = torch.autograd.grad(model(x).square().mean(), weights, create_graph=True)
    for _ in range(2):
        slope = sum((g * v).sum() for g, v in zip(gradient, u, strict=True))
        slope.register_hook(lambda _: backward.append(1))
        product = torch.autograd.grad(slope, weights, retain_graph=True)
    same = all(close(a, b) for a, b in zip(product, _by_forward_mode(torch, model, x, u), strict=True))
    seen = f"two products by reverse mode: {len(backward)} more backward passes; forward mode gives H u without: {same}"
    return Observed(len(backward) == 2, seen, "in reverse mode over reverse mode" if same else "")


@probe
def product_costs_more_than_a_gradient(torch: Any) -> Observed:
    """A Hessian-vector product takes more operations than a gradient."""
    from torch.utils.flop_counter import FlopCounterMode

    model, x, u = _layers(torch, 8)
    weights = list(model.parameters())

    def gradient(create: bool) -> Any:
        return torch.autograd.grad(model(x).square().mean(), weights, create_graph=create)

    def product() -> Any:
        return torch.autograd.grad(sum((g * v).sum() for g, v in zip(gradient(True), u, strict=True)), weights)

    counts = []
    for run in (lambda: gradient(False), product, lambda: _by_forward_mode(torch, model, x, u)):
        with FlopCounterMode(display=False) as counter:
            run()
        counts.append(counter.get_total_flops())
    first, second, mixed = counts
    return Observed(
        first < second and first < mixed,
        f"operations of matrix products: {first} for the gradient, {second} for H u, {mixed} by forward mode",
    )


@probe
def second_order_steps_take_products(torch: Any) -> Observed:
    """A second-order optimizer needs Hessian-vector products."""
    H = torch.tensor([[3.0, 1.0], [1.0, 2.0]], dtype=torch.float64)

    def loss(w: Any) -> Any:
        return w @ (H @ w) / 2

    # conjugate gradients, by products alone
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(w), w, create_graph=True)
    step, rest, products = torch.zeros(2, dtype=torch.float64), -gradient.detach(), 0
    direction = rest
    while rest.norm() > 1e-9 and products < 9:
        (along,) = torch.autograd.grad(gradient @ direction, w, retain_graph=True)
        products += 1
        length = (rest @ rest) / (direction @ along)
        step, left = step + length * direction, rest - length * along
        direction, rest = left + (left @ left) / (rest @ rest) * direction, left
    newton = float((w.detach() + step).norm()) < 1e-9

    # L-BFGS, which asks for gradients alone: they have no graph to differentiate
    v = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([v], line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        value = loss(v)
        value.backward()
        return value

    optimizer.step(closure)
    without = float(v.detach().norm()) < 1e-3 and not v.grad.requires_grad
    seen = f"a Newton step by conjugate gradients: {products} products; L-BFGS reaches the minimum without: {without}"
    return Observed(newton and products > 0, seen, "the method is Newton-CG or Hessian-free" if without else "")
