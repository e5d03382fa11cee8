"""Modules that are loaded when something of them is first asked for.

``with lazily(): from package import module`` names what most questions never ask: rows of tables that seldom apply, proofs of
kinds that seldom occur. Readers, types and the test of the floors see an import like any other; only the module's code runs
later. Names are then said with their module (``module.name``): ``from module import name`` asks at once. Modules of a package
that has not run can be imported: these do not ask it.
"""

from __future__ import annotations

import sys
from _thread import RLock
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
    from importlib.machinery import ModuleSpec
else:
    Loader = MetaPathFinder = object  # the import system asks for no more, and importlib.abc loads half the library


class _Unloaded(ModuleType):
    """A module whose code has not run. What the import system asks of it (``__spec__``) is there, and loads nothing."""

    def __getattribute__(self, name: str) -> Any:
        known = ModuleType.__getattribute__(self, "__dict__")
        if not name.startswith("__") or not (name in known or hasattr(ModuleType, name)):
            known["__loader__"].load(self)
        return ModuleType.__getattribute__(self, name)  # a module like any other by now


class _Later(Loader):
    """Makes a module, and loads it when it is asked for something."""

    def __init__(self, loader: Loader) -> None:
        self.loader, self.lock, self.running = loader, RLock(), False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Unloaded

    def load(self, module: ModuleType) -> None:
        with self.lock:  # another thread waits until all of it is there
            if self.running or type(module) is ModuleType:
                return  # asked by a module that it loads itself: what it has so far
            before = dict(module.__dict__)
            self.running = True
            try:
                self.loader.exec_module(module)
            except BaseException:  # as for want of memory
                # half a module is none, and it is tried again when it is asked again
                module.__dict__.clear()
                module.__dict__.update(before)
                raise
            finally:
                self.running = False
            module.__loader__ = self.loader
            if module.__spec__ is not None:
                module.__spec__.loader = self.loader
            module.__class__ = ModuleType


class _Finder(MetaPathFinder):
    """Finds what the finders after it find."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        others = (f.find_spec(name, path, target) for f in sys.meta_path if f is not self)
        spec = next((s for s in others if s is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _Later(spec.loader)
        return spec


_FINDER = _Finder()


@contextmanager
def lazily() -> Iterator[None]:
    """Modules that are imported in this block are loaded when something of them is asked for. They have to be there already:
    ``ImportError`` is raised at once."""
    sys.meta_path.insert(0, _FINDER)
    try:
        yield
    finally:
        sys.meta_path.remove(_FINDER)
