"""How the callables of each framework are run: one small class a framework, its ways of differentiating as methods by name.

A call gets lists of float64 arrays that are floats of the format; what comes back are float64 arrays again, and ``Raised``
where the callable raised. A framework is imported only when one of its callables is tested.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from verify.conform.formats import Array

Tensor = Any
MAX_CONSTANTS = 60  # of a callable's code


class Raised(Exception):
    """The callable raised, or returned something that is no array; says what."""


@dataclass(frozen=True)
class Constant:
    """Numbers that a callable gets as an array of its framework: class labels (whole numbers), or weights."""

    numbers: Any


@dataclass(frozen=True)
class Call:
    """A callable and what goes where: ``positional`` and ``keywords`` are indices of inputs, ``fixed`` values for other
    keywords."""

    function: Callable[..., Any]
    positional: tuple[int, ...]
    keywords: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, inputs: Sequence[Any]) -> Any:
        given = {k: inputs[i] for k, i in self.keywords.items()}
        return self.function(*(inputs[i] for i in self.positional), **given, **self.fixed)

    def prepared(self, fw: Framework, fmt: str) -> Call:
        """With the constants among its keywords as arrays of the framework."""
        if not any(isinstance(v, Constant) for v in self.fixed.values()):
            return self
        fixed = {k: fw.constant(v.numbers, fmt) if isinstance(v, Constant) else v for k, v in self.fixed.items()}
        return replace(self, fixed=fixed)


class Framework:
    """What a framework is to this package."""

    name: ClassVar[str] = ""
    formats: ClassVar[tuple[str, ...]] = ()
    #: By order of derivative, the ways to it; the first is the usual one.
    modes: ClassVar[Mapping[int, tuple[str, ...]]] = {0: ("eager",)}

    def owns(self, function: Any) -> bool:
        """Whether the callable plainly is of this framework, by its module or by what its code speaks of."""
        return any(name.split(".")[0] in self.roots for name in _spoken_of(function))

    roots: ClassVar[tuple[str, ...]] = ()

    def tensor(self, x: Array, fmt: str) -> Tensor:
        raise NotImplementedError

    def constant(self, numbers: Any, fmt: str) -> Tensor:
        """Whole numbers as integers, others in the format."""
        return np.array(numbers, dtype=fmt if _has_fractions(numbers) else None)

    def array(self, made: Any) -> Array:
        """As float64. Raises Raised for what is no array of numbers."""
        raise NotImplementedError

    def format_of(self, made: Any) -> str:
        """The name of the type of a result."""
        raise NotImplementedError

    def run(self, mode: str, call: Call, inputs: Sequence[Array], fmt: str, wrt: Sequence[int]) -> list[Array]:
        """Values (one array), slopes (one an input of ``wrt``), or second derivatives (one a pair), elementwise."""
        raise NotImplementedError

    @contextmanager
    def alone(self) -> Iterator[None]:
        """On one thread: results may depend on how many share an array, and verdicts may not depend on the machine."""
        yield

    def single(self, call: Call, x: Array) -> Array:
        """The value of a function of one float32 array, without copies where that can be; a sweep's way."""
        raise NotImplementedError

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
        raise NotImplementedError


class Numpy(Framework):
    name = "numpy"
    formats = ("float64", "float32", "float16")
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

    def run(self, mode: str, call: Call, inputs: Sequence[Array], fmt: str, wrt: Sequence[int]) -> list[Array]:
        call = call.prepared(self, fmt)
        with np.errstate(all="ignore"):
            return [self.array(call([self.tensor(x, fmt) for x in inputs]))]

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
        return self.run(mode, call, inputs, fmt, wrt)


class Torch(Framework):
    name = "torch"
    formats = ("float64", "float32", "float16", "bfloat16")
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

        return torch.tensor(np.ascontiguousarray(x, np.float64)).to(getattr(torch, fmt))

    def constant(self, numbers: Any, fmt: str) -> Tensor:
        import torch

        return torch.tensor(numbers, dtype=getattr(torch, fmt) if _has_fractions(numbers) else torch.int64)

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

    def single(self, call: Call, x: Array) -> Array:
        import torch

        with torch.no_grad():
            return call([torch.from_numpy(x)]).numpy()

    def run(self, mode: str, call: Call, inputs: Sequence[Array], fmt: str, wrt: Sequence[int]) -> list[Array]:
        import torch

        call = call.prepared(self, fmt)
        given = [self.tensor(x, fmt) for x in inputs]
        found: Sequence[Tensor]
        match mode:
            case "eager":
                with torch.no_grad():
                    found = [call(given)]
            case "vmap":
                with torch.no_grad():
                    found = [torch.func.vmap(lambda *xs: call(xs))(*given)]
            case "backward" | "create_graph":
                found = self._reverse(call, given, wrt, mode == "create_graph")
            case "forward mode":
                found = [self._forward(lambda *xs: call(xs), given, i) for i in wrt]
            case "torch.func.grad":
                found = torch.func.grad(lambda *xs: call(xs).sum(), argnums=tuple(wrt))(*given)
            case "double backward":
                found = self._twice(call, given, wrt)
            case _:
                slope = torch.func.grad(lambda *xs: call(xs).sum(), argnums=tuple(wrt))
                rows = [
                    torch.func.jvp(
                        slope,
                        tuple(given),
                        tuple(torch.ones_like(x) if i == j else torch.zeros_like(x) for j, x in enumerate(given)),
                    )[1]
                    for i in wrt
                ]
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
        import torch

        call = call.prepared(self, fmt)
        given = [self.tensor(x, fmt) for x in inputs]
        u = self.tensor(weights, fmt)
        along = [self.tensor(d, fmt) for d in directions]

        def total(*xs: Tensor) -> Tensor:
            y = call(xs)
            return (y * u).sum() if y.shape == u.shape and u.shape else y.sum()

        def tangents(by: Sequence[Tensor]) -> tuple[Tensor, ...]:
            found = [torch.zeros_like(x) for x in by]
            for i, d in zip(wrt, along, strict=True):
                found[i] = d
            return tuple(found)

        found: Sequence[Tensor]
        match mode:
            case "eager":
                with torch.no_grad():
                    found = [call(given)]
            case "vmap":
                with torch.no_grad():
                    found = [torch.func.vmap(lambda *xs: call(xs))(*(x[None] for x in given))[0]]
            case "backward" | "create_graph":
                found = self._slopes(total, given, wrt, mode == "create_graph")
            case "forward mode":
                found = [torch.func.jvp(lambda *xs: call(xs), tuple(given), tangents(given))[1]]
            case "torch.func.grad":
                found = torch.func.grad(total, argnums=tuple(wrt))(*given)
            case "double backward":
                first = self._slopes(total, given, wrt, True)
                inner = torch.stack([(g * d).sum() for g, d in zip(first, along, strict=True)]).sum()
                by = [given[i] for i in wrt]
                second = [None] * len(by)
                if inner.requires_grad:
                    second = torch.autograd.grad(inner, by, allow_unused=True)
                found = [torch.zeros_like(x) if g is None else g for g, x in zip(second, by, strict=True)]
            case _:
                slope = torch.func.grad(total, argnums=tuple(wrt))
                found = torch.func.jvp(slope, tuple(given), tangents(given))[1]
        return [self.array(x) for x in found]

    def _slopes(
        self, total: Callable[..., Tensor], given: Sequence[Tensor], wrt: Sequence[int], create_graph: bool
    ) -> list[Tensor]:
        import torch

        for i in wrt:
            given[i].requires_grad_()
        y = total(*given)
        if not y.requires_grad:
            raise Raised("its result does not depend on its input for autograd")
        by = [given[i] for i in wrt]
        found = torch.autograd.grad(y, by, create_graph=create_graph, allow_unused=True)
        return [torch.zeros_like(x) if g is None else g for g, x in zip(found, by, strict=True)]

    def _reverse(self, call: Call, given: Sequence[Tensor], wrt: Sequence[int], create_graph: bool) -> list[Tensor]:
        import torch

        for i in wrt:
            given[i].requires_grad_()
        y = call(given)
        if not isinstance(y, torch.Tensor):
            raise Raised(f"it returned {type(y).__name__}, where a tensor was expected")
        if not y.requires_grad:
            raise Raised("its result does not depend on its input for autograd")
        by = [given[i] for i in wrt]
        found = torch.autograd.grad(y, by, torch.ones_like(y), create_graph=create_graph, allow_unused=True)
        return [torch.zeros_like(x) if g is None else g for g, x in zip(found, by, strict=True)]

    def _twice(self, call: Call, given: Sequence[Tensor], wrt: Sequence[int]) -> list[Tensor]:
        import torch

        first = self._reverse(call, given, wrt, True)
        found = []
        for a, slope in enumerate(first):
            for b in range(a + 1):
                second = None
                if slope.requires_grad:
                    (second,) = torch.autograd.grad(
                        slope, [given[wrt[b]]], torch.ones_like(slope), retain_graph=True, allow_unused=True
                    )
                found.append(torch.zeros_like(slope) if second is None else second)
        return found

    @staticmethod
    def _forward(f: Callable[..., Tensor], given: Sequence[Tensor], i: int) -> Tensor:
        import torch

        tangents = tuple(torch.ones_like(x) if i == j else torch.zeros_like(x) for j, x in enumerate(given))
        return torch.func.jvp(f, tuple(given), tangents)[1]


class Jax(Framework):
    name = "jax"
    formats = ("float32", "float16", "bfloat16", "float64")
    modes: ClassVar[Mapping[int, tuple[str, ...]]] = {
        0: ("eager", "jit"),
        1: ("reverse mode", "forward mode", "jit of reverse mode"),
        2: ("forward over reverse",),
    }
    roots = ("jax", "jaxlib", "optax", "flax")

    def tensor(self, x: Array, fmt: str) -> Tensor:
        import jax

        if fmt == "float64":
            jax.config.update("jax_enable_x64", True)
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

    def single(self, call: Call, x: Array) -> Array:
        return np.asarray(call([self.tensor(x, "float32")]))

    def run(self, mode: str, call: Call, inputs: Sequence[Array], fmt: str, wrt: Sequence[int]) -> list[Array]:
        import jax

        def f(*xs: Any) -> Any:
            return call(xs)

        def total(*xs: Any) -> Any:
            return call(xs).sum()

        call = call.prepared(self, fmt)
        given = [self.tensor(x, fmt) for x in inputs]
        compiled: Any
        slope: Any = jax.grad(total, argnums=tuple(wrt))
        match mode:
            case "eager":
                found = [f(*given)]
            case "jit":
                compiled = jax.jit(f)
                found = [compiled(*given)]
            case "reverse mode":
                found = list(slope(*given))
            case "jit of reverse mode":
                compiled = jax.jit(slope)
                found = list(compiled(*given))
            case "forward mode":
                found = [jax.jvp(f, tuple(given), self._along(given, i))[1] for i in wrt]
            case _:
                rows = [jax.jvp(slope, tuple(given), self._along(given, i))[1] for i in wrt]
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
        import jax

        call = call.prepared(self, fmt)
        given = [self.tensor(x, fmt) for x in inputs]
        u = self.tensor(weights, fmt)
        tangents = [jax.numpy.zeros_like(x) for x in given]
        for i, d in zip(wrt, directions, strict=True):
            tangents[i] = self.tensor(d, fmt)

        def f(*xs: Any) -> Any:
            return call(xs)

        def total(*xs: Any) -> Any:
            y = call(xs)
            return (y * u).sum() if y.shape == u.shape else y.sum()

        slope: Any = jax.grad(total, argnums=tuple(wrt))
        compiled: Any
        match mode:
            case "eager":
                found = [f(*given)]
            case "jit":
                compiled = jax.jit(f)
                found = [compiled(*given)]
            case "reverse mode":
                found = list(slope(*given))
            case "jit of reverse mode":
                compiled = jax.jit(slope)
                found = list(compiled(*given))
            case "forward mode":
                found = [jax.jvp(f, tuple(given), tuple(tangents))[1]]
            case _:
                found = list(jax.jvp(slope, tuple(given), tuple(tangents))[1])
        return [self.array(x) for x in found]

    @staticmethod
    def _along(given: Sequence[Tensor], i: int) -> tuple[Tensor, ...]:
        import jax

        return tuple(jax.numpy.ones_like(x) if i == j else jax.numpy.zeros_like(x) for j, x in enumerate(given))


FRAMEWORKS: dict[str, Framework] = {f.name: f for f in (Torch(), Jax(), Numpy())}


def _has_fractions(numbers: Any) -> bool:
    return bool(np.asarray(numbers).dtype.kind == "f")


def framework_of(function: Any) -> Framework:
    """The framework that a callable is of: by its module, else by what its code speaks of; NumPy where that says nothing."""
    return next((f for f in FRAMEWORKS.values() if f.owns(function)), FRAMEWORKS["numpy"])


def _spoken_of(function: Any, depth: int = 3) -> list[str]:
    """Names of modules: that of the callable itself, then those that its code gets at through its globals or closure, and
    what is called there in turn."""
    function = inspect.unwrap(getattr(function, "func", function))
    own = [str(getattr(function, "__module__", None) or getattr(type(function), "__module__", ""))]
    if inspect.isclass(function):
        return own + [cls.__module__ for cls in function.__mro__]
    if type(function).__module__ != "builtins":
        own += [cls.__module__ for cls in type(function).__mro__]
    body, code = _body(function)
    if code is None or not depth:
        return own
    closure = [c.cell_contents for c in getattr(body, "__closure__", None) or () if _filled(c)]
    named = [getattr(body, "__globals__", {}).get(n) for n in _names(code)]
    for value in (*named, *closure):
        if inspect.ismodule(value):
            own.append(value.__name__)
        elif inspect.isclass(value) or inspect.isfunction(value):
            own += _spoken_of(value, depth - 1)
        elif isinstance(module := getattr(value, "__module__", None), str):
            own.append(module)
    return own


def others(fw: Framework) -> list[Framework]:
    """Frameworks to try where a callable that speaks of none can't be called with arrays of this one."""
    return [f for n, f in FRAMEWORKS.items() if f is not fw and importlib.util.find_spec(n) is not None]


def _body(function: Any) -> tuple[Any, Any]:
    """The Python function that runs, and its code: of a module or another object, that of its class; None for compiled code."""
    body = getattr(function, "__func__", function)
    if not hasattr(body, "__code__"):
        methods = vars(type(function))
        body = getattr(type(function), "forward", None) or methods.get("__call__")
    return body, getattr(body, "__code__", None)


def _names(code: Any) -> list[str]:
    inner = [n for c in code.co_consts if inspect.iscode(c) for n in _names(c)]
    return [*code.co_names, *inner]


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def constants_of(function: Any) -> list[float]:
    """The numbers that stand in a callable's own code: where it may change its ways."""
    found: dict[float, None] = {}
    for code in _codes(function, 3, set()):
        work = [code]
        while work:
            for c in work.pop().co_consts:
                if inspect.iscode(c):
                    work.append(c)
                elif isinstance(c, int | float) and not isinstance(c, bool) and np.isfinite(float(c)):
                    found[float(c)] = None
    return list(found)[:MAX_CONSTANTS]


def _codes(function: Any, depth: int, seen: set[int]) -> list[Any]:
    """The code of a callable, and of the functions of its own package that it calls."""
    function = inspect.unwrap(getattr(function, "func", function))
    if id(function) in seen or (getattr(function, "__module__", None) or "").split(".")[0] in ("numpy", "torch", "jax"):
        return []
    seen.add(id(function))
    if inspect.isclass(function):
        methods = [getattr(m, "__func__", m) for m in vars(function).values()]
        return [c for m in methods if inspect.isfunction(m) for c in _codes(m, depth, seen)]
    body, code = _body(function)
    if code is None:
        return []
    found = [code]
    if depth:
        closure = [c.cell_contents for c in getattr(body, "__closure__", None) or () if _filled(c)]
        named = [getattr(body, "__globals__", {}).get(n) for n in _names(code)]
        for value in (*named, *closure):
            if inspect.isclass(value) or inspect.isfunction(value):
                found += _codes(value, depth - 1, seen)
    return found
