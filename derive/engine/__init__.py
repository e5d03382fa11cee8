"""Is ``a == b`` true for all values of its symbols? Exact proofs, rigorous refutations, and the condition in between."""

from derive.engine.closed_forms import decide_equal, decide_holds
from derive.engine.decision import Decision

__all__ = ["Decision", "decide_equal", "decide_holds"]
