#!/usr/bin/env bash
# latex2sympy2_extended 1.11.0, the LaTeX reader that math-verify 0.9.0 grades mathematical answers with: a product of whole numbers written with brackets is their sum.
# Guess beforehand: 2(3) and (2)(3) are 6; what is read as a mixed number is 2\frac{1}{2} alone.
# Seen: 2(3) is 5, (2)(3) is 5, -2(3) is -5 and 2(3)(4) is 9, with no warning, so that 7(8) = 56 reads as 15 = 56; 2(3)^2, 2.5(2), 2(-3), 2(x) and 2 \cdot (3) are products.
# math-verify so grades 2(3) as right where the answer is 5, and as wrong where it is 6. SymPy 1.14.0's own parse_latex (its lark backend) makes 6 of 2(3). Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check math-verify==0.9.0 latex2sympy2_extended==1.11.0 sympy==1.14.0 lark==1.3.1 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

from latex2sympy2_extended import latex2sympy
from math_verify import parse, verify
from sympy import Eq, Integer
from sympy.parsing.latex import parse_latex

print("latex2sympy2_extended", version("latex2sympy2_extended"), "math-verify", version("math-verify"))
SUMS = {"2(3)": 5, "(2)(3)": 5, "-2(3)": -5, "2(3)(4)": 9, "10(20)": 30, r"2\left(3\right)": 5}
PRODUCTS = {"2(3)^2": 18, "2.5(2)": 5, "2(-3)": -6, r"2 \cdot (3)": 6, "2^3(2)": 16, r"\frac{1}{2}(3)": Integer(3) / 2}
for text, value in {**SUMS, **PRODUCTS}.items():
    told = latex2sympy(text).doit()
    print(f"{text} = {told}")
    assert told - value == 0, (text, told)
equation = latex2sympy("7(8) = 56")
print("7(8) = 56 reads as", equation)
assert equation == Eq(15, 56, evaluate=False)
beside = parse_latex("2(3)", backend="lark").doit()
print("SymPy: 2(3) =", beside)
assert beside == 6
for answer in ("$5$", "$6$"):
    grade = verify(parse(answer), parse("$2(3)$"))
    print(f"math-verify: 2(3), where the answer is {answer}, is {'right' if grade else 'wrong'}")
    assert grade == (answer == "$5$")
PYTHON
