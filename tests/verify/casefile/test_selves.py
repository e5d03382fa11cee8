"""A claim that names itself as the other one."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load

CASE = """\
title: t
symbols: {x: 2, v: [1, 2]}
claims:
  - {id: a, of: x, prints: 2, agrees: %s}
  - {id: b, of: x, equals: x, contradicts: %s}
  - {id: c, of: v, prints: [1, 2], agrees: %s}
  - {id: d, of: x, prints: 2}
"""


@pytest.mark.parametrize(
    ("agrees", "contradicts", "whole", "expected"),
    [
        ("d", "a", "d", ["that prints shape"]),
        ("a", "a", "[[d, d]]", ["4:39: the claim 'a' can't agree with itself"]),
        ("[a]", "a", "[[d, d]]", ["4:40: the claim 'a' can't agree with itself"]),
        ("d", "[a, b]", "[[d, d]]", ["5:48: the claim 'b' can't contradict itself"]),
        ("d", "a", "'c[1]'", ["6:44: the claim 'c[1]' can't agree with itself"]),
    ],
)
def test_it_is_a_fault_with_its_place(
    tmp_path: Path, agrees: str, contradicts: str, whole: str, expected: list[str]
) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE % (agrees, contradicts, whole), encoding="utf-8")
    with pytest.raises(CaseFaults) as found:
        load(path)
    told = [str(f).removeprefix(f"{path}:") for f in found.value.faults]
    assert len(told) == len(expected)
    assert all(e in t for e, t in zip(expected, told, strict=True))
