"""Modules that are loaded when something of them is asked for: once, whole, and again where that failed."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier, Thread
from types import ModuleType

import pytest

from derive.lazily import lazily
from tests import ROOT

Write = Callable[..., None]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], ModuleType]]:
    """Writes a module of a package of its own, and imports it lazily."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").write_text("loaded = []\n")
    monkeypatch.syspath_prepend(tmp_path)

    def made(name: str, text: str) -> ModuleType:
        (tmp_path / "parts" / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        with lazily():
            return importlib.import_module(f"parts.{name}")

    yield made
    for name in [n for n in sys.modules if n.partition(".")[0] == "parts"]:
        del sys.modules[name]


def loaded() -> list[str]:
    found: list[str] = importlib.import_module("parts").loaded
    return found


NOTED = "import parts\nparts.loaded.append(__name__)\n"


def test_a_module_is_loaded_when_it_is_asked_once(package: Callable[[str, str], ModuleType]) -> None:
    one = package("one", f"{NOTED}VALUE = 3\ndef twice(): return 2 * VALUE\n")
    assert one.__name__ == "parts.one"
    assert one.__spec__ is not None
    assert not loaded()
    assert one.twice() == 6
    assert one.VALUE == 3
    assert loaded() == ["parts.one"]
    assert type(one) is ModuleType
    assert one is importlib.import_module("parts.one")
    assert "VALUE = 3" in inspect.getsource(one)


def test_an_import_of_a_name_loads_it(package: Callable[[str, str], ModuleType]) -> None:
    package("one", f"{NOTED}VALUE = 3\n")
    package("two", f"{NOTED}from parts.one import VALUE\n")
    assert importlib.import_module("parts.two").VALUE == 3
    assert loaded() == ["parts.two", "parts.one"]


def test_outside_of_the_block_imports_are_as_ever(package: Callable[[str, str], ModuleType]) -> None:
    before = list(sys.meta_path)
    package("one", NOTED)
    assert sys.meta_path == before
    (Path(importlib.import_module("parts").__path__[0]) / "three.py").write_text(NOTED)
    importlib.invalidate_caches()
    importlib.import_module("parts.three")
    assert loaded() == ["parts.three"]


def test_modules_of_a_package_that_has_not_run(package: Callable[[str, str], ModuleType], tmp_path: Path) -> None:
    """They are imported without it; whatever it says of itself is asked of it."""
    package("one", f"{NOTED}VALUE = 3\n")
    (tmp_path / "whole").mkdir()
    noted = NOTED + "from whole.part import VALUE\n__version__ = '1.2'\n"
    (tmp_path / "whole" / "__init__.py").write_text(noted)
    (tmp_path / "whole" / "part.py").write_text(f"{NOTED}VALUE = 5\n")
    importlib.invalidate_caches()
    with lazily():
        whole = importlib.import_module("whole")
    assert importlib.import_module("whole.part").VALUE == 5
    assert loaded() == ["whole.part"]
    assert whole.__version__ == "1.2"
    assert (loaded(), whole.VALUE) == (["whole.part", "whole"], 5)
    del sys.modules["whole"], sys.modules["whole.part"]


def test_what_is_not_there_is_told_at_once() -> None:
    with pytest.raises(ImportError, match="no_such_part"), lazily():
        importlib.import_module("derive.no_such_part")


def test_an_attribute_that_a_module_has_not(package: Callable[[str, str], ModuleType]) -> None:
    one = package("one", NOTED)
    for _ in range(2):
        with pytest.raises(AttributeError, match="no attribute 'other'"):
            _ = one.other
    assert loaded() == ["parts.one"]


def test_modules_that_ask_each_other(package: Callable[[str, str], ModuleType]) -> None:
    """One that is loaded has what stands before the question, and lacks what stands after it."""
    one = package("one", "A = 1\nfrom parts import two\nB = two.OF_A\nC = 2\n")
    package("two", "from parts import one\nOF_A, OF_C = one.A + 10, hasattr(one, 'C')\n")
    assert one.B == 11
    assert importlib.import_module("parts.two").OF_C is False


def test_what_failed_is_tried_again(package: Callable[[str, str], ModuleType]) -> None:
    """A process may lack memory, or stack, for a moment: half a module is never taken for one."""
    one = package("one", f"{NOTED}FIRST = 2\nif len(parts.loaded) == 1: raise RecursionError('deep')\nVALUE = 3\n")
    with pytest.raises(RecursionError, match="deep"):
        _ = one.VALUE
    assert (one.FIRST, one.VALUE) == (2, 3)
    assert loaded() == ["parts.one"] * 2


def test_threads_wait_until_all_of_it_is_there(package: Callable[[str, str], ModuleType]) -> None:
    one = package("one", f"{NOTED}import time\nFIRST = 1\ntime.sleep(0.05)\nLAST = 2\n")
    start, seen = Barrier(4), list[int]()

    def ask() -> None:
        start.wait()
        assert one.FIRST == 1  # which is there before the rest
        seen.append(one.LAST)

    threads = [Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert seen == [2] * 4
    assert loaded() == ["parts.one"]


#: A process that proves a plain inequality, with its theorem, and says which modules it loaded.
ASKED = """
import sys
from types import ModuleType
from derive.api import parse
from derive.engine.certify import certified
from derive.engine.domain import EVERYWHERE
from derive.engine.properties.dispatch import decide_condition
condition = parse("sigmoid(x) > 0")
found = certified(decide_condition(condition), [condition], EVERYWHERE)
assert found.status == "proved" and found.theorem is not None, found
print(*(n for n, m in sys.modules.items() if n.startswith("derive.") and type(m) is ModuleType))
"""


def test_a_question_loads_what_it_asks() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, cwd=ROOT)
    found = set(told.stdout.split())
    assert "derive.engine.properties.envelopes" in found
    for seldom in ("properties.convexity", "limits.gruntz", "certify.properties", "matrices.tensors"):
        assert f"derive.engine.{seldom}" not in found
