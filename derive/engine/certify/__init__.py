"""From what was proved to a theorem: certificates for ``derive.proof.check``, looked for after the verdict.

``decisions`` turns a decision into one with a theorem, ``search`` finds certificates of equations and inequalities, ``fresh``
puts a claim into a graph of its own, ``samples`` tries what stays unchecked at a few points. A new kind of proof is a module here
that hands a certificate, or raises ``Rejected``.
"""

from derive.engine.certify.decisions import certified, certified_at, of_every_size
from derive.engine.certify.search import prove

__all__ = ["certified", "certified_at", "of_every_size", "prove"]
