"""The report of functions that people run: worst first, each order and dtype told, nothing that hangs on the processor."""

from __future__ import annotations

from typing import Any

from verify.report import implementations
from verify.results import CallPath, Implementation


def made(name: str, verdict: str, paths: list[tuple[str, str, str, str]], **more: Any) -> Implementation:
    told = [CallPath(order=o, mode=m, dtype=d, verdict="deviates" if k else "conforms", kind=k) for o, m, d, k in paths]
    return Implementation(
        id=name, document="d", case="c", name=name, formula="f(x)", verdict=verdict, paths=told, file="c.yaml", line=1, **more
    )  # fmt: skip


RIGHT = made("torch.right", "conforms", [("value", "eager", "float64", "")])
SLOPE = made(
    "torch.slope", "deviates",
    [("value", "eager", "float64", ""), ("gradient", "backward", "float64", ""),
     ("gradient", "forward mode", "float64", "overflow"), ("gradient", "backward", "float16", "")],
    kind="overflow", because="one mode only",
)  # fmt: skip
VALUE = made("torch.value", "deviates", [("value", "eager", "float16", "cancellation")], kind="cancellation")


def test_the_worst_comes_first_and_what_is_off_is_told_by_order_and_dtype():
    text = "\n".join(implementations.index([RIGHT, SLOPE, VALUE]))
    places = [text.index(f"`{i.id}`") for i in (VALUE, SLOPE, RIGHT)]
    assert places == sorted(places)
    assert "2 deviates, 1 conforms." in text
    (row,) = [line for line in text.splitlines() if "torch.slope" in line]
    assert "| conforms | **overflow** (float64); conforms (float16) |" in row
    assert "one mode only" in row


def test_what_hangs_on_the_processor_is_not_in_the_index():
    first, *rest = VALUE.paths
    first = first.model_copy(update={"ulps": "1e9", "magnitude": "1e9", "worst": {"x": "0.1"}})
    worse = VALUE.model_copy(update={"paths": [first, *rest], "script": "print()", "command": "errata"})
    assert list(implementations.index([worse])) == list(implementations.index([VALUE]))
