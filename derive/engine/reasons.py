"""Why something was decided: a term of one table, and what it is about; worded here and nowhere else.

Nothing that is decided reads a sentence. Who needs to know on what grounds something was decided asks for the term; who needs a
condition or a point finds it in the decision (``engine.decision``), which adds these to what is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, unique
from fractions import Fraction

from derive.expr.graph import Node
from derive.language.printing import point_text, to_text
from derive.records import dataclass

MAX_TOLD = 4  # conditions that a sentence names

Point = tuple[tuple[Node, Fraction], ...]

#: Names, numbers in print, and messages of errors are texts; a tuple of these is a vector or an index.
Part = Node | int | str | Fraction | tuple[Node, ...] | tuple["Reason", ...] | Point | tuple[int | str, ...] | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A term and its parts, by name; ``str`` gives the sentence."""

    term: Why
    about: tuple[tuple[str, Part | Reason], ...] = ()

    def __str__(self) -> str:
        parts = {name: _said(part) for name, part in self.about}
        kept = _OPTIONAL.sub(lambda m: m[1] if all(parts.get(n) for n in _fields(m[1])) else "", self.term.value)
        return _FIELD.sub(lambda m: "" if m[2] else parts[m[1]], kept)

    def part(self, name: str) -> Part | Reason:
        """What it is about, by name; None where it has no such part."""
        return dict(self.about).get(name)

    def said(self, name: str) -> str:
        """The same for people; "" where there is none."""
        return _said(self.part(name))

    def mapped(self, change: Callable[[Reason], Reason]) -> Reason:
        """The same with what it says of an entry, of an example of functions, or among others, changed."""
        if self.term not in (Why.ENTRY, Why.EXAMPLE, Why.ALL_OF):
            return change(self)
        made = tuple((name, _mapped(part, change)) for name, part in self.about)
        return self if made == self.about else Reason(self.term, made)


def _mapped(part: Part | Reason, change: Callable[[Reason], Reason]) -> Part | Reason:
    if isinstance(part, Reason):
        return part.mapped(change)
    reasons = [p.mapped(change) for p in part if isinstance(p, Reason)] if isinstance(part, tuple) else []
    return tuple(reasons) or part


# In a wording ``{x}`` is the part x; what stands in brackets is left out where a part in it is missing or empty; ``{x?}`` says
# nothing, but counts there.
_FIELD = re.compile(r"\{(\w+)(\?)?\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


def _fields(wording: str) -> list[str]:
    return [m[1] for m in _FIELD.finditer(wording)]


def _said(part: Part | Reason) -> str:
    """A part for people; "" where there is none."""
    match part:
        case None | ():
            return ""
        case Node():
            return to_text(part)
        case tuple():
            match part[0]:
                case Node():
                    return listed(part)
                case Reason():
                    return "; ".join(map(str, part))
                case tuple():
                    return point_text(dict(part))
            return f"[{', '.join(map(str, part))}]"
    return str(part)


def listed(conditions: Sequence[Node]) -> str:
    """Conditions for people, joined by ``and``; of many the first."""
    more = len(conditions) - MAX_TOLD
    return " and ".join(map(to_text, conditions[:MAX_TOLD])) + (f" and {more} more" if more > 0 else "")


@unique
class Why(Enum):
    """The terms, with their wordings. A term is called with its parts: ``Why.FAILS_AT(at=point)``."""

    def __call__(self, **about: Part | Mapping[Node, Fraction] | Reason) -> Reason:
        held = ((k, tuple(v.items()) if isinstance(v, Mapping) else v) for k, v in about.items())
        return Reason(self, tuple(held))

    @property
    def parts(self) -> list[str]:
        """The names of its parts, those that may be left out last."""
        must = _fields(_OPTIONAL.sub("", self.value))
        return list(dict.fromkeys([*must, *_fields(self.value)]))

    # -- what a decision tells besides its grounds
    ENTRY = "entry {index}: {of}"
    WHERE = "{of}, where {conditions}"
    HOLDS_IF = "holds if {missing}[, where {rest}][; {fails}][; {of}]"
    ALL_OF = "{reasons}[; ...{more?}]"
    EXAMPLE = "for {functions}: {of}"

    # -- equations
    SAME_EXPRESSION = "both sides are the same expression"
    RATIONAL_IN_DEFINITIONS = "one rational function, with definitions as variables"
    RATIONAL_IN_FUNCTIONS = "one rational function, with functions as variables"
    PARTS_OF_SUMS = "one normal form of each of {count} parts of the sums"
    NORMAL_FORM = "one normal form[ in each of {regions} regions]"
    NORMAL_FORM_IN_ONE = "one normal form in one region"
    EVERY_SIDE_OF_KINKS = "one normal form for every setting of the kinks"
    MATRIX_PRODUCTS = "one normal form of matrix products"
    ACTION = "one normal form of what both do to a vector"
    EXACT_VALUES = "the exact values are equal"
    COEFFICIENTS = "one polynomial, by the exact values of its coefficients"
    SQUARES_EQUAL = "the squares of the sides are one, and neither is negative"
    CONSTANT = "the difference of the sides has the slope 0, and is 0 at a point[, in each of {cases} cases]"
    NOT_EQUAL = "not equal[ at {at}]: the left side is {left}, the right side {right}"
    SIDES_AT = "at {at} the left side is {left}, the right side {right}"
    SIDES_ARE = "the sides are {left} and {right}"
    NOT_EQUAL_NAMED = "not equal[ at {at}]: {one} is {left}, {other} {right}"
    DIFFERS = "differs from {name}[ at {at}]: the document's is {left}, the standard {right}"
    SIDE_LACKS_VALUE = "the {side} side has no value[ at {at}]: {why}"
    NO_VALUE = "no value[ at {at}]: {why}"

    # -- conditions
    HOLDS = "holds"
    HOLDS_AT = "holds at {at}"
    EVERYWHERE = "holds on the whole domain[, in each of {regions} regions]"
    THERE = "holds there[, in each of {regions} regions]"
    NOWHERE = "holds nowhere on the domain"
    FAILS = "does not hold"
    FAILS_AT = "does not hold at {at}"
    LACKS_VALUE_AT = "has no value at {at}"
    OF_EXACT_VALUES = "holds of the exact values of its sides"
    EACH_PART = "each part is proved"
    EVERY_ENTRY = "holds of every entry, whatever the sizes"

    # -- inequalities
    FALLS_AND_RISES = "the difference falls up to {at}, rises from there, and is {least} there"
    FALLS_AND_RISES_NOT_BELOW = "the difference falls up to {at}, rises from there, and is not below 0 there"
    ABOVE_LIMIT = "the difference falls towards {end}, where its limit is not below 0"
    BOTH_SIDES_OF = "holds on either side of {at}"
    TAILS_AND_CELLS = "in the tails by growth, in {cells} cells between by balls"
    CELLS = "in each of {cells} cells balls keep the sides apart"
    MEAN_VALUE = "by the mean value theorem, from a bound on the slope"
    SIMPLER = "by simpler inequalities that imply it"
    TERMS = "each term of the sum has the sign of the whole"
    MEANS = "by weighted arithmetic and geometric means"
    PERIODS = "on each of {parts} parts of a period of what is rounded"
    ENVELOPES = "from what each max and each absolute value is never less than, and each min never more"
    TANGENTS = "by tangents of what is convex"
    SUM_OF_SQUARES = "a sum of squares, and of what is not negative"
    SUM_OF_SQUARES_NOT_ZERO = "a sum of squares that are not all 0, and of what is not negative"
    LEAST_PARTS = "each part of the sum is least at a place, and there it holds"

    # -- iterations
    ORDER_BY_SLOPES = "its first derivative that is not 0 at the fixed point is that of order {order}"
    NO_FIXED_POINT = "{point} is no fixed point: {of}"
    EARLIER_ORDER = "its derivative of order {order} at the fixed point is not 0: {of}"
    LATER_ORDER = "its derivative of order {order} at the fixed point is 0, too: the order is higher"
    SLOPE_NOT_SHOWN = "by its derivative of order {order} at the fixed point: {of}"
    OTHER_FACTOR = "the factor is another: {of}"
    STEP_HAS_KINKS = "the step has kinks: its derivatives at the fixed point are not looked at"
    STEP_NEEDS = "whether {need} at the fixed point is not known"
    CLOSED_FORMS = "with closed forms, which are shown by induction: {of}"
    UNFOLDED = "by unfolding the steps, whatever the state after {steps} of them"
    INDUCTION = "by induction on {steps}"
    INDUCTION_FROM = "by induction on {steps}: shown at {steps} = {first} and {second}, and at {steps} + 1 from {steps}"
    AT_STEP = "at {steps} = {number}: {of}"
    FIRST_STEPS = "{steps} = {first} and {second}: {of}"
    NEXT_STEP = "{steps} + 1 from {steps} >= {second}: {method}"
    AT_FIRST_STEPS = "at {steps} = {first} and {second}: {of}"
    NOT_ASSUMED_THERE = "what is assumed does not hold there"
    NOT_EVERY_STEP = "not proved for every {steps}[ ({stopped})]"
    WAY_STOPPED = "{of}: {status}"
    EARLIER_STATES = "speaks of earlier states"
    STATES_OF_EACH_OTHER = "the formulas speak of each other's states"
    STEPS_WITHOUT_VALUES = "{iteration} has no value without values for its symbols"
    TOO_MANY_STEPS = "{count} steps are too many to be written out, and not all symbols have values"
    DIFFERENT_INPUTS = "speaks of one iteration with different inputs"
    DIFFERENT_STEPS = "speaks of different numbers of steps"
    STEPS_ARE_INPUT = "'{steps}' is the number of steps and an input of the iteration"
    INPUT_IS_STATE = "an input of the iteration is one of its own states"
    STATE_AND_LATER = "speaks of a state, and of the same after t steps"
    ABOUT_STEPS_FROM = "about {steps} from {first} on"
    BEFORE_THE_START = "speaks of the state before the start at {steps} = {number}"
    BEFORE_STEP = "speaks of a state before that at t"
    NEED_AT_EVERY_STEP = "it is not shown that {need} at every {steps}"
    STEPS_NOT_AFFINE = "a number of steps that is no symbol plus a number"

    # -- convexity, monotony
    COMPOSITION = "{way} by composition, whatever the sizes"
    COMPOSED = "{way} by composition"
    COMPOSITION_AND_DERIVATIVES = "{way} by composition and second derivatives"
    ABOVE_CHORD = (
        "at the midpoint {middle} of {low} and {high} the value lies on the wrong side of the chord[, with {held}]"
    )
    BENDS_OTHERWISE = "at {at} the second derivative has the other sign, whatever the other symbols are"
    MONOTONE = "{way} on its whole domain, by the sign of its slope"
    VALUES_AT = "at {at} the value is {one}, at {there} it is {two}"
    SLOPE_AT = "at {at} the slope is {slope}"

    # -- smoothness
    ANALYTIC = "every operator in it is analytic where it has a value"
    CONTINUOUS_OPERATORS = "every operator in it is continuous where it has a value"
    BRANCHES_MEET = "its branches meet where one takes over from the other"
    ONE_SLOPE_AT_KINKS = "where it has a value, the slopes from both sides are one at every kink"
    SLOPES_DIFFER_AT = "at {variable} = {at} the slopes from both sides differ, whatever the other symbols are"
    SLOPES_AT = "at {at} the slope is {left} from the left, {right} from the right"
    TENDS_ELSEWHERE = "at {at} the value is {here}, and from the {side} it tends to {there}"
    JUMPS_AT = "at {at} the value is {here}, close to it {there}"
    STEEP = "at {at} the difference quotient tends to {end} from the {side}"
    STEEP_BOTH = "at {at} the difference quotient tends to {left} from the left and {right} from the right"

    # -- definiteness, rank
    GRAM = "a sum of products B.T @ B, multiples and inverses of such"
    GERSHGORIN = "its diagonal dominates its rows (Gershgorin's discs)"
    FORM_POSITIVE = "its quadratic form is positive"
    FORM_NOT_NEGATIVE = "its quadratic form is nowhere negative"
    MINORS_POSITIVE = "its principal minors are positive"
    MINORS_NOT_NEGATIVE = "its principal minors are nowhere negative"
    ELIMINATION = "by elimination of its numbers"
    NOT_SYMMETRIC = "not symmetric: entries {one} and {other} differ[ at {at}]"
    FORM_IS_NEGATIVE = "v.T @ A @ v is negative for v = {vector}[ at {at}]"
    FORM_IS_NOT_POSITIVE = "v.T @ A @ v is not positive for v = {vector}[ at {at}]"
    MINOR_NOT_POSITIVE = "a principal minor is not positive: {of}"
    RANK_BY_MINORS = "by its minors: those that are larger vanish, and one of that size does not"
    RANK_BY_ELIMINATION = "the rank is {rank}, by elimination"
    RANK_AT = "the rank is {rank}[ at {at}]"

    # -- optima, subgradients
    GRADIENT_OF_TENSORS = "the gradient is 0 there, by one normal form of matrix products"
    GRADIENT_ENTRIES = "every entry of the gradient is 0 there"
    AND_CONVEX = "{of}; the function is convex"
    AND_STRICTLY_CONVEX = "{of}; the function is strictly convex"
    SLOPES_THERE_DIFFER = "the slopes to both sides differ there: {left} and {right}"
    BY_SLOPES_THERE = "by the slopes at the point, whatever the other symbols are"
    NOWHERE_LESS = "nowhere is the function less"
    PARTS_NOWHERE_LESS = "nowhere is any part of the sum less"
    PARTS_NOWHERE_AS_SMALL = "nowhere else is any part of the sum as small"
    LEAST_BY_HESSIAN = "it is least there, and its Hessian is positive definite: nowhere else"
    ELSEWHERE_GREATER = "everywhere else the function is greater"
    FALLS_THEN_RISES = "the function falls up to the point and rises from there, so nowhere is it less"
    FALLS_THEN_RISES_ONLY = "the function falls up to the point and rises from there, and nowhere else is it as small"
    AS_SMALL_AT = "as small at {at}"
    SUBDIFFERENTIAL = "convex, and both ends are its slopes to the left and to the right"
    SLOPE_IS_NOT_END = "[at {at} ]the slope to the {side} is {slope}, and the end claimed is {end}"
    NO_SUBGRADIENT = "{slopes} is no subgradient at {at}: at {there} the function is {value}, less than {line}"

    # -- limits and growth
    RATIO = "the ratio tends to {limit}[, where {assumed}]"
    FOR_CASE = "for {case} {of}"
    EVERY_SIGN = "{of}, and so on for every sign of {parameter}"
    VALUE_IS = "{of} = {value}[ ({trusted}, trusted)][, where {assumed}]"
    IS_FINITE = "{of} is finite"
    IS_FINITE_IF_ANY = "{of} is finite where it has a value"

    # -- undecided: no point, or no claim
    CONTRADICTION = "the assumptions contradict each other"
    NO_POINT_ASSUMED = "no point was found that satisfies the assumptions"
    NO_POINT_VALUED = "no point was found at which both sides have a value"
    NO_POINT_GIVES_VALUES = "no point was found that [satisfies the assumptions and {assumed?}]gives both sides a value"
    NO_POINT_MEETS = "no point was found at which {conditions}"
    VALUES_ONLY_WHERE = "both sides have a value only where {conditions}"
    NO_DERIVED_VALUE = "what is differentiated has no value anywhere: nothing is claimed"
    NO_POINT_NO_PROOF = "no point was found, and no proof that there is none"
    OPEN = "no proof was found, and no point at which it fails"

    # -- undecided: limits of work, and other faults
    LIMIT = "a limit of work was reached: {limit}"
    LIMIT_BEFORE = "a limit of work was reached before this was looked at"
    TOO_DEEP = "nested too deeply"
    TOO_MANY_ENTRIES = (
        "as products of matrices the sides differ in form, no point was found that tells them apart, "
        "and there are too many entries to look at each"
    )
    FAULT = "{fault}"
    NOT_DECLARED = "engine fault: the tactic {tactic} answered {status}, and does not declare that"
    ENGINE_FAULT = "engine contradiction: proved by {trusted}, and false at {at}"
    NOT_TOLD_APART = "the sides are not told apart at the highest precision"
    OWN_SIDES_NOT_TOLD_APART = "its sides are not told apart"

    # -- undecided: equations and conditions
    IN_REGION = "{region}: {of}"
    FORMS_DIFFER = "the normal forms differ, but no point was found that tells the sides apart"
    CONDITION_MAY_MATTER = "equal where both sides have a value, but whether {condition} matters is not settled"
    ONE_SIDE_LACKS_VALUE = "one side has no value, and the condition for it was not found"
    NOT_SUFFICIENT = "fails somewhere[ ({of})], and whether {conditions} suffices is not settled"
    NOT_EVERYWHERE = "holds if {conditions}, and whether that is so everywhere is not settled"
    PROPERTY_AT_POINT = "fails at a point of which it is not settled whether {assumed} holds for it: {of}"
    NEITHER_PROPERTY = "neither of two properties was proved"
    SPEAKS_OF_VARIABLE = "a condition speaks of {variable}, the variable of a property: say it among the assumptions"
    NO_WAY = "no way is known to decide {usage}"

    # -- undecided: properties
    NO_CONVEX_DOMAIN = "the assumptions leave a domain that is not known to be convex"
    NO_INTERVAL = "the assumptions leave a domain that is not known to be an interval"
    RESTRICTED = "the domain of the variables is restricted"
    CONVEXITY_OPEN = "no rule of composition applies, and the second derivatives are not settled"
    CHORDS_OPEN = (
        "how it is written does not show it, no two points were found whose chord does, and there are "
        "too many entries to look at each"
    )
    BEND_OPEN = "no point was found at which the second derivative has the other sign throughout"
    SLOPE_OPEN = "the sign of the slope is not settled on the whole domain"
    HELD_VALUE = "what is held has a value that changes and a slope of 0"
    POWER_OF_ZERO = "whether a power of 0 is met is not settled"
    BRANCHES_OPEN = "whether its branches meet is not settled"
    KINKS_OPEN = "at a kink the slopes from both sides were not told apart"
    HIGHER_OPEN = "it is differentiable; of higher derivatives nothing is settled"
    SLOPES_OPEN = "no point was found at which the slopes from both sides differ, whatever the other symbols are"
    FORM_NOT_WRITTEN = (
        "of {size} by {size} entries no quadratic form is written out, and how it is written does not show it"
    )
    SYMMETRY_OPEN = "whether it is symmetric is not settled: {of}"
    MINORS_NOT_WRITTEN = "minors of a {size} by {size} matrix are not written out"
    FORM_OPEN = "neither the sign of the quadratic form nor that of a principal minor is settled"
    MINORS_NOT_ZERO = "the minors of {rows} rows were not shown to vanish"
    MINORS_NOT_NONZERO = "no minor of {rows} rows was shown to be nonzero everywhere"
    VALUE_THERE_OPEN = "whether the function has a value there is not settled"
    DIFFERENTIABLE_THERE_OPEN = "whether the function is differentiable there is not settled"
    KINK_THERE = "the function may have a kink at the point"
    NO_SLOPE_SETTLES = "no slope at the point settles it for all values of the other symbols"
    POINT_SPEAKS_OF_VARIABLE = "the point depends on the variable itself"
    POINT_IN_DOMAIN_OPEN = "whether the point lies in the domain is not settled"
    POINT_INSIDE_OPEN = "whether the point lies inside the domain is not settled"
    VALUE_AT_POINT_OPEN = "whether the function has a value at the point is not settled"
    LEAST_OPEN = "neither the inequality nor convexity was proved"
    ONLY_OPEN = "whether it is the only one is not settled"
    CONVEX_OPEN = "whether the function is convex is not settled"
    NO_BOX = "the ends are right entry by entry, and a kink lies on several entries at once, so the set is no box"
    NO_RULE_AT_KINK = "no rule gives the slope of the function at its kink"
    GROWTH_OF_SCALARS = "growth is decided along a scalar symbol"
    RATIO_OPEN = "the limit of the ratio was not found: {why}"
