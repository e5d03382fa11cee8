"""Where tensors are made: on the processor, or on a device of Torch that this machine has.

``placed`` is called wherever a tensor is made for a callable; what it gives comes back to the processor to be measured. A path
on another device says so in its mode: ``eager on cuda``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from derive.errors import nearest
from verify.conform.arguments import BadArguments
from verify.conform.outcome import Conformance
from verify.extras import installed, missing

PROCESSOR, CUDA = DEVICES = ("cpu", "cuda")

T = TypeVar("T")

_device = PROCESSOR


class NoDevice(BadArguments):
    """The framework, or the machine, has no such device."""


def check(device: str) -> None:
    """Raises BadArguments for an unknown word, and NoDevice where this machine does not have it."""
    if device not in DEVICES:
        raise BadArguments(f"unknown device '{device}'{nearest(device, DEVICES)}; known: {', '.join(DEVICES)}")
    if device == PROCESSOR:
        return
    if not installed("torch"):
        raise NoDevice(f"no device '{device}': {missing('torch')}")
    import torch

    if not torch.cuda.is_available():
        raise NoDevice(f"no device '{device}': Torch finds none on this machine")


def current() -> str:
    return _device


@contextmanager
def on(device: str) -> Iterator[None]:
    """Tensors are made there. Raises as ``check``."""
    global _device
    check(device)
    before, _device = _device, device
    try:
        yield
    finally:
        _device = before


def must_have(framework: str) -> None:
    """Raises NoDevice where the framework is not run on the current device."""
    if _device != PROCESSOR and framework != "torch":
        raise NoDevice(f"functions of {framework} are tried on the processor alone, not on '{_device}'")


def placed(tensor: T) -> T:
    """The tensor of Torch on the current device."""
    return tensor if _device == PROCESSOR else tensor.to(_device)  # type: ignore[attr-defined]  # Torch is lazy


def there() -> str:
    """The current device as a keyword of a script, if it is not the processor."""
    return "" if _device == PROCESSOR else f", device={_device!r}"


def named(found: Conformance) -> Conformance:
    """With the current device in the name of each path, if that is not the processor."""
    if _device == PROCESSOR:
        return found
    return replace(found, outcomes=tuple(replace(o, mode=f"{o.mode} on {_device}") for o in found.outcomes))
