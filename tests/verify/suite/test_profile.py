"""Where time went is told by what is innermost of what can be told apart."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from tests.fake_work import case
from verify.cli import main
from verify.suite.profile import OTHER, Profile, room


def within(*modules: str) -> str:
    """The room of a call in the last of these modules, which the one before it has made, and so on."""

    def look(*rest: Callable[..., str]) -> str:
        frame: FrameType = sys._getframe(1)
        return room(frame)

    calls: Callable[..., str] = look
    for name in reversed(modules):
        scope = {"__name__": name, "inner": calls}
        exec("def call(): return inner()", scope)
        calls = scope["call"]  # type: ignore[assignment]
    return calls()


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (["verify.claims.equality", "derive.engine.algebra.normal", "derive.expr.graph"], "deciding: algebra"),
        (["derive.engine.equations", "derive.engine.certify.search", "derive.numbers.balls"], "certificates"),
        (["verify.conformance.checks", "derive.second_opinion", "sympy.core.add"], "SymPy"),
        (["verify.conformance.checks", "torch.autograd"], "Torch"),
        (["verify.conformance.checks", "derive.numbers.balls"], "checks of generated code"),
        (["derive.engine"], OTHER),
        (["torchvision.models"], OTHER),
    ],
)
def test_the_innermost_room_counts(modules: list[str], expected: str) -> None:
    assert within(*modules) == expected


def test_lines_are_sorted_and_add_up() -> None:
    profile = Profile()
    profile.looks.update({"Torch": 300, "SymPy": 100})
    profile.units += [(0.5, "a.yaml", "one"), (2.0, "b.yaml", "two")]
    with profile.phase("reading"):
        pass
    head, *lines = profile.lines()
    assert head == "where 4.0 s of the processor went"
    assert [line.split()[-1] for line in lines[:3]] == ["Torch", "SymPy", "reading"]
    assert lines[3:] == ["the slowest 2 of 2", "      2.00 s  b.yaml  two", "      0.50 s  a.yaml  one"]


def test_the_command_tells_it_after_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plain, told = tmp_path / "case.yaml", tmp_path / "plain.json", tmp_path / "told.json"
    path.write_text(case("ab").replace("claims:", "derive: []\nclaims:"), encoding="utf-8")
    assert main(["run", "--only", "?", "--no-cache", "--json", str(plain), str(path)]) == 0
    assert "processor" not in capsys.readouterr().out
    assert main(["run", "--only", "?", "--no-cache", "--profile", "--json", str(told), str(path)]) == 0
    summary, head, *_ = capsys.readouterr().out.splitlines()
    assert summary.startswith("2 claims: 2 holds")
    assert head.startswith("where ")
    assert plain.read_bytes() == told.read_bytes()
