"""Each displayed formula of a document is a claim, a value, a definition, or stands in a comment with its reason."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from tests.verify.draft import test_draft, test_roles
from verify.document.passages import read
from verify.document.said import said
from verify.draft import drafts
from verify.draft.account import displays

OWN = [
    r"A step contracts if $$|1 - \eta| < 1 \iff 0 < \eta < 2$$ and this is stable if and only if $$0 < \eta < 3.$$",
    r"For $0 < \mu \le L$ the rate satisfies $$\frac{L - \mu}{L + \mu} \le 1 - \frac{\mu}{L}$$",
    r"Let $$x > 0$$ and $$f$$ with $$x \in \mathbb{R}$$ $$y = x$$ $$y = x$$ where $$y \to 0$$ $$\text{words}$$",
    "| $$a = b$$ | $$c$$ |\n|---|---|\n| $$x = 1$$ | 2 |\n\n$$k = 1, \\dots, n$$",
]


def _documents() -> list[str]:
    """All texts of documents in the tests of drafts."""
    found = [*OWN, test_draft.NETWORK, *test_draft.HARD]
    for module in (test_draft, test_roles):
        for _, test in inspect.getmembers(module, inspect.isfunction):
            for mark in getattr(test, "pytestmark", ()):
                if mark.name == "parametrize" and "text" in mark.args[0]:
                    found += [row if isinstance(row, str) else row[0] for row in mark.args[1]]
    return [text for text in dict.fromkeys(found) if "$$" in text and len(text) < 20_000]


@pytest.mark.parametrize("text", _documents())
def test_no_display_is_lost(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    count = 0
    for made in drafts(path):
        told = [x.s for x in made.given] + [x.s for x in made.claims] + [x.s for x in made.notes]
        for f in displays(made.section):
            count += 1
            assert any(s.passage is f.passage and f.start <= s.start < f.stop for s in told), f.latex
    whole = said(read(path))
    in_tables = sum(f.display and any(r.start <= f.start < r.stop for r in whole.rows) for f in whole.formulas)
    assert count == sum(f.display for f in whole.formulas) - in_tables
