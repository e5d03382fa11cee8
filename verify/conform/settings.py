"""What foreign code may change for all that runs after it: settings of libraries, and the states of random generators. They are
looked at and put back, so that nothing reaches the next comparison."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from derive.records import dataclass

if TYPE_CHECKING:
    from verify.conform.outcome import Conformance, Finding


@dataclass(frozen=True)
class Setting:
    """Of a module, if that is loaded: how it is read and set."""

    module: str
    words: str
    read: Callable[[Any], Any]
    write: Callable[[Any, Any], object]


SETTINGS = (
    Setting("os", "the working folder", lambda m: m.getcwd(), lambda m, v: m.chdir(v)),
    Setting("numpy", "numpy.seterr", lambda m: m.geterr(), lambda m, v: m.seterr(**v)),
    Setting(
        "torch", "the default dtype of torch", lambda m: m.get_default_dtype(), lambda m, v: m.set_default_dtype(v)
    ),
    Setting("torch", "the grad mode of torch", lambda m: m.is_grad_enabled(), lambda m, v: m.set_grad_enabled(v)),
    Setting("torch", "torch.set_num_threads", lambda m: m.get_num_threads(), lambda m, v: m.set_num_threads(v)),
    Setting(
        "torch",
        "torch.use_deterministic_algorithms",
        lambda m: m.are_deterministic_algorithms_enabled(),
        lambda m, v: m.use_deterministic_algorithms(v),
    ),
)

#: What this package sets itself, for float64.
X64 = Setting(
    "jax", "jax_enable_x64", lambda m: m.config.jax_enable_x64, lambda m, v: m.config.update("jax_enable_x64", v)
)

#: Of a module, if that is loaded: the state of its global random generator, how it is set, and how it is seeded.
GENERATORS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any, Any], object], Callable[[Any, int], object]]] = {
    "random": (lambda m: m.getstate(), lambda m, s: m.setstate(s), lambda m, k: m.seed(k)),
    "numpy": (lambda m: m.random.get_state(), lambda m, s: m.random.set_state(s), lambda m, k: m.random.seed(k)),
    "torch": (lambda m: m.get_rng_state(), lambda m, s: m.set_rng_state(s), lambda m, k: m.manual_seed(k)),
}

_changed: list[str] = []


def settings(which: Sequence[Setting] = SETTINGS) -> dict[Setting, Any]:
    """What is set now."""
    return {s: s.read(sys.modules[s.module]) for s in which if s.module in sys.modules}


def put_back(before: Mapping[Setting, Any]) -> None:
    """Sets what is set otherwise than before, and remembers it for ``kept``."""
    for s, value in before.items():
        now = s.read(sys.modules[s.module])
        if now != value:
            s.write(sys.modules[s.module], value)
            _changed.append(f"it sets {s.words}: from {value} to {now}")


def _states() -> dict[str, Any]:
    return {n: read(sys.modules[n]) for n, (read, _, _) in GENERATORS.items() if n in sys.modules}


@contextmanager
def kept() -> Iterator[list[str]]:
    """Afterwards everything is as before; the list then holds, in words, the settings that calls have changed."""
    changed: list[str] = []
    start, own, states = len(_changed), settings([X64]), _states()
    try:
        yield changed
    finally:
        for s, value in own.items():
            s.write(sys.modules[s.module], value)
        for name, state in states.items():
            GENERATORS[name][1](sys.modules[name], state)
        changed += dict.fromkeys(_changed[start:])
        if not start:
            _changed.clear()


def with_changes(found: Conformance, changed: list[str], own: bool) -> Conformance:
    """With findings of what was changed; grave where it is one's own."""
    from verify.conform.outcome import Finding

    told = tuple(Finding("changes a setting", text, grave=own) for text in changed)
    return replace(found, findings=(*found.findings, *told)) if told else found


class Seeded:
    """Two calls from different states of the random generators: one that leaves the same state behind has been seeded."""

    def __init__(self) -> None:
        self._after: list[dict[str, Any]] = []

    def __call__(self, call: Callable[[], Any]) -> Any:
        """What the call gives."""
        for name, (_, _, seed) in GENERATORS.items():
            if name in sys.modules:
                seed(sys.modules[name], 1 + len(self._after))
        made = call()
        self._after.append(_states())
        return made

    def findings(self, own: bool) -> list[Finding]:
        from verify.conform.outcome import Finding

        first, second = self._after
        return [
            Finding("seeds", f"it seeds the global generator of {name}", grave=own)
            for name in first
            if name in second and _same(first[name], second[name])
        ]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    import numpy as np

    return bool(np.array_equal(np.asarray(a), np.asarray(b)))
