"""Inequalities that documents state: bounds of activations, of entropies, convexity, means. What is false is refuted.

What holds stands in textbooks (Hardy, Littlewood and Polya, Inequalities; Cover and Thomas, Elements of Information Theory) or
is an extremum rounded outwards. Beside that, of every one in one variable a bound that a grid of points refutes is never proved.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive import api
from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.engine.properties.line import by_line
from derive.engine.properties.tails import Beyond, Tail
from derive.expr.graph import Graph, Node, topological
from derive.language import reader
from derive.language.components import components, components_all
from derive.language.printing import to_text
from derive.numbers.balls import evaluate, rational, truth
from verify.commands.proof import decide

TRUE: list[tuple[str, list[str]]] = [
    ("log(1 + x) <= x", ["x > -1"]),
    ("exp(x) >= 1 + x", []),
    ("x/(1 + x) <= log(1 + x)", ["x > -1"]),
    ("softplus(x) >= relu(x)", []),
    ("softplus(x) <= relu(x) + log(2)", []),
    # the sides touch where the slope is 0, at no simple number
    ("x*(2 - x**2) <= 4*sqrt(6)/9", ["x >= 0", "x <= 2"]),
    ("x*exp(-x**2) <= 1/sqrt(2*exp(1))", []),
    ("x**2*log(x) >= -1/(2*exp(1))", ["x > 0"]),
    ("exp(x) - 3*x >= 3 - 3*log(3)", []),
    ("log(exp(a) + exp(b)) >= max(a, b)", []),
    ("log(exp(a) + exp(b)) <= max(a, b) + log(2)", []),
    ("log(exp(a) + exp(b) + exp(c)) <= max(a, max(b, c)) + log(3)", []),
    ("log(exp(a) + exp(b) + exp(c)) >= max(a, max(b, c))", []),
    ("-p*log(p) - (1 - p)*log(1 - p) <= log(2)", ["p > 0", "p < 1"]),
    ("-p*log(p) - (1 - p)*log(1 - p) > 0", ["p > 0", "p < 1"]),
    ("-p*log(p) <= exp(-1)", ["p > 0"]),
    ("exp((a + b)/2) <= (exp(a) + exp(b))/2", []),
    ("exp((a + b + c)/3) <= (exp(a) + exp(b) + exp(c))/3", []),
    ("log((a + b)/2) >= (log(a) + log(b))/2", ["a > 0", "b > 0"]),
    ("((a + b)/2)**2 <= (a**2 + b**2)/2", []),
    ("sqrt((a + b)/2) >= (sqrt(a) + sqrt(b))/2", ["a >= 0", "b >= 0"]),
    ("exp(t*a + (1 - t)*b) <= t*exp(a) + (1 - t)*exp(b)", ["t > 0", "t < 1"]),
    ("abs(tanh(a) - tanh(b)) <= abs(a - b)", []),
    ("abs(sigmoid(a) - sigmoid(b)) <= abs(a - b)/4", []),
    ("abs(relu(a) - relu(b)) <= abs(a - b)", []),
    ("abs(sin(a) - sin(b)) <= abs(a - b)", []),
    ("sqrt(a*b) <= (a + b)/2", ["a >= 0", "b >= 0"]),
    ("(a + b + c)/3 >= (a*b*c)**(1/3)", ["a > 0", "b > 0", "c > 0"]),
    ("(a*c + b*d)**2 <= (a**2 + b**2)*(c**2 + d**2)", []),
    ("abs(a*c + b*d) <= sqrt(a**2 + b**2)*sqrt(c**2 + d**2)", []),
    ("a*b <= a**2/2 + b**2/2", []),
    ("a*b <= a**3/3 + 2*b**(3/2)/3", ["a >= 0", "b >= 0"]),
    ("a*b <= eps*a**2 + b**2/(4*eps)", ["eps > 0"]),
    ("(1 + x)**2 >= 1 + 2*x", ["x >= -1"]),
    ("(1 + x)**3 >= 1 + 3*x", ["x >= -1"]),
    ("(1 + x)**5 >= 1 + 5*x", ["x >= -1"]),
    ("(1 + x)**(1/2) <= 1 + x/2", ["x >= -1"]),
    ("1 - eta*mu <= exp(-eta*mu)", []),
    ("(1 - eta*mu)**3 <= exp(-3*eta*mu)", ["eta > 0", "mu > 0", "eta*mu < 1"]),
    ("(1 - eta*mu)**k <= exp(-eta*mu*k)", ["eta > 0", "mu > 0", "eta*mu < 1", "k > 0"]),
    ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 0", ["p > 0", "p < 1", "q > 0", "q < 1"]),
    ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 2*(p - q)**2", ["p > 0", "p < 1", "q > 0", "q < 1"]),
    ("where(abs(x) <= c, x**2/2, c*(abs(x) - c/2)) <= x**2/2", ["c > 0"]),
    ("where(abs(x) <= c, x**2/2, c*(abs(x) - c/2)) >= 0", ["c > 0"]),
    ("where(abs(x) <= c, x**2/2, c*(abs(x) - c/2)) <= c*abs(x)", ["c > 0"]),
    ("-y*log(p) - (1 - y)*log(1 - p) >= 0", ["p > 0", "p < 1", "y >= 0", "y <= 1"]),
    ("abs(gelu(x) - gelu_tanh(x)) < 0.0005", []),
    ("d(gelu(x), x) <= 1.13", []),
    ("d(gelu(x), x) >= -0.13", []),
    ("gelu(x) >= -0.17", []),
    ("gelu(x) <= relu(x)", []),
    ("x*sigmoid(x) >= -0.2785", []),
    ("d(x*sigmoid(x), x) <= 1.1", []),
    ("d(x*sigmoid(x), x) >= -0.1", []),
    ("abs(x*sigmoid(1.702*x) - gelu(x)) < 0.021", []),
    ("d(softplus(x), x) < 1", []),
    ("d(d(softplus(x), x), x) <= 1/4", []),
    ("abs(d(d(sigmoid(x), x), x)) <= 0.0963", []),
    ("abs(d(d(tanh(x), x), x)) <= 0.77", []),
    ("abs(tanh(x)) <= abs(x)", []),
    ("abs(sin(x)) <= abs(x)", []),
    ("cos(x) >= 1 - x**2/2", []),
    ("sin(x) <= x", ["x >= 0"]),
    ("(exp(x) - exp(-x))/2 >= x", ["x >= 0"]),
    ("(exp(x) + exp(-x))/2 <= exp(x**2/2)", []),
    ("log((exp(x) + exp(-x))/2) <= x**2/2", []),
    ("log((exp(x) + exp(-x))/2) >= abs(x) - log(2)", []),
    ("log((exp(x) + exp(-x))/2) <= abs(x)", []),
    ("1 - 1/x <= log(x)", ["x > 0"]),
    ("log(x) <= x - 1", ["x > 0"]),
    ("x*exp(-x) <= exp(-1)", []),
    ("exp(-x**2/2) <= 1", []),
    ("x**2*exp(-x) <= 4*exp(-2)", ["x >= 0"]),
    ("log(x) <= sqrt(x)", ["x > 0"]),
    ("exp(-x) <= 1 - x + x**2/2", ["x >= 0"]),
    ("exp(x) <= 1/(1 - x)", ["x < 1"]),
    ("erf(x) <= 1", []),
    ("1 - Phi(x) <= exp(-x**2/2)/2", ["x >= 0"]),
    ("1 - Phi(x) <= exp(-x**2/2)/(x*sqrt(2*pi))", ["x > 0"]),
    ("log(1 + exp(-m)) >= 0", []),
    ("log(1 + exp(-m))/log(2) >= where(m <= 0, 1, 0)", []),
    ("max(0, 1 - m) >= where(m <= 0, 1, 0)", []),
    ("exp(-m) >= where(m <= 0, 1, 0)", []),
    ("where(x > 0, x, exp(x) - 1) >= -1", []),
    ("where(x > 0, x, exp(x) - 1) >= x", []),
    ("min(relu(x), 6) <= 6", []),
    ("x*min(max(x + 3, 0), 6)/6 >= -3/8", []),
    ("sqrt(x**2 + 1) - 1 <= abs(x)", []),
    ("sqrt(x**2 + 1) - 1 <= x**2/2", []),
    ("a**2 + b**2 + c**2 >= a*b + b*c + c*a", []),
    ("(a + b)**2 <= 2*a**2 + 2*b**2", []),
    ("abs(a + b) <= abs(a) + abs(b)", []),
    ("abs(abs(a) - abs(b)) <= abs(a - b)", []),
    ("sqrt((a + c)**2 + (b + d)**2) <= sqrt(a**2 + b**2) + sqrt(c**2 + d**2)", []),
    ("max(a, b) <= sqrt(a**2 + b**2)", ["a >= 0", "b >= 0"]),
    ("sqrt(a**2 + b**2) <= abs(a) + abs(b)", []),
    ("abs(a) + abs(b) <= sqrt(2)*sqrt(a**2 + b**2)", []),
    ("p*(1 - p) <= 1/4", []),
    ("1/(1 + exp(-x)) > 0", []),
    ("2*p*(1 - p) <= -p*log(p) - (1 - p)*log(1 - p)", ["p > 0", "p < 1"]),
    ("4*p*(1 - p) <= (-p*log(p) - (1 - p)*log(1 - p))/log(2)", ["p > 0", "p < 1"]),
    ("(1 + 1/n)**n <= exp(1)", ["n > 0"]),
]

#: What holds where its logarithms and roots have values, and where that is.
WHERE_IT_SPEAKS: list[tuple[str, list[str], list[str]]] = [
    ("log(x) <= x - 1", [], ["x > 0"]),
    ("sqrt(x) <= (1 + x)/2", [], ["x >= 0"]),
    ("x*log(x) >= -exp(-1)", [], ["x > 0"]),
    ("sqrt(x)*log(x) <= x**2", ["x >= 0"], ["x > 0"]),
    ("-p*log(p) - (1 - p)*log(1 - p) <= log(2)", ["p >= 0", "p <= 1"], ["1 - p > 0", "p > 0"]),
    ("log(x) + log(y) <= x + y", [], ["x > 0", "y > 0"]),
    ("0 <= sqrt(x) and sqrt(x) <= 1 + x", [], ["x >= 0"]),
    ("sqrt(x) >= 0", [], ["x >= 0"]),
]

FALSE: list[tuple[str, list[str]]] = [
    ("log(x) <= x - 2", []),
    ("sqrt(x) <= x", []),
    ("sqrt(x*y) <= (x + y)/2", []),
    ("log(1 + x) <= x - x**2/2", ["x > -1"]),
    ("log(1 + x) >= x", ["x > -1"]),
    ("exp(x) >= 1 + x + x**2/2", []),
    ("exp(x) > 1 + x", []),
    ("exp(x) <= 1 + x + x**2", []),
    ("softplus(x) <= relu(x)", []),
    ("softplus(x) <= relu(x) + 0.69", []),
    ("softplus(x) <= x + log(2)", []),
    ("log(exp(a) + exp(b)) <= max(a, b)", []),
    ("log(exp(a) + exp(b) + exp(c)) <= max(a, max(b, c)) + log(2)", []),
    ("-p*log(p) - (1 - p)*log(1 - p) <= 0.69", ["p > 0", "p < 1"]),
    ("-p*log(p) <= 0.36", ["p > 0"]),
    ("-p*log(p) >= 0", ["p > 0"]),
    ("exp((a + b)/2) >= (exp(a) + exp(b))/2", []),
    ("abs(tanh(a) - tanh(b)) <= abs(a - b)/2", []),
    ("abs(sigmoid(a) - sigmoid(b)) <= abs(a - b)/5", []),
    ("sqrt(a*b) >= (a + b)/2", ["a >= 0", "b >= 0"]),
    ("a*b <= a**2/4 + b**2/4", []),
    ("a*b <= eps*a**2 + b**2/(5*eps)", ["eps > 0"]),
    ("(1 + x)**3 >= 1 + 3*x", []),
    ("(1 + x)**2 >= 1 + 3*x", ["x >= -1"]),
    ("(1 + x)**(1/2) >= 1 + x/2", ["x >= -1"]),
    ("1 - x >= exp(-x)", []),
    ("(1 - eta*mu)**2 <= exp(-3*eta*mu)", ["eta > 0", "mu > 0", "eta*mu < 1"]),
    ("(1 - x)**2 <= exp(-2*x)", []),
    ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 3*(p - q)**2", ["p > 0", "p < 1", "q > 0", "q < 1"]),
    ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) <= 1", ["p > 0", "p < 1", "q > 0", "q < 1"]),
    ("p*log(p/q) >= 0", ["p > 0", "p < 1", "q > 0", "q < 1"]),
    ("where(abs(x) <= c, x**2/2, c*(abs(x) - c/2)) >= x**2/2", ["c > 0"]),
    ("where(abs(x) <= c, x**2/2, c*(abs(x) - c/2)) >= abs(x)", ["c > 0"]),
    ("abs(gelu(x) - gelu_tanh(x)) < 0.0004", []),
    ("d(gelu(x), x) <= 1", []),
    ("d(gelu(x), x) <= 1.12", []),
    ("gelu(x) >= -0.16", []),
    ("gelu(x) >= 0", []),
    ("x*sigmoid(x) >= -0.278", []),
    ("d(x*sigmoid(x), x) <= 1.09", []),
    ("abs(x*sigmoid(1.702*x) - gelu(x)) < 0.02", []),
    ("abs(d(d(sigmoid(x), x), x)) <= 0.096", []),
    ("abs(d(d(tanh(x), x), x)) <= 0.76", []),
    ("tanh(x) <= x", []),
    ("cos(x) <= 1 - x**2/4", []),
    ("sin(x) >= x/2", ["x >= 0"]),
    ("(exp(x) + exp(-x))/2 <= exp(x**2/3)", []),
    ("log(x) <= x - 1.1", ["x > 0"]),
    ("log(x) >= 1 - x", ["x > 0"]),
    ("x*exp(-x) <= 0.36", []),
    ("log(x) <= x**(1/4)", ["x > 0"]),
    ("exp(x) <= 1/(1 - x)", ["x != 1"]),
    ("1 - Phi(x) <= exp(-x**2/2)/3", ["x >= 0"]),
    ("log(1 + exp(-m)) >= where(m <= 0, 1, 0)", []),
    ("exp(-m) >= where(m <= 1, 1, 0)", []),
    ("where(x > 0, x, exp(x) - 1) > -1/2", []),
    ("x*min(max(x + 3, 0), 6)/6 >= -1/3", []),
    ("sqrt(x**2 + 1) - 1 >= abs(x) - 1/2", []),
    ("a**2 + b**2 >= 3*a*b", []),
    ("abs(a + b) >= abs(a) + abs(b)", []),
    ("abs(a) + abs(b) <= sqrt(a**2 + b**2)", []),
    ("p*(1 - p) <= 1/5", []),
    ("2*p*(1 - p) >= -p*log(p) - (1 - p)*log(1 - p)", ["p > 0", "p < 1"]),
    ("(1 - 1/n)**n >= 0.35", ["n >= 1"]),
]


def read(claim: str, assuming: list[str]) -> list[Node]:
    scope, g = api.scope(" and ".join(f"({t})" for t in (claim, *assuming)), {})
    return [reader.parse(t, scope, g, boolean=True) for t in (claim, *assuming)]


@pytest.mark.parametrize(("claim", "assuming"), TRUE)
def test_what_holds_is_proved(claim: str, assuming: list[str]) -> None:
    condition, *given = read(claim, assuming)
    assert decide(condition, given).status == "proved"


@pytest.mark.parametrize(("claim", "assuming"), FALSE)
def test_what_is_false_is_refuted(claim: str, assuming: list[str]) -> None:
    condition, *given = read(claim, assuming)
    found = decide(condition, given)
    if found.status == "proved-if":
        assert found.missing
    else:
        assert found.status == "refuted"
    assert found.witness is not None
    at = {n: rational(v) for n, v in found.witness.items()}
    (wanted,), *met = components_all(expand_all([condition, *given]))
    assert truth(wanted, at) is False
    assert all(truth(c, at) is True for part in met for c in part)


@pytest.mark.parametrize(("claim", "assuming", "missing"), WHERE_IT_SPEAKS)
def test_what_holds_where_it_has_values_is_told_where_that_is(
    claim: str, assuming: list[str], missing: list[str]
) -> None:
    condition, *given = read(claim, assuming)
    found = decide(condition, given)
    assert found.status == "proved-if"
    assert sorted(map(reader.to_text, found.missing)) == missing
    at = {n: rational(v) for n, v in (dict.fromkeys(_symbols(condition), 1) | dict(found.witness or {})).items()}
    assert truth(condition, at) is None
    assert all(truth(c, at) is True for c in given)
    assert f"no value at {reader.to_text(next(iter(found.witness or {})))} = " in str(found)


def test_a_branch_that_is_not_taken_needs_no_value() -> None:
    condition, *given = read("where(x > 0, x*log(x), 0) <= x**2", ["x >= 0"])
    assert decide(condition, given).status in ("proved", "undecided")


def _alone(claim: str, assuming: list[str]) -> tuple[Node, Node, Domain] | None:
    """The difference of the sides of a claim in one symbol, the symbol, and its domain."""
    wanted, *given = expand_all(read(claim, assuming))
    (wanted,) = components(wanted)
    if wanted.op not in ("ge", "le"):
        return None
    more, less = wanted.args if wanted.op == "ge" else wanted.args[::-1]
    h = wanted.graph.sub(more, less)
    symbols = _symbols(h)
    return (h, symbols[0], Domain(given).entries()) if len(symbols) == 1 else None


def _symbols(n: Node) -> list[Node]:
    return [m for m in topological([n]) if m.op == "symbol"]


GRID = [Fraction(k, 32) for k in range(-640, 641)]


@pytest.mark.parametrize(("claim", "assuming"), TRUE)
def test_no_sharper_bound_is_proved(claim: str, assuming: list[str]) -> None:
    """Less by a little more than the least value on a grid, a true bound is false: no line of cells and tails may show it."""
    alone = _alone(claim, assuming)
    if alone is None:
        pytest.skip("not of one symbol, or strict")
    h, x, domain = alone
    values = []
    for v in GRID:
        at = {x: rational(v)}
        value = evaluate([h], at)[0]
        if all(truth(c, at) is True for c in domain.hypotheses) and not isinstance(value, Exception):
            values.append(value)
    assert all(not bool(v < 0) for v in values)
    least = min(Fraction(float(v)) for v in values)
    for more in (Fraction(1, 10**9), Fraction(1, 10**3)):
        sharper = h.graph.sub(h, h.graph.const(least + more))
        assert by_line(sharper, x, False, domain) is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("x - tanh(x)", 1),
        ("x - x*Phi(x)", 1),
        ("0.0005 - gelu(x) + gelu_tanh(x)", 1),
        ("exp(-x**2/2)/2 - (1 - Phi(x))", 1),
        ("(1 - Phi(x)) - exp(-x**2/2)/3", -1),
        ("x*exp(-x) - (1 - exp(-x))*log(1 - exp(-x))", 1),
        ("sqrt(x**2 + 1) - x", 1),
        ("x**5*exp(-x) - 1/x", -1),
        ("erf(x) - tanh(x)", 1),
        ("sigmoid(x) - Phi(x)", -1),
        ("2 + sin(x) - 1/x", 1),
    ],
)
def test_tails_have_the_sign_of_points_far_out(text: str, sign: int) -> None:
    scope, g = api.scope(f"({text}) > 0", {})
    f = components(expand_all([reader.parse(text, scope, g)])[0])[0]
    x = scope["x"]
    for start in (2, 4, 8, 16, 32):
        try:
            found = Tail(x, Fraction(start)).sign(f)
            break
        except Beyond:
            continue
    else:
        pytest.fail("not settled")
    assert found == sign
    for v in (start, start + 1, 2 * start, 50):
        value = evaluate([f], {x: rational(v)}, 4096)[0]
        assert bool(value > 0) if sign > 0 else bool(value < 0)


@pytest.mark.parametrize(
    "text",
    ["sin(x)", "x*sin(x)", "log(x)", "sqrt(sin(x))", "log(-x)", "exp(sqrt(x)) - x", "log(1 + exp(-x)) - exp(-x)"],
)
def test_tails_that_are_not_enclosed(text: str) -> None:
    scope, g = api.scope(f"({text}) > 0", {})
    with pytest.raises(Beyond):
        Tail(scope["x"], Fraction(8)).sign(reader.parse(text, scope, g))


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("log(x) > 0", ["x < 0"]),  # of an empty domain nothing is said
        ("exp(x) > 2 - y", ["x > 1", "x < 0"]),
        ("abs(sin(x)) < 1/2", ["x > 1", "x < 0"]),
        ("(1 - exp(-a))*(1 - exp(-b)) > 0", ["a >= 0", "b > 0"]),
    ],
)
def test_what_is_not_proved(claim: str, assuming: list[str]) -> None:
    condition, *given = read(claim, assuming)
    assert decide(condition, given).status != "proved"


@pytest.mark.parametrize(
    ("claim", "conditions"),
    [
        ("2*p*(1 - p) <= -p*log2(p) - (1 - p)*log2(1 - p)", {"p > 0", "1 - p > 0"}),
        ("log2(x) <= x", {"x > 0"}),
        ("log10(x) <= x", {"x > 0"}),
        ("log(x) <= x - 1", {"x > 0"}),
    ],
)
def test_what_a_composite_needs_is_a_condition(claim: str, conditions: set[str]) -> None:
    g = Graph()
    found = decide_condition(reader.parse(claim, {n: g.symbol(n) for n in ("p", "x")}, g), Domain(()))
    assert (found.status, set(map(to_text, found.conditions))) == ("proved-if", conditions)
