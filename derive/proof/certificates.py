"""Why a sequent is a theorem: a small sum type.

A certificate holds what has to be found and is then quickly checked: where to split, what a symbol equals, which exponents are
multiples of which. ``derive.proof.check`` says what each kind shows. To add a kind: a class here, a case in ``check``, its tests
(CONTRIBUTING.md).
"""

from __future__ import annotations

from derive.expr.graph import Node
from derive.records import dataclass


@dataclass(frozen=True)
class Certificate:
    """Any of the kinds below."""


@dataclass(frozen=True)
class Evaluation(Certificate):
    """The conclusion comes out true when both sides are worked out as rational functions over atoms, by the laws of functions; or
    no point meets the hypotheses, as one of them has a sign that the others rule out.

    ``opaque``: definitions and values of functions that stand for variables, whatever they are.
    """

    opaque: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Numbers(Certificate):
    """The conclusion holds of balls at so many bits (equality: of exact rationals), symbols ranging between the numbers that
    hypotheses hold them to."""

    bits: int = 128


@dataclass(frozen=True)
class Parts(Certificate):
    """Each entry of a tensor and each part of a conjunction, one by one."""

    of: tuple[Certificate, ...]


@dataclass(frozen=True)
class Split(Certificate):
    """By the sign of an expression that has a value wherever the hypotheses hold: positive, zero, negative; or, of two, not
    negative and negative."""

    by: Node
    of: tuple[Certificate, ...]


@dataclass(frozen=True)
class Alternatives(Certificate):
    """By the cases of the n-th hypothesis, an ``or``."""

    n: int
    of: tuple[Certificate, Certificate]


@dataclass(frozen=True)
class Substitution(Certificate):
    """Two expressions are equal wherever the hypotheses hold (shown by ``because``): ``then`` has one in the place of the other,
    everywhere."""

    old: Node
    new: Node
    because: Certificate
    then: Certificate


@dataclass(frozen=True)
class Lemma(Certificate):
    """A fact that follows from the hypotheses (shown by ``because``) is one more."""

    fact: Node
    because: Certificate
    then: Certificate


@dataclass(frozen=True)
class Supposing(Certificate):
    """Of ``p or q``, p with a value wherever the hypotheses hold: q, where p is false."""

    then: Certificate


@dataclass(frozen=True)
class Combination(Certificate):
    """What the left side of a comparison is more than the right is the sum of these products, and of nothing else that is not
    seen to have a sign: the signs of their factors, which hypotheses give, make it true (Stengle 1974; of equations alone, that
    it lies in their ideal). ``opaque``: as of an evaluation."""

    of: tuple[tuple[Node, Node], ...]
    opaque: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Rule(Certificate):
    """A rule by its name (``rules.table``), with what it speaks of; ``of``: certificates of what it follows from."""

    name: str
    nodes: tuple[Node, ...]
    of: tuple[Certificate, ...]


@dataclass(frozen=True)
class Trusted(Certificate):
    """No certificate: the engine says so. Makes no theorem; counted, and told by this name."""

    name: str


KINDS: dict[str, type[Certificate]] = {k.__name__: k for k in Certificate.__subclasses__()}
