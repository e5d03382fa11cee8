"""Implementations against the exact mathematics: ``python benchmarks/conformance.py``.

Float32 sweeps with ulps and the greatest of each bin, beside what Torch alone takes and beside Hypothesis drawing single
points; all half-precision inputs; whole comparisons over every dtype and mode. ``--bank`` runs the bank of planted callables,
with ``torch.autograd.gradcheck`` beside it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from timing import in_turn, ratio

from derive import api
from derive.expr.graph import free_symbols
from tests.banks.planted import RIGHT, WRONG, Planted
from verify.conform import conform
from verify.conform.calls import Call
from verify.conform.formats import FORMATS
from verify.conform.frameworks import FRAMEWORKS, framework_of
from verify.conform.strata import Range
from verify.conform.subject import Subject
from verify.conform.sweep import sweep, ulps_of

COUNT = 1 << 22
FUNCTIONS: tuple[tuple[Callable[..., Any], str], ...] = (
    (torch.tanh, "tanh(x)"),
    (torch.exp, "exp(x)"),
    (torch.sigmoid, "sigmoid(x)"),
    (torch.relu, "relu(x)"),
    (torch.nn.functional.silu, "silu(x)"),
    (torch.nn.functional.gelu, "gelu(x)"),
)


def subject_of(text: str) -> Subject:
    node = api.parse(text)
    return Subject(node, list(free_symbols([node])), [Range()], [0])


def sweeps() -> None:
    single, torch_ = FORMATS["float32"], FRAMEWORKS["torch"]
    every = single.at(np.linspace(-single.last, single.last, COUNT).astype(np.int64)).astype(np.float32)
    print("float32, 2^22 floats: rate with ulps and bins; by Torch's own time; by Hypothesis")
    for function, text in FUNCTIONS:
        subject, call = subject_of(text), Call(function, (0,))

        def ours(subject: Subject = subject, call: Call = call) -> None:
            sweep(
                lambda x: torch_.single(call, x),
                lambda x: subject.quick(0, [x])[0],
                -single.last,
                single.last,
                2 * single.last // COUNT,
            )

        def alone(function: Callable[..., Any] = function) -> None:
            function(torch.from_numpy(every))

        mine, theirs = in_turn(ours, alone)
        drawn = hypothesis_rate(function, subject)
        rate = COUNT / min(mine)
        print(f"  {text:12} {rate / 1e6:6.1f} M/s   {ratio(mine, theirs)} Torch   {rate / drawn:,.0f}x Hypothesis")


def hypothesis_rate(function: Callable[..., Any], subject: Subject, examples: int = 300) -> float:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.floats(width=32, allow_nan=False, allow_infinity=False))
    def check(x: float) -> None:
        computed = function(torch.tensor([x])).numpy()
        ulps_of(computed, subject.quick(0, [np.array([x])])[0])

    start = time.process_time()
    check()
    return examples / (time.process_time() - start)


def halves() -> None:
    print("all inputs of half-precision formats, values in ulps")
    for name in ("float16", "bfloat16"):
        fmt = FORMATS[name]
        x = fmt.all()
        given = torch.from_numpy(x).to(getattr(torch, name))
        for function, text in FUNCTIONS:
            subject = subject_of(text)

            def ours(
                function: Callable[..., Any] = function,
                subject: Subject = subject,
                given: Any = given,
                x: Any = x,
                fmt: Any = fmt,
            ) -> None:
                ulps_of(function(given).double().numpy(), subject.quick(0, [x])[0], fmt).max()

            (times,) = in_turn(ours, seconds=1.0)
            print(f"  {name:9} {text:12} {1e3 * min(times):5.2f} ms")


def whole() -> None:
    print("whole comparisons: every dtype, order and mode")
    for function, text in FUNCTIONS:
        start = time.process_time()
        found = conform(function, text)
        print(
            f"  {text:12} {time.process_time() - start:5.2f} s of the processor, {len(found.outcomes)} paths: {found.verdict}"
        )


def bank() -> None:
    start = time.process_time()
    wrong = [(p, conform(p.function, p.formula, domain=p.domain, **p.given)) for p in WRONG]
    right = [(p, conform(p.function, p.formula, domain=p.domain, **p.given)) for p in RIGHT]
    caught = sum(f.verdict == "deviates" for _, f in wrong)
    named = sum(f.verdict == "deviates" and f.kind in p.classes for p, f in wrong)
    blamed = sum(f.verdict not in p.classes for p, f in right)
    print(
        f"planted: {caught} of {len(wrong)} wrong ones caught, {named} with their class; {blamed} of {len(right)} right"
    )
    print(f"ones blamed; {time.process_time() - start:.0f} s of the processor")
    (objected, asked), (refused, given) = (_by_gradcheck(b) for b in (WRONG, RIGHT))
    print(f"gradcheck: {objected} of {asked} wrong Torch ones caught, {refused} of {given} right ones blamed")


def _by_gradcheck(planted: list[Planted]) -> tuple[int, int]:
    """How many it objects to, of how many it can be asked about."""
    objected = asked = 0
    rng = np.random.default_rng(0)
    for p in planted:
        if framework_of(p.function).name != "torch":
            continue
        names = sorted(str(s.attr) for s in free_symbols([api.parse(p.formula)]))
        given = []
        for name in names:
            low, high = p.domain[name] if isinstance(p.domain.get(name), tuple) else (-3.0, 3.0)
            low, high = max(low, -3.0), min(3.0 if high is None else high, 3.0)
            given.append(torch.tensor(rng.uniform(low, high, 12), dtype=torch.float64, requires_grad=True))
        asked += 1
        try:
            good = torch.autograd.gradcheck(p.function, given, raise_exception=False)
        except Exception:  # it objects by raising, too
            good = False
        objected += not good
    return objected, asked


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--bank", action="store_true", help="the planted callables, too")
    asked = reader.parse_args()
    torch.set_num_threads(1)
    sweeps()
    halves()
    whole()
    if asked.bank:
        bank()


if __name__ == "__main__":
    main()
