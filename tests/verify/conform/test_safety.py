"""Foreign code that ends its process, never comes back, or changes what all share: told as that function's finding, put back,
and nothing else is lost."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cli import main
from verify.conform import conform
from verify.conform.callables import NotAllowed, find
from verify.conform.calling import Exited, calling, watched
from verify.conform.settings import kept
from verify.suite.limited import Lost, limited
from verify.suite.run import Options, run
from verify.suite.trail import Trail

OWN = """
import ctypes
import os
import random
import sys

import numpy as np


def right(x):
    return np.tanh(x)


def crashes(x):
    ctypes.string_at(0)


def exits(x):
    os._exit(0)


def leaves(x):
    sys.exit("enough")


def hangs(x):
    while True:
        pass


def eats(x):
    return np.zeros(1 << 36)[: len(x)]


def prints(x):
    print("hello from inside")
    os.system("echo and from a child")
    print("and of errors", file=sys.stderr)
    return np.tanh(x)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "unsafe_functions.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "unsafe_functions"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("crashes", ["deviates (crashes)", "SIGSEGV", "value, eager, float32"]),
        ("exits", ["deviates (crashes)", "exit code 0"]),
        ("leaves", ["deviates (raises)", "sys.exit('enough') was called"]),
        ("hangs", ["deviates (hangs)", "did not come back within 1 s", "value, eager, float32"]),
        ("eats", ["deviates (out of memory)", "MemoryError"]),
    ],
)
def test_what_ends_a_process_is_that_functions_finding(
    own: str, name: str, words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--formula", "tanh(x)", "--allow-import", own, *(["--timeout", "1"] if name == "hangs" else [])]
    assert main(["conform", f"{own}:{name}", *arguments]) == 1
    out = capfd.readouterr().out
    assert all(w in out for w in words), out


def test_what_foreign_code_prints_is_no_part_of_the_answer(own: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", f"{own}:prints", "--formula", "tanh(x)", "--allow-import", own]) == 0
    said = "".join(capfd.readouterr())
    assert "conforms" in said
    assert "from" not in said
    assert "of errors" not in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os._exit(4)", "exit code 4"),
        ("raise SystemExit(5)", "sys.exit(5) was called"),
        ("import unsafe_import.no_such_part", "No module named 'unsafe_import.no_such_part'"),
        ("def f(x) return x", "SyntaxError"),
    ],
)
def test_a_module_that_can_not_be_imported_is_a_fault(
    own: str, tmp_path: Path, code: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "unsafe_import").mkdir()
    (tmp_path / "unsafe_import" / "__init__.py").write_text("")
    (tmp_path / "unsafe_import" / "losses.py").write_text(code)
    assert main(["conform", "unsafe_import.losses:f", "--formula", "x", "--allow-import", "unsafe_import"]) == 2
    err = capfd.readouterr().err
    assert "'unsafe_import.losses' can't be imported" in err
    assert words in err


def test_of_a_case_nothing_else_is_lost(own: str, tmp_path: Path) -> None:
    names = ("right", "crashes", "leaves", "prints")
    entries = "\n".join(f"  - {{of: tanh(x), name: {own}.{n}, dtypes: [float64]}}" for n in names)
    case = tmp_path / "case.yaml"
    case.write_text(f"document: d\ntitle: t\nsymbols: {{x: {{}}}}\nimplementations:\n{entries}\n")
    found = {i.name.partition(".")[2]: i for i in run([case], Options(1, functions="", allowed=(own,))).implementations}
    assert {n: (i.verdict, i.kind) for n, i in found.items()} == {
        "right": ("conforms", ""),
        "crashes": ("deviates", "crashes"),
        "leaves": ("deviates", "raises"),
        "prints": ("conforms", ""),
    }
    assert "SIGSEGV" in found["crashes"].reason
    assert "value, eager" in found["crashes"].reason


def test_a_process_lost_outside_of_foreign_code_is_not_its_fault() -> None:
    import os

    trail = Trail()

    def work() -> None:
        watched(trail.write)
        with calling("a call"):
            pass
        os._exit(3)

    with pytest.raises(Exception, match="exit code 3") as caught:
        limited(work, trail=trail)
    assert not isinstance(caught.value, Lost)


def test_of_calls_in_calls_the_outermost_is_told() -> None:
    told: list[str] = []
    watched(told.append)
    try:
        with calling("outer"), calling("inner"):
            pass
        with pytest.raises(Exited, match="2"), calling("leaves"):
            sys.exit(2)
    finally:
        watched(lambda what: None)
    assert told == ["outer", "", "leaves", ""]


def test_what_is_set_is_told_and_put_back() -> None:
    torch = pytest.importorskip("torch")

    def sets(x):
        torch.set_default_dtype(torch.float64)
        torch.set_num_threads(3)
        np.seterr(all="raise")
        random.seed(7)
        return torch.tanh(x)

    torch.manual_seed(11)
    random.seed(11)
    before = torch.get_default_dtype(), torch.get_num_threads(), torch.get_rng_state().tolist(), random.getstate()
    found = conform(sets, "tanh(x)", dtypes=["float32"])
    assert before == (
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.get_rng_state().tolist(),
        random.getstate(),
    )
    told = [f.text for f in found.findings if f.kind in ("changes a setting", "seeds") and f.grave]
    for words in (
        "default dtype of torch: from torch.float32 to torch.float64",
        "set_num_threads",
        "numpy.seterr",
        "random",
    ):
        assert any(words in t for t in told), told
    assert found.verdict == "deviates"
    assert conform(torch.tanh, "tanh(x)", dtypes=["float32"]).findings == ()


def test_what_raises_on_a_part_of_its_inputs_is_told_with_one_of_them() -> None:
    def without_negatives(x):
        if (x < 0).any():
            raise ValueError("no negative numbers")
        return np.sqrt(x)

    found = conform(without_negatives, "sqrt(abs(x))", dtypes=["float64"])
    assert found.kind == "raises"
    assert found.worst is not None
    assert "no negative numbers, at x = -" in found.worst.note


def test_a_generator_that_is_used_is_not_seeded() -> None:
    found = conform(lambda x: np.tanh(x) + 0 * np.random.rand(), "tanh(x)", dtypes=["float64"])
    assert not [f for f in found.findings if f.kind == "seeds"]


def test_settings_are_put_back_whatever_happens() -> None:
    def fails() -> None:
        with kept(), calling("a call"):
            np.seterr(all="ignore")
            random.random()
            raise ZeroDivisionError

    state = random.getstate()
    with np.errstate(all="warn"):
        before = np.geterr()
        with pytest.raises(ZeroDivisionError):
            fails()
        assert np.geterr() == before
    assert random.getstate() == state


@pytest.mark.parametrize(
    "name",
    [
        "torch.hub.load",
        "torch.load",
        "torch.from_file",
        "torch.ops.load_library",
        "torch.utils.cpp_extension.load",
        "torch.os.getcwd",
        "torch.ctypes.CDLL",
        "torch.functools.partial",
        "torch.nn.functional.importlib.import_module",
        "torch.nn.functional.math.exp",
        "torch.nn.functional.torch.load",
        "torch.set_default_dtype",
        "torch.manual_seed",
        "torch.Tensor.share_memory_",
        "torch.compile",
        "torch.onnx.export",
        "numpy.load",
        "numpy.ndarray.tofile",
        "numpy.ctypeslib.load_library",
        "numpy.f2py.run_main",
        "numpy.lib.format.open_memmap",
        "numpy.linalg.__builtins__.exec",
        "numpy.random.seed",
    ],
)
def test_a_case_reaches_nothing_that_does_more_than_compute(name: str) -> None:
    if name.startswith("torch"):
        pytest.importorskip("torch")
    with pytest.raises(NotAllowed):
        find(name)


@pytest.mark.parametrize("name", ["numpy.linalg.norm", "numpy.tanh", "numpy.ndarray.sum", "numpy.emath.sqrt"])
def test_what_computes_is_found(name: str) -> None:
    assert callable(find(name))


class Asked:
    """Answers in its own way when it is asked for what it does not have."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self.answer = answer

    def __getattr__(self, name: str) -> Any:
        if name == "answer":
            raise AttributeError(name)
        return self.answer(self)

    def __call__(self, x: Any) -> Any:
        return np.tanh(x)


def _raised(_: Any) -> Any:
    raise RuntimeError("no such thing")


def _ended(_: Any) -> Any:
    raise SystemExit(3)


@pytest.mark.parametrize(
    "answer", [_raised, _ended, lambda self: self, lambda self: 3, lambda self: lambda *given: None]
)
def test_objects_that_answer_in_their_own_way_are_called_all_the_same(answer: Callable[[Any], Any]) -> None:
    found = conform(Asked(answer), "tanh(x)", dtypes=["float32"])
    assert found.verdict == "conforms"
    assert found.framework == "numpy"
