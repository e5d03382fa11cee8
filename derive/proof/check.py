"""The checker: the one place that makes a ``Theorem``, from a sequent and a certificate.

What is trusted for a theorem: this room; what expressions mean (``derive.language`` lays tensors out in entries and opens
composites), where they have a value (``derive.numbers.definedness``), what numbers they are (``balls``) and which polynomials are
the same (``forms``); FLINT. The engine is not. Checking is not searching: each certificate is walked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.errors import ExpressionError
from derive.expr.folding import valued
from derive.expr.graph import topological
from derive.language.properties import asks
from derive.numbers.balls import evaluate
from derive.proof import certificates as by
from derive.proof.certificates import Certificate
from derive.proof.evaluation import evaluated, is_variable, wants
from derive.proof.field import Rejected
from derive.proof.generic import generic
from derive.proof.properties import fixed, splits
from derive.proof.rules import premises, ranges
from derive.proof.sequent import HALVES, Sequent, equation, eye, negated

MAX_DEPTH = 60  # of certificates in certificates
NO_SUCH_FORM = (ExpressionError, RecursionError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)
EVERY_SIZE = by.Generic | by.Substitution | by.Lemma | by.Inverses
_MINT = object()


class Theorem:
    """A sequent that was checked. Only ``check`` makes one."""

    __slots__ = ("certificate", "sequent")

    sequent: Sequent
    certificate: Certificate

    def __init__(self, sequent: Sequent, certificate: Certificate, mint: object = None) -> None:
        if mint is not _MINT:
            raise TypeError("a theorem is made by derive.proof.check.check")
        object.__setattr__(self, "sequent", sequent)
        object.__setattr__(self, "certificate", certificate)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a theorem does not change")

    def __init_subclass__(cls) -> None:
        raise TypeError("a theorem has one class")


def check(sequent: Sequent, certificate: Certificate, known: Iterable[Theorem] = ()) -> Theorem:
    """The theorem that the certificate shows; parts that are ``known`` are not checked again.

    Raises Rejected where it shows no such thing.
    """
    done = {id(t.certificate): t for t in known if type(t) is Theorem}  # by these very objects, which theorems keep
    try:
        _check(sequent, certificate, done, MAX_DEPTH)
    except NO_SUCH_FORM as e:
        raise Rejected(f"{type(e).__name__}: {e}") from None
    return Theorem(sequent, certificate, _MINT)


def _check(s: Sequent, certificate: Certificate, done: dict[int, Theorem], depth: int) -> None:
    if (shown := done.get(id(certificate))) is not None and shown.sequent == s:
        return
    if depth == 0:
        raise Rejected("certificates nested too deeply")
    wants(not s.sizes or isinstance(certificate, EVERY_SIZE), "one size is not all")
    for part, of in _left(s, certificate):
        _check(part, of, done, depth - 1)


def _left(s: Sequent, certificate: Certificate) -> Iterable[tuple[Sequent, Certificate]]:
    """What is left to be shown, where that is enough for the sequent: each part with its certificate."""
    match certificate:
        case by.Parts(of):
            return _each(s.entries(), of)
        case by.Split(node, of):
            wants(not node.shape and splits(s, node), "a split by a tensor, or of a domain")
            if not valued(node):
                _have_values(s.concluding(equation(node, node)))
            return _each(s.cases(node, HALVES) if len(of) == 2 else s.cases(node), of)
        case by.Alternatives(n, of):
            wants(0 <= n < len(s.hypotheses) and s.hypotheses[n].op == "or", "no such alternative")
            wants(not s.hypotheses[n].shape, "each entry of a tensor has a case of its own")
            wants(splits(s, s.hypotheses[n]), "cases of a domain")
            rest = (*s.hypotheses[:n], *s.hypotheses[n + 1 :])
            return zip([Sequent((*rest, case), s.conclusion) for case in s.hypotheses[n].args], of, strict=True)
        case by.Supposing(then):
            wants(s.conclusion.op == "or" and not s.conclusion.shape, "no alternative, or one of each entry")
            first, second = sorted(s.conclusion.args, key=asks)
            wants(not asks(first) and splits(s, first), "two properties, or a case of a domain")
            _have_values(s.concluding(first))
            return [(s.given(negated(first)).concluding(second), then)]
        case by.Substitution(old, new, because, then):
            wants(old.shape == new.shape and fixed(s, old, new), "two different shapes, or the variable of a property")
            return [(s.concluding(equation(old, new)), because), (s.put({old: new}), then)]
        case by.Lemma(fact, because, then):
            return [(s.concluding(fact), because), (s.given(fact), then)]
        case by.Rule(name, nodes, of, units):
            return _each(premises(s, name, nodes, units), of)
    _shown(s, certificate)
    return ()


def _each(parts: Sequence[Sequent], of: Sequence[Certificate]) -> Iterable[tuple[Sequent, Certificate]]:
    wants(len(parts) == len(of), f"{len(of)} certificates of {len(parts)}")
    return zip(parts, of, strict=True)


def _have_values(s: Sequent) -> None:
    """Rejects a comparison of which a side is not shown to have a value."""
    entries = s.entries()
    evaluated(entries, lambda made: made.valued(*(e.conclusion for e in entries)))


def _shown(s: Sequent, certificate: Certificate) -> None:
    """Rejects a certificate that does not show the sequent by itself."""
    match certificate:
        case by.Reflexive():
            wants(s.conclusion.op == "eq" and s.conclusion.args[0] is s.conclusion.args[1], "two different expressions")
            _have_values(s)
        case by.Evaluation(units, opaque):
            entries = s.entries()
            evaluated(entries, lambda made: made.true(*(e.conclusion for e in entries)), units, opaque)
        case by.Absurd(units):
            without = s.concluding(s.conclusion.graph.one)
            evaluated([without], lambda made: wants(made.absurd(), "the hypotheses don't contradict"), units)
        case by.Numbers(bits):
            wants(16 <= bits <= 4096, "no such precision")
            for entry in s.entries():
                known = ranges(entry.hypotheses)
                order = topological([entry.conclusion])
                leaves = [n for n in order if n.op in ("symbol", "apply", "computed", "property") or is_variable(n)]
                wants(all(n in known or (n.op == "symbol" and n.shape) for n in leaves), "a symbol without a range")
                found = evaluate([entry.conclusion], known, bits, meeting=not known)[0]
                wants(found is True, "not shown by the numbers")
        case by.Combination(of, opaque):
            (entry,) = s.entries()
            factors = [entry.concluding(equation(f, f)) for pair in of for f in pair]
            evaluated([entry, *factors], lambda made: made.adds_up(entry.conclusion, of), (), opaque)
        case by.Inverses():
            wants(shown_by_inverses(s), "no inverse among the hypotheses")
        case by.Generic(units, opaque):
            if s.conclusion not in s.hypotheses:
                wants((found := generic(s, units, opaque).found) is True, str(found))
        case by.Trusted(name):
            raise Rejected(f"unchecked: {name}")
        case _:
            raise Rejected("no certificate")


def shown_by_inverses(s: Sequent) -> bool:
    """A square matrix has an inverse where it has one on one side, and that is the one on the other."""
    claim = s.conclusion
    if claim.op != "eq" or len(claim.shape) != 2 or claim.shape[0] != claim.shape[1]:
        return False
    one, g = eye(claim.graph, claim.shape[0]), claim.graph
    left, right = claim.args
    if left.op == "inv":
        a, b = left.args[0], right
    elif left.op == "matmul" and right is one:
        b, a = left.args
        if a.op == "inv" and a.args[0] is b and g.call("ne", g.det(b), g.zero) in s.hypotheses:
            return True
    else:
        return False
    return a.shape == b.shape == claim.shape and equation(g.matmul(a, b), one) in s.hypotheses


__all__ = ["Rejected", "Theorem", "check"]
