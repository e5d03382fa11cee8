r"""LaTeX in: formulas as documents print them, read to the language by the names and shapes that are in scope.

``read`` never guesses. A letter that is not in scope is an error; every token is read, or told as set aside; where two
readings remain that differ, the error shows both, with the line of ``names:`` that settles it. Tokens, tree and meaning are
apart: ``tokens`` and ``layout`` know LaTeX, ``grammar`` how formulas are nested, ``resolve`` and its parts what is meant.
"""

from derive.language.latex.mentions import mentioned
from derive.language.latex.statements import Reading, Said, read

__all__ = ["Reading", "Said", "mentioned", "read"]
