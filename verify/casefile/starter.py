"""The case that ``errata new NAME`` writes: short, commented, and it passes."""

from __future__ import annotations

SCHEMA = "errata.schema.json"  # beside the case, for editors

_TEXT = """\
# yaml-language-server: $schema={schema}
# A case: what a stretch of a document defines, and what it claims.
# Check it as you write:  errata check {file}        Judge it:  errata run {file}
# The language: docs/cases.md. Editors complete and check the keys by the schema that the first line names.
title: {title}
source: {{section: "1.1"}}

symbols:                      # the document's inputs, read exactly: 0.1 is 1/10
  x: [1, 2]                   # a vector; a matrix is [[1, 2], [3, 4]]
  w: [0.5, -0.25]
  b: {{value: 0.1, in: [-1, 1]}} # "in" is the range in which NumPy and Torch are tested
  y: 1
  z: {{}}                       # a symbol without a value: any real number

define:                       # the document's own names, in any order
  a: w @ x + b
  yhat: sigmoid(a)
  L: (y - yhat)**2/2

derive:                       # derived, typeset, and checked against SymPy, NumPy and Torch
  - grad(L, [w, b])
  - hessian(L, [w, b])

claims:
  # A formula holds if it is proved for all values of its symbols.
  - {{id: sigmoid-prime, where: Eq. 1, of: "d(sigmoid(z), z)", equals: sigmoid(z)*(1 - sigmoid(z))}}
  # A printed number holds if its digits are the correct rounding of the exact value.
  - {{id: a, where: Eq. 2, of: a, prints: 0.1}}
  - {{id: yhat, where: Eq. 3, of: yhat, prints: 0.52498}}
  - {{id: dL-da, where: Eq. 4, of: "d(L, a)", by: (yhat - y)*yhat*(1 - yhat), prints: -0.11846}}
  # A vector is printed entry by entry: a list of ids, a list of numbers.
  - {{id: [dL-dw1, dL-dw2], where: Eq. 5, of: "d(L, w)", by: "d(L, a)*x", prints: [-0.11846, -0.23692]}}
  # Displayed arithmetic is judged from its own printed factors.
  - {{id: eq5-arithmetic, where: Eq. 5, shows: (-0.11846)*2, prints: -0.23692}}
  - {{id: loss, where: Eq. 6, of: L, prints: 0.11282}}
  # A verdict other than "holds" is pinned once you have looked at it, with the reason.
  - {{id: yhat-again, where: Eq. 7, of: yhat, prints: 0.5249, verdict: truncated, because: "cut off; rounded it is 0.5250"}}
"""


def starter(name: str) -> str:
    """The text of a new case file called ``name``."""
    title = name.replace("-", " ").replace("_", " ").strip().capitalize() or "A case"
    quoted = f'"{title}"' if set(title) & set(":#{}[]&*!|>'\"%@`,") else title
    return _TEXT.format(title=quoted, file=f"{name}.yaml", schema=SCHEMA)
