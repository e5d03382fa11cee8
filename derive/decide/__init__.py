"""Is ``a == b`` true for all values of its symbols? Exact proofs, rigorous refutations, and the condition in between."""

from derive.decide.cascade import Decision, decide_equal
from derive.decide.relation import decide_holds

__all__ = ["Decision", "decide_equal", "decide_holds"]
