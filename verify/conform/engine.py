"""``conform`` and ``assert_conforms``: a callable and a formula, read and bound to each other, and who compares them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from derive import api
from derive.errors import ExpressionError
from derive.expr.folding import substitute
from derive.expr.graph import Node, free_symbols
from derive.language.names import names_in
from derive.language.reader import parse
from verify.conform import devices
from verify.conform.arguments import BadArguments, Bound, Domain, Result, bind
from verify.conform.callables import tame
from verify.conform.elementwise import Comparison, Plan
from verify.conform.formats import FORMATS
from verify.conform.frameworks import FRAMEWORKS, Framework, framework_of, tried
from verify.conform.modules import as_function, known_shapes
from verify.conform.outcome import Conformance
from verify.conform.schedules import as_rates, is_schedule
from verify.conform.strata import several
from verify.conform.subject import Subject
from verify.conform.tensor_sets import laid_out, sets
from verify.conform.tensor_sizes import at_sizes, letters
from verify.conform.vectorized import takes
from verify.extras import installed, missing


class NotConforming(AssertionError):
    """The failure of ``assert_conforms``; ``found`` is what was found."""

    def __init__(self, found: Conformance, text: str) -> None:
        super().__init__(text)
        self.found = found


def assert_conforms(
    function: Callable[..., Any], formula: str | Node, *, wrt: str | Sequence[str] | None = None, **given: Any
) -> Conformance:
    """Passes where ``conform`` finds no deviation; a convention that differs from the formula is one here.

    Raises NotConforming (an AssertionError), which shows the worst input, exact and computed value, the error and how to
    reproduce it.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    found = conform(function, formula, wrt=wrt, **given)
    if found.verdict in ("deviates", "convention"):
        from verify.conform.words import told

        raise NotConforming(found, told(found))
    return found


def conform(
    function: Callable[..., Any],
    formula: str | Node,
    *,
    wrt: str | Sequence[str] | None = None,
    domain: Domain | None = None,
    shapes: Mapping[str, Any] | None = None,
    arguments: Sequence[str] | Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    result: Result = None,
    dtypes: Sequence[str] | None = None,
    framework: str | None = None,
    constants: Mapping[str, float] | None = None,
    states: Mapping[str, str | float] | None = None,
    name: str = "",
    device: str = devices.PROCESSOR,
    seed: int = 0,
) -> Conformance:
    """Compares a callable with a formula: its value, and where it can be differentiated its gradient and second derivative.

    ``formula`` is in the language of cases; a scalar formula is meant elementwise, of arrays of points. ``wrt`` are the
    symbols to differentiate by (all that vary unless given). ``domain`` gives ranges, ``{"p": (0, 1)}``, or holds a symbol
    at a number. ``arguments`` says which symbol goes where, ``options`` are further keywords of the callable. ``result`` is
    the entry of the tuple that it returns (an index, or one a level), or the symbol of an argument that it changes, such as a
    running mean: the formula is then what that has become, and is not differentiated. ``dtypes`` are names of float formats.
    ``shapes`` are those of tensors, ``{"W": (3, 2)}``; a letter, ``{"x": "n"}``, is a size that is tried from 1 to 1000. Of a
    Torch module, parameters and buffers are arguments by their names.

    Of an optimizer (a class of torch.optim.Optimizer, a function that makes a transformation of optax) the formula is its
    updates in order, ``m = b1*m + (1 - b1)*g; w = w - lr*m``; ``constants`` (or ``domain``) are the values of its constants,
    ``states`` starts that are not 0, and ``options`` keywords of its constructor.

    ``device`` is where the tensors of Torch are: "cpu", or "cuda" where there is one.

    Raises BadArguments, and ExpressionError for a formula that can't be read.
    """
    from verify.conform.optimizers import conform_with_text, is_optimizer

    if device != devices.current():
        with devices.on(device):
            return devices.named(
                conform(
                    function, formula, wrt=wrt, domain=domain, shapes=shapes, arguments=arguments, options=options,
                    result=result, dtypes=dtypes, framework=framework, constants=constants, states=states, device=device,
                    name=name, seed=seed,
                )
            )  # fmt: skip
    function = tame(function)
    if is_optimizer(function):
        if not isinstance(formula, str):
            raise BadArguments("the formula of an optimizer is text, its updates in order: w = w - lr*g")
        values = dict(domain or {}) | dict(constants or {})
        return conform_with_text(
            function, formula, values, states, options, name=name, dtypes=dtypes, shapes=shapes, seed=seed
        )
    if constants or states:
        raise BadArguments("constants and states are of optimizers, which this is not; a symbol is held by domain")
    if letters(shapes or {}):

        def compare(sizes: Mapping[str, Any]) -> Conformance:
            return conform(
                function, formula, wrt=wrt, domain=domain, shapes=sizes, arguments=arguments, options=options,
                result=result, dtypes=dtypes, framework=framework, device=device, name=name, seed=seed,
            )  # fmt: skip

        return at_sizes(shapes or {}, compare)
    known = known_shapes(function, options or {})
    made = _formula(formula, {n: s for n, s in known.items() if _speaks_of(formula, n)} | dict(shapes or {}))
    symbols = sorted(free_symbols([made]), key=lambda n: n.id)
    names = [str(s.attr) for s in symbols]
    if is_schedule(function):
        if len(made.shape) != 1:
            raise BadArguments("the formula of a schedule has an entry a step, such as [lr*gamma**t for t in 10]")
        name, framework, dtypes = name or _name(function), "numpy", ["float64"]
        function, options = as_rates(function, names, options or {}, made.shape[0]), {}
    named = list(arguments) if isinstance(arguments, Mapping) else []
    function, options = as_function(function, [*names, *named], options or {})
    bound = bind(function, symbols, domain or {}, arguments, options, result)
    fw = _framework(framework, bound)
    devices.must_have(fw.name)
    g = made.graph
    made = substitute(made, {s: g.const(v) for s, v in bound.fixed.items()}) if bound.fixed else made
    by = _wrt(wrt, bound.symbols, bound.fixed) if bound.call.becomes is None else []
    orders = tuple(o for o in (0, 1, 2) if o in fw.modes and (o == 0 or by))
    plan = Plan(tuple(_formats(dtypes, fw)), orders, seed=seed)
    title = name or _name(function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say of slow paths and of old ways is no finding here
        if made.shape or any(s.shape for s in bound.symbols):
            from verify.conform.tensors import conform_tensors

            return conform_tensors(title, made, bound, by, fw, plan.formats, seed)
        return Comparison(title, Subject(made, bound.symbols, bound.ranges, by), bound.call, fw, plan).run()


def _speaks_of(formula: str | Node, name: str) -> bool:
    return isinstance(formula, str) and name in names_in(formula)


def _formula(formula: str | Node, shapes: Mapping[str, Any]) -> Node:
    return formula if isinstance(formula, Node) else parse(formula, *api.scope(formula, shapes), boolean=False)


def _framework(name: str | None, bound: Bound) -> Framework:
    """The one asked for; else the one that the code speaks of, or another that is installed where it can't be called so."""
    if name is not None and name not in FRAMEWORKS:
        from derive.errors import nearest

        raise BadArguments(f"unknown framework '{name}'{nearest(name, FRAMEWORKS)}")
    if name is not None:
        if not installed(name):
            raise BadArguments(missing(name))
        return FRAMEWORKS[name]
    fw = framework_of(bound.call.function)
    if not bound.symbols or fw.name != "numpy":
        return fw
    if any(s.shape for s in bound.symbols):
        rows = sets(bound.symbols, bound.ranges, FORMATS["float32"], 1, 0)
        given = laid_out(bound.symbols, rows[0])
    else:
        given = [several(FORMATS["float32"], [r], [[]], 9)[0][:3] for r in bound.ranges]
        if any(len(x) < 3 for x in given):
            return fw
    return next((f for f in tried(bound.call.function) if takes(f, bound.call, given)), fw)


def _formats(names: Sequence[str] | None, fw: Framework) -> Iterable[str]:
    for name in names or fw.formats:
        if name not in FORMATS:
            from derive.errors import nearest

            raise BadArguments(f"unknown dtype '{name}'{nearest(name, FORMATS)}")
        if name not in fw.formats:
            raise BadArguments(f"{fw.name} has no {name}")
        yield name


def _wrt(wrt: str | Sequence[str] | None, symbols: Sequence[Node], fixed: Mapping[Node, Any]) -> list[int]:
    if wrt is None:
        return list(range(len(symbols)))
    names = [n.strip() for n in wrt.split(",")] if isinstance(wrt, str) else list(wrt)
    known = {str(s.attr): i for i, s in enumerate(symbols)}
    held = {str(s.attr) for s in fixed}
    for n in names:
        if n not in known:
            from derive.errors import nearest

            raise BadArguments(
                f"'{n}' is held at a number" if n in held else f"'{n}' is no symbol of the formula{nearest(n, known)}"
            )
    return [known[n] for n in names]


def _name(function: Any) -> str:
    module = getattr(function, "__module__", "") or ""
    name = getattr(function, "__qualname__", "") or type(function).__qualname__
    return f"{module}.{name}" if module and not module.startswith("__") else name


__all__ = ["BadArguments", "ExpressionError", "NotConforming", "assert_conforms", "conform"]
