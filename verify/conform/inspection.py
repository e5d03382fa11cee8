"""What the code of a callable speaks of: modules, by which its framework is known, and numbers, at which it may turn."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

MAX_CONSTANTS = 60  # of a callable's code


def spoken_of(function: Any, depth: int = 3) -> list[str]:
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
            own += spoken_of(value, depth - 1)
        else:  # an object, as what jax.custom_vjp makes of a function, is of its class's module, whatever it wraps
            own.append(type(value).__module__)
            if isinstance(module := getattr(value, "__module__", None), str):
                own.append(module)
    return own


def spoken_around(function: Any) -> list[str]:
    """Names of modules that the module in which a callable is written has imported."""
    body, _ = _body(inspect.unwrap(getattr(function, "func", function)))
    return [v.__name__ for v in getattr(body, "__globals__", {}).values() if inspect.ismodule(v)]


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


def names_of(function: Any) -> list[str]:
    """The names that a callable's own code speaks of."""
    return [n for code in _codes(function, 3, set()) for n in _names(code)]


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
