"""Printed numbers judged a second: forward values and gradients of many small networks, ``python benchmarks/printed_numbers.py``.

Everything from the loaded case to the verdicts counts: differentiation, values, rounding, reasons. By processor time.
"""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path
from statistics import median

from timing import in_turn

from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.decimals import parse_printed, rounded

NETWORKS = 100
LAYERS = (("z1", "w1*x + b1"), ("a1", "relu(z1)"), ("z2", "w2*a1 + b2"), ("a2", "tanh(z2)"), ("z3", "w3*a2 + b3"))
QUANTITIES = ("z1", "a1", "z2", "a2", "z3", "yhat", "L", "d(L, w1)", "d(L, b1)", "d(L, w2)", "d(L, w3)", "d(L, z2)")


def case_text(prints: list[str] | None) -> str:
    """One case of NETWORKS three-layer networks; without ``prints`` each number is a placeholder."""
    draw = random.Random(1)
    lines: dict[str, list[str]] = {"symbols": [], "define": [], "claims": []}
    for n in range(NETWORKS):

        def named(text: str, n: int = n) -> str:
            for name in ("yhat", "x", "y", "w1", "w2", "w3", "b1", "b2", "b3", "z1", "z2", "z3", "a1", "a2", "L"):
                text = re.sub(rf"\b{name}\b", f"{name}_{n}", text)
            return text

        for name in ("x", "y", "w1", "w2", "w3", "b1", "b2", "b3"):
            lines["symbols"].append(f"  {name}_{n}: {draw.uniform(-1.5, 1.5):.2f}")
        for name, body in (*LAYERS, ("yhat", "sigmoid(z3)"), ("L", "(y - yhat)**2/2")):
            lines["define"].append(f"  {name}_{n}: {named(body)}")
        for i, quantity in enumerate(QUANTITIES):
            k = n * len(QUANTITIES) + i
            lines["claims"].append(
                f'  - {{id: c{k}, of: "{named(quantity)}", prints: {prints[k] if prints else "0.0"}}}'
            )
    return "title: t\n" + "\n".join(f"{key}:\n" + "\n".join(rows) for key, rows in lines.items()) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "numbers.yaml"
        path.write_text(case_text(None))
        context = CaseContext(load(path))
        six = parse_printed("0.000000")
        values = [context.value(context.entry(c.of)) for c in context.case.claims if c.of is not None]
        path.write_text(case_text(["0.5" if isinstance(v, Exception) else rounded(v, six) for v in values]))
        case = load(path)
    verdicts: list[str] = []

    def all_judged() -> None:
        context = CaseContext(case)
        verdicts[:] = [judge(context, c).verdict for c in case.claims]

    (times,) = in_turn(all_judged)
    rates = [len(verdicts) / t for t in (median(times), min(times))]
    print(
        f"{len(verdicts)} numbers, {verdicts.count('holds')} hold: {rates[0]:,.0f} verdicts a second, {rates[1]:,.0f} at best"
    )


if __name__ == "__main__":
    main()
