"""Torch modules and autograd functions as functions of tensors: a module's parameters and buffers are arguments by their names.

``linear.weight`` is the argument ``weight`` of a Linear, and ``linear_weight`` of a module that holds one; what the formula
does not name keeps its value, in the dtype of the inputs. The module that is given is not changed.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from derive.records import dataclass
from verify.conform.arguments import BadArguments
from verify.conform.calling import calling, said

Function = Callable[..., Any]


@dataclass(frozen=True)
class Original:
    """What a function stands for: a class of modules (or a module, which has no name), made with these options; ``mode`` says
    that ``training`` among them is none of the constructor. ``parameters`` are the arguments that are its parameters, with the
    names that it has for them; an autograd function has none."""

    made_of: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    mode: bool = False
    parameters: Mapping[str, str] | None = None


def as_function(
    function: Function, names: Sequence[str], options: Mapping[str, Any]
) -> tuple[Function, dict[str, Any]]:
    """The function that a callable stands for, with the options that are left: of a class of modules they go to its
    constructor, ``training`` to its mode. What is neither a module nor an autograd function comes back as it is. Raises
    BadArguments where it can't be made."""
    torch = sys.modules.get("torch")
    left = dict(options)
    if torch is None:
        return function, left
    if inspect.isclass(function) and issubclass(function, torch.autograd.Function):
        return _applied(function), left
    if inspect.isclass(function) and issubclass(function, torch.nn.Module):
        takes = inspect.signature(function.__init__).parameters
        training = left.pop("training", None) if "training" not in takes else None
        made_with = {k: left.pop(k) for k in list(left) if k in takes}
        try:
            with calling("its constructor"):
                module: Any = function(**made_with)
        except Exception as why:  # whatever the constructor does
            raise BadArguments(f"it can't be made with these options: {said(why)}") from None
        if training is not None:
            module.train(bool(training))
            made_with["training"] = bool(training)
        return _functional(module, names, Original(function, made_with, training is not None)), left
    if isinstance(function, torch.nn.Module):
        return _functional(function, names, Original(function)), left
    return function, left


def known_shapes(function: Any, options: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes of a module's parameters and buffers by their names as arguments; of a class with these options."""
    torch = sys.modules.get("torch")
    if torch is None:
        return {}
    if inspect.isclass(function) and issubclass(function, torch.nn.Module):
        takes = inspect.signature(function.__init__).parameters
        try:
            function = function(**{k: v for k, v in options.items() if k in takes})
        except Exception:  # said where it is made
            return {}
    if not isinstance(function, torch.nn.Module):
        return {}
    return {_name(n): tuple(x.shape) for n, x in (*function.named_parameters(), *function.named_buffers())}


def _applied(function: Any) -> Function:
    import torch

    own_context = function.setup_context is not torch.autograd.Function.setup_context
    parameters = _parameters(function.forward)[0 if own_context else 1 :]  # else the first is the context

    def apply(*inputs: Any, **named: Any) -> Any:
        return function.apply(*inputs, *(named[p.name] for p in parameters if p.name in named))

    return _as(apply, Original(function), parameters)


def _functional(module: Any, names: Sequence[str], original: Original) -> Function:
    """The module as a function of its inputs and of those of its parameters and buffers that ``names`` speak of: symbols of the
    formula, and the parameters that arguments are given to."""
    held = dict([*module.named_parameters(), *module.named_buffers()])
    called = {_name(dotted): dotted for dotted in held}
    passed = {n: called[n] for n in names if n in called}
    inputs = [p for p in _parameters(module.forward) if p.name not in passed]

    def forward(*given: Any, **state: Any) -> Any:
        import torch

        like = next((x for x in (*given, *state.values()) if torch.is_tensor(x) and x.is_floating_point()), None)
        values = {k: _like(v, like) for k, v in held.items()}
        own = {passed[n]: state.pop(n) for n in list(state) if n in passed}
        values.update(own)
        found = torch.func.functional_call(module, values, given, state)
        for dotted, x in own.items():
            if values[dotted] is not x:  # a buffer that the module put another in the place of: changed all the same
                x.detach().copy_(values[dotted].detach())
        return found

    keyword = inspect.Parameter.KEYWORD_ONLY
    usual = [p for p in inputs if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    original = replace(original, parameters=passed)
    return _as(forward, original, [*usual, *(inspect.Parameter(n, keyword) for n in passed)])


def _like(x: Any, other: Any) -> Any:
    """A copy with the dtype and on the device of the other."""
    x = x.detach().clone()
    if other is None:
        return x
    return x.to(other.device, other.dtype if x.is_floating_point() else x.dtype)


def _name(dotted: str) -> str:
    return dotted.replace(".", "_")


def _parameters(function: Function) -> list[inspect.Parameter]:
    return [p.replace(annotation=inspect.Parameter.empty) for p in inspect.signature(function).parameters.values()]


def _as(made: Any, original: Original, parameters: Sequence[inspect.Parameter]) -> Function:
    """With the name and the parameters of what it stands for."""
    kind = original.made_of if inspect.isclass(original.made_of) else type(original.made_of)
    made.__module__, made.__qualname__ = kind.__module__, kind.__qualname__
    made.__signature__ = inspect.Signature(list(parameters))
    made.original = original
    found: Function = made
    return found
