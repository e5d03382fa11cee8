"""``errata read``: what a formula in LaTeX says, by the names that are in scope."""

from __future__ import annotations

import click

from verify.commands.frame import AS_PINNED, Fault, command, say


@command(
    r"""Read a formula in LaTeX: in the language of cases, and typeset again, so that one sees how it was understood.

    What names there are is said by --case, or by --scalars, --shape, --size and --define; a letter that is none of them
    is an error, and so is a formula that can be read in two ways. What was set aside (punctuation, numbers) is told.

    \b
    Examples:
      errata read '\frac{\partial L}{\partial w} = (\hat{y} - y) x' --define 'yhat=w*x' --define 'L=(yhat - y)**2/2'
      errata read '(A^\top A + \lambda I)^{-1} A^\top b' --shape A=4,2 --shape b=4 --scalars lam
      errata read '\mathbf{w}_j^\top x' --shape W=2,3 --shape x=3 --name '\mathbf{w}_j=W[0]'
      errata read '\delta_3 = \hat{y} - y' --case cases/understanding-neural-networks/2.8-three-layer.yaml
    """.replace(r"\b", "\b"),
    epilog="""\b
Exit codes:
  0    it can be read in one way
  2    it can't be read, or in more than one way
  3    an internal error of Errata""",
)
@click.argument("formula", metavar="FORMULA")
@click.option("--case", "case", metavar="FILE", help="Take the names of this case, and its table of names.")
@click.option("--scalars", multiple=True, metavar="NAMES", help="Symbols that are numbers: 'x, y'.")
@click.option("--shape", "shapes", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=n a vector.")
@click.option("--size", "sizes", multiple=True, metavar="NAME=NUMBER", help="A letter in shapes, with a number.")
@click.option("--define", "definitions", multiple=True, metavar="NAME=EXPR", help="A definition, in the language.")
@click.option(
    "--name", "names", multiple=True, metavar="LATEX=EXPR", help="What a symbol of the formula is in the language."
)
def read(
    formula: str, case: str | None, scalars: tuple[str, ...], shapes: tuple[str, ...], definitions: tuple[str, ...],
    names: tuple[str, ...], sizes: tuple[str, ...],
) -> int:  # fmt: skip
    from verify.commands.derivation import Unreadable
    from verify.commands.reading import shown

    try:
        lines = shown(formula, case, scalars, shapes, definitions, names, sizes)
    except Unreadable as bad:
        raise Fault(str(bad)) from None
    for line in lines:
        say(line)
    return AS_PINNED
