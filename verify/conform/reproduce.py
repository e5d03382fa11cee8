"""How a user sees a deviation again: one command, and a script of some ten lines that needs nothing of this package.

The script calls the function at the worst input on the very path that is off: as the framework runs it, in this mode of
differentiation, in this dtype.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from shlex import quote
from typing import Any

import numpy as np

from derive.expr import shapes
from derive.expr.graph import Node
from derive.language.reader import to_text
from derive.records import dataclass
from verify.conform.callables import AUDITED
from verify.conform.calls import Call, Constant
from verify.conform.devices import PROCESSOR, current, there
from verify.conform.formats import Array
from verify.conform.frameworks import Framework
from verify.conform.modules import Original
from verify.conform.outcome import ORDERS, Conformance, Outcome
from verify.conform.strata import Range
from verify.conform.subject import Subject
from verify.conform.tensor_sets import laid_out
from verify.conform.tensor_shrink import shrunk
from verify.conform.tensor_truth import Kind, TensorSubject

#: Deviations that a single call of one entry does not show.
ELSEWHERE = ("layout", "not deterministic", "keeps state", "raises", "out of memory")
PATHS = 4  # that are told at simpler tensors, as one after the other may be the worst
LONG = 40  # entries of a tensor that are written out


@dataclass(frozen=True)
class Place:
    """What of a path is off: the inputs by name, which of them it is differentiated by (places, one an order), the entry of the
    result, and of tensors the weights of the result and the directions of the inputs (by place)."""

    inputs: dict[str, Array]
    by: tuple[int, ...] = ()
    entry: tuple[int, ...] = (0,)
    tensors: bool = False
    weights: Array | None = None
    directions: Mapping[int, Array] = field(default_factory=dict)
    moved: Sequence[int] = ()


def reproduced(found: Conformance, subject: Subject, call: Call) -> Conformance:
    """The same with its command and its script, for the worst input, or the simple one that is off, too; where the callable has
    no name to import, without."""
    worst = found.worst
    if worst is None or not worst.worst or not (target := importable(call.function)):
        return found
    names = [to_text(s) for s in subject.symbols]
    by = tuple(names.index(n) for n in worst.by)
    alone = np.shape(0.0) if call.alone else (1,)
    if worst.simple is not None:
        worst = replace(worst, worst=worst.simple.at, exact=worst.simple.exact, computed=worst.simple.computed)
    place = Place({n: np.reshape(x, alone) for n, x in worst.worst.items()}, by, () if call.alone else (0,))
    return told(
        found, target, worst, command(target, found, subject.symbols, subject.ranges, subject.wrt, call), call, place
    )


def reproduced_tensors(found: Conformance, subject: TensorSubject, call: Call, fw: Framework) -> Conformance:
    """The same of tensors; what deviates is told at the simplest tensors found."""
    done: list[Outcome] = []
    while (worst := found.worst) is not None and worst.verdict == "deviates" and worst.worst:
        if worst in done or len(done) == PATHS:
            break
        simpler = shrunk(worst, _entry(subject, worst)[0], subject, call, fw)
        found = replace(found, outcomes=tuple(simpler if o is worst else o for o in found.outcomes))
        done.append(simpler)
    if worst is None or not worst.worst or not (target := importable(call.function)):
        return found
    row = np.array([worst.worst[to_text(e)] for e in subject.entries])
    names = [to_text(s) for s in subject.symbols]
    kind = _kind(worst)
    _, by, entry = _entry(subject, worst)
    place = Place(
        dict(zip(names, laid_out(subject.symbols, row), strict=True)),
        (by,),
        entry,
        True,
        subject.weights,
        dict(zip(subject.wrt, subject.directions, strict=True)) if kind in ("hvp", "jvp") else {},
        subject.wrt,
    )
    return told(
        found, target, worst, command(target, found, subject.symbols, subject.ranges, subject.wrt, call), call, place
    )


def _kind(worst: Outcome) -> Kind:
    slope: Kind = "jvp" if worst.mode == "forward mode" else "vjp"
    return "value" if worst.order == ORDERS[0] else slope if worst.order == ORDERS[1] else "hvp"


def _entry(subject: TensorSubject, worst: Outcome) -> tuple[int, int, tuple[int, ...]]:
    """The place of the worst entry among all: by which input it is differentiated, if it is, and its index."""
    kind, note = _kind(worst), worst.note.partition(";")[0]
    whole = kind in ("value", "jvp")
    first = subject.wrt[0] if subject.wrt else 0
    every = {first: subject.node} if whole else {i: subject.symbols[i] for i in subject.wrt}
    k = 0
    for i, s in every.items():
        for index in shapes.indices(s.shape) if s.shape else [()]:
            if not note or subject.place(kind, k) == note:
                return k, i, tuple(index)
            k += 1
    return 0, first, ()


def told(found: Conformance, target: str, worst: Outcome, line: str, call: Call, place: Place) -> Conformance:
    """With the command, and with a script where a single call shows it."""
    shows = worst.verdict in ("deviates", "convention") and worst.kind not in ELSEWHERE
    script = "" if not shows else _script(target, found.framework, worst, call, place)
    return replace(found, command=line, script=script)


def importable(function: Any) -> str:
    """``module:name`` of a callable, or "" where it can't be imported by it."""
    import importlib

    original = getattr(function, "original", None)
    if isinstance(original, Original):
        function = original.made_of
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if not module or not name or "<" in name or module == "__main__":
        return ""
    try:
        there = importlib.import_module(module)
        for part in name.split("."):
            there = getattr(there, part)
    except (ImportError, AttributeError):
        return ""
    return f"{module}:{name}" if there is function else ""


def command(
    target: str, found: Conformance, symbols: Sequence[Node], ranges: Sequence[Range], wrt: Sequence[int], call: Call
) -> str:
    """The line of a terminal that compares again."""
    words = ["errata conform", quote(target), "--formula", quote(found.formula)]
    package = target.partition(":")[0].partition(".")[0]
    words += [] if package in AUDITED else ["--allow-import", package]
    for s, r in zip(symbols, ranges, strict=True):
        if s.shape:
            words += ["--shape", f"{s.attr}={','.join(map(str, s.shape))}"]
        if r != Range():
            words += ["--in", quote(f"{s.attr}={_ends(r)}")]
    names = [str(s.attr) for s in symbols]
    if call.positional:
        words += ["--argument", ",".join(names[i] for i in call.positional)] if not call.keywords else []
    elif any(k != names[i] for k, i in call.keywords.items()):
        words += ["--argument", ",".join(f"{k}={names[i]}" for k, i in call.keywords.items())]
    original = getattr(call.function, "original", None)
    options = (dict(original.options) if isinstance(original, Original) else {}) | dict(call.fixed)
    for k, v in options.items():
        if isinstance(v, Constant):
            return ""  # an array of numbers has no words on the command line
        words += ["--option", quote(f"{k}={v}")]
    if call.part or call.becomes is not None:
        words += ["--result", names[call.becomes] if call.becomes is not None else ",".join(map(str, call.part))]
    if current() != PROCESSOR:
        words += ["--device", current()]
    if wrt and len(wrt) < len(symbols):
        words += ["--wrt", ",".join(str(symbols[i].attr) for i in wrt)]
    return " ".join(words)


def _ends(r: Range) -> str:
    low = "-inf" if r.low is None else repr(r.low)
    high = "inf" if r.high is None else repr(r.high)
    return f"{'(' if r.open_low else '['}{low},{high}{')' if r.open_high else ']'}"


# -- the script ----------------------------------------------------------------------------------------------------------


def _script(target: str, framework: str, worst: Outcome, call: Call, place: Place) -> str:
    module, _, name = target.partition(":")
    fw = {"torch": _Torch, "jax": _Jax, "numpy": _Numpy}[framework](worst.dtype)
    names = list(place.inputs)
    lines = [*fw.imports, f"from {module} import {name.split('.')[0]}"]
    for n, x in place.inputs.items():
        lines += fw.assigned(n, x)
    given = ", ".join(names)
    lines += _called(name, fw, call, names, given)
    value = worst.order == ORDERS[0]
    total = "the_call"
    if not value:
        if place.weights is not None and np.ndim(place.weights):
            lines += fw.assigned("the_weights", place.weights)
            lines.append(f"the_sum = lambda {given}: (the_call({given})*the_weights).sum()")
        else:
            lines.append(f"the_sum = lambda {given}: the_call({given}).sum()")
        total = "the_sum"
        for i, d in place.directions.items():
            lines += fw.assigned(f"along_{i}", d)
    lines += fw.run(worst.mode, total, names, place)
    entry = f"[{', '.join(map(str, place.entry))}]" if place.entry else ""
    lines.append(f"print(float(the_result{entry}), 'exactly', {worst.exact!r})")
    return "\n".join(lines)


def _called(name: str, fw: _Writer, call: Call, names: Sequence[str], given: str) -> list[str]:
    """``the_call``, a function of the inputs."""
    lines = []
    original = getattr(call.function, "original", None)
    arguments = [names[i] for i in call.positional]
    fixed = {k: fw.array(v.numbers, None) if isinstance(v, Constant) else repr(v) for k, v in call.fixed.items()}
    keywords = {k: names[i] for k, i in call.keywords.items()}
    if isinstance(original, Original) and original.parameters is not None:
        options = dict(original.options)
        training = options.pop("training", None) if original.mode else None
        lines.append(
            f"the_module = {name}({', '.join(f'{k}={v!r}' for k, v in options.items())}).to(dtype=torch.{fw.dtype}{there()})"
        )
        if training is not None:
            lines.append(f"the_module.train({training!r})")
        held = {d: keywords.pop(p) for p, d in original.parameters.items() if p in keywords}
        state = "{" + ", ".join(f"{d!r}: {n}" for d, n in held.items()) + "}"
        inner = ", ".join(f"{k!r}: {v}" for k, v in (keywords | fixed).items())
        words = ", ".join([*arguments, ""]).strip()
        body = f"torch.func.functional_call(the_module, {state}, ({words}), {{{inner}}})"
    elif isinstance(original, Original):
        body = f"{name}.apply({', '.join([*arguments, *keywords.values()])})"
    else:
        body = f"{name}({', '.join([*arguments, *(f'{k}={v}' for k, v in (keywords | fixed).items())])})"
    if call.becomes is not None:
        body = f"({body}, {names[call.becomes]})[1]"
    body += "".join(f"[{k}]" for k in call.part)
    return [*lines, f"the_call = lambda {given}: {body}"]


class _Writer:
    """How a framework writes arrays and runs a mode; ``f`` is what is run: ``the_call``, or ``the_sum`` of it."""

    imports: tuple[str, ...] = ()

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype

    def array(self, numbers: Any, dtype: str | None) -> str:
        raise NotImplementedError

    def assigned(self, name: str, x: Array) -> list[str]:
        """An array by its numbers; a long one by its few that differ from the most frequent."""
        if x.size <= LONG:
            return [f"{name} = {self.array(x.tolist(), self.dtype)}"]
        values, counts = np.unique(x, return_counts=True)
        usual = float(values[np.argmax(counts)])
        apart = np.flatnonzero(x != usual)
        if len(apart) > LONG:
            return [f"{name} = {self.array(x.tolist(), self.dtype)}"]
        lines = ["import numpy as np", f"{name} = np.full({x.shape!r}, {usual!r})"]
        if len(apart):
            lines.append(f"{name}.flat[{apart.tolist()!r}] = {np.reshape(x, -1)[apart].tolist()!r}")
        return [*lines, f"{name} = {self.array_of(name)}"]

    def array_of(self, name: str) -> str:
        raise NotImplementedError

    def run(self, mode: str, f: str, names: Sequence[str], place: Place) -> list[str]:
        raise NotImplementedError

    def along(self, names: Sequence[str], place: Place, like: str, by: int) -> str:
        """The tangents: of tensors the directions, else that of the ``by``-th input alone."""
        chosen = set(place.directions) if place.tensors else {by}
        made = [
            (f"along_{i}" if place.tensors else f"{like}.ones_like({n})") if i in chosen else f"{like}.zeros_like({n})"
            for i, n in enumerate(names)
        ]
        return f"({', '.join(made)},)"


class _Numpy(_Writer):
    imports = ("import numpy as np",)

    def array(self, numbers: Any, dtype: str | None) -> str:
        return f"np.array({numbers!r}{f', dtype=np.{dtype}' if dtype else ''})[()]"

    def array_of(self, name: str) -> str:
        return f"{name}.astype(np.{self.dtype})"

    def run(self, mode: str, f: str, names: Sequence[str], place: Place) -> list[str]:
        return [f"the_result = {f}({', '.join(names)})"]


class _Torch(_Writer):
    imports = ("import torch",)

    def array(self, numbers: Any, dtype: str | None) -> str:
        return f"torch.tensor({numbers!r}{f', dtype=torch.{dtype}' if dtype else ''}{there()})"

    def array_of(self, name: str) -> str:
        return f"torch.tensor({name}, dtype=torch.{self.dtype}{there()})"

    def run(self, mode: str, f: str, names: Sequence[str], place: Place) -> list[str]:
        given = ", ".join(names)
        match mode:
            case "eager":
                return [f"the_result = {f}({given})"]
            case "vmap":
                inner = ", ".join(f"{n}[None]" for n in names) if place.tensors else given
                return [f"the_result = torch.func.vmap({f})({inner}){'[0]' if place.tensors else ''}"]
            case "forward mode":
                f = "the_call"
                along = self.along(names, place, "torch", place.by[0])
                return [f"the_result = torch.func.jvp({f}, ({given},), {along})[1]"]
            case "torch.func.grad":
                return [f"the_result = torch.func.grad({f}, argnums={place.by[0]})({given})"]
            case "forward over reverse":
                along = self.along(names, place, "torch", place.by[-1])
                return [
                    f"the_result = torch.func.jvp(torch.func.grad({f}, argnums={place.by[0]}), ({given},), {along})[1]"
                ]
        moved = list(dict.fromkeys(place.moved or place.by))
        lines = [f"{', '.join(f'{names[i]}.requires_grad_()' for i in moved)}"]
        twice = mode == "double backward"
        graph = ", create_graph=True" if twice or mode == "create_graph" else ""
        rest = ", allow_unused=True, materialize_grads=True"
        if not twice:
            slope = f"torch.autograd.grad(the_total, {names[place.by[0]]}{graph}{rest})"
            return [
                *lines,
                f"the_total = {f}({given})",
                f"the_result, = {slope} if the_total.requires_grad else [torch.zeros_like({names[place.by[0]]})]",
            ]
        if place.tensors:
            by = ", ".join(names[i] for i in moved)
            inner = " + ".join(f"(the_slopes[{k}]*along_{i}).sum()" for k, i in enumerate(moved))
            lines.append(f"the_slopes = torch.autograd.grad({f}({given}), [{by}]{graph}{rest})")
        else:
            inner = "the_slopes.sum()"
            lines.append(f"the_slopes, = torch.autograd.grad({f}({given}), {names[place.by[0]]}{graph}{rest})")
        by_last = names[place.by[-1]]
        second = f"torch.autograd.grad(the_inner, {by_last}{rest})"
        return [
            *lines,
            f"the_inner = {inner}",
            f"the_result, = {second} if the_inner.requires_grad else [torch.zeros_like({by_last})]",
        ]


class _Jax(_Writer):
    def __init__(self, dtype: str) -> None:
        super().__init__(dtype)
        self.imports = ("import jax",)
        if dtype == "float64":
            self.imports += ('jax.config.update("jax_enable_x64", True)',)

    def array(self, numbers: Any, dtype: str | None) -> str:
        return f"jax.numpy.array({numbers!r}{f', dtype={dtype!r}' if dtype else ''})"

    def array_of(self, name: str) -> str:
        return f"jax.numpy.array({name}, dtype={self.dtype!r})"

    def run(self, mode: str, f: str, names: Sequence[str], place: Place) -> list[str]:
        given = ", ".join(names)
        slope = f"jax.grad({f}, argnums={place.by[0] if place.by else 0})"
        match mode:
            case "eager":
                return [f"the_result = {f}({given})"]
            case "jit":
                return [f"the_result = jax.jit({f})({given})"]
            case "reverse mode":
                return [f"the_result = {slope}({given})"]
            case "jit of reverse mode":
                return [f"the_result = jax.jit({slope})({given})"]
            case "forward mode":
                return [
                    f"the_result = jax.jvp(the_call, ({given},), {self.along(names, place, 'jax.numpy', place.by[0])})[1]"
                ]
        return [f"the_result = jax.jvp({slope}, ({given},), {self.along(names, place, 'jax.numpy', place.by[-1])})[1]"]
