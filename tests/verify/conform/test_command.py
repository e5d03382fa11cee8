"""``errata conform``: what users meet; names, arguments, layouts, reproduction, resumption."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify.cli import main
from verify.conform import NotConforming, assert_conforms, conform
from verify.conform.arguments import BadArguments, read_option, read_range
from verify.conform.callables import NotAllowed, NotFound, find
from verify.conform.exhaustive import Job, exhaustive
from verify.conform.frameworks import framework_of
from verify.conform.inspection import constants_of
from verify.conform.strata import Range
from verify.conform.words import told

OWN = '''
"""A module of one's own."""
import numpy as np

def logistic(x):
    return 1/(1 + np.exp(-x))

def log_of_1_plus(x):
    return np.log(1 + x)

def doubled(x):
    return 2*x*x

def raises(x):
    raise ValueError("not today")

def nothing(x):
    np.exp(x)

def summed(x):
    return x.sum()

def words(x):
    return "words"

NUMBER = 3
'''


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own_functions.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "own_functions", raising=False)
    return "own_functions"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["numpy:tanh", "--formula", "tanh(x)"], 0, "numpy.tanh: conforms"),
        (["numpy:tanh", "--formula", "sin(x)", "--in", "x=-3,3"], 1, "numpy.tanh: deviates (wrong formula)"),
        (["numpy:log2", "--formula", "log(x)", "--in", "x=0.1,10"], 1, "numpy.log2: convention"),
        (["numpy:tanhh", "--formula", "tanh(x)"], 2, "'numpy' has no 'tanhh'; did you mean 'tanh'?"),
        (["numpy:pi", "--formula", "x"], 2, "'numpy.pi' is no function: float"),
        (["nowhere:f", "--formula", "x"], 2, "give leave with --allow-import nowhere"),
        (["nowhere:f", "--formula", "x", "--allow-import", "nowhere"], 2, "'nowhere' is not installed"),
        (["numpy.nowhere:f", "--formula", "x"], 2, "'numpy' has no 'nowhere'"),
        (["numpy", "--formula", "x"], 2, "expected module:name"),
        (["os:system", "--formula", "x"], 2, "'os' is not among the audited libraries"),
        (["numpy:load", "--formula", "x"], 2, "more than a function that computes"),
        (["numpy:tanh", "--formula", "tanh(x"], 2, "--formula:"),
        (
            ["numpy:tanh", "--formula", "tanh(x)", "--in", "y=0,1"],
            2,
            "'y' has a range, but does not stand in the formula",
        ),
        (["numpy:tanh", "--formula", "tanh(x)", "--in", "x=1,0"], 2, "with LOW not above HIGH"),
        (["numpy:tanh", "--formula", "tanh(x)", "--in", "x"], 2, "expected NAME=LOW,HIGH"),
        (["numpy:tanh", "--formula", "tanh(x)", "--in", "x=inf,inf"], 2, "the range of 'x' is empty"),
        (["numpy:tanh", "--formula", "tanh(x)", "--in", "x=1"], 2, "nothing varies"),
        (["numpy:tanh", "--formula", "x > 0"], 2, "expected a value, not a condition"),
        (["numpy:tanh", "--formula", "sum(x)", "--shape", "x=3", "--exhaustive"], 2, "no --shape"),
        (["numpy:tanh", "--formula", "tanh(x)", "--dtype", "float23"], 2, "unknown dtype 'float23'; did you mean"),
        (["numpy:tanh", "--formula", "tanh(x)", "--dtype", "bfloat16"], 2, "numpy has no bfloat16"),
        (["numpy:tanh", "--formula", "tanh(x)", "--framework", "numpi"], 2, "unknown framework 'numpi'; did you mean"),
    ],
)
def test_what_the_command_says(arguments: list[str], code: int, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", *arguments]) == code
    assert words in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("name", "formula", "words"),
    [
        ("logistic", "sigmoid(x)", "conforms"),
        ("log_of_1_plus", "log1p(x)", "deviates (cancellation)"),
        ("doubled", "x**2", "convention: a factor of 2"),
        ("raises", "x", "not today"),
        ("nothing", "x", "it returned NoneType"),
        ("summed", "x", "deviates (raises)"),
        ("words", "x", "it returned str"),
    ],
)
def test_own_functions(own: str, name: str, formula: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["conform", f"{own}:{name}", "--formula", formula, "--allow-import", own, "--in", "x=0,1e6"])
    assert code == (0 if words == "conforms" else 1)
    assert words in capfd.readouterr().out


def test_what_is_told_of_a_deviation_reproduces_it(own: str, tmp_path: Path) -> None:
    found = conform(find(f"{own}:log_of_1_plus", [own]), "log1p(x)", domain={"x": (0, 1)})
    run = subprocess.run(
        [sys.executable, "-c", found.script], capture_output=True, text=True, cwd=tmp_path, check=True, timeout=300
    )
    assert found.worst is not None
    shown = found.worst.simple or found.worst
    assert str(float(shown.computed)) in run.stdout.replace("[", "").replace("]", "").replace(".]", "") + "0.0"
    assert shown.exact in run.stdout
    assert len(found.script.splitlines()) <= 10
    words = found.command.split()
    assert words[:3] == ["errata", "conform", f"{own}:log_of_1_plus"]
    assert "--formula" in words


def test_one_line_of_a_test_of_ones_own() -> None:
    assert assert_conforms(np.expm1, "exp(x) - 1", dtypes=["float64"]).verdict == "conforms"
    with pytest.raises(NotConforming) as caught:
        assert_conforms(lambda x: np.exp(x) - 1, "exp(x) - 1", domain={"x": (-1, 1)}, dtypes=["float64"])
    for part in ("cancellation", "exact", "computed", "ulps", "condition number"):
        assert part in str(caught.value)


def test_functions_of_numbers_alone_are_called_one_by_one() -> None:
    import math

    assert conform(lambda x: math.tanh(x), "tanh(x)", dtypes=["float64"]).verdict == "conforms"


def test_numbers_with_a_default_are_held_unless_a_range_is_given() -> None:
    def leaky(x, alpha=0.25):
        return np.where(x > 0, x, alpha * x)

    held = conform(leaky, "where(x > 0, x, alpha*x)", dtypes=["float64"])
    assert held.verdict == "conforms"
    assert "alpha" not in (held.worst.worst if held.worst else {})
    moved = conform(leaky, "where(x > 0, x, alpha*x)", domain={"alpha": (0, 1)}, dtypes=["float64"])
    assert moved.worst is not None
    assert "alpha" in moved.worst.worst


def test_the_framework_is_read_off_what_the_code_speaks_of() -> None:
    torch = pytest.importorskip("torch")

    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2.5

    assert framework_of(lambda x: Made.apply(x)).name == "torch"
    assert framework_of(lambda x: np.exp(x)).name == "numpy"
    assert framework_of(torch.nn.SiLU()).name == "torch"
    assert 2.5 in constants_of(lambda x: Made.apply(x))
    assert conform(lambda x: x.detach() + 1, "x + 1", dtypes=["float64"]).framework == "torch"


@pytest.mark.parametrize(
    ("module", "body", "framework", "verdict"),
    [
        ("torch", "x.var()", "torch", "convention"),  # by n - 1
        ("math", "x.var()", "numpy", "conforms"),
        ("torch", "x.astype('float64').var()", "numpy", "conforms"),  # Torch can't
        ("torch", "numpy.var(x)", "numpy", "conforms"),  # says so
    ],
)
def test_code_that_speaks_of_no_framework_is_of_one_that_its_module_imports(
    module: str, body: str, framework: str, verdict: str
) -> None:
    pytest.importorskip("torch")
    held: dict[str, Any] = {}
    exec(f"import {module}, numpy\ndef spread(x): return {body}", held)
    found = conform(held["spread"], "var(x)", shapes={"x": 4}, dtypes=["float64"])
    assert (found.framework, found.verdict) == (framework, verdict)


def test_special_values_and_kinks_are_told() -> None:
    torch = pytest.importorskip("torch")
    found = conform(torch.nn.functional.silu, "silu(x)", dtypes=["float32"])
    special = {s.at: (s.computed, s.expected) for s in found.specials}
    assert special["x = inf"] == ("inf", "inf")
    assert special["x = nan"] == ("nan", "nan")
    assert special["x = -inf"][1] == "0.0"
    found = conform(torch.relu, "relu(x)", dtypes=["float32"])
    (kink,) = found.kinks
    assert (kink.at, kink.below, kink.above) == ("x = 0.0", "0.0", "1.0")
    assert set(kink.taken.values()) == {"0.0"}


def test_modes_that_take_different_sides_are_told_and_not_blamed() -> None:
    torch = pytest.importorskip("torch")

    class Step(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(x):
            return torch.relu(x)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])
            ctx.save_for_forward(inputs[0])

        @staticmethod
        def backward(ctx, g):
            return g * (ctx.saved_tensors[0] > 0)

        @staticmethod
        def jvp(ctx, t):
            return t * (ctx.saved_tensors[0] >= 0)

    found = conform(lambda x: Step.apply(x), "relu(x)", dtypes=["float64"])
    assert found.verdict == "conforms", told(found)
    assert [f.kind for f in found.findings] == ["kink"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("p=0,1", ("p", Range(0.0, 1.0))),
        ("p=(0,1]", ("p", Range(0.0, 1.0, True, False))),
        ("x=0,inf", ("x", Range(0.0, None))),
        ("a=2", ("a", 2.0)),
    ],
)
def test_ranges_of_the_command_line(text: str, read: tuple[str, object]) -> None:
    assert read_range(text) == read


@pytest.mark.parametrize(
    ("text", "value"), [("a=1", 1), ("a=0.5", 0.5), ("a=true", True), ("a=none", None), ("a=sum", "sum")]
)
def test_options_of_the_command_line(text: str, value: object) -> None:
    assert read_option(text) == ("a", value)
    with pytest.raises(BadArguments):
        read_option("nonsense")


@pytest.mark.parametrize(
    "target", ["torch:load", "numpy.f2py:run_main", "numpy:_core", "torch.hub:load", "builtins:eval"]
)
def test_the_allow_list_is_closed(target: str) -> None:
    with pytest.raises(NotAllowed):
        find(target)


def test_what_a_module_raises_when_it_is_imported_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_module.py").write_text("1/0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(NotFound, match="ZeroDivisionError"):
        find("broken_module:f", ["broken_module"])


def test_all_inputs_in_pieces_go_on_where_they_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import verify.conform.exhaustive as module

    monkeypatch.setattr(module, "PIECE", 1 << 16)
    job = Job("numpy:tanh", "tanh(x)", domain={"x": (1.0, 1.0625)})
    seen: list[int] = []

    def stop(done: int, whole: int) -> None:
        seen.append(done)
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exhaustive(job, folder=tmp_path, progress=stop)
    (state,) = tmp_path.iterdir()
    assert len(json.loads(state.read_text())) == 3
    seen.clear()
    found = exhaustive(job, folder=tmp_path, progress=lambda done, whole: seen.append(done))
    assert seen[0] == 3
    assert found.count == (1 << 19) + 1
    assert found.measured is None
    assert not list(tmp_path.iterdir())


def test_all_inputs_find_a_single_wrong_one(own: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own_functions.py").write_text(
        "import numpy as np\ndef f(x):\n    return np.where(x == np.float32(1.0000119), np.float32(3), np.sqrt(x))\n"
    )
    arguments = [
        "conform",
        f"{own}:f",
        "--formula",
        "sqrt(x)",
        "--allow-import",
        own,
        "--exhaustive",
        "--in",
        "x=1,1.01",
    ]
    assert main(arguments) == 1
    out = capfd.readouterr().out
    assert "deviates" in out
    assert "at 1.0000119" in out
    assert main(["conform", "numpy:hypot", "--formula", "sqrt(x**2 + y**2)", "--exhaustive"]) == 2


def test_a_module_that_can_not_be_made_is_a_fault(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    assert main(["conform", "torch.nn:Linear", "--formula", "x"]) == 2
    assert "it can't be made with these options: TypeError" in capfd.readouterr().err


def test_what_is_not_as_pinned_is_not_said_to_be(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "c.yaml"
    case.write_text("title: T\nsymbols: {x: {}}\nimplementations:\n  - {of: exp(x), name: numpy.tanh}\n")
    assert main(["run", str(case), "--jobs", "1"]) == 1
    out = capfd.readouterr().out
    assert "deviates, not as pinned: 1" in out
    assert "all as pinned" not in out
