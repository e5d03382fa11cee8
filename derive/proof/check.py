"""The checker: the one place that makes a ``Theorem``, from a sequent and a certificate.

What is trusted for a theorem: this room, and of ``rules`` those that its certificate names; what expressions mean
(``derive.language`` lays tensors out in entries and opens composites), where they have a value (``derive.numbers.definedness``),
what numbers they are (``balls``) and fractions of polynomials (``rational_functions``); FLINT. The engine is not. Checking is not
searching: each certificate is walked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from derive.errors import ExpressionError, Rejected
from derive.expr.folding import valued
from derive.expr.graph import Node, topological
from derive.expr.operators import COMPARISONS, ORDERS
from derive.flint import arb
from derive.language.properties import POINTWISE, asks
from derive.lazily import lazily
from derive.numbers.balls import evaluate, rational
from derive.proof import certificates as by
from derive.proof.certificates import Certificate
from derive.proof.evaluation import evaluated, is_variable, wants
from derive.proof.sequent import HALVES, Sequent, equation, negated

with lazily():
    from derive.proof.rules import table

MAX_DEPTH = 60  # of certificates in certificates
NO_SUCH_FORM = (ExpressionError, RecursionError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError)
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
        told_apart = all(len(set(part)) == len(part) for part in zip(*sequent.sizes, strict=True))
        wants(told_apart, "sizes of one name, or of one number")
        _check(sequent, certificate, done, MAX_DEPTH)
    except NO_SUCH_FORM as e:
        raise Rejected(f"{type(e).__name__}: {e}") from None
    return Theorem(sequent, certificate, _MINT)


def _check(s: Sequent, certificate: Certificate, done: dict[int, Theorem], depth: int) -> None:
    if (shown := done.get(id(certificate))) is not None and shown.sequent == s:
        return
    wants(depth > 0, "certificates nested too deeply")
    rule = isinstance(certificate, by.Rule) and certificate.name in table.EVERY_SIZE
    of_all = isinstance(certificate, by.Substitution | by.Lemma) or rule
    wants(of_all or not s.sizes, "one size is not all")
    for part, of in _left(s, certificate):
        _check(part, of, done, depth - 1)


def _left(s: Sequent, certificate: Certificate) -> Iterable[tuple[Sequent, Certificate]]:
    """What is left to be shown, where that is enough for the sequent: each part with its certificate."""
    match certificate:
        case by.Evaluation(opaque):
            entries = s.entries()
            evaluated(entries, lambda made: made.true(*(e.conclusion for e in entries)), opaque)
            return ()
        case by.Combination(products, opaque):
            (entry,) = s.entries()
            factors = [entry.concluding(equation(f, f)) for pair in products for f in pair]
            evaluated([entry, *factors], lambda made: made.adds_up(entry.conclusion, products), opaque)
            return ()
        case by.Numbers(bits):
            wants(16 <= bits <= 4096, "no such precision")
            wants(all(_holds_of_numbers(entry, bits) for entry in s.entries()), "not shown by the numbers")
            return ()
        case by.Parts(of):
            return _each(s.entries(), of)
        case by.Split(node, of):
            wants(not node.shape and not s.binds([node], POINTWISE), "a split by a tensor, or of a domain")
            if not valued(node):
                _has_value(s, node)
            return _each(s.cases(node, HALVES) if len(of) == 2 else s.cases(node), of)
        case by.Alternatives(n, of):
            wants(0 <= n < len(s.hypotheses) and s.hypotheses[n].op == "or", "no such alternative")
            wants(not s.hypotheses[n].shape, "each entry of a tensor has a case of its own")
            wants(not s.binds([s.hypotheses[n]], POINTWISE), "cases of a domain")
            rest = (*s.hypotheses[:n], *s.hypotheses[n + 1 :])
            return _each([Sequent((*rest, case), s.conclusion) for case in s.hypotheses[n].args], of)
        case by.Supposing(then):
            wants(s.conclusion.op == "or" and not s.conclusion.shape, "no alternative, or one of each entry")
            first, second = sorted(s.conclusion.args, key=asks)
            wants(not asks(first) and not s.binds([first], POINTWISE), "two properties, or a case of a domain")
            _has_value(s, first)
            return [(s.given(negated(first)).concluding(second), then)]
        case by.Substitution(old, new, because, then):
            wants(old.shape == new.shape and not s.binds([old, new]), "two shapes, or the variable of a property")
            return [(s.concluding(equation(old, new)), because), (s.put({old: new}), then)]
        case by.Lemma(fact, because, then):
            return [(s.concluding(fact), because), (s.given(fact), then)]
        case by.Rule(name, nodes, of):
            return _each(table.premises(s, name, nodes), of)
        case by.Trusted(name):
            raise Rejected(f"unchecked: {name}")
    raise Rejected("no certificate")


def _each(parts: Sequence[Sequent], of: Sequence[Certificate]) -> Iterable[tuple[Sequent, Certificate]]:
    wants(len(parts) == len(of), f"{len(of)} certificates of {len(parts)}")
    return zip(parts, of, strict=True)


def _has_value(s: Sequent, n: Node) -> None:
    """Rejects what is not shown to have a value: of a condition each side of each comparison."""
    if n.op in ("and", "or", "not", *COMPARISONS):
        for part in n.args:
            _has_value(s, part)
    else:
        _left(s.concluding(equation(n, n)), by.Evaluation())


def _holds_of_numbers(s: Sequent, bits: int) -> bool:
    """Whether a condition comes out true of balls that hold the symbols."""
    known, order = ranges(s.hypotheses), topological([s.conclusion])
    leaves = [n for n in order if n.op in ("symbol", "apply", "computed", "property") or is_variable(n)]
    wants(all(n in known or (n.op == "symbol" and n.shape) for n in leaves), "a symbol without a range")
    return evaluate([s.conclusion], known, bits, meeting=not known)[0] is True


def ranges(hypotheses: Sequence[Node]) -> dict[Node, arb]:
    """Scalars that comparisons with numbers hold to a bounded range, as balls."""
    ends: dict[Node, dict[bool, Fraction]] = {}
    for h in hypotheses:
        for turned in (False, True) if h.op in ORDERS else ():
            x, number = h.args[::-1] if turned else h.args
            if is_variable(x) and not x.shape and number.op == "const":
                low, c = (h.op in ("gt", "ge")) != turned, Fraction(number.attr)
                known = ends.setdefault(x, {})
                known[low] = max(known.get(low, c), c) if low else min(known.get(low, c), c)
    bounded = {x: e for x, e in ends.items() if len(e) == 2 and e[True] <= e[False]}
    return {x: arb(rational(e[True])).union(arb(rational(e[False]))) for x, e in bounded.items()}


__all__ = ["Rejected", "Theorem", "check"]
