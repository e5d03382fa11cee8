"""Formulas of well-known papers and notes are read as they are meant, or refused: never otherwise."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.language.latex import read
from tests.banks.printed import Topic, as_meant, formulas

BANK = formulas()


@pytest.mark.parametrize(("topic", "latex", "means"), BANK, ids=[f"{t.name}: {latex}" for t, latex, _ in BANK])
def test_a_printed_formula_is_read_as_it_is_meant(topic: Topic, latex: str, means: tuple[str, ...]) -> None:
    scope, g = topic.scope()
    if not means:
        with pytest.raises(ExpressionError):
            read(latex, scope, g, names=topic.names)
        return
    assert as_meant(read(latex, scope, g, names=topic.names), means, scope, g)


def test_few_of_them_are_refused() -> None:
    assert sum(not means for _, _, means in BANK) < 0.05 * len(BANK)
