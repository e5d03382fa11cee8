"""Which symbol goes into which argument of a callable, and over what range.

By name where the callable has a parameter of the symbol's name, else in the order of the formula. A parameter that stands
in the formula and has a number as default, and for which no range is given, is held at that number, exactly.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from derive.errors import nearest
from derive.expr.graph import Node
from derive.records import dataclass
from verify.casefile.implementations import plain_value
from verify.conform.calls import Call
from verify.conform.strata import Range

#: A range as users write it: (0, 1), a Range, or one number, which is a fixed value.
Domain = Mapping[str, Any]

#: What the result of a call is, as users write it: an entry of the tuple that it returns (an index, or one a level), or the
#: symbol of an argument, for what that has become.
Result = int | str | Sequence[int] | None


class BadArguments(ValueError):
    """What is asked does not fit: a name that is no symbol, a range that is none, a callable without such a parameter."""


@dataclass(frozen=True)
class Bound:
    """The call, the symbols that vary (in the order of the call's inputs) with their ranges, and those held at a number."""

    call: Call
    symbols: tuple[Node, ...]
    ranges: tuple[Range, ...]
    fixed: Mapping[Node, Fraction]


def bind(
    function: Callable[..., Any],
    symbols: Sequence[Node],
    domain: Domain,
    arguments: Sequence[str] | Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
    result: Result = None,
) -> Bound:
    """``arguments`` are names of symbols by position, or by the name of the parameter; ``options`` further keywords; what
    counts as the ``result`` is what it returns unless this says otherwise.

    Raises BadArguments.
    """
    by_name = {str(s.attr): s for s in symbols}
    for name in domain:
        if name not in by_name:
            raise BadArguments(f"'{name}' has a range, but does not stand in the formula{nearest(name, by_name)}")
    parameters = _parameters(function)
    options = dict(options or {})
    fixed: dict[Node, Fraction] = {}
    varying: list[Node] = []
    for name, s in by_name.items():
        given = domain.get(name)
        if isinstance(given, int | float | Fraction) and not isinstance(given, bool):
            if not math.isfinite(given):
                raise BadArguments(f"'{name}' is held at {given}, which is no number")
            fixed[s] = Fraction(given)
        elif given is None and arguments is None and _number(parameters.get(name)) and len(by_name) > 1:
            fixed[s] = Fraction(parameters[name].default)
        else:
            varying.append(s)
    if not varying:
        raise BadArguments("nothing varies: the formula has no symbol that is not held at a number")
    ranges = tuple(_range(str(s.attr), domain.get(str(s.attr))) for s in varying)
    place = {str(s.attr): i for i, s in enumerate(varying)}
    passed: dict[str, Any] = {}

    def value(name: str) -> Any:
        if name not in by_name:
            raise BadArguments(f"'{name}' is no symbol of the formula{nearest(name, by_name)}")
        return place.get(name, float(fixed[by_name[name]]) if by_name[name] in fixed else None)

    positional: list[int] = []
    keywords: dict[str, int] = {}
    if isinstance(arguments, Mapping):
        for parameter, name in arguments.items():
            _put(parameter, name, value(name), name in place, keywords, passed)
    elif arguments is not None:
        for name in arguments:
            known = value(name)
            if name not in place:
                raise BadArguments(f"'{name}' is held at a number: name it as an option, or by the parameter")
            positional.append(known)
    elif (
        all(n in parameters and parameters[n].kind is not inspect.Parameter.POSITIONAL_ONLY for n in by_name)
        and parameters
    ):
        for name in by_name:
            if name in place:
                keywords[name] = place[name]
            elif name not in options and float(fixed[by_name[name]]) != _default(parameters[name]):
                passed[name] = float(fixed[by_name[name]])
    else:
        only = {n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY and p.default is p.empty}
        positional = [place[n] for n in by_name if n in place and n not in only]
        keywords = {n: place[n] for n in by_name if n in place and n in only}
    part, becomes = _result(result, place)
    call = Call(function, tuple(positional), keywords, {**passed, **options}, part, becomes)
    _must_take(call)
    return Bound(call, tuple(varying), ranges, fixed)


def _result(given: Result, place: Mapping[str, int]) -> tuple[tuple[int, ...], int | None]:
    if isinstance(given, str):
        if given not in place:
            raise BadArguments(f"the result is what '{given}' becomes, which is no argument{nearest(given, place)}")
        return (), place[given]
    part = () if given is None else (given,) if isinstance(given, int) else tuple(given)
    if any(k < 0 for k in part):
        raise BadArguments("entries of a result count from 0")
    return part, None


def _must_take(call: Call) -> None:
    """Raises BadArguments where the callable plainly has no such parameters; a wrapper that takes anything may have them."""
    try:
        signature = inspect.signature(call.function, follow_wrapped=False)
    except (TypeError, ValueError):
        return
    given = [*call.keywords, *call.fixed]
    try:
        signature.bind(*call.positional, **dict.fromkeys(given))
    except TypeError as why:
        unknown = [n for n in given if n not in signature.parameters]
        near = nearest(unknown[0], signature.parameters) if unknown else ""
        raise BadArguments(f"it can't be called with these arguments: {why}{near}") from None


def _put(parameter: str, name: str, value: Any, varies: bool, keywords: dict[str, int], passed: dict[str, Any]) -> None:
    if varies:
        keywords[parameter] = value
    else:
        passed[parameter] = value


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        found = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in found.values()):
        return {}
    return found


def _number(p: inspect.Parameter | None) -> bool:
    return p is not None and isinstance(p.default, int | float) and not isinstance(p.default, bool)


def _default(p: inspect.Parameter) -> Any:
    return p.default if _number(p) else None


def _range(name: str, given: Any) -> Range:
    if given is None:
        return Range()
    if isinstance(given, Range):
        return given
    try:
        low, high = (None if v is None or v in (float("inf"), float("-inf")) else float(v) for v in given)
    except (TypeError, ValueError):
        raise BadArguments(f"the range of '{name}' is a pair such as (0, 1), or one number, not {given!r}") from None
    if low is not None and high is not None and low > high:
        raise BadArguments(f"the range of '{name}' is empty: {low} is greater than {high}")
    return Range(low, high)


def read_range(text: str) -> tuple[str, Range | float]:
    """``p=0,1``, ``p=(0,1]`` or ``alpha=0.5`` of the command line. Raises BadArguments."""
    name, equals, rest = text.partition("=")
    name, rest = name.strip(), rest.strip()
    if not equals or not name.isidentifier():
        raise BadArguments(f"expected NAME=LOW,HIGH such as p=0,1, or NAME=NUMBER, not '{text}'")
    open_low, open_high = rest.startswith("("), rest.endswith(")")
    parts = [p.strip() for p in rest.removeprefix("(").removeprefix("[").removesuffix(")").removesuffix("]").split(",")]
    try:
        numbers = [float(p) for p in parts]
    except ValueError:
        raise BadArguments(f"the range of '{name}' is LOW,HIGH, two numbers or inf, not '{rest}'") from None
    for n, p in zip(numbers, parts, strict=True):
        if math.isnan(n) or (math.isinf(n) and "inf" not in p.lower()):
            raise BadArguments(f"'{p}' is no number of the format float64, in the range of '{name}'")
    if len(numbers) == 1:
        if math.isinf(numbers[0]):
            raise BadArguments(f"'{name}' can't be held at infinity")
        return name, numbers[0]
    if len(numbers) != 2 or not numbers[0] <= numbers[1]:
        raise BadArguments(f"the range of '{name}' is LOW,HIGH with LOW not above HIGH, not '{rest}'")
    if numbers[0] == numbers[1] and (open_low or open_high or math.isinf(numbers[0])):
        raise BadArguments(f"the range of '{name}' is empty: {rest}")
    low, high = (None if math.isinf(v) else v for v in numbers)
    return name, Range(low, high, open_low, open_high)


T = TypeVar("T")


def once(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """By name. Raises BadArguments for a name that is given twice."""
    found: dict[str, T] = {}
    for name, value in pairs:
        if name in found:
            raise BadArguments(f"'{name}' is given twice")
        found[name] = value
    return found


def read_arguments(texts: Sequence[str]) -> list[str] | dict[str, str] | None:
    """``y,yhat`` as the positions of symbols, ``input=x`` as their parameters; None where nothing is said. Raises
    BadArguments."""
    words = [w.strip() for t in texts for w in t.split(",")]
    if not words:
        return None
    named = ["=" in w for w in words]
    if any(named) and not all(named):
        raise BadArguments("arguments go by position or by name, not both: --argument y,yhat, or --argument input=x")
    return {k.strip(): v.strip() for k, v in (w.split("=", 1) for w in words)} if all(named) else words


def read_result(text: str) -> Result:
    """``1`` or ``1,0``, an entry of what is returned; or the name of an argument that is changed. Raises BadArguments."""
    words = [w.strip() for w in text.split(",")]
    if all(w.isdigit() for w in words):
        return tuple(int(w) for w in words)
    if len(words) == 1 and words[0].isidentifier():
        return words[0]
    raise BadArguments(f"expected an entry of the result such as 1, or the name of an argument, not '{text}'")


def read_option(text: str) -> tuple[str, Any]:
    """``reduction=sum``, ``beta=0.5``, ``bias=none``: a keyword and its value, a number, a truth value, None or a word."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise BadArguments(f"expected NAME=VALUE such as reduction=sum, not '{text}'")
    value = value.strip()
    if value[:1] in "([" and value[-1:] in ")]" and len(value) > 1:  # betas=(0.9,0.999)
        return name.strip(), tuple(plain_value(part.strip()) for part in value[1:-1].split(",") if part.strip())
    return name.strip(), plain_value(value)


def read_state(text: str) -> tuple[str, str]:
    """``v=0.1``: a state of an optimizer and its start, which may speak of constants."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip().isidentifier() or not value.strip():
        raise BadArguments(f"expected NAME=START such as v=0.1, not '{text}'")
    return name.strip(), value.strip()
