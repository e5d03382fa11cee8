r"""A list of names shares its relation where nothing but commas stands between them."""

from __future__ import annotations

import pytest

from derive.language.latex.lists import Statement, shared
from derive.language.latex.tree import Logic, Number, Relation, Symbol


@pytest.mark.parametrize(("comma", "joins"), [(", ", True), (r",\, ", True), (r", \quad ", False), ("; ", False)])
def test_commas_alone_make_a_list(comma: str, joins: bool) -> None:
    x, y, zero = Symbol(0, "x"), Symbol(0, "y"), Number(0, "0")
    text = f"x{comma}y > 0"
    after = len(text) - 5
    found = [Statement(x, 0, 1), Statement(Relation(after, (y, zero), (">",)), after, len(text))]
    made = shared(found, text)
    if not joins:
        assert made == found
        return
    (whole,) = made
    assert (whole.start, whole.stop) == (0, len(text))
    assert isinstance(whole.tree, Logic)
    assert [p.parts for p in whole.tree.parts if isinstance(p, Relation)] == [(x, zero), (y, zero)]
