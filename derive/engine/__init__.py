"""Is ``a == b`` true for all values of its symbols? Exact proofs, rigorous refutations, and the condition in between."""

from derive.engine.decision import Decision
from derive.engine.induction import decide_equal, decide_holds

__all__ = ["Decision", "decide_equal", "decide_holds"]
