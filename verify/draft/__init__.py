"""A starter case of each section of a document: what can be read of its formulas, tables and numbers, and why the rest can't.

Nothing is guessed in silence: a formula with more than one reading, a letter whose shape is not said, a name that is defined
twice stand as comments with the reason.
"""

from verify.draft.model import Drafted
from verify.draft.sections import Unclear, drafts

__all__ = ["Drafted", "Unclear", "drafts"]
