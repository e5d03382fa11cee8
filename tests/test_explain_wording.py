"""How explanations read: each kind of claim in words that say what it says, with the numbers that decide it."""

from __future__ import annotations

from pathlib import Path

from verify.casefile import load
from verify.claims import Bench
from verify.explain import explain_claim, text


def told(tmp_path: Path, case: str, identity: str = "c", width: int = 200) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(f"title: t\n{case}", encoding="utf-8")
    bench = Bench(load(path))
    claim = next(c for c in bench.case.claims if c.id == identity)
    return text.render(list(explain_claim(bench, claim)), width)


def test_an_existence_claim_reads_as_one(tmp_path: Path) -> None:
    made = told(
        tmp_path,
        """\
symbols: {x: {}, c: {}}
claims:
  - {id: c, where: p. 1, somewhere: (c*x)**2 != x**2, assuming: [c > 0, x > 0]}
""",
    )
    assert "The document, p. 1, says: for some values with c > 0, x > 0: (c*x)**2 != x**2." in made
