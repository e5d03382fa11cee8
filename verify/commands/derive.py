"""``errata derive``: formulas and programs from one expression."""

from __future__ import annotations

import click

from verify.commands.frame import AS_PINNED, Fault, command, say


@command(
    """Derive an expression: its gradient, Hessian, Hessian-vector product or Jacobian, as text, LaTeX or a program.

    EXPR is written as in a case, with NumPy's notation. A name without --shape is a scalar. Programs run by
    themselves: they import NumPy, Torch or SymPy and nothing of Errata.

    \b
    Examples:
      errata derive 'log(1 + exp(z))'
      errata derive '(sigmoid(w*x + b) - y)**2/2' --wrt w,b --hessian --to latex
      errata derive 'mean((X @ w - y)**2) + lam*sum(w**2)' --wrt w --shape X=20,3 --shape w=3 --shape y=20
      errata derive 'sum(relu(W @ x)**2)' --wrt W --shape W=4,3 --shape x=3 --hvp V --to torch > loss.py
      errata derive '(sigmoid(w*x + b) - y)**2/2' --wrt w,b --hessian --to numpy --points > fast.py
    """,
    epilog="""\b
Exit codes:
  0    printed
  2    the expression or the arguments are at fault
  3    an internal error of Errata""",
)
@click.argument("expression", metavar="EXPR")
@click.option("--wrt", metavar="NAMES", default="", help="The variables: w or W,b or W[0,1].  [default: the only name]")
@click.option("--shape", "shape_texts", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=3 a vector.")
@click.option(
    "--gradient", "gradient", is_flag=True, help="The gradient; the Jacobian of what is no scalar.  [default]"
)
@click.option("--hessian", "hessian", is_flag=True, help="The Hessian, entry by entry.")
@click.option(
    "--hvp", metavar="NAME", default="", help="The Hessian times a direction of that name (NAME_w, NAME_b, ...)."
)
@click.option("--jacobian", "jacobian", is_flag=True, help="The Jacobian, variables laid end to end.")
@click.option("--to", "form", type=click.Choice(["text", "latex", "sympy", "numpy", "torch", "c"]), default="text")
@click.option("--name", default="f", show_default=True, metavar="NAME", help="Of the expression and of the function.")
@click.option("--points", is_flag=True, help="With --to numpy: for many points at once, in blocks that stay in cache.")
def derive(
    expression: str,
    wrt: str,
    shape_texts: tuple[str, ...],
    gradient: bool,
    hessian: bool,
    hvp: str,
    jacobian: bool,
    form: str,
    name: str,
    points: bool,
) -> int:
    from derive.errors import ExpressionError
    from verify.commands.derivation import Unreadable, derived, written

    asked = {"gradient": gradient, "hessian": hessian, "hvp": bool(hvp), "jacobian": jacobian}
    kinds = [kind for kind, wanted in asked.items() if wanted] or ["gradient"]
    if points and form != "numpy":
        raise Fault("--points goes with --to numpy")
    if not name.isidentifier():
        raise Fault(f"--name: '{name}' is no name for a function")
    try:
        say(written(derived(expression, wrt, shape_texts, kinds, hvp, name), form, name, points))
    except (Unreadable, ExpressionError, NotImplementedError) as bad:
        raise Fault(str(bad)) from None
    return AS_PINNED
