"""``dataclass`` as Python has it, in a fifth of the time: a start makes over a hundred classes.

Python's writes each method of each class as text and compiles it. Here ``__init__`` alone is; the others are functions that all
classes share, over the fields that a class has. What it does and its types are the same, so that ``fields``, ``replace``,
``asdict`` and ``field`` go with it; a class that asks for more than what stands below is handed on to Python's.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:
    import dataclasses
    from dataclasses import MISSING, Field, FrozenInstanceError, fields, replace

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, repr=True, **more):
        def made(plain: type) -> type:
            own = vars(plain)
            if more or hasattr(plain, "__post_init__") or any(map(_unusual, own.values())):
                whole = dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, repr=repr, **more)
                return whole(plain)
            plain.__doc__ = plain.__doc__ or plain.__name__  # or the library would look for a signature
            new = dataclasses.dataclass(plain, init=False, repr=False, eq=False, slots=slots)
            methods = {"__init__": _init(new, frozen)}
            if repr:
                methods["__repr__"] = _repr
            if eq:
                methods |= _equality(new, frozen)
            for name, method in methods.items():
                if own.get(name) is None:
                    setattr(new, name, method)
            if frozen:
                new.__setattr__, new.__delattr__ = _refuse_set, _refuse_delete
                if slots:
                    new.__getstate__, new.__setstate__ = _state, _restore
            return new

        return made if cls is None else made(cls)

    def _unusual(value: object) -> bool:
        return isinstance(value, Field) and (not value.init or value.hash is not None or value.kw_only is True)

    def _init(new: type, frozen: bool) -> Callable[..., None]:
        # names that no field has: a field may be called self, or set
        own, put, absent, default = (f"__dataclass_{n}__" for n in ("self", "set", "absent", "default"))
        given, lines, scope = [own], [], {put: object.__setattr__, absent: MISSING}
        for f in fields(new):
            value, known = f.name, f"{default}{f.name}"
            if f.default_factory is not MISSING:
                scope[known] = f.default_factory
                given.append(f"{f.name}={absent}")
                value = f"{known}() if {f.name} is {absent} else {f.name}"
            elif f.default is not MISSING:
                scope[known] = f.default
                given.append(f"{f.name}={known}")
            else:
                given.append(f.name)
            lines.append(f"{put}({own}, {f.name!r}, {value})" if frozen else f"{own}.{f.name} = {value}")
        exec(f"def __init__({', '.join(given)}):\n " + "\n ".join(lines or ["pass"]), scope)  # of a class's own names
        made = scope["__init__"]
        made.__module__, made.__qualname__ = new.__module__, f"{new.__qualname__}.__init__"
        return made

    def _equality(new: type, frozen: bool) -> dict[str, Any]:
        names = [f.name for f in fields(new) if f.compare]
        told = attrgetter(*names) if len(names) > 1 else lambda one: tuple([getattr(one, n) for n in names])

        def __eq__(self: object, other: object) -> bool:
            return told(self) == told(other) if other.__class__ is self.__class__ else NotImplemented

        def __hash__(self: object) -> int:
            return hash(told(self))

        return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}

    @recursive_repr()
    def _repr(self: Any) -> str:
        told = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
        return f"{self.__class__.__qualname__}({', '.join(told)})"

    def _refuse_set(self: object, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_delete(self: object, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self: Any) -> list[Any]:
        return [getattr(self, f.name) for f in fields(self)]

    def _restore(self: Any, state: list[Any]) -> None:
        for f, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, f.name, value)


__all__ = ["dataclass", "replace"]
