"""Data classes whose methods are written when they are first called.

``dataclass`` is that of the standard library for readers, types, ``fields``, ``replace``, ``asdict`` and patterns. It writes half
a dozen methods of each class as source, and has them compiled while the module is loaded: half a millisecond a class, where
a question asks few of the classes. Here each waits for its first call. Without ``InitVar`` and fields by keyword alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import partial
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _dataclass(
    cls: type[Any] | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    order: bool = False,
    repr: bool = True,
) -> Any:
    if cls is None:
        return partial(_dataclass, frozen=frozen, slots=slots, eq=eq, order=order, repr=repr)
    own = {name for name, value in vars(cls).items() if name != "__hash__" or value is not None}
    cls.__doc__ = cls.__doc__ or cls.__name__  # or the library would look for it in __init__
    made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=slots)
    methods: dict[str, Any] = {"__init__": _Unwritten(made, "__init__", frozen)}
    if repr:
        methods["__repr__"] = _shown
    if eq:
        methods["__eq__"] = _Unwritten(made, "__eq__")
        methods["__hash__"] = _Unwritten(made, "__hash__") if frozen else None
    if order:
        methods |= {name: _Unwritten(made, name) for name in ORDER}
    if frozen:
        methods |= {"__setattr__": _fixed, "__delattr__": _fixed}
    if frozen and slots:  # copies would be filled by setting attributes otherwise
        methods |= {"__getstate__": _state, "__setstate__": _restore}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass


class _Unwritten:
    """A method of a data class, before it is asked for."""

    def __init__(self, cls: Any, name: str, frozen: bool = False) -> None:
        self.cls, self.name, self.frozen = cls, name, frozen

    def __get__(self, instance: object, owner: type) -> Any:
        space: dict[str, Any] = {"__name__": self.cls.__module__}
        source = self.source(space)
        exec(compile(source, f"<{self.cls.__qualname__}>", "exec"), space)
        method = space[self.name]
        method.__qualname__ = f"{self.cls.__qualname__}.{self.name}"
        setattr(self.cls, self.name, method)
        return method.__get__(instance, owner)

    def source(self, space: dict[str, Any]) -> str:
        """The method as Python; the values that it speaks of are put into the ``space`` that it will stand in."""
        match self.name:
            case "__init__":
                return _init(self.cls, self.frozen, space)
            case "__hash__":
                hashed = _values(
                    "self", (f.name for f in fields(self.cls) if (f.compare if f.hash is None else f.hash))
                )
                return f"def __hash__(self): return hash({hashed})"
            case name:
                one, other = (_values(o, (f.name for f in fields(self.cls) if f.compare)) for o in ("self", "other"))
                compared = f"{one} {ORDER.get(name, '==')} {other}"
                return f"def {name}(self, other): return {compared} if other.__class__ is self.__class__ else NotImplemented"


def _values(of: str, names: Iterable[str]) -> str:
    """``(of.a, of.b, )``"""
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


def _init(cls: Any, frozen: bool, space: dict[str, Any]) -> str:
    space |= {"__put": object.__setattr__, "__missing": MISSING}
    parameters, lines = ["self"], []
    for i, f in enumerate(fields(cls)):
        default, value = f"__default{i}", f.name
        if f.default_factory is not MISSING:
            space |= {f"__made{i}": f.default_factory, default: MISSING}
            value = f"__made{i}() if {f.name} is __missing else {f.name}" if f.init else f"__made{i}()"
        elif f.default is not MISSING:
            space[default] = f.default
            value = f.name if f.init else default
        if f.init:
            parameters.append(f"{f.name}={default}" if default in space else f.name)
        if f.init or default in space:
            lines.append(f"__put(self, {f.name!r}, {value})" if frozen else f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    return f"def __init__({', '.join(parameters)}):\n " + ("\n ".join(lines) or "pass")


@recursive_repr()
def _shown(self: Any) -> str:
    told = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({told})"


def _fixed(self: Any, name: str, *value: Any) -> None:
    raise FrozenInstanceError(f"cannot {'assign to' if value else 'delete'} field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for f, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, f.name, value)
