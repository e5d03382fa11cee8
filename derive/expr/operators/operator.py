"""What an elementwise operator is: one object that the calculus, the numbers, the engine and the backends read."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Any, Literal

from derive.records import dataclass

if TYPE_CHECKING:
    from derive.expr.graph import Node

MAX_ORDER = 20  # of a polygamma function

#: Which argument must compare how with which number: ``(0, "gt", 0)``.
Requirement = tuple[int, str, int]


@dataclass(frozen=True)
class Operator:
    """An elementwise operator of real arguments.

    What it is: ``define(sympy, *args)``, the SymPy expression that defines it; SymPy is handed in, so that reading this does
    not import it. ``off_kinks`` are its derivatives by each argument where SymPy has no function for it; ``select``, by the
    sign of its first argument, and the operator itself are handed in. ``derivatives``, of first and second order (for the
    arguments (0, 0), (0, 1), ..., (1, 1), ...), are code over the graph ``g``, the value ``y`` and the arguments ``a``, ``b``:
    where what SymPy derives would overflow or cancel, or jumps. None is zero.

    How it is written: ``latex`` with one ``{}`` an argument (``powered`` where people write the power of its value
    on its name), ``infix`` in the language, ``numpy`` and ``torch`` in programs
    (``ufunc``: NumPy's function for what is written infix), ``sympy`` the class that it is there, where the name is another or it
    is defined by pieces here.

    Where it has a value: ``needs``, said for people by ``domain``; None where its arguments suffice. A callable looks at
    the node.

    Its values: ``ball`` of Arb balls inside of that domain, ``exact`` at rationals where it is rational, and ``range``, their
    infimum and supremum (a callable is handed the type of balls). Of what rises these are its limits at the ends of its domain.

    ``orders``: so many of its first arguments are no variables but whole numbers, from 0 up to ``MAX_ORDER``.

    Its course: ``sign`` (1 or -1 where a node has it at all values of its arguments, else 0),
    ``rises`` (nondecreasing in every argument), ``bends`` (convex or concave, jointly in its arguments),
    ``vanishes`` (0 where its argument is).

    Its kinks: ``turns``, its slope may jump, where ``kink`` says; ``jumps``, its value may. They are where ``turns_on``, of the
    arguments, is 0 (that of a ``where`` is its condition's); ``pieces`` are what it is where that is positive, and where it
    is negative.
    """

    name: str
    arity: int
    summary: str
    define: Callable[..., Any]
    latex: str
    powered: bool = False
    infix: str = ""
    numpy: str = ""
    torch: str = ""
    sympy: str = ""
    ufunc: str = ""
    boolean: bool = False
    derivatives: tuple[tuple[str | None, ...], tuple[str | None, ...]] | None = None
    off_kinks: tuple[Callable[..., Any], ...] = ()
    domain: str = ""
    needs: Requirement | Callable[[Node], Requirement | None] | None = None
    ball: Callable[..., Any] | None = None
    exact: tuple[Fraction | int, Fraction | int] | None = None
    range: tuple[float, float] | Callable[[Any], tuple[Any, Any]] | None = None
    orders: int = 0
    sign: Callable[[Node], int] | None = None
    rises: bool = False
    bends: Literal["convex", "concave", ""] = ""
    vanishes: bool = False
    transcendental: bool = False
    turns: bool = False
    jumps: bool = False
    kink: str = ""
    turns_on: Callable[..., Node] | None = None
    pieces: Callable[..., tuple[Node | int, Node | int]] | None = None

    def requirement(self, n: Node) -> Requirement | None:
        """What a node of this operator needs of its arguments to have a value where they have one."""
        return self.needs(n) if callable(self.needs) else self.needs

    @property
    def numpy_function(self) -> str:
        """The name of the one function of NumPy that it is; "" where it takes more."""
        found = re.fullmatch(r"np\.(\w+)\(\{\}(, \{\})*\)", self.numpy)
        return self.ufunc or (found.group(1) if found else "")

    @property
    def never_below(self) -> float:
        """A number that it has no value below."""
        return self.range[0] if isinstance(self.range, tuple) else -inf

    @property
    def smooth(self) -> bool:
        """Whether it has derivatives of every order wherever it has a value, but for the end of its domain."""
        return not (self.turns or self.boolean)

    @property
    def total(self) -> bool:
        """Whether it has a value wherever its arguments have one."""
        return self.needs is None
