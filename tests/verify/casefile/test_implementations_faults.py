"""What is wrong in ``implementations:`` of a case is told with its place and, of a word, the nearest known one."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.cli import main

HEAD = "title: A page\nsymbols: {x: {}, y: {in: [0, 2]}, w: {shape: [3]}}\nimplementations:\n  - "
SGD = "name: torch.optim.SGD, constants: {lr: 0.1}"


@pytest.mark.parametrize(
    ("entry", "column", "words"),
    [
        ("3", 5, "expected an implementation: a mapping"),
        ("[{of: x, name: numpy.tanh}]", 5, "expected an implementation: a mapping"),
        ("{of: x, name: numpy}", 19, "expected the name of a function"),
        ("{off: x, name: numpy.tanh}", 6, "did you mean 'of'?"),
        ("{of: x, name: numpy.tanh, verdict: conform}", 40, "did you mean 'conforms'?"),
        ("{of: x, name: numpy.tanh, verdict: deviates, class: cancelation, because: so}", 57, "mean 'cancellation'?"),
        ("{of: x, name: numpy.tanh, verdict: deviates, class: slow, because: so}", 57, "unknown class 'slow'"),
        ("{of: x, name: numpy.tanh, class: overflow}", 38, "a class is of what deviates"),
        ("{of: x, name: numpy.tanh, dtypes: [float23]}", 40, "unknown dtype 'float23'; did you mean"),
        ("{of: x, name: numpy.tanh, arguments: {x: q}}", 46, "'q' is no symbol of the case"),
        ("{of: x, name: numpy.tanh, arguments: {3: x}}", 43, "expected the name of a parameter, not '3'"),
        ("{of: x, name: numpy.tanh, options: [a]}", 40, "expected options such as"),
        ("{of: x, name: numpy.tanh, in: {x: [2, 1]}}", 39, "an empty range"),
        ("{of: x, name: numpy.tanh, in: {x: [0, 1e400]}}", 39, "no number of the format float64"),
        ("{of: x, name: numpy.tanh, in: {x: 1e400}}", 39, "no number of the format float64"),
        ("{of: x, name: numpy.tanh, in: {z: [0, 1]}}", 36, "'z' is no symbol of the case"),
        (
            "{of: x, name: numpy.tanh, constants: {lr: 1}}",
            42,
            "'constants' is of an optimizer, and does not go with 'of'",
        ),
        ("{of: x, name: numpy.tanh, states: {m: 0}}", 39, "'states' is of an optimizer, and does not go with 'of'"),
        (f"{{{SGD}, step: {{w: w - lr*g}}, wrt: x}}", 77, "'wrt' is of a function, and does not go with 'step'"),
        (f"{{{SGD}, step: {{w: w - lr*g}}, arguments: [x]}}", 83, "'arguments' is of a function"),
        (f"{{{SGD}, step: {{w: w - lr*gg}}}}", 68, "did you mean 'g'?"),
        (f"{{{SGD}, states: {{m: 0}}}}", 5, "'step', that of an optimizer"),
        (f"{{{SGD}, states: {{w: 0}}, step: {{w: w - lr*g}}}}", 60, "a state needs a name of its own"),
        ("{name: torch.optim.SGD, constants: {w: 1}, step: {w: w - g}}", 41, "a constant needs a name of its own"),
        ("{name: torch.optim.SGD, constants: {lr: [1]}, step: {w: w - g}}", 45, "expected a number"),
    ],
)
def test_a_fault_has_its_place(
    entry: str, column: int, words: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.yaml"
    file.write_text(f"{HEAD}{entry}\n")
    assert main(["check", str(file)]) == 2
    said = "".join(capfd.readouterr())
    assert words in said
    assert f"page.yaml:4:{column}: " in said
    assert "Traceback" not in said


def test_an_id_is_given_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.yaml"
    file.write_text(f"{HEAD}{{of: x, name: numpy.tanh, id: a}}\n  - {{of: x, name: numpy.tanh, id: a}}\n")
    assert main(["check", str(file)]) == 2
    assert "page.yaml:5:35: another implementation has the id 'a', too" in "".join(capfd.readouterr())


def test_an_update_of_another_shape_than_the_parameter_is_no_internal_error(tmp_path: Path) -> None:
    file = tmp_path / "page.yaml"
    file.write_text(f"{HEAD}{{{SGD}, step: {{w: sum(g)}}}}\n")
    assert main(["check", str(file)]) in (0, 2)
