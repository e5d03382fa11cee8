"""How cost grows: cases, printed numbers of a deep network, sizes of matrices: ``python benchmarks/scaling.py``.

Each law is shown by its figures at growing sizes, in processor time: what grows in proportion keeps its cost a piece. ``--large``
goes on to 10,000 cases and 250 layers.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.decimals import parse_printed, rounded
from verify.report.markdown import write
from verify.results import Result, Results
from verify.verdict import Verdict

T = TypeVar("T")

DIGITS = parse_printed("0.000000")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--large", action="store_true")
    large = options.parse_args().large
    print("cases of five claims: milliseconds a case")
    for n in (10, 100, 1_000, *([10_000] if large else [])):
        many_cases(n)
    print("\n20 printed numbers a layer, at six digits: seconds")
    for n in (25, 50, 100, *([250] if large else [])):
        printed_numbers(n)
    print("\nwhole tensors of n by n matrices: seconds a claim, reading included")
    for n in (10, 30, 60):
        matrices(n)


def many_cases(n: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"c{k:05}.yaml" for k in range(n)]
        draw = random.Random(3)
        for k, path in enumerate(paths):
            path.write_text(small_case(k, draw))
        reading, cases = timed(lambda: [load(p) for p in paths])
        judging, verdicts = timed(lambda: [[judge(b, c) for c in b.case.claims] for b in map(CaseContext, cases)])
        results = Results(
            claims=[
                Result.model_validate(
                    {
                        "document": case.document,
                        "case": case.name,
                        "file": str(case.path),
                        "line": 1,
                        "id": claim.id,
                        "kind": claim.kind,
                        "verdict": v.verdict,
                        "pinned": claim.pinned,
                        "reason": v.reason,
                        "where": claim.where,
                        "printed": claim.prints,
                        "exact": v.exact,
                    }
                )
                for case, found in zip(cases, verdicts, strict=True)
                for claim, v in zip(case.claims, found, strict=True)
            ]
        )
        reporting, _ = timed(lambda: write(results, cases, Path(folder) / "reports"))
    reading, judging, reporting = (1000 * t / n for t in (reading, judging, reporting))
    print(f"{n:7,}: reading {reading:.1f}, judging {judging:.1f}, reports {reporting:.1f}")


def small_case(k: int, draw: random.Random) -> str:
    w, x, b, y = (round(draw.uniform(-1.5, 1.5), 2) for _ in range(4))
    p = 1 / (1 + math.exp(-w * x - b))
    return f"""title: Case {k}
symbols: {{w: {w}, x: {x}, b: {b}, y: {y}}}
define:
  z: w*x + b
  p: sigmoid(z)
  L: (y - p)**2/2
claims:
  - {{id: c{k}-p, of: p, prints: {p:.4f}}}
  - {{id: c{k}-loss, of: L, prints: {(y - p) ** 2 / 2:.4f}}}
  - {{id: c{k}-slope, of: "d(L, w)", prints: {(p - y) * p * (1 - p) * x:.4f}}}
  - {{id: c{k}-gradient, of: "d(L, w)", equals: "(p - y)*p*(1 - p)*x"}}
  - {{id: c{k}-wrong, of: "d(L, b)", equals: "(p - y)*p", verdict: wrong, because: The derivative of the logistic function.}}
"""


def printed_numbers(layers: int, width: int = 4, times: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "numbers.yaml"
        path.write_text(deep_case(layers, width, times, None))
        context = CaseContext(load(path))
        values = [context.value(context.entry(c.of), 1024) for c in context.case.claims if c.of is not None]
        path.write_text(deep_case(layers, width, times, [rounded(v, DIGITS) for v in values]))
        reading, case = timed(lambda: load(path))
        judging, verdicts = timed(lambda: [judge(b, c).verdict for b in [CaseContext(case)] for c in case.claims])
    told = f"{len(verdicts):,} numbers, {verdicts.count('holds'):,} hold"
    print(f"{layers:4} layers: {told}; reading {reading:.2f}, judging {judging:.2f} ({judging / reading:.1f}x)")


def deep_case(layers: int, width: int, times: int, prints: list[str] | None) -> str:
    draw = random.Random(1)

    def row() -> str:
        return "[" + ", ".join(f"{draw.uniform(-1.5, 1.5):.2f}" for _ in range(width)) + "]"

    symbols, defined = [f"  h0: {row()}"], list[str]()
    claims: list[str] = []
    for n in range(1, layers + 1):
        symbols.append(f"  W{n}: [{', '.join(row() for _ in range(width))}]")
        defined.append(f"  h{n}: tanh(W{n} @ h{n - 1})")
        for k in range(width * times):
            i = len(claims)
            claims.append(f'  - {{id: c{i}, of: "h{n}[{k % width}]", prints: {prints[i] if prints else "0.0"}}}')
    parts = {"symbols": symbols, "define": defined, "claims": claims}
    return "title: t\n" + "\n".join(f"{key}:\n" + "\n".join(lines) for key, lines in parts.items()) + "\n"


MATRICES = {
    "gradient of a quadratic form": ("d(x @ A @ x/2 + b @ x, x)", "(A + A.T) @ x/2 + b"),
    "Hessian of a quadratic form": ("hessian(x @ A @ x/2 + b @ x, x)", "(A + A.T)/2"),
    "an entry of a product": ("(A @ B @ A)[3, 4]", "A[3] @ B @ A[:, 4]"),
    "a product of three": ("(A @ B @ A).T", "A.T @ B.T @ A.T"),
}


def matrices(n: int) -> None:
    told = []
    for name, (of, equals) in MATRICES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "matrices.yaml"
            path.write_text(
                f"title: t\nsymbols:\n  A: {{shape: [{n}, {n}]}}\n  B: {{shape: [{n}, {n}]}}\n  b: {{shape: [{n}]}}\n"
                f'  x: {{shape: [{n}]}}\nclaims:\n  - {{id: c, of: "{of}", equals: "{equals}"}}\n'
            )
            seconds, found = timed(partial(judged, path))
        told.append(f"{name} {seconds:.2f} ({found[0].verdict})")
    print(f"{n:4}: {', '.join(told)}")


def judged(path: Path) -> list[Verdict]:
    context = CaseContext(load(path))
    return [judge(context, c) for c in context.case.claims]


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


if __name__ == "__main__":
    main()
