"""What an evaluation lacks: the expressions whose signs would say more, what stands in the way first."""

from __future__ import annotations

import pytest

from derive.engine.certify.asked import asked
from derive.expr.graph import Node
from derive.language.reader import parse
from derive.numbers.rational_functions import Quotient
from derive.proof.certificates import Evaluation, Parts, Split
from derive.proof.check import Rejected, check
from derive.proof.evaluation import Lacking
from derive.proof.sequent import Sequent
from derive.proof.signs import ANY, NEGATIVE, POSITIVE, ZERO
from tests.banks.sequents import sequent


@pytest.mark.parametrize(
    ("said", "by"),
    [
        ("abs(x) == x", "x"),
        ("sqrt(x - y)**2 == x - y", "x - y"),
        ("max(x, y) == x", "x - y"),
        ("1/x == 1/x", "x"),
        ("where(x > y, 1, 2) > 0", "x - y"),
        ("x**y == x**y", "x"),
    ],
)
def test_what_is_asked_for(said: str, by: str) -> None:
    s = sequent(said)
    with pytest.raises(Lacking) as told:
        check(s, Evaluation())
    (n, *_) = asked(told.value)
    assert n is parse(by, {m.attr: m for m in _symbols(s)}, s.conclusion.graph)
    assert _sign(told.value, n) not in (POSITIVE, ZERO, NEGATIVE)


def _sign(told: Lacking, n: Node) -> int:
    x = told.made.values.get(n)
    return told.made.of(x) if isinstance(x, Quotient) else ANY


def _symbols(s: Sequent) -> list:  # type: ignore[type-arg]
    from derive.expr.graph import topological

    return [n for n in topological([s.conclusion]) if n.op == "symbol"]


def test_nothing_is_asked_of_what_is_so_or_of_hypotheses() -> None:
    check(sequent("abs(x) == x", "x >= 0"), Evaluation())
    with pytest.raises(Lacking) as told:
        check(sequent("x == y", "abs(z) > 0 or z > 1"), Evaluation())
    assert not [n for n in asked(told.value) if n.attr == "z"]


def test_a_sign_that_is_known_is_settled() -> None:
    s = sequent("abs(x) == y*x", "x > 0")
    with pytest.raises(Lacking) as told:
        check(s, Evaluation())
    x = next(n for n in _symbols(s) if n.attr == "x")
    assert _sign(told.value, x) == POSITIVE


def test_what_is_known_is_known_of_its_own_sequent_alone() -> None:
    """A certificate that showed one sequent, the very same object, shows no other."""
    leaf = Evaluation()
    known = [check(sequent("x == x + 0*y", "y > 0"), leaf)]
    false = sequent("x == y")
    for certificate in (leaf, Parts((leaf,)), Split(false.conclusion.args[0], (leaf, leaf))):
        with pytest.raises(Rejected):
            check(false, certificate, known)
    assert check(known[0].sequent, leaf, known).certificate is leaf
