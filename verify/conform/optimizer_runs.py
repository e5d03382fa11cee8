"""How an optimizer is run: the parameters, their gradients step by step, and the ways of torch.optim and optax.

What is set is a Scene; a runner gives the entries of all its parameters, in one row, after each step.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any

import numpy as np

from derive.records import dataclass
from verify.conform.calling import calling, said
from verify.conform.calls import Raised
from verify.conform.devices import must_have, placed
from verify.conform.formats import FORMATS, Array, Format

STEPS = 50


@dataclass(frozen=True)
class Part:
    """A parameter: its shape, and whether it lies in memory in another order than its entries."""

    shape: tuple[int, ...]
    name: str
    turned: bool = False
    group: int = 0

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))


#: A single entry, full registers with a tail, two dimensions, and a matrix that lies column by column.
PARTS = (
    Part((1,), "a parameter of 1 entry"),
    Part((35,), "a parameter of 35 entries"),
    Part((4, 5), "a matrix of 4 x 5"),
    Part((3, 4), "a matrix of 3 x 4 that lies column by column", turned=True),
)

#: Of a formula that adds up or multiplies tensors, whose every entry is worked out of all others.
SMALL = (
    Part((1,), "a parameter of 1 entry"),
    Part((5,), "a parameter of 5 entries"),
    Part((2, 3), "a matrix of 2 x 3"),
    Part((3, 4), "a matrix of 3 x 4 that lies column by column", turned=True),
)


@dataclass(frozen=True)
class Scene:
    """``start`` and the rows of ``gradients`` hold the entries of all ``parts`` in order. ``options`` of a group stand above
    those of the constructor; ``lr`` is the learning rate of a step (from 1) where it is set between steps; ``missing`` are
    (step, part) that have no gradient."""

    parts: tuple[Part, ...]
    start: Array
    gradients: Array
    groups: tuple[Mapping[str, Any], ...] = ({},)
    lr: Callable[[int], float] | None = None
    missing: frozenset[tuple[int, int]] = frozenset()
    in_place: bool = False  # gradients stay where they are in memory, and change there

    @property
    def slices(self) -> list[slice]:
        ends = np.cumsum([0, *(p.size for p in self.parts)]).tolist()
        return [slice(a, b) for a, b in itertools.pairwise(ends)]

    def only(self, k: int) -> Scene:
        """With this parameter alone."""
        s = self.slices[k]
        part = replace(self.parts[k], group=0)
        missing = frozenset((t, 0) for t, p in self.missing if p == k)
        return Scene(
            (part,), self.start[s], self.gradients[:, s], (self.groups[self.parts[k].group],), self.lr, missing
        )

    def steps(self, count: int) -> Scene:
        return replace(self, gradients=self.gradients[:count])


def scene(parts: Sequence[Part] = PARTS, steps: int = STEPS, seed: int = 0, few: bool = True) -> Scene:
    """Gradients of moderate and of very different sizes, with zeros, at the first step too, and changing signs. With ``few``
    they have so few digits that they are numbers of every format: one series of exact values serves all."""
    rng = np.random.default_rng(seed)
    fmt = FORMATS["bfloat16" if few else "float64"]
    starts, series = [], []
    for p in parts:
        scale = 10.0 ** np.linspace(-2.0, 1.0, p.size)
        made = rng.uniform(-1.0, 1.0, (steps, p.size)) * scale
        made[3::7, ::5] = 0.0
        if p.size > 2:
            made[:2, 1] = 0.0
        series.append(fmt.rounded(np.where(np.abs(made) < 1e-4, 0.0, made)))
        starts.append(fmt.rounded(np.linspace(-1.0, 2.0, p.size)))
    return Scene(tuple(parts), np.concatenate(starts), np.concatenate(series, axis=1))


@dataclass(frozen=True)
class OptimizerPath:
    """How an optimizer is run: further keywords of its constructor, the default dtype, and what that is called."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    default: str = "float32"


Runner = Callable[[Callable[..., Any], OptimizerPath, Mapping[str, Any], Format, Scene], Iterator[Array]]


def is_torch(make: Any) -> bool:
    import sys

    torch = sys.modules.get("torch")
    return torch is not None and isinstance(make, type) and issubclass(make, torch.optim.Optimizer)


def is_optax(make: Any) -> bool:
    """Whether it is a function of optax, or one that says that it gives a transformation of gradients."""
    import sys

    if "optax" not in sys.modules or not callable(make) or isinstance(make, type):
        return False
    said = getattr(make, "__annotations__", {}).get("return", None)
    return "GradientTransformation" in str(getattr(said, "__name__", said))


def takes(make: Callable[..., Any], keyword: str) -> bool:
    try:
        return keyword in inspect.signature(make).parameters
    except (TypeError, ValueError):
        return False


def torch_paths(make: Callable[..., Any], options: Mapping[str, Any]) -> tuple[OptimizerPath, ...]:
    """The ways that this optimizer has."""
    loop = {"foreach": False} if takes(make, "foreach") and "foreach" not in options else {}
    first = "for-loop" if loop else "step"
    found = [OptimizerPath(first, loop)]
    for keyword in ("foreach", "fused", "differentiable"):
        if takes(make, keyword) and keyword not in options:
            found.append(OptimizerPath(keyword, {keyword: True}))
    return (*found, OptimizerPath(f"{first}, default float64", loop, "float64"))


@contextmanager
def default_dtype(name: str) -> Iterator[None]:
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, name))
    try:
        yield
    finally:
        torch.set_default_dtype(before)


class Refused(Raised):
    """The optimizer can't be made in this way."""


def torch_steps(
    make: Callable[..., Any], path: OptimizerPath, options: Mapping[str, Any], fmt: Format, given: Scene
) -> Iterator[Array]:
    """Raises Refused where the optimizer has no such path, and Raised where a step fails."""
    import torch

    dtype = getattr(torch, fmt.name)
    plain = path.options.get("differentiable", False)

    def tensor(row: Array, p: Part) -> Any:
        made = placed(torch.tensor(np.reshape(row, p.shape), dtype=dtype))
        return made.t().contiguous().t() if p.turned else made

    with default_dtype(path.default):
        parameters = [
            tensor(given.start[s], p) if plain else torch.nn.Parameter(tensor(given.start[s], p))
            for s, p in zip(given.slices, given.parts, strict=True)
        ]
        groups: list[Any] = [
            {
                "params": [w for w, p in zip(parameters, given.parts, strict=True) if p.group == k],
                **above,
            }
            for k, above in enumerate(given.groups)
        ]
        try:
            with calling(f"its constructor, {path.name}, {fmt.name}"):
                alone = len(groups) == 1 and not given.groups[0]
                optimizer = make(parameters if alone else groups, **options, **path.options)
        except Exception as why:
            raise Refused(said(why)) from None
    for t, row in enumerate(given.gradients, 1):
        with default_dtype(path.default):
            if given.lr is not None:
                for group in optimizer.param_groups:
                    group["lr"] = given.lr(t)
            for k, (w, s, p) in enumerate(zip(parameters, given.slices, given.parts, strict=True)):
                if given.in_place and t > 1 and w.grad is not None:
                    w.grad.copy_(tensor(row[s], p))
                else:
                    w.grad = None if (t, k) in given.missing else tensor(row[s], p)
            try:
                with calling(f"step {t}, {path.name}, {fmt.name}"):
                    optimizer.step()
            except Exception as why:
                raise (Refused if t == 1 and path.options else Raised)(said(why)) from None
        yield np.concatenate([w.detach().to(torch.float64).cpu().numpy().reshape(-1) for w in parameters])


def optax_steps(
    make: Callable[..., Any], path: OptimizerPath, options: Mapping[str, Any], fmt: Format, given: Scene
) -> Iterator[Array]:
    import jax

    jax.config.update("jax_enable_x64", fmt.name == "float64")

    def arrays(row: Array) -> list[Any]:
        return [
            jax.numpy.asarray(np.reshape(row[s], p.shape)).astype(fmt.name)
            for s, p in zip(given.slices, given.parts, strict=True)
        ]

    try:
        w = arrays(given.start)
        with calling(f"its constructor, {fmt.name}"):
            transformation: Any = make(**options)
            state = transformation.init(w)
    except Exception as why:
        raise Refused(said(why)) from None

    def stepped(g: Any, state: Any, w: Any) -> Any:
        update, state = transformation.update(g, state, w)
        return [a + b for a, b in zip(w, update, strict=True)], state

    step: Any = jax.jit(stepped)

    for t, row in enumerate(given.gradients, 1):
        try:
            with calling(f"step {t}, {fmt.name}"):
                w, state = step(arrays(row), state, w)
        except Exception as why:
            raise Raised(said(why)) from None
        yield np.concatenate(
            [np.asarray(x.astype("float64" if fmt.name == "float64" else "float32")).reshape(-1) for x in w]
        ).astype(np.float64)


def ways(make: Callable[..., Any], options: Mapping[str, Any]) -> tuple[Runner, tuple[OptimizerPath, ...]]:
    """The runner of an optimizer, and the paths that it has."""
    if is_torch(make):
        return torch_steps, torch_paths(make, options)
    must_have("optax")
    return optax_steps, (OptimizerPath("update"),)
