"""The checker: the one place that makes a ``Theorem``, from a sequent and a certificate.

What is trusted for a theorem: this room; what expressions mean (``derive.language`` lays tensors out in entries and opens
composites), where they have a value (``derive.numbers.definedness``) and what numbers they are (``balls``); FLINT. The engine is
not. Checking is not searching: each certificate is walked once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from derive.errors import ExpressionError
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
from derive.proof.sequent import Sequent, equation, eye, negated

MAX_DEPTH = 60  # of certificates in certificates
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
    done = {(t.sequent, t.certificate) for t in known if type(t) is Theorem}
    try:
        _check(sequent, certificate, done, MAX_DEPTH)
    except (
        ExpressionError,
        RecursionError,
        ArithmeticError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
    ) as e:  # of no such form
        raise Rejected(f"{type(e).__name__}: {e}") from None
    return Theorem(sequent, certificate, _MINT)


def _check(s: Sequent, certificate: Certificate, done: set[Any], depth: int) -> None:
    if (s, certificate) in done:
        return
    if depth == 0:
        raise Rejected("certificates nested too deeply")

    def also(part: Sequent, shown: Certificate) -> None:
        _check(part, shown, done, depth - 1)

    wants(not s.sizes or isinstance(certificate, by.Generic | by.Substitution), "one size is not all")
    match certificate:
        case by.Reflexive():
            wants(s.conclusion.op == "eq" and s.conclusion.args[0] is s.conclusion.args[1], "two different expressions")
            made = evaluated(entries := s.entries())
            for entry in entries:
                made.valued(entry.conclusion)
        case by.Evaluation(units, opaque):
            made = evaluated(entries := s.entries(), units, opaque)
            for entry in entries if not made.contradiction else ():
                made.true(entry.conclusion)
        case by.Absurd(units):
            wants(
                evaluated([s.concluding(s.conclusion.graph.one)], units).absurd(),
                "the hypotheses don't contradict",
            )
        case by.Numbers(bits):
            wants(16 <= bits <= 4096, "no such precision")
            for entry in s.entries():
                known = ranges(entry.hypotheses)
                order = topological([entry.conclusion])
                leaves = [n for n in order if n.op in ("symbol", "apply", "computed", "property") or is_variable(n)]
                wants(all(n in known or (n.op == "symbol" and n.shape) for n in leaves), "a symbol without a range")
                found = evaluate([entry.conclusion], known, bits, meeting=not known)[0]
                wants(found is True, "not shown by the numbers")
        case by.Parts(of):
            entries = s.entries()
            wants(len(entries) == len(of), f"{len(of)} parts of {len(entries)}")
            for entry, shown in zip(entries, of, strict=True):
                also(entry, shown)
        case by.Split(node, of):
            wants(not node.shape and splits(s, node), "a split by a tensor, or of a domain")
            inner = s.concluding(equation(node, node)).entries()
            evaluated(inner).valued(inner[0].conclusion)
            for part, shown in zip(s.cases(node), of, strict=True):
                also(part, shown)
        case by.Alternatives(n, of):
            wants(0 <= n < len(s.hypotheses) and s.hypotheses[n].op == "or", "no such alternative")
            wants(not s.hypotheses[n].shape, "each entry of a tensor has a case of its own")
            wants(splits(s, s.hypotheses[n]), "cases of a domain")
            rest = (*s.hypotheses[:n], *s.hypotheses[n + 1 :])
            for case, shown in zip(s.hypotheses[n].args, of, strict=True):
                also(Sequent((*rest, case), s.conclusion), shown)
        case by.Supposing(then):
            wants(s.conclusion.op == "or" and not s.conclusion.shape, "no alternative, or one of each entry")
            first, second = sorted(s.conclusion.args, key=asks)
            wants(not asks(first) and splits(s, first), "two properties, or a case of a domain")
            made = evaluated(entries := s.concluding(first).entries())
            for entry in entries:
                made.valued(entry.conclusion)
            also(s.given(negated(first)).concluding(second), then)
        case by.Substitution(old, new, because, then):
            wants(old.shape == new.shape and fixed(s, old, new), "two different shapes, or the variable of a property")
            also(s.concluding(equation(old, new)), because)
            also(s.put({old: new}), then)
        case by.Lemma(fact, because, then):
            also(s.concluding(fact), because)
            also(s.given(fact), then)
        case by.Combination(of):
            (entry,) = s.entries()
            factors = [entry.concluding(equation(f, f)) for pair in of for f in pair]
            evaluated([entry, *factors]).adds_up(entry.conclusion, of)
        case by.Inverses():
            wants(shown_by_inverses(s), "no inverse among the hypotheses")
        case by.Generic(units):
            if s.conclusion not in s.hypotheses:
                every = generic(s, units)
                wants(every.contradiction or every.found is True, str(every.found))
        case by.Rule(name, nodes, of, units):
            wanted = premises(s, name, nodes, units)
            wants(len(wanted) == len(of), f"{len(of)} certificates of {len(wanted)}")
            for part, shown in zip(wanted, of, strict=True):
                also(part, shown)
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
    else:
        return False
    return a.shape == b.shape == claim.shape and equation(g.matmul(a, b), one) in s.hypotheses


__all__ = ["Rejected", "Theorem", "check"]
