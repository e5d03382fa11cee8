"""Text to graph and back: the reader and what it calls, printing, typesetting, what composites and tensors mean."""

from __future__ import annotations

from derive.expr.graph import Node


def _text(n: Node) -> str:
    from derive.language.printing import to_text

    return to_text(n)


def _latex(n: Node) -> str:
    from derive.language.cancel import neat
    from derive.language.typeset import latex

    (made,) = neat([n])
    return latex(made)


Node.text, Node.latex = _text, _latex
