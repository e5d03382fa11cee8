"""How the callables of each framework are run: one small class a framework, its ways of differentiating as methods by name.

A call gets lists of float64 arrays that are floats of the format; what comes back are float64 arrays again, and ``Raised``
where the callable raised. A framework is imported only when one of its callables is tested.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, ClassVar

import numpy as np

from verify.conform.calls import Call, Raised
from verify.conform.devices import placed
from verify.conform.formats import Array
from verify.conform.inspection import spoken_around, spoken_of
from verify.extras import installed

Tensor = Any
Function = Callable[..., Tensor]
Tangents = Mapping[int, Tensor]  # by the place of the input; the others are not moved


class Framework:
    """What a framework is to this package. It says how tensors are made and read, how a function is called, and how the
    products of its derivatives are had; what points and whole tensors ask of these stands here, once for all."""

    name: ClassVar[str] = ""
    formats: ClassVar[tuple[str, ...]] = ()
    #: By order of derivative, the ways to it; the first is the usual one.
    modes: ClassVar[Mapping[int, tuple[str, ...]]] = {0: ("eager",)}
    roots: ClassVar[tuple[str, ...]] = ()

    #: Settings of the whole process that may change what comes back, with the formats that there are; "" is the usual one.
    settings: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @contextmanager
    def under(self, setting: str) -> Iterator[None]:
        """With one of ``settings``."""
        yield

    def owns(self, function: Any) -> bool:
        """Whether the callable plainly is of this framework, by its module or by what its code speaks of."""
        return any(name.split(".")[0] in self.roots for name in spoken_of(function))

    def tensor(self, x: Array, fmt: str) -> Tensor:
        raise NotImplementedError

    def constant(self, numbers: Any, fmt: str) -> Tensor:
        """Whole numbers as integers, truth values as such, others in the format."""
        return np.array(numbers, dtype=fmt if _has_fractions(numbers) else None)

    def array(self, made: Any) -> Array:
        """As float64. Raises Raised for what is no array of numbers."""
        raise NotImplementedError

    def format_of(self, made: Any) -> str:
        """The name of the type of a result."""
        raise NotImplementedError

    def returned(self, call: Call, given: Sequence[Tensor]) -> str:
        """The name of the type of what a call returns."""
        return self.format_of(call(given))

    def alone(self) -> AbstractContextManager[None]:
        """On one thread: results may depend on how many share an array, and verdicts may not depend on the machine."""
        return nullcontext()

    def single(self, call: Call, x: Array) -> Array:
        """The value of a function of one float32 array, without copies where that can be; a sweep's way."""
        raise NotImplementedError

    def value(self, mode: str, f: Function, given: Sequence[Tensor], apart: bool) -> Tensor:
        """What the function gives; ``apart``: entry by entry, of inputs whose entries are points."""
        raise NotImplementedError

    def forward(self, mode: str, f: Function, given: Sequence[Tensor], tangents: Tangents) -> Tensor:
        """The derivative along the tangents."""
        raise NotImplementedError

    def reverse(
        self, mode: str, f: Function, given: Sequence[Tensor], wrt: Sequence[int], weights: Tensor | None
    ) -> Sequence[Tensor]:
        """The derivatives of the result, weighted and added up, by the inputs ``wrt``; without weights, of the sum."""
        raise NotImplementedError

    def second(
        self,
        mode: str,
        f: Function,
        given: Sequence[Tensor],
        wrt: Sequence[int],
        weights: Tensor | None,
        tangents: Tangents,
    ) -> Sequence[Tensor]:
        """The derivatives of ``reverse`` along the tangents, one an input of ``wrt``."""
        raise NotImplementedError

    def run(self, mode: str, call: Call, inputs: Sequence[Array], fmt: str, wrt: Sequence[int]) -> list[Array]:
        """Values (one array), slopes (one an input of ``wrt``), or second derivatives (one a pair), elementwise."""
        f, given = self._ready(call, inputs, fmt)

        def along(i: int) -> Tangents:
            return {i: self.tensor(np.ones(np.shape(inputs[i])), fmt)}

        found: Sequence[Tensor]
        match self._kind(mode):
            case "value":
                found = [self.value(mode, f, given, True)]
            case "forward":
                found = [self.forward(mode, f, given, along(i)) for i in wrt]
            case "reverse":
                found = self.reverse(mode, f, given, wrt, None)
            case _:
                rows = [self.second(mode, f, given, wrt, None, along(i)) for i in wrt]
                found = [rows[a][b] for a in range(len(wrt)) for b in range(a + 1)]
        return [self.array(x) for x in found]

    def run_tensors(
        self,
        mode: str,
        call: Call,
        inputs: Sequence[Array],
        fmt: str,
        wrt: Sequence[int],
        weights: Array,
        directions: Sequence[Array],
    ) -> list[Array]:
        """The value; its vjp with the weights; its jvp, or the Hessian-vector product of the weighted sum, along the
        directions."""
        f, given = self._ready(call, inputs, fmt)
        u = self.tensor(weights, fmt)
        tangents = {i: self.tensor(d, fmt) for i, d in zip(wrt, directions, strict=True)}
        found: Sequence[Tensor]
        match self._kind(mode):
            case "value":
                found = [self.value(mode, f, given, False)]
            case "forward":
                found = [self.forward(mode, f, given, tangents)]
            case "reverse":
                found = self.reverse(mode, f, given, wrt, u)
            case _:
                found = self.second(mode, f, given, wrt, u, tangents)
        return [self.array(x) for x in found]

    def _ready(self, call: Call, inputs: Sequence[Array], fmt: str) -> tuple[Function, list[Tensor]]:
        call = call.prepared(self, fmt)
        return lambda *xs: call(xs), [self.tensor(x, fmt) for x in inputs]

    def _kind(self, mode: str) -> str:
        order = next(o for o, modes in self.modes.items() if mode in modes)
        return ("value", "forward" if mode == "forward mode" else "reverse", "second")[order]


class Numpy(Framework):
    name = "numpy"
    formats = ("float64", "float32", "float16")
    settings: ClassVar[Mapping[str, tuple[str, ...]]] = {"": formats}
    roots = ("numpy", "scipy", "sklearn", "numexpr", "math")

    def tensor(self, x: Array, fmt: str) -> Tensor:
        return np.array(x, dtype=fmt)

    def array(self, made: Any) -> Array:
        try:
            numbers = np.asarray(made)
        except (TypeError, ValueError):
            numbers = np.array("")
        if numbers.dtype.kind not in "fiub":
            raise Raised(f"it returned {type(made).__name__}, where an array of numbers was expected")
        return numbers.astype(np.float64)

    def format_of(self, made: Any) -> str:
        return str(np.asarray(made).dtype)

    def single(self, call: Call, x: Array) -> Array:
        return np.asarray(call([x]))

    def value(self, mode: str, f: Function, given: Sequence[Tensor], apart: bool) -> Tensor:
        with np.errstate(all="ignore"):
            return f(*given)


class Torch(Framework):
    name = "torch"
    formats = ("float64", "float32", "float16", "bfloat16")
    settings: ClassVar[Mapping[str, tuple[str, ...]]] = {"": formats, "default dtype float64": formats}
    modes: ClassVar[Mapping[int, tuple[str, ...]]] = {
        0: ("eager", "vmap"),
        1: ("backward", "create_graph", "forward mode", "torch.func.grad"),
        2: ("double backward", "forward over reverse"),
    }
    roots = ("torch",)

    def owns(self, function: Any) -> bool:
        torch = sys.modules.get("torch")
        if torch is not None and (
            isinstance(function, torch.nn.Module)
            or getattr(function, "__self__", None).__class__ is type(torch.autograd.Function)
        ):
            return True
        return super().owns(function)

    def tensor(self, x: Array, fmt: str) -> Tensor:
        import torch

        return placed(torch.tensor(np.ascontiguousarray(x, np.float64)).to(getattr(torch, fmt)))

    def constant(self, numbers: Any, fmt: str) -> Tensor:
        import torch

        whole = torch.bool if np.asarray(numbers).dtype.kind == "b" else torch.int64
        return placed(torch.tensor(numbers, dtype=getattr(torch, fmt) if _has_fractions(numbers) else whole))

    def array(self, made: Any) -> Array:
        import torch

        if isinstance(made, torch.Tensor) and not made.is_complex():
            if made._is_zerotensor():
                return np.zeros(tuple(made.shape))
            return made.detach().to(torch.float64).cpu().numpy()
        if isinstance(made, int | float):
            return np.asarray(float(made))
        raise Raised(f"it returned {type(made).__name__}, where a tensor of real numbers was expected")

    def format_of(self, made: Any) -> str:
        return str(getattr(made, "dtype", type(made).__name__)).removeprefix("torch.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)

    @contextmanager
    def under(self, setting: str) -> Iterator[None]:
        import torch

        before = torch.get_default_dtype()
        torch.set_default_dtype(torch.float64 if setting else before)
        try:
            yield
        finally:
            torch.set_default_dtype(before)

    def single(self, call: Call, x: Array) -> Array:
        import torch

        with torch.no_grad():
            return call([torch.from_numpy(x)]).numpy()

    def value(self, mode: str, f: Function, given: Sequence[Tensor], apart: bool) -> Tensor:
        import torch

        with torch.no_grad():
            if mode == "eager":
                return f(*given)
            if apart:
                return torch.func.vmap(f)(*given)
            return torch.func.vmap(f)(*(x[None] for x in given))[0]

    def forward(self, mode: str, f: Function, given: Sequence[Tensor], tangents: Tangents) -> Tensor:
        import torch

        return torch.func.jvp(f, tuple(given), _whole(tangents, given, torch.zeros_like))[1]

    def reverse(
        self, mode: str, f: Function, given: Sequence[Tensor], wrt: Sequence[int], weights: Tensor | None
    ) -> Sequence[Tensor]:
        import torch

        if mode == "torch.func.grad":
            return list(torch.func.grad(_total(f, weights), argnums=tuple(wrt))(*given))
        return self._slopes(f, given, wrt, weights, mode == "create_graph")

    def second(
        self,
        mode: str,
        f: Function,
        given: Sequence[Tensor],
        wrt: Sequence[int],
        weights: Tensor | None,
        tangents: Tangents,
    ) -> Sequence[Tensor]:
        import torch

        if mode != "double backward":
            slope = torch.func.grad(_total(f, weights), argnums=tuple(wrt))
            return list(torch.func.jvp(slope, tuple(given), _whole(tangents, given, torch.zeros_like))[1])
        first = self._slopes(f, given, wrt, weights, True)
        inner = torch.stack([(first[k] * tangents[i]).sum() for k, i in enumerate(wrt) if i in tangents]).sum()
        by = [given[i] for i in wrt]
        found = [None] * len(by)
        if inner.requires_grad:
            found = torch.autograd.grad(inner, by, allow_unused=True)
        return [torch.zeros_like(x) if g is None else g for g, x in zip(found, by, strict=True)]

    @staticmethod
    def _slopes(
        f: Function, given: Sequence[Tensor], wrt: Sequence[int], weights: Tensor | None, create_graph: bool
    ) -> list[Tensor]:
        import torch

        for i in wrt:
            given[i].requires_grad_()
        y = f(*given)
        if not isinstance(y, torch.Tensor):
            raise Raised(f"it returned {type(y).__name__}, where a tensor was expected")
        if not y.requires_grad:
            raise Raised("its result does not depend on its input for autograd")
        u = weights if weights is not None and weights.shape == y.shape else torch.ones_like(y)
        by = [given[i] for i in wrt]
        found = torch.autograd.grad(y, by, u, create_graph=create_graph, allow_unused=True)
        return [torch.zeros_like(x) if g is None else g for g, x in zip(found, by, strict=True)]


class Jax(Framework):
    name = "jax"
    formats = ("float32", "float16", "bfloat16", "float64")
    settings: ClassVar[Mapping[str, tuple[str, ...]]] = {"": formats[:3], "jax_enable_x64": formats}
    modes: ClassVar[Mapping[int, tuple[str, ...]]] = {
        0: ("eager", "jit"),
        1: ("reverse mode", "forward mode", "jit of reverse mode"),
        2: ("forward over reverse",),
    }
    roots = ("jax", "jaxlib", "optax", "flax")

    @contextmanager
    def under(self, setting: str) -> Iterator[None]:
        import jax

        before = jax.config.jax_enable_x64
        jax.config.update("jax_enable_x64", bool(setting))
        try:
            yield
        finally:
            jax.config.update("jax_enable_x64", before)

    def alone(self) -> AbstractContextManager[None]:
        return self.under("")  # whatever ran before in this process

    def tensor(self, x: Array, fmt: str) -> Tensor:
        """Of float64 only ``under`` jax_enable_x64."""
        import jax

        return (
            jax.numpy.asarray(np.asarray(x, np.float64)).astype(fmt)
            if fmt != "float32"
            else jax.numpy.asarray(np.asarray(x, np.float32))
        )

    def array(self, made: Any) -> Array:
        try:
            return np.asarray(made.astype("float32") if str(made.dtype) == "bfloat16" else made).astype(np.float64)
        except (AttributeError, TypeError, ValueError):
            raise Raised(f"it returned {type(made).__name__}, where an array was expected") from None

    def format_of(self, made: Any) -> str:
        return str(getattr(made, "dtype", type(made).__name__))

    def returned(self, call: Call, given: Sequence[Tensor]) -> str:
        import jax

        return self.format_of(jax.eval_shape(lambda *xs: call(xs), *given))  # nothing is compiled

    def single(self, call: Call, x: Array) -> Array:
        return np.asarray(call([self.tensor(x, "float32")]))

    def run(self, mode: str, call: Call, inputs: Sequence[Array], fmt: str, wrt: Sequence[int]) -> list[Array]:
        with self.under("jax_enable_x64" if fmt == "float64" else ""):
            return super().run(mode, call, inputs, fmt, wrt)

    def run_tensors(
        self,
        mode: str,
        call: Call,
        inputs: Sequence[Array],
        fmt: str,
        wrt: Sequence[int],
        weights: Array,
        directions: Sequence[Array],
    ) -> list[Array]:
        with self.under("jax_enable_x64" if fmt == "float64" else ""):
            return super().run_tensors(mode, call, inputs, fmt, wrt, weights, directions)

    def value(self, mode: str, f: Function, given: Sequence[Tensor], apart: bool) -> Tensor:
        import jax

        compiled: Any = jax.jit(f) if mode == "jit" else f
        return compiled(*given)

    def forward(self, mode: str, f: Function, given: Sequence[Tensor], tangents: Tangents) -> Tensor:
        import jax

        return jax.jvp(f, tuple(given), _whole(tangents, given, jax.numpy.zeros_like))[1]

    def reverse(
        self, mode: str, f: Function, given: Sequence[Tensor], wrt: Sequence[int], weights: Tensor | None
    ) -> Sequence[Tensor]:
        import jax

        slope: Any = jax.grad(_total(f, weights), argnums=tuple(wrt))
        compiled: Any = jax.jit(slope) if mode == "jit of reverse mode" else slope
        return list(compiled(*given))

    def second(
        self,
        mode: str,
        f: Function,
        given: Sequence[Tensor],
        wrt: Sequence[int],
        weights: Tensor | None,
        tangents: Tangents,
    ) -> Sequence[Tensor]:
        import jax

        slope: Any = jax.grad(_total(f, weights), argnums=tuple(wrt))
        return list(jax.jvp(slope, tuple(given), _whole(tangents, given, jax.numpy.zeros_like))[1])


FRAMEWORKS: dict[str, Framework] = {f.name: f for f in (Torch(), Jax(), Numpy())}


def _total(f: Function, weights: Tensor | None) -> Function:
    """The sum of what a function gives, weighted where weights of its shape are given."""

    def total(*xs: Tensor) -> Tensor:
        y = f(*xs)
        return y.sum() if weights is None or y.shape != weights.shape else (y * weights).sum()

    return total


def _whole(tangents: Tangents, given: Sequence[Tensor], zero: Function) -> tuple[Tensor, ...]:
    return tuple(tangents[i] if i in tangents else zero(x) for i, x in enumerate(given))


def _has_fractions(numbers: Any) -> bool:
    return bool(np.asarray(numbers).dtype.kind == "f")


def framework_of(function: Any) -> Framework:
    """The framework that a callable is of: by its module, else by what its code speaks of; NumPy where that says nothing."""
    return next((f for f in FRAMEWORKS.values() if f.owns(function)), FRAMEWORKS["numpy"])


def tried(function: Any) -> list[Framework]:
    """Frameworks to try, in order, of a callable that may speak of none: those that its module has imported beside NumPy come
    first, as ``x.var()`` in a module of Torch is Torch's."""
    numpy, around = FRAMEWORKS["numpy"], {name.split(".")[0] for name in spoken_around(function)}
    rest = [f for n, f in FRAMEWORKS.items() if f is not numpy and installed(n)]
    near = [] if numpy.owns(function) else [f for f in rest if not around.isdisjoint(f.roots)]
    return [*near, numpy, *(f for f in rest if f not in near)]
