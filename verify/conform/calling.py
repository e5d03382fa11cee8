"""Where foreign code runs: what is being called is told to whoever watches, for a call that ends its process, or never comes
back, can't tell it itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from verify.conform.settings import put_back, settings

_watcher: Callable[[str], None] | None = None
_inside = False


class Exited(RuntimeError):
    """The callable asked for the end of the program: ``sys.exit``, or what is no Exception."""


def watched(by: Callable[[str], None]) -> None:
    """From now on every call is told to ``by`` before it begins, and "" when it has come back."""
    global _watcher
    _watcher = by


@contextmanager
def calling(what: str) -> Iterator[None]:
    """Around foreign code; of calls within calls the outermost is told, and settings that it changed are put back. Raises
    Exited for what would end the program."""
    global _inside
    if _inside:
        with _without_exit():
            yield
        return
    before = settings()
    _inside = True
    if _watcher is not None:
        _watcher(what)
    try:
        with _without_exit():
            yield
    finally:
        _inside = False
        put_back(before)
        if _watcher is not None:
            _watcher("")


@contextmanager
def _without_exit() -> Iterator[None]:
    try:
        yield
    except (Exception, KeyboardInterrupt, GeneratorExit):
        raise
    except SystemExit as why:
        raise Exited(f"sys.exit({why.code!r}) was called") from None
    except BaseException as why:
        raise Exited(said(why)) from None


def said(why: BaseException) -> str:
    """What was raised, in a line."""
    try:
        text = " ".join(str(why).split())[:200]
    except Exception:  # also its text is foreign code
        text = "its message can't be read"
    return f"{type(why).__name__}: {text}" if text else type(why).__name__


def kind_of(said: str) -> str:
    """The class of what a callable raised, in the words of ``said``: "raises", or "out of memory"."""
    lowered = said.lower()
    memory = said.startswith("MemoryError") or "can't allocate memory" in lowered or "out of memory" in lowered
    return "out of memory" if memory else "raises"
