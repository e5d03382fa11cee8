"""Attacks on the engine that decides: statements whose truth is known by hand or by an independent tool.

The first were written from the documentation alone, before the engine's code was read; the last of each list after reading it.
A line is a claim and clauses after `` ; ``: ``if a & b`` gives assumptions, ``with A[2,2], v[3]`` shapes, ``fun phi:1`` abstract
functions. What is true may be proved, true under a condition or undecided, never refuted; what is false never proved. A line
that starts with ``~`` takes long and is left out of the tests.
"""

from __future__ import annotations

import re

from derive.expr.graph import Graph, Node
from derive.language.abstract import function
from derive.language.names import names_in
from derive.language.reader import parse

TRUE: dict[str, str] = {}

TRUE["limits"] = """
limit((1 - eps)**D, D, inf) == 0 ; if 0 < eps & eps < 1
limit((1 + a/x)**x, x, inf) == exp(a)
limit((1 + a/x)**(b*x), x, inf) == exp(a*b)
limit(x**a, x, inf) == 0 ; if a < 0
limit(x**a*exp(-x), x, inf) == 0
limit(x**a*exp(-b*x), x, inf) == 0 ; if b > 0
limit((a*x + 1)/(b*x + 1), x, inf) == a/b ; if b > 0
limit(sin(a*x)/x, x, 0) == a
limit((exp(a*x) - exp(b*x))/x, x, 0) == a - b
limit((x**n - 1)/(x - 1), x, 1) == n
limit(x*log(x), x, 0, 1) == 0
limit(x**x, x, 0, 1) == 1
limit(abs(x)/x, x, 0, -1) == -1
limit(relu(x)/x, x, 0, 1) == 1
limit(x*(1 - erf(x))*exp(x**2), x, inf) == 1/sqrt(pi)
limit(gelu(x), x, -inf) == 0
limit(gelu(x) - x, x, inf) == 0
limit(x*gelu(x), x, -inf) == 0
limit(silu(x), x, -inf) == 0
limit(softplus(x) - relu(x), x, inf) == 0
limit(softplus(x) - relu(x), x, -inf) == 0
limit((exp(x) - 1 - x - x**2/2 - x**3/6)/x**4, x, 0) == 1/24
limit((exp(x) - exp(-x) - 2*x)/x**3, x, 0) == 1/3
limit((tanh(x) - x + x**3/3)/x**5, x, 0) == 2/15
limit((log(1 + x) - x + x**2/2)/x**3, x, 0) == 1/3
limit((erf(x)*sqrt(pi)/2 - x + x**3/3)/x**5, x, 0) == 1/10
limit(x + sqrt(x**2 + x), x, -inf) == -1/2
limit(sqrt(x**2)/x, x, -inf) == -1
limit(log(1 + exp(t*x))/t, t, inf) == relu(x)
limit(tanh(t*x), t, inf) == sign(x)
~ limit((x**p + y**p)**(1/p), p, inf) == max(x, y) ; if x > 0 & y > 0
limit((x**p + y**p)**(1/p), p, 0, 1) == inf ; if x > 0 & y > 0
~ limit(((x**p + y**p)/2)**(1/p), p, 0) == sqrt(x*y) ; if x > 0 & y > 0
limit((x**h - 1)/h, h, 0) == log(x) ; if x > 0
limit((tanh(x + h) - tanh(x))/h, h, 0) == 1 - tanh(x)**2
limit((abs(x + h) - abs(x))/h, h, 0, 1) == 1 ; if x >= 0
limit(relu(h*x)/h, h, 0, 1) == relu(x)
limit(relu(h*x)/h, h, 0, -1) == -relu(-x)
limit(binomial(n, 2)/n**2, n, inf) == 1/2
limit(exp(-1/x**2)/x**10, x, 0) == 0
limit(exp(-1/x), x, 0, 1) == 0
limit(exp(-1/x), x, 0, -1) == inf
limit(1/(1 + exp(1/x)), x, 0, -1) == 1
limit(sin(x)/x, x, inf) == 0
limit(exp(a*x), x, inf) == 0 ; if a < 0
limit(x + sin(x), x, inf) == inf
limit((1 - x)**n, n, inf) == 0 ; if 0 < x & x < 2
limit((x + 1)**x/x**x, x, inf) == exp(1)
limit(log(x)**log(log(x))/x, x, inf) == 0
limit(x**log(x)/exp(sqrt(x)), x, inf) == 0
limit(x**log(x)/exp(log(x)**2), x, inf) == 1
limit(exp(x + 1/x) - exp(x), x, inf) == inf
limit(where(x > 0, 1, 2), x, 0, -1) == 2
limit(where(x == 0, 5, x), x, 0) == 0
limit(max(x, 1/x), x, 0, 1) == inf
limit(sigmoid(t*x), t, inf) == (sign(x) + 1)/2
limit(x/(abs(x) + eps), eps, 0, 1) == sign(x)
limit(sqrt(x**2 + eps), eps, 0, 1) == abs(x)
limit(m/sqrt(v + eps), eps, 0, 1) == m/sqrt(v) ; if v > 0
limit((1 - b**t)/(1 - b), t, inf) == 1/(1 - b) ; if 0 < b & b < 1
limit((1 - b**t)/(1 - b), b, 1) == t
limit((1 - 1/n)**n, n, inf) == exp(-1)
limit(erf(x)/x, x, 0) == 2/sqrt(pi)
limit(log(1 - erf(x))/x**2, x, inf) == -1
limit(log(Phi(x))/x**2, x, -inf) == -1/2
limit(log(sigmoid(x))/x, x, -inf) == 1
limit(gelu(x)/x, x, -inf) == 0
limit(gelu(x) - gelu_tanh(x), x, inf) == 0
limit(d(gelu(x), x), x, inf) == 1
limit(x*(exp(a/x) - 1), x, inf) == a
limit((x + a)/(x + b), x, a) == 2*a/(a + b) ; if a > 0 & b > 0
limit((x**2 - a**2)/(x - a), x, a) == 2*a
limit(abs(x - a)/(x - a), x, a, -1) == -1
limit(1/(x - a), x, a, 1) == inf
limit(log(abs(x)), x, 0) == -inf
supremum(sigmoid(x), x) == 1
infimum(sigmoid(x), x) == 0
supremum(d(sigmoid(x), x), x) == 1/4
supremum(x*exp(-x), x) == exp(-1)
infimum(x*log(x), x) == -exp(-1) ; if x > 0
supremum(abs(tanh(x)), x) == 1
supremum(x**2, x) == 4 ; if x > -2 & x < 1
infimum(x**2, x) == 1 ; if x > 1
~ supremum(a*x, x) == abs(a) ; if -1 <= x & x <= 1
supremum(a*x - x**2, x) == a**2/4
supremum(x*y - exp(x), x) == y*log(y) - y ; if y > 0
~ infimum(x**4 - x**2, x) == -1/4
supremum(sin(x) + cos(x), x) == sqrt(2)
supremum(x/(1 + x**2), x) == 1/2
infimum(exp(x), x) == 0
supremum(min(x, 1 - x), x) == 1/2
supremum(where(x < 1, x, 0), x) == 1
infimum((x - a)**2 + b, x) == b
infimum(a*x**2, x) == 0 ; if a >= 0
infimum(x + 1/x, x) == 2 ; if x > 0
infimum(x**2*(x - 1)**2 - 10**(-9), x) == -1/10**9
supremum(1/x, x) == inf ; if x > 0
supremum(1/x, x) == 1 ; if x >= 1
supremum(x - x**3, x) == inf
~ supremum(x**3 - x, x) == 2*sqrt(3)/9 ; if -1 <= x & x <= 1
supremum(log(x)/x, x) == exp(-1) ; if x > 0
supremum(where(x == 1, 5, tanh(x)), x) == 5
grows_at_most(3*n**2 + n*log(n), n**2, n)
grows_slower(n*log(n), n**2, n)
grows_like(log(n), log(n**2 + 1), n)
asymptotic(log(n + 1), log(n), n)
grows_at_most(n*sin(n), n, n)
grows_at_most(2 + sin(n), 1, n)
grows_like(2 + sin(n), 1, n)
grows_at_most(n**a, n, n) ; if a <= 1
grows_slower(n**a, n, n) ; if a < 1
grows_at_most(a*n + b, n, n)
grows_like(a*n, n, n) ; if a != 0
grows_at_most(h**3, h**2, h, 0)
grows_slower(h**2, h, h, 0)
grows_at_most(tanh(h) - h, h**3, h, 0)
grows_slower(exp(-1/abs(h)), h**10, h, 0)
grows_slower(exp(-n), n**(-100), n)
grows_slower(2**n, 3**n, n)
grows_at_most((1 - eps)**n, 1, n) ; if 0 < eps & eps < 1
grows_like(binomial(n, 3), n**3, n)
grows_at_most(0 - n**2, n**2, n)
asymptotic(1 - erf(x), exp(-x**2)/(x*sqrt(pi)), x)
asymptotic(gelu(x), -exp(-x**2/2)/sqrt(2*pi), x, -inf)
not grows_at_most(n**2, n, n)
not grows_at_most(a*n, 1, n) ; if a != 0
at(limit(x + y, x, 0), y=x) == x
at(limit(x + y, x, 0), x=5) == y
at(supremum(a*x - x**2, x), a=x) == x**2/4
limit(limit(x*y, x, y), y, 2) == 4
limit(limit((x - y)/(x + y), x, 0, 1), y, 0, 1) == -1
limit(limit((x - y)/(x + y), y, 0, 1), x, 0, 1) == 1
d(limit((x + h)**2, h, 0), x) == 2*x
d(supremum(a*x - x**2, x), a) == a/2
d(supremum(-(x - a)**2, x), a) == 0
d(limit(sin(t*x)/t, t, inf), x) == 0
at(d(limit((x + h)**3, h, 0), x), x=2) == 12
supremum(sqrt(x - 3) - sqrt(x - 3) - x**2, x) == -9
supremum(log(x - 3) - log(x - 3) - x**2, x) == -9
supremum(limit(x**2*t/(t + 1), t, inf), x) == inf
limit(where(x < 3, x, 10), x, 3, -1) == 3
limit(1/(1 + x**(2*n)), n, inf) == 1 ; if abs(x) < 1
~ limit(x**n, n, inf) == 0 ; if abs(x) < 1
~ limit(x**n/n, n, inf) == 0 ; if abs(x) <= 1
limit(x**n/factor, n, inf) == inf ; if x > 1 & factor > 0
~ limit((a**n + b**n)**(1/n), n, inf) == a ; if a > b & b > 0
~ limit(log(a**n + b**n)/n, n, inf) == log(a) ; if a >= b & b > 0
"""

TRUE["properties"] = """
convex(x**4, x)
convex(x**3, x) ; if x >= 0
concave(x**3, x) ; if x <= 0
convex(exp(a*x), x)
convex(a*x**2, x) ; if a >= 0
convex(x**2*y**2, x)
convex(x*y, x)
concave(x*y, x)
convex(x**2 + sin(x), x)
convex(x**2/2 + sin(x), x)
convex(relu(x) + relu(x - 1), x)
convex(1/x, x) ; if x > 0
concave(1/x, x) ; if x < 0
convex(gelu(x), x) ; if -1 <= x & x <= 1
convex(gelu(x), x) ; if -1.41 < x & x < 1.41
convex(-log(x), x)
convex(x*log(x), x)
convex(sqrt(1 + x**2), x)
convex(log(1 + x**2), x) ; if -1 <= x & x <= 1
convex(max(x**2, 2*x - 1 + a), x)
convex(norm(A @ v - w), v) ; with A[2,2], v[2], w[2]
convex(v[0]**2 + v[0]*v[1] + v[1]**2, v) ; with v[2]
convex(v[0]**2 + 2*v[0]*v[1] + v[1]**2, v) ; with v[2]
~ convex(v[0]**2 + a*v[0]*v[1] + v[1]**2, v) ; with v[2] ; if abs(a) <= 2
~ convex(v[0]**2/v[1], v) ; with v[2] ; if v[1] > 0
convex(where(x < 0, 0, x), x)
increasing(x + sin(x), x)
nondecreasing(relu(x), x)
increasing(x**3 + x/10**6, x)
increasing(x**2, x) ; if x >= 0
increasing(a*x, x) ; if a > 0
nondecreasing(a*x, x) ; if a >= 0
increasing(-1/x, x) ; if x > 0
increasing(1/(1 + exp(-a*x)), x) ; if a > 0
nondecreasing(clip(x, -1, 1), x)
increasing(log(x), x)
increasing(erf(x), x)
~ increasing(gelu(x), x) ; if x >= 0
~ increasing(silu(x), x) ; if x >= -1.27
increasing(where(x < 0, x - 1, x), x)
decreasing(exp(-x)/(1 + x), x) ; if x >= 0
decreasing(1/x, x) ; if x < 0
decreasing(x*exp(-x), x) ; if x >= 1
nonincreasing(abs(x), x) ; if x <= 0
~ positive_definite([[2, 1], [1, 2]])
positive_semidefinite([[1, 1], [1, 1]])
positive_semidefinite([[0, 0], [0, 1]])
~ positive_definite([[1, a], [a, 1]]) ; if abs(a) < 1
~ positive_semidefinite([[1, a], [a, 1]]) ; if abs(a) <= 1
positive_semidefinite(A.T @ A) ; with A[3,2]
~ positive_definite(A.T @ A + eps*eye(2)) ; with A[3,2] ; if eps > 0
positive_semidefinite(A @ A.T) ; with A[3,2]
positive_semidefinite(outer(u, u)) ; with u[3]
~ positive_semidefinite(eye(3) - outer(u, u)) ; with u[3] ; if norm(u) == 1
positive_semidefinite(diag(softmax(z)) - outer(softmax(z), softmax(z))) ; with z[3]
positive_semidefinite(hessian(logsumexp(z), z)) ; with z[2]
~ positive_definite([[x**2 + 1, x], [x, 1]])
positive_semidefinite([[x**2, x], [x, 1]])
smooth(exp(-x**2), x)
differentiable(x*abs(x), x)
continuous(abs(x), x)
differentiable(relu(x)**2, x)
smooth(sqrt(x**2 + 1), x)
continuous(where(x > 0, x, 0), x)
differentiable(where(x > 0, x**2, 0), x)
smooth(where(x > 0, x**2, x**2), x)
continuous(where(x > a, x, 0), x) ; if a == 0
continuous(where(x > a, x - a, 0), x)
differentiable(where(abs(x) <= 1, x**2/2, abs(x) - 1/2), x)
differentiable(relu(x), x) ; if x > 0
~ differentiable(elu(x), x)
continuous(leaky_relu(x), x)
smooth(softplus(x), x)
differentiable(abs(x)**3, x)
smooth(abs(x)**2, x)
smooth(abs(x)**4, x)
smooth(log(x), x) ; if x > 0
differentiable(max(x**2, a), x) ; if a < 0
differentiable(max(x**2, a), x) ; if a <= 0
differentiable(abs(x - a)*(x - a), x)
differentiable(abs(x - 1)*(x - a), x) ; if a == 1
differentiable(norm(v)**2, v) ; with v[2]
continuous(norm(v), v) ; with v[2]
differentiable(abs(x)**a, x) ; if a > 1
differentiable(where(x == 0, 0, x**2*sin(1/x)), x)
continuous(where(x == 0, 1, sin(x)/x), x)
differentiable(relu(x) - relu(-x), x)
smooth(max(x, 0) + min(x, 0), x)
smooth(sqrt(x**4), x)
smooth(abs(x)*sign(x), x)
not differentiable(abs(x - a), x)
not convex(x**3 + a*x, x)
not convex(abs(x)**p, x) ; if p > 0 & p < 1
not differentiable(a*abs(x), x) ; if a != 0
not positive_definite([[1, a], [a, 1]]) ; if a > 1
minimizer((x - a)**2, x, a)
unique_minimizer((x - a)**2, x, a)
minimizer(x**4 - x**2, x, 1/sqrt(2))
minimizer(abs(x - a) + abs(x - b), x, a)
unique_minimizer(abs(x - a) + abs(x - b), x, a) ; if a == b
minimizer(a*x**2, x, 0) ; if a >= 0
unique_minimizer(a*x**2, x, 0) ; if a > 0
~ minimizer(norm(X @ w - y)**2 + lam*norm(w)**2, w, inv(X.T @ X + lam*eye(2)) @ X.T @ y) ; with X[3,2], w[2], y[3] ; if lam > 0
minimizer(exp(x) - x, x, 0)
stationary(x**3, x, 0)
minimizer((x - 1)**2, x, 2) ; if x >= 2
minimizer(-(p*log(x) + (1 - p)*log(1 - x)), x, p) ; if 0 < p & p < 1 & 0 < x & x < 1
minimizer(x*log(x), x, exp(-1)) ; if x > 0
minimizer(relu(x), x, -5)
minimizer(mean((v - c)**2), c, mean(v)) ; with v[3]
unique_minimizer(mean((v - c)**2), c, mean(v)) ; with v[3]
~ minimizer(lam*abs(x) + (x - a)**2/2, x, sign(a)*relu(abs(a) - lam)) ; if lam > 0
stationary(x**2*y, x, 0)
stationary(a*x, x, 0) ; if a == 0
continuous(x**a, x) ; if x > 0
stationary(x**2 - 2*x, x, 1) ; if x > 0
a >= 0 ; if convex(a*x**2, x)
a > 0 ; if increasing(a*x + b, x)
convex(2*a*x**2, x) ; if convex(a*x**2, x)
convex(where(x == 1, 1 - (x - 1)**2, x**2) + a, x)
stationary(where(x == 0, 0, x**2), x, 0)
stationary(x**2, x, 0)
stationary(norm(v)**2, v, zeros(2)) ; with v[2]
stationary(sqrt(x**2 + 1), x, 0)
stationary(relu(x), x, -1)
stationary(norm(X @ w - y)**2, w, inv(X.T @ X) @ X.T @ y) ; with X[3,2], w[2], y[3]
~ unique_minimizer(norm(v), v, zeros(2)) ; with v[2]
minimizer(norm(v - u), v, u) ; with v[2], u[2]
minimizer(sqrt(x**2 + 1), x, 0)
"""

TRUE["inequalities"] = """
x**2 - 2*x + 1 >= 0
x**2 - 2*x + 1 + 10**(-12) > 0
x**4 - 4*x**2 + 4 >= 0
sin(x) <= 1
sin(x) + sin(sqrt(2)*x) < 2
tanh(x) < 1
sigmoid(x) > 0
x*exp(-x) <= 0.36788
exp(x) >= exp(1)*x
exp(x) >= 2.718281828*x
exp(x) > x**2 ; if x > 0
exp(x) > x**2.71 ; if x > 0
log(x) <= x/2.71 ; if x > 0
x**2 + 1000000 >= 2000*x
exp(-x**2) > 0
x <= 10**10 or x > 10**10
max(x, -x) >= 0
relu(x - 5)*relu(5 - x) <= 0
min(relu(x - 1), relu(1 - x)) == 0
abs(x + y) <= abs(x) + abs(y)
abs(abs(x) - abs(y)) <= abs(x - y)
max(x, y) >= (x + y)/2
max(x, y)*min(x, y) == x*y
max(x*x, y*y) >= x*y
relu(x*y) == relu(x)*relu(y) + relu(-x)*relu(-y)
relu(x - y) >= relu(x) - relu(y)
x**2 > 1 ; if x > 1 or x < -1
x != 0 ; if x > 1 or x < -1
x/y >= 0 ; if x*y >= 0 & y != 0
x > 0 ; if x >= 0 & x != 0
x == 1 ; if x**2 == 1 & x > 0
abs(x) == 1 ; if x**2 == 1
abs(x + y) <= sqrt(2) ; if x**2 + y**2 == 1
x*y <= 1/2 ; if x**2 + y**2 == 1
x == 0 ; if x*y == 0 & y != 0
x == y ; if x**3 == y**3
x == y ; if exp(x) == exp(y)
x < 1.4143 ; if x**2 < 2
p*(1 - p) <= 1/4
(x + y + z)/3 >= (x*y*z)**(1/3) ; if x > 0 & y > 0 & z > 0
x/y + y/x >= 2 ; if x*y > 0
~ x**4 + y**4 + z**4 + 1 >= 4*x*y*z
x**4*y**2 + x**2*y**4 + 1 >= 3*x**2*y**2
log(1 + x) <= x - x**2/2 + x**3/3 ; if x >= 0
sin(x) <= x ; if x >= 0
~ sin(x) >= x - x**3/6 ; if x >= 0
~ cos(x) >= 1 - x**2/2
~ tanh(x) >= x - x**3/3 ; if x >= 0
~ tanh(x) <= x - x**3/3 + 2*x**5/15 ; if x >= 0
erf(x) <= 2*x/sqrt(pi) ; if x >= 0
erf(x) < 1
~ gelu(x) >= -0.17
silu(x) >= -0.2785
~ abs(sigmoid(x) - sigmoid(y)) <= abs(x - y)/4
~ abs(tanh(x) - tanh(y)) <= abs(x - y)
softmax(z) > 0 ; with z[3]
~ logsumexp(z) >= max(z) ; with z[3]
~ logsumexp(z) <= max(z) + log(3) ; with z[3]
~ norm(v, 1) <= sqrt(3)*norm(v) ; with v[3]
~ norm(v) <= norm(v, 1) ; with v[3]
(x - y)**2 <= 2*x**2 + 2*y**2
x**2*y**2 <= (x**4 + y**4)/2
~ softplus(x) > relu(x)
~ softplus(x) <= relu(x) + log(2)
x + y > 0 ; if x > 0 & y >= 0
x <= y ; if x < y or x == y
a*x + (1 - a)*y <= max(x, y) ; if 0 <= a & a <= 1
~ exp(a*x + (1 - a)*y) <= a*exp(x) + (1 - a)*exp(y) ; if 0 <= a & a <= 1
abs(1 - eta*lam) < 1 ; if eta > 0 & lam > 0 & eta < 2/lam
abs(a) < 1 ; if positive_definite([[1, a], [a, 1]])
"""

TRUE["matrices"] = """
trace(A @ B) == trace(B @ A) ; with A[2,3], B[3,2]
det(2*A) == 4*det(A) ; with A[2,2]
det(2*A) == 8*det(A) ; with A[3,3]
det(-A) == det(A) ; with A[2,2]
A @ B == B @ A ; with A[1,1], B[1,1]
inv(A) @ A == eye(2) ; with A[2,2]
R @ R.T == eye(3) ; with R[3,3] ; if R.T @ R == eye(3)
R @ R.T @ R == R ; with R[3,2] ; if R.T @ R == eye(2)
trace(R @ R.T) == 2 ; with R[3,2] ; if R.T @ R == eye(2)
~ det(R)**2 == 1 ; with R[2,2] ; if R.T @ R == eye(2)
norm(R @ x) == norm(x) ; with R[3,2], x[2] ; if R.T @ R == eye(2)
norm(R.T @ y) == norm(y) ; with R[2,3], y[2] ; if R @ R.T == eye(2)
(eye(2) - P) @ (eye(2) - P) == eye(2) - P ; with P[2,2] ; if P @ P == P
P @ (eye(2) - P) == zeros(2, 2) ; with P[2,2] ; if P @ P == P
(A + B) @ (A + B) == A @ A + A @ B + B @ A + B @ B ; with A[3,3], B[3,3]
~ (A + B) @ (A + B) == A @ A + 2*A @ B + B @ B ; with A[2,2], B[2,2] ; if A @ B == B @ A
~ (A + B) @ (A - B) == A @ A - B @ B ; with A[2,2], B[2,2] ; if A @ B == B @ A
(A @ B @ A).T == A @ B @ A ; with A[3,3], B[3,3] ; if A.T == A & B.T == B
x @ A @ x == 0 ; with A[3,3], x[3] ; if A.T == -A
trace(A) == 0 ; with A[3,3] ; if A.T == -A
~ det(A) == 0 ; with A[3,3] ; if A.T == -A
x @ A @ y == -(y @ A @ x) ; with A[3,3], x[3], y[3] ; if A.T == -A
norm(u*a) == abs(a) ; with u[3] ; if norm(u) == 1
~ u @ v <= 1 ; with u[2], v[2] ; if norm(u) == 1 & norm(v) == 1
(eye(2) - 2*outer(u, u)) @ (eye(2) - 2*outer(u, u)) == eye(2) ; with u[2] ; if norm(u) == 1
~ det(eye(2) - 2*outer(u, u)) == -1 ; with u[2] ; if norm(u) == 1
sum(p*a) == a ; with p[3] ; if sum(p) == 1
mean(p) == 1/3 ; with p[3] ; if sum(p) == 1
p <= 1 ; with p[2] ; if sum(p) == 1 & p >= 0
p @ (x - p @ x) == 0 ; with p[3], x[3] ; if sum(p) == 1
sum(diag(p) - outer(p, p), axis=0) == zeros(3) ; with p[3] ; if sum(p) == 1
x @ A @ u == lam*(x @ u) ; with A[2,2], u[2], x[2] ; if A @ u == lam*u
A @ A @ u == lam**2*u ; with A[2,2], u[2] ; if A @ u == lam*u
~ norm(A @ u) == abs(lam)*norm(u) ; with A[2,2], u[2] ; if A @ u == lam*u
d(x @ A @ x, x) == (A + A.T) @ x ; with A[3,3], x[3]
d(x @ A @ x, x) == 2*A @ x ; with A[3,3], x[3] ; if A.T == A
d(trace(A @ X), X) == A.T ; with A[2,3], X[3,2]
d(log(det(X)), X) == inv(X).T ; with X[2,2]
d(sum((X @ w - y)**2), w) == 2*X.T @ (X @ w - y) ; with X[3,2], w[2], y[3]
hessian(x @ A @ x, x) == A + A.T ; with A[2,2], x[2]
d(det(X), X) == det(X)*inv(X).T ; with X[2,2]
d(u @ inv(X) @ v, X) == -inv(X).T @ outer(u, v) @ inv(X).T ; with X[2,2], u[2], v[2]
det(eye(2) + outer(u, v)) == 1 + u @ v ; with u[2], v[2]
inv(eye(2) + outer(u, v)) == eye(2) - outer(u, v)/(1 + u @ v) ; with u[2], v[2]
trace(inv(A)) == 1/trace(A) ; with A[1,1]
~ norm(A @ B) <= norm(A)*norm(B) ; with A[2,2], B[2,2]
trace(A)**2 <= 2*norm(A)**2 ; with A[2,2]
~ norm(A @ x) <= norm(A)*norm(x) ; with A[2,2], x[2]
det(A) <= trace(A)**2/4 ; with A[2,2] ; if A.T == A
(A @ B).T == B.T @ A.T ; with A[5,5], B[5,5]
trace(A @ B @ C) == trace(C @ A @ B) ; with A[4,4], B[4,4], C[4,4]
inv(A) == A.T ; with A[2,2] ; if A.T @ A == eye(2)
~ A @ A @ A == A ; with A[2,2] ; if A @ A == eye(2)
~ inv(eye(2) - A) == eye(2) + A ; with A[2,2] ; if A @ A == zeros(2, 2)
A @ inv(eye(2) + A) == inv(eye(2) + A) @ A ; with A[2,2]
det(A @ B) == det(B @ A) ; with A[2,2], B[2,2]
det(A.T @ A) >= 0 ; with A[3,2]
det(A @ A.T) == 0 ; with A[3,2]
zeros(2)*exp(1) == zeros(2)
"""

TRUE["conditions"] = """
expect(sum(g[n] for n in B) for B in subsets(4, 2)) == 2*mean(g) ; with g[4]
variance(sum(g[n] for n in B)/2 for B in draws(4, 2)) == var(g)/2 ; with g[4]
variance(sum(g[n] for n in B)/2 for B in subsets(4, 2)) == var(g)/3 ; with g[4]
expect(m[0]*m[1] for m in masks(2, p)) == p**2
expect(m[0]**2 for m in masks(2, p)) == p
expect(s[0]*s[1] for s in signs(2)) == 0
expect(exp(a*s[0]) for s in signs(1)) == (exp(a) + exp(-a))/2
expect(x**2 for x in normal(mu, sigma)) == mu**2 + sigma**2
expect(x**3 for x in normal(mu, sigma)) == mu**3 + 3*mu*sigma**2
expect(x**6 for x in normal(0, 1)) == 15
variance(x**2 for x in normal(0, sigma)) == 2*sigma**4
expect(x**2 for x in uniform_interval(-1, 1)) == 1/3
variance(n for n in uniform(6)) == 35/12
expect(relu(s[0]*x) for s in signs(1)) == abs(x)/2
expect(1/(1 + m[0]) for m in masks(1, p)) == 1 - p/2
expect(B[0]*B[1] for B in permutations(3)) == 2/3
d(expect((w - g[n])**2 for n in uniform(4)), w) == 2*(w - mean(g)) ; with g[4]
d(expect(m[0]*x for m in masks(1, p)), p) == x
expect(x*y for x in normal(0, 1) for y in normal(0, 1)) == 0
expect(x**2*y**2 for x in normal(0, 1) for y in normal(0, 1)) == 1
variance(a*n + b for n in uniform(4)) == a**2*5/4
expect(max(B[0], B[1]) for B in permutations(3)) == 5/3
at(x + y, x=y, y=x) == x + y
at(x - y, x=y, y=x) == y - x
at(d(x**2, x), x=3) == 6
at(d(x**2*y, x), x=y) == 2*y**2
at(at(x*y, x=y), y=2) == 4
at(at(x*y, x=2), y=x) == 2*x
at(d(at(x*y, y=x), x), x=3) == 6
d(at(x*y, y=x), x) == 2*x
d(at(x**2, x=3), x) == 0
at(hold(x)*x, x=2) == 4
at(d(hold(x)*x, x), x=5) == 5
at(expect(m[0]*p for m in masks(1, p)), p=1/2) == 1/4
at(sum(i*a for i in range(0, 3)), a=x) == 3*x
at(x**2, x=x + 1) == (x + 1)**2
at(d(d(x**3*y, x), y), x=y) == 3*y**2
at(grad(x**2*y, [x, y]), x=1, y=2) == [4, 1]
at(hessian(x**2*y, [x, y]), x=1, y=2) == [[4, 2], [2, 0]]
at(limit((1 + a/n)**n, n, inf), a=2) == exp(2)
limit(at(x*h, x=3)/h, h, 0) == 3
implies(x > 1, x**2 > 1)
iff(x**2 > 1, abs(x) > 1)
iff(x**2 == 1, x == 1 or x == -1)
implies(x > y and y > z, x > z)
iff(x*y > 0, (x > 0 and y > 0) or (x < 0 and y < 0))
implies(x + y == 0, x*y <= 0)
~ iff(exp(x) >= 1, x >= 0)
iff(abs(x) <= 1, x <= 1 and x >= -1)
implies(a >= 0, convex(a*x**2, x))
iff(convex(a*x**2, x), a >= 0)
implies(increasing(a*x, x), a > 0)
not (x > 0 and x < 0)
x > 0 or x <= 0
convex(a*x**2, x) or concave(a*x**2, x)
implies(x == y, exp(x) == exp(y))
implies(x**2 == 4 and x > 0, x == 2)
iff(relu(x) == 0, x <= 0)
iff(x > 0, 1/x > 0) ; if x != 0
binomial(n, 2) == n*(n - 1)/2
binomial(n + 1, 3) == binomial(n, 3) + binomial(n, 2)
binomial(-1, 2) == 1
binomial(n, 1) == n
binomial(1/2, 2) == -1/8
binomial(5, 7) == 0
sum(binomial(6, k) for k in range(0, 7)) == 64
convex(a*x**2, x) or a < 0
concave(x**3 + a*x, x) or not concave(x**3 + a*x, x)
convex(x**2, x) or convex(x**3, x)
convex(x**3, x) or convex(x**2, x)
convex(x**2 + a, x) and convex(x**2 - a, x)
implies(convex(a*x**2, x), convex(2*a*x**2, x))
implies(increasing(a*x + b, x), increasing(2*a*x, x))
implies(positive_definite([[a, 1], [1, a]]), a > 0)
~ iff(positive_definite([[1, a], [a, 1]]), abs(a) < 1)
implies(differentiable(a*abs(x), x), a == 0)
not (convex(x**3, x) and convex(x**2, x))
increasing(x**3, x) or x < 0
"""

TRUE["formulas"] = """
d(phi(x)**2, x) == 2*phi(x)*phi(x, d=1) ; fun phi:1
phi(x) == phi(y) ; fun phi:1 ; if x == y
x != y ; fun phi:1 ; if phi(x) != phi(y)
phi(abs(x)) == phi(x) ; fun phi:1 ; if x >= 0
phi(x)**2 >= 0 ; fun phi:1
phi(x)*phi(y) <= (phi(x)**2 + phi(y)**2)/2 ; fun phi:1
phi(max(x, y)) + phi(min(x, y)) == phi(x) + phi(y) ; fun phi:1
1/phi(x) > 0 ; fun phi:1 ; if phi(x) > 0
phi(-x)*x == -x*phi(x) ; fun phi:1 ; if phi(-x) == -phi(x)
d(phi(psi(x)), x) == phi(psi(x), d=1)*psi(x, d=1) ; fun phi:1, psi:1
d(phi(x*y), x)*x == d(phi(x*y), y)*y ; fun phi:1
d(phi(a*x)/a, x) == phi(a*x, d=1) ; fun phi:1 ; if a != 0
continuous(phi(x), x) ; fun phi:1
phi(x)/phi(x) == 1 ; fun phi:1
log(phi(x)**2) == 2*log(phi(x)) ; fun phi:1 ; if phi(x) > 0
d(log(phi(x)), x) == phi(x, d=1)/phi(x) ; fun phi:1
at(d(phi(x), x), x=y) == phi(y, d=1) ; fun phi:1
phi(x)*psi(x) == psi(x)*phi(x) ; fun phi:1, psi:1
phi(x) == 3 ; fun phi:1 ; if phi(x)**3 == 27
sqrt(phi(x)**2) == phi(x) ; fun phi:1 ; if phi(x) >= 0
phi(sqrt(x**2)) == phi(abs(x)) ; fun phi:1
x/x == 1
sqrt(x)**2 == x
log(x*y) == log(x) + log(y) ; if x > 0 & y > 0
log(x**2) == 2*log(abs(x))
exp(log(x)) == x
x**2/abs(x) == abs(x)
sign(x)*x == abs(x)
d(relu(x), x) == 1 ; if x > 0
d(where(x > 0, x**2, 0), x) == 2*relu(x)
d(abs(x)**2, x) == 2*x
d(abs(x)*x, x) == 2*abs(x)
d(abs(x)**3, x) == 3*x*abs(x)
d(max(x, 0)**2, x) == 2*relu(x)
d(relu(x)*relu(-x), x) == 0
d(max(x, x), x) == 1
d(abs(x) - abs(x), x) == 0
d(relu(x) - relu(-x), x) == 1
d(sqrt(x**4), x) == 2*x
d(hold(x)**2*x, x) == x**2
x**0 == 1
0**x == 0 ; if x > 0
x**a*x**b == x**(a + b) ; if x > 0
(x**a)**b == x**(a*b) ; if x > 0
logaddexp(x, x) == x + log(2)
logaddexp(x, y) - y == softplus(x - y)
exp(x)**y == exp(x*y)
sqrt(3 + 2*sqrt(2)) == 1 + sqrt(2)
sqrt(2)*sqrt(3) == sqrt(6)
sin(pi) == 0
cos(pi/3) == 1/2
((1 + sqrt(5))/2)**2 == (3 + sqrt(5))/2
where(x**2 + 1 == 0, 1, 0) == 0
abs(sign(x**2 + 1)) == 1
where(x > y, x, y) == max(x, y)
where(x > y, x - y, 0) + where(y > x, y - x, 0) == abs(x - y)
sqrt(x**2*y**2) == abs(x*y)
sqrt(x*y) == sqrt(-x)*sqrt(-y) ; if x < 0 & y < 0
log(x**2*y) == 2*log(-x) + log(y) ; if x < 0 & y > 0
(-x)**3 == -x**3
tanh(log(x)) == (x**2 - 1)/(x**2 + 1) ; if x > 0
max(x, y, z) == max(max(z, y), x)
d(where(abs(x) <= 1, x**2/2, abs(x) - 1/2), x) == clip(x, -1, 1)
x**a*y**a == (x*y)**a ; if x >= 0 & y >= 0 & a >= 0
d(x**a, x) == a*x**(a - 1) ; if x > 0
d(where(x == 1, 1 - (x - 1)**2, x**2), x) == 2*x
d(where(x == 1, 1, x), x) == 1
d(where(x == y, y, x), x) == 1
hessian(where(x == 0, 0, x**2), x) == 2
d(where(x != 1, x, 1), x) == 1
at(d(where(x == 1, 1, x), x), x=1) == 1
"""

TRUE["hostile"] = """
exp(exp(exp(exp(x)))) > 0
limit(exp(exp(exp(x)))/exp(exp(exp(x - 1))), x, inf) == inf
limit(exp(exp(x + exp(-x)))/exp(exp(x)), x, inf) == exp(1)
sum(x**i for i in range(0, 200))*(x - 1) == x**200 - 1
~ sum(sin(i*x) for i in range(1, 200)) <= 199
limit(log(log(log(log(x)))), x, inf) == inf
at(at(at(at(at(at(at(at(x*x, x=x*x), x=x*x), x=x*x), x=x*x), x=x*x), x=x*x), x=x*x), x=1) == 1
"""

TRUE["rounding"] = """
abs(round(x) - x) <= 1/2
round(-x) == -round(x)
x - floor(x) < 1
floor(x + 1) == floor(x) + 1
abs(s*round(x/s) - x) <= s/2 ; if s > 0
(s*round(x/s) - x)**2 <= s**2/4 ; if s > 0
abs(d*(floor(x/d) + 1/2) - x) <= d/2 ; if d > 0
floor(2*x) == floor(x) + floor(x + 1/2)
floor(3*x) == floor(x) + floor(x + 1/3) + floor(x + 2/3)
floor(floor(x/2)/3) == floor(x/6)
round(n) == n ; if n == floor(n)
ceil(n/2) == floor((n + 1)/2) ; if n == floor(n)
round(x) <= floor(x + 1/2)
round(round(x)) == round(x)
s*round(s*round(x/s)/s) == s*round(x/s) ; if s > 0
floor(x) + floor(1/2 - x) >= -1
abs(round(x) - x) <= 1/2 ; with x[2]
"""

TRUE["maxima"] = """
max(x + y) <= max(x) + max(y) ; with x[4], y[4]
max(x + y) >= max(x) + min(y) ; with x[4], y[4]
abs(max(x) - max(y)) <= max(abs(x - y)) ; with x[4], y[4]
norm(x + y, inf) <= norm(x, inf) + norm(y, inf) ; with x[4], y[4]
abs(max(r + g*P@x) - max(r + g*P@y)) <= g*max(abs(x - y)) ; if g >= 0 & P >= 0 & P@ones(2) == 1 ; with x[2], y[2], r[2], P[2,2]
logsumexp(r) <= max(r) + log(4) ; with r[4]
-sum(softmax(r)*log_softmax(r)) >= 0 ; with r[4]
sum(softmax(r)*(r - max(r))) <= 0 ; with r[4]
x*exp(y) + y**2*abs(x) >= 0 ; if x >= 0
"""

TRUE["with a condition"] = """
0**n == 0
0**n == 0 ; if n > 0
0**n == where(n > 0, 0, 1)
0**n == where(n == 0, 1, 0) ; if n >= 0
0**(x**2) == 0
0**n <= 1
integral(x**a, x, 0, 1) == 1/(a + 1) ; if a > -1
integral(x**a, x, 0, 1) == inf ; if a < -1
integral(exp(-lam*x), x, 0, inf) == 1/lam ; if lam > 0
integral(exp(a*x), x, 0, 1) == (exp(a) - 1)/a
"""

TRUE["means"] = """
x*y <= x**p/p + y**q/q ; if 1/p + 1/q == 1 & p > 1 & q > 1 & x >= 0 & y >= 0
x*y <= x**p/p + y**(p/(p - 1))*(p - 1)/p ; if p > 1 & x >= 0 & y >= 0
x*y*z <= x**p/p + y**q/q + z**r/r ; if 1/p + 1/q + 1/r == 1 & p > 1 & q > 1 & r > 1 & x > 0 & y > 0 & z > 0
a**t*b**s*c**(1 - t - s) <= t*a + s*b + (1 - t - s)*c ; if a > 0 & b > 0 & c > 0 & 0 < t & 0 < s & s + t < 1
a**t*b**(1 - t) <= t*a + (1 - t)*b ; if a >= 0 & b >= 0 & 0 < t & t < 1
(1 + x)**n >= 1 + n*x ; if x > -1 & n >= 1
"""

TRUE["covariances"] = """
trace(inv(B) @ A) - 2 + log(det(B)) >= log(det(A)) ; if positive_definite(A) & positive_definite(B) ; with A[2,2], B[2,2]
log(det(A)) <= trace(A) - 2 ; if positive_definite(A) ; with A[2,2]
det(A) <= A[0,0]*A[1,1] ; if positive_definite(A) ; with A[2,2]
"""

TRUE["series"] = """
sum(1/sqrt(k) for k in range(1, inf)) == inf
sum(-1/sqrt(k) for k in range(1, inf)) == -inf
sum(log(k)/k for k in range(1, inf)) == inf
sum(k**(-s) for k in range(1, inf)) == inf ; if s < 1 & s > 0
sum(tanh(1/k) for k in range(1, inf)) == inf
sum(1/sqrt(k) for k in range(1, n + 1)) <= 2*sqrt(n) ; if n >= 1
sum(r**k for k in range(0, 2*n)) == (1 - r**(2*n))/(1 - r) ; if r != 1 & r > 0
"""

FALSE: dict[str, str] = {}

FALSE["limits"] = """
limit(log(x), x, -inf) == inf
limit(sqrt(x), x, -inf) == inf
limit(x**a, x, inf) == inf
limit(x**a, x, inf) == 0
limit(a*x, x, inf) == inf
limit(a*x, x, inf) == inf ; if a >= 0
limit(exp(a*x), x, inf) == 0 ; if a <= 0
limit((-1)**n, n, inf) == 1
limit((-1)**n, n, inf) == 0
limit(cos(x), x, inf) == 0
limit(cos(x), x, inf) == 1
limit(x*sin(x), x, inf) == inf
limit(x*(1 + sin(x)), x, inf) == inf
limit(abs(x)/x, x, 0) == 1
limit(1/x, x, 0) == inf
limit(exp(1/x), x, 0) == inf
limit(sign(x), x, 0) == 0
limit((1 - x)**n, n, inf) == 0 ; if 0 < x & x <= 2
limit((1 - eps)**D, D, inf) == 0 ; if 0 <= eps & eps < 1
limit((1 + a/x)**x, x, inf) == 1 + a
limit((1 + 1/x)**x, x, inf) == 2.71828
limit(x**(1/x), x, inf) == 0
limit((exp(x) - 1 - x - x**2/2 - x**3/6)/x**4, x, 0) == 1/25
limit(exp(exp(x))/exp(x**10), x, inf) == 0
limit((x + 1)**x/x**x, x, inf) == 1
limit(x**log(x)/exp(log(x)**2), x, inf) == 0
limit(where(x > 0, 1, 2), x, 0, -1) == 1
limit(where(x == 0, 5, x), x, 0) == 5
limit(tanh(t*x), t, inf) == 1
limit(tanh(t*x), t, inf) == 1 ; if x >= 0
limit(log(1 + exp(t*x))/t, t, inf) == x
limit(sigmoid(t*x), t, inf) == indicator(x > 0)
limit(sigmoid(t*x), t, inf) == indicator(x >= 0)
limit((1 - b**t)/(1 - b), t, inf) == 1/(1 - b) ; if b > 0 & b != 1
limit((1 - 2*eta)**t, t, inf) == 0 ; if 0 < eta & eta <= 1
limit(erf(x)/x, x, 0) == 1
limit(exp(x**2)*(1 - erf(x)), x, inf) == 1/sqrt(pi)
limit(gelu(x)/x, x, -inf) == 1
limit(x**2*d(sigmoid(x), x), x, inf) == 1
limit(x**n*exp(x), x, inf) == 0
limit(abs(x - a)/(x - a), x, a) == 1
limit(1/(x - a), x, a) == inf
limit(1/(a*x), x, 0, 1) == inf
limit(1/(a*x), x, 0, 1) == inf ; if a != 0
limit((abs(x + h) - abs(x))/h, h, 0, 1) == sign(x)
limit((x**p + y**p)**(1/p), p, inf) == x ; if x > 0 & y > 0
limit((a*x**2 + x)/(x**2 + 1), x, inf) == 0
limit((a*x**2 + x)/(b*x + 1), x, inf) == 1/b ; if b > 0
limit(sqrt(a*x**2 + x) - sqrt(a)*x, x, inf) == 1/2 ; if a > 0
limit(x**x, x, 0, 1) == 0
supremum(x*exp(-x), x) == 1/2
supremum(x**2, x) == 100
supremum(x**2, x) == 1 ; if x > -2 & x < 1
supremum(a*x, x) == a ; if -1 <= x & x <= 1
supremum(a*x - x**2, x) == a/2
supremum(sin(x) + cos(x), x) == 2
infimum(exp(x), x) == exp(-100)
supremum(where(x < 1, x, 0), x) == 2
infimum(a*x**2, x) == 0
infimum(x + 1/x, x) == 2
infimum(x**2*(x - 1)**2 - 10**(-9), x) == 0
infimum(silu(x), x) == -0.2784645427610738
supremum(x*y - exp(x), x) == inf
supremum(tanh(x), x) == 2
supremum(where(x == 1, 5, tanh(x)), x) == 1
supremum(where(x == sqrt(2), 5, tanh(x)), x) == 1
supremum(x*sin(x), x) == 100
infimum(where(x > 0, 1/x, x**2), x) == 1
grows_slower(3*n**2 + n*log(n), n**2, n)
asymptotic(log(n), log(n**2 + 1), n)
grows_at_most(exp(2*n), exp(n), n)
grows_like(n*sin(n), n, n)
asymptotic(2 + sin(n), 1, n)
grows_at_most(n**a, n, n)
grows_at_most(n**a, n, n) ; if a <= 2
grows_slower(n**a, n, n) ; if a <= 1
grows_at_most(a*n**2, n, n)
grows_like(a*n, n, n)
grows_at_most(h**2, h**3, h, 0)
grows_slower(h, h**2, h, 0)
grows_slower(tanh(h) - h, h**3, h, 0)
grows_like(2**n, 3**n, n)
grows_at_most((1 + eps)**n, 1, n) ; if eps > 0
grows_at_most(0 - n**2, n, n)
asymptotic(gelu(x), x*exp(-x**2/2)/sqrt(2*pi), x, -inf)
not grows_at_most(n, n**2, n)
not grows_at_most(a*n, 1, n)
not grows_slower(n**a, n, n)
grows_at_most(log(h), 1, h, 0)
grows_at_most(1/h, 1, h, 0)
at(limit(x + y, x, 0), y=x) == 0
at(limit(x + y, x, 0), y=x) == 2*x
at(limit(x + y, x, 0), x=5) == 5 + y
at(supremum(a*x - x**2, x), a=x) == 0
limit(limit((x - y)/(x + y), x, 0, 1), y, 0, 1) == 1
supremum(sqrt(x - 3) - sqrt(x - 3) - x**2, x) == 0
supremum(log(x - 3) - log(x - 3) - x**2, x) == 0
supremum(0*sqrt(x - 3) - x**2, x) == 0
supremum(-x**2/((x - 3) + abs(x - 3))*((x - 3) + abs(x - 3)), x) == 0
supremum(-x**2*sqrt(x - 3)/sqrt(x - 3), x) == 0
infimum(x**2*(x - 3)**(1/2)/(x - 3)**(1/2), x) == 0
supremum(d(supremum(-(x - a)**2, x), a), a) == 1
d(supremum(-(x - a)**2, x), a) == inf
limit(1/(1 + x**(2*n)), n, inf) == 1 ; if abs(x) <= 1
limit(x**n, n, inf) == 0 ; if abs(x) <= 1
limit(x**n, n, inf) == 0 ; if x < 1
limit((a**n + b**n)**(1/n), n, inf) == a ; if a > 0 & b > 0
limit((a**n + b**n)**(1/n), n, inf) == a ; if a >= b
limit(x**n*y**n, n, inf) == 0 ; if abs(x) < 1
limit(n*x**n, n, inf) == 1 ; if abs(x) < 1
limit((x**2)**n, n, inf) == 0 ; if abs(x) <= 1
limit(abs(x)**n, n, inf) == 0 ; if x <= 1
limit((1 - eta*lam)**t, t, inf) == 0 ; if 0 < eta*lam & eta*lam <= 2
limit(sqrt(x**2 + a*x) - x, x, inf) == a
limit(x*(sqrt(x**2 + 1) - x), x, inf) == 1
limit(exp(x)*(1/x - 1/(x + exp(-x))), x, inf) == 1
limit((1 + 1/x)**(x**2)/exp(x), x, inf) == 1
limit(erf(x + 1)/erf(x), x, inf) == 2
limit((1 - erf(x + 1))/(1 - erf(x)), x, inf) == 1
limit((sin(x) - x)/(x*(cos(x) - 1)), x, 0) == 1
~ limit((tanh(sin(x)) - sin(tanh(x)))/x**7, x, 0) == 0
limit(exp(a*x)/exp(b*x), x, inf) == 0 ; if a <= b
limit(max(a*x, b*x), x, inf) == inf ; if a > 0 or b >= 0
limit(x**a*log(x)**b, x, inf) == 0 ; if a <= 0 & b < 0 & a + b > 0
grows_slower(abs(x)**n, 1, n) ; if abs(x) <= 1
grows_at_most(n**2 + (-1)**n*n**3, n**2, n)
grows_at_most(exp(n), exp(n)/n, n)
grows_like(sqrt(n + 1) - sqrt(n), sqrt(n), n)
asymptotic(n + sqrt(n), n + 1 + n*1e-6, n)
~ grows_slower(a**n, b**n, n) ; if 0 < a & a <= b
"""

FALSE["properties"] = """
convex(x**3, x)
convex(x**3, x) ; if x >= -1/1000
convex(a*x**2, x)
convex(a*x**2, x) ; if a >= -1/10**6
convex(abs(x) - x**2/1000, x)
convex(x**2/2 + 1.1*sin(x), x)
convex(x**2/2 + 1.000001*sin(x), x)
convex(x**2*(x - 1)**2, x)
convex(relu(x) - relu(x - 1), x)
convex(silu(x), x)
convex(gelu(x), x)
convex(gelu(x), x) ; if x > -1
convex(gelu(x), x) ; if -1 <= x & x <= 1.5
convex(gelu(x), x) ; if -1.42 < x & x < 1.42
convex(sqrt(abs(x)), x)
concave(sqrt(abs(x)), x)
convex(log(1 + x**2), x)
convex(log(1 + x**2), x) ; if -1 <= x & x <= 1.0001
convex(min(x**2, x + 5), x)
convex(v[0]**2 - v[1]**2, v) ; with v[2]
convex(v[0]*v[1], v) ; with v[2]
convex(v[0]**2 + 3*v[0]*v[1] + v[1]**2, v) ; with v[2]
convex(v[0]**2 + 2.000001*v[0]*v[1] + v[1]**2, v) ; with v[2]
convex(v[0]**2 + a*v[0]*v[1] + v[1]**2, v) ; with v[2]
convex(v[0]**2 + a*v[0]*v[1] + v[1]**2, v) ; with v[2] ; if abs(a) <= 2.1
convex(v[0]**2/v[1], v) ; with v[2] ; if v[1] < 0
convex(where(x < 0, 0, x + 1), x)
convex(where(x < 0, -x, x - 1), x)
convex(where(x == 0, 1, x**2), x)
convex(where(x < 3, x**2, 6*x - 10), x)
convex(v[0]**2*v[1]**2, v) ; with v[2]
convex((A @ v)[0]**2 - lam*norm(v)**2, v) ; with A[2,2], v[2] ; if lam > 0
increasing(x + 2*sin(x), x)
increasing(x + 1.0001*sin(x), x)
increasing(relu(x), x)
increasing(x**3 - x/10**6, x)
increasing(x**2, x)
increasing(x**2, x) ; if x >= -1/10**9
increasing(a*x, x)
increasing(a*x, x) ; if a >= 0
increasing(-1/x, x)
decreasing(1/x, x)
decreasing(1/x, x) ; if x != 0
increasing(1/(1 + exp(-a*x)), x)
increasing(clip(x, -1, 1), x)
increasing(gelu(x), x)
nondecreasing(silu(x), x)
increasing(silu(x), x) ; if x >= -1.28
increasing(where(x < 0, x, x - 1), x)
decreasing(x*exp(-x), x)
decreasing(x*exp(-x), x) ; if x >= 0.999
increasing(where(x == 1, 0, x), x)
increasing(x/(1 + x), x)
nondecreasing(x**2, x) ; if x > 1 or x < -1
nondecreasing(max(x, -2*x), x)
increasing(x - x**2/10**8, x) ; if x > 0
positive_definite([[1, 2], [2, 1]])
positive_definite([[1, 1], [1, 1]])
positive_definite([[1, 0], [4, 1]])
positive_semidefinite([[1, 0], [4, 1]])
positive_semidefinite([[0, 0], [0, -1]])
positive_semidefinite([[0, 1], [1, 0]])
positive_semidefinite([[1, 1, 1], [1, 1, 1], [1, 1, 0]])
~ positive_definite([[1, a], [a, 1]]) ; if abs(a) <= 1
positive_semidefinite([[1, a], [a, 1]]) ; if a < 1
~ positive_definite(A.T @ A) ; with A[3,2]
~ positive_definite(A.T @ A) ; with A[2,3]
~ positive_definite(A.T @ A + eps*eye(2)) ; with A[3,2] ; if eps >= 0
positive_semidefinite(A + A.T) ; with A[2,2]
positive_semidefinite(A @ A) ; with A[2,2]
positive_semidefinite(A) ; with A[2,2] ; if det(A) > 0
positive_definite(A) ; with A[2,2] ; if det(A) > 0 & trace(A) > 0
positive_semidefinite(diag(v)) ; with v[3]
positive_semidefinite(outer(u, v)) ; with u[2], v[2]
positive_semidefinite(eye(3) - outer(u, u)) ; with u[3]
~ positive_definite(eye(3) - outer(u, u)) ; with u[3] ; if norm(u) == 1
~ positive_definite(diag(softmax(z)) - outer(softmax(z), softmax(z))) ; with z[3]
positive_definite([[x**2, x], [x, 1]])
positive_semidefinite(-(A.T @ A)) ; with A[2,2]
positive_definite(hessian(logsumexp(z), z)) ; with z[2]
positive_definite(A @ B) ; with A[2,2], B[2,2]
smooth(abs(x), x)
smooth(x*abs(x), x)
differentiable(relu(x), x)
smooth(relu(x)**2, x)
differentiable(sqrt(x**2), x)
differentiable(sqrt(abs(x)), x)
continuous(sign(x), x)
continuous(where(x > 0, 1, 0), x)
differentiable(where(x > 0, x, 0), x)
continuous(where(x > a, x, 0), x)
continuous(where(x > a, x, 0), x) ; if a >= 0
smooth(where(abs(x) <= 1, x**2/2, abs(x) - 1/2), x)
differentiable(where(abs(x) <= 1, x**2, abs(x) - 1/2), x)
differentiable(elu(x, a), x)
smooth(elu(x), x)
differentiable(selu(x), x)
smooth(abs(x)**3, x)
smooth(abs(x)**5, x)
differentiable(max(x, a), x)
differentiable(max(x**2, a), x)
differentiable(max(x**2, a), x) ; if a <= 1/10**6
differentiable(max(x, x**2), x)
differentiable(abs(x - 1)*(x - a), x)
differentiable(norm(v), v) ; with v[2]
differentiable(abs(x)**a, x) ; if a > 0
differentiable(abs(x)**a, x) ; if a >= 1
continuous(where(x == 0, 0, sin(x)/x), x)
continuous(where(x == 0, 1, 0), x)
continuous(where(x**2 == 2, 1, 0), x)
differentiable(abs(x**3 - x - 1), x)
differentiable(abs(exp(x) - 3), x)
differentiable(abs(cos(x) - x), x)
differentiable(relu(x - 10**6), x)
smooth(relu(x)**7, x)
not differentiable(max(x**2, a), x)
not convex(a*x**2, x)
not convex(abs(x)**p, x) ; if p > 0
not convex(abs(x)**p, x) ; if p > 0 & p <= 1
not increasing(a*x, x)
not differentiable(a*abs(x), x)
not smooth(a*abs(x), x)
not continuous(where(x > a, x, 0), x)
not positive_definite([[1, a], [a, 1]])
not positive_semidefinite(A) ; with A[2,2]
not convex(a*x**3 + x**2, x)
not minimizer((x - a)**2, x, b)
not stationary(a*x, x, 0)
minimizer(x**2 + x, x, 0)
minimizer(x**4 - x**2, x, 0)
minimizer(x**4 - x**2, x, 1/2)
unique_minimizer(x**4 - x**2, x, 1/sqrt(2))
unique_minimizer(abs(x - a) + abs(x - b), x, a)
minimizer(a*x**2, x, 0)
unique_minimizer(a*x**2, x, 0) ; if a >= 0
~ minimizer(norm(X @ w - y)**2 + lam*norm(w)**2, w, inv(X.T @ X + 2*lam*eye(2)) @ X.T @ y) ; with X[3,2], w[2], y[3] ; if lam > 0
minimizer(exp(x) - 2*x, x, 0)
minimizer(x**3, x, 0)
minimizer(-(p*log(x) + (1 - p)*log(1 - x)), x, 1/2) ; if 0 < p & p < 1 & 0 < x & x < 1
minimizer(silu(x), x, -1.2784645427610738)
unique_minimizer(relu(x), x, -5)
minimizer(mean(abs(v - c)), c, mean(v)) ; with v[3]
~ minimizer(lam*abs(x) + (x - a)**2, x, sign(a)*relu(abs(a) - lam)) ; if lam > 0
~ minimizer(x**2 - 10**(-9)*x**4, x, 0)
minimizer(cos(x), x, 0)
minimizer(where(x == 1, -1, x**2), x, 0)
minimizer(sin(x), x, pi/2)
unique_minimizer(sin(x), x, -pi/2)
~ unique_minimizer(norm(X @ w - y)**2, w, zeros(2)) ; with X[3,2], w[2], y[3] ; if y == zeros(3)
stationary(x**2 + x, x, 0)
stationary(a*x, x, 0)
continuous(abs(a)**x, x) ; if x >= 0
continuous(abs(a)**abs(x), x)
continuous(0**abs(x), x)
continuous(v[0]**v[1], v) ; with v[2] ; if v[0] >= 0 & v[1] >= 0
stationary(abs(x), x, 0)
stationary(relu(x), x, 0)
stationary(max(x, -x), x, 0)
stationary(norm(v), v, zeros(2)) ; with v[2]
stationary(where(x > 0, x, 0), x, 0)
stationary(where(x == 0, 5, x**2), x, 0)
stationary(where(x >= 0, 1, 0), x, 0)
stationary(where(x > 0, 1, 0), x, 0)
stationary(where(x == 0, 0, x + 1), x, 0)
stationary(sqrt(x**2), x, 0)
stationary(sign(x), x, 0)
stationary(sign(x) + x**2, x, 0)
stationary(x*sign(x), x, 0)
stationary(x**2 + x, x, 0) ; if x > 1
minimizer(hold(x)**2 + x, x, 5)
convex(hold(x)*x*(0 - 1), x)
convex(-hold(x)**2, x)
concave(hold(x)**2, x)
decreasing(hold(x), x)
increasing(-hold(x), x)
a > 1 ; if convex(a*x**2, x)
a > 0 ; if convex(a*x**2, x)
convex(x**3, x) ; if increasing(x**3, x)
"""

FALSE["inequalities"] = """
x**2 - 2*x + 1 > 0
x**2 - 2*x + 1 - 10**(-12) >= 0
x**4 - 4*x**2 + 4 > 0
(x**2 - 2)**2*(x**2 + 1) > 0
(x**3 - 2)**2 > 0
(x**3 - x - 1)**2 > 0
(x**5 - x - 1)**2 > 0
(exp(x) - 2)**2 > 0
(exp(x) - x - 2)**2 > 0
(tanh(x) - 1/3)**2 > 0
(cos(x) - x)**2 > 0
abs(x**2 - 3) > 0
x**2 != 2
exp(x) != 3
cos(x) != x
x**2 + y**2 != 1
x**2 + y**2 != 2*x*y
sin(x) < 1
tanh(x) < 1 - 10**(-30)
tanh(x) <= 0.9999999999999999999
sigmoid(x) > 10**(-50)
~ exp(x) > 10**(-1000)
x*exp(-x) <= 0.36
x*exp(-x) <= 0.367879
x*exp(-x) <= 0.36787944117144
~ exp(x) > exp(1)*x
exp(x) >= 2.7182818285*x
exp(x) > x**3 ; if x > 0
exp(x) > x**2.72 ; if x > 0
log(x) <= x/2.72 ; if x > 0
x**2 + 1000000 > 2000.1*x
x**2 + 1000000 > 2000*x
x**3 + 10**12 > 0
~ log(1 + x**2) < 50
x**4 - 10**9*x**2 + 1 > 0
10**20 > x
exp(-x**2) > 10**(-300)
x < 10**10 or x > 10**10
(x - 1/3)**2 >= 10**(-20)
~ abs(x - sqrt(2)) > 10**(-15)
abs(x*x - 2) + abs(y*y*y - 3) > 0
relu(x - 10**6) <= 0
max(x, -x) > 0
relu(x - 5)*relu(5.000001 - x) <= 0
relu(x)*relu(1/10**8 - x) == 0
min(relu(x - 100), relu(101 - x)) <= 0
abs(x + y) < abs(x) + abs(y)
abs(x) - abs(y) == abs(x - y)
abs(x + y) >= abs(x)
max(x, y) > (x + y)/2
max(x, y)**2 >= x**2
relu(x*y) == relu(x)*relu(y)
relu(x + y) == relu(x) + relu(y)
relu(x - y) <= relu(x) - relu(y)
x > 0 ; if x > 1 or x < -1
x**2 >= 1 ; if x > 1 or x < 0
x*y > 0 ; if x > 0 or y > 0
x/y > 0 ; if x*y >= 0 & y != 0
x > 0 ; if x >= 0
x != 1 ; if x != 0
x == 1 ; if x**2 == 1
x + y == 1 ; if x**2 + y**2 == 1
~ abs(x + y) < sqrt(2) ; if x**2 + y**2 == 1
~ abs(x + y) <= 1.4142 ; if x**2 + y**2 == 1
~ x*y <= 0.4999 ; if x**2 + y**2 == 1
x == 0 ; if x*y == 0
x == y ; if x**2 == y**2
x == y ; if cos(x) == cos(y)
y == 2*x ; if y**2 == 4*x**2
~ x < 1 ; if x**2 < 2
x < 1.4142 ; if x**2 < 2
p*(1 - p) < 1/4 ; if 0 < p & p < 1
~ log(x) < 0 ; if 0 < x & x <= 1
~ (x + y + z)/3 > (x*y*z)**(1/3) ; if x > 0 & y > 0 & z > 0
x/y + y/x >= 2
x/y + y/x > 2 ; if x > 0 & y > 0
x**2 + y**2 + z**2 >= x*y + y*z + z*x + 10**(-12)
~ x**4 + y**4 + z**4 + 1 >= 4*x*y*z + 10**(-10)
~ x**4*y**2 + x**2*y**4 + 1 > 3*x**2*y**2
x**4*y**2 + x**2*y**4 + 1 - 10**(-9) >= 3*x**2*y**2
x**4*y**2 + x**2*y**4 + 1 >= 3.0001*x**2*y**2
log(1 + x) >= x - x**2/2 + x**3/3 ; if x >= 0
~ log(1 + x) <= x - x**2/2 + x**3/3.0001 ; if x >= 0
sin(x) < x ; if x >= 0
~ sin(x) >= x - x**3/6.0001 ; if x >= 0
cos(x) > 1 - x**2/2
cos(x) >= 1 - x**2/2.01
tanh(x) <= x - x**3/3 + x**5/8 ; if x >= 0
erf(x) <= 1.1283791*x ; if x >= 0
erf(x) < 1 - 10**(-12)
gelu(x) >= -0.1699
silu(x) >= -0.2784
abs(sigmoid(x) - sigmoid(y)) <= abs(x - y)/5
~ abs(sigmoid(x) - sigmoid(y)) < abs(x - y)/4
softmax(z) >= 1/10**6 ; with z[3]
~ logsumexp(z) < max(z) + log(3) ; with z[3]
norm(v, 1) <= 1.73*norm(v) ; with v[3]
~ norm(v) < norm(v, 1) ; with v[3]
~ softplus(x) < relu(x) + log(2)
~ softplus(x) <= relu(x) + 0.6931
exp(a*x + (1 - a)*y) <= a*exp(x) + (1 - a)*exp(y)
abs(1 - eta*lam) < 1 ; if eta > 0 & lam > 0 & eta <= 2/lam
abs(1 - eta*lam) < 1 ; if eta*lam < 2
abs(1 - eta*lam) <= 1 ; if eta*lam <= 2
x*y <= x**2 ; if y <= x
x**2 <= x ; if x < 1
1/x < 1/y ; if x > y
1/x < 1/y ; if x > y & x != 0 & y != 0
x**2 > y**2 ; if x > y
x*z > y*z ; if x > y
x*z > y*z ; if x > y & z >= 0
sqrt(x**2 + y**2) > abs(x)
x**6 - 3*x**4 + 3*x**2 - 1 != 0
~ 10**(-15) + (x*y - 1)**2 + x**2 > 10**(-14)
~ (x*y - 1)**2 + x**2 > 10**(-8)
sin(x)**2 < 1 ; if x > 0 & x < 3.2
sin(x) <= 0.99999999 ; if 1 < x & x < 2
~ sin(10*x) < 1 ; if 0 <= x & x <= 0.158
x**100 < 1000 ; if abs(x) <= 1.08
x**a > 0 ; if x >= 0
x*y*z >= 0 ; if x*y >= 0 & y*z >= 0 & x*z >= 0
log(x**2) >= 2*log(x) + 10**(-20)
tanh(x)*x > 0
abs(x)**3 + abs(y)**3 >= abs(x + y)**3
~ exp(-abs(x)) < 1
sum(relu(v)) >= sum(v) + 10**(-9) ; with v[3]
~ softmax(z)[0] > softmax(z)[1] ; with z[3] ; if z[0] >= z[1]
norm(v)**2 <= max(abs(v))*norm(v) ; with v[2]
var(x) > 0 ; with x[3]
"""

FALSE["matrices"] = """
trace(A @ B @ C) == trace(A @ C @ B) ; with A[2,2], B[2,2], C[2,2]
det(A + B) == det(A) + det(B) ; with A[2,2], B[2,2]
det(2*A) == 2*det(A) ; with A[2,2]
det(2*A) == 4*det(A) ; with A[3,3]
det(-A) == det(A) ; with A[3,3]
A @ B == B @ A ; with A[2,2], B[2,2]
inv(A + B) == inv(A) + inv(B) ; with A[2,2], B[2,2]
inv(A @ B) == inv(A) @ inv(B) ; with A[2,2], B[2,2]
A == A.T ; with A[2,2]
A @ A.T == A.T @ A ; with A[2,2]
R @ R.T == eye(3) ; with R[3,2] ; if R.T @ R == eye(2)
R.T @ R == eye(3) ; with R[2,3] ; if R @ R.T == eye(2)
det(R) == 1 ; with R[2,2] ; if R.T @ R == eye(2)
R == R.T ; with R[2,2] ; if R.T @ R == eye(2)
trace(R) == 2 ; with R[2,2] ; if R.T @ R == eye(2)
norm(R @ x) == norm(x) ; with R[2,3], x[3] ; if R @ R.T == eye(2)
norm(R @ x, 1) == norm(x, 1) ; with R[2,2], x[2] ; if R.T @ R == eye(2)
sum(R @ x) == sum(x) ; with R[2,2], x[2] ; if R.T @ R == eye(2)
trace(R @ R.T) == 3 ; with R[3,2] ; if R.T @ R == eye(2)
R @ R.T @ y == y ; with R[3,2], y[3] ; if R.T @ R == eye(2)
det(R @ R.T) == 1 ; with R[3,2] ; if R.T @ R == eye(2)
R @ A @ R.T == A ; with R[2,2], A[2,2] ; if R.T @ R == eye(2)
A @ R == R @ A ; with R[2,2], A[2,2] ; if R.T @ R == eye(2)
R @ S == S @ R ; with R[3,3], S[3,3] ; if R.T @ R == eye(3) & S.T @ S == eye(3)
P.T == P ; with P[2,2] ; if P @ P == P
trace(P) == 1 ; with P[2,2] ; if P @ P == P
det(P) == 0 ; with P[2,2] ; if P @ P == P
P @ x == x ; with P[2,2], x[2] ; if P @ P == P
(A + B) @ (A + B) == A @ A + 2*A @ B + B @ B ; with A[2,2], B[2,2]
(A + B) @ (A - B) == A @ A - B @ B ; with A[2,2], B[2,2]
(A @ B).T == A @ B ; with A[2,2], B[2,2] ; if A.T == A & B.T == B
A @ B == B @ A ; with A[2,2], B[2,2] ; if A.T == A & B.T == B
det(A) == 0 ; with A[2,2] ; if A.T == -A
A @ A == zeros(2, 2) ; with A[2,2] ; if A.T == -A
x @ A @ y == 0 ; with A[2,2], x[2], y[2] ; if A.T == -A
norm(u*a) == a ; with u[3] ; if norm(u) == 1
~ u @ v < 1 ; with u[2], v[2] ; if norm(u) == 1 & norm(v) == 1
sum(u) == 1 ; with u[2] ; if norm(u) == 1
(eye(2) - 2*outer(u, u)) @ (eye(2) - 2*outer(u, u)) == eye(2) ; with u[2]
det(eye(3) - 2*outer(u, u)) == 1 ; with u[3] ; if norm(u) == 1
sum(p**2) == 1 ; with p[3] ; if sum(p) == 1
p <= 1 ; with p[3] ; if sum(p) == 1
p < 1 ; with p[2] ; if sum(p) == 1 & p >= 0
max(p) == 1 ; with p[3] ; if sum(p) == 1
p @ x == mean(x) ; with p[3], x[3] ; if sum(p) == 1
sum(diag(p) - outer(p, p), axis=0) == zeros(3) ; with p[3]
d(sum(p*log(p)), p) == log(p) ; with p[3] ; if sum(p) == 1
trace(A) == lam ; with A[2,2], u[2] ; if A @ u == lam*u
A.T @ u == lam*u ; with A[2,2], u[2] ; if A @ u == lam*u
det(A - lam*eye(2)) == 0 ; with A[2,2], u[2] ; if A @ u == lam*u
A @ v == lam*v ; with A[2,2], u[2], v[2] ; if A @ u == lam*u
d(x @ A @ x, x) == 2*A @ x ; with A[3,3], x[3]
d(trace(A @ X), X) == A ; with A[2,2], X[2,2]
d(log(det(X)), X) == inv(X) ; with X[2,2]
d(sum((X @ w - y)**2), w) == X.T @ (X @ w - y) ; with X[3,2], w[2], y[3]
d(det(X), X) == det(X)*inv(X) ; with X[2,2]
d(u @ inv(X) @ v, X) == -inv(X) @ outer(u, v) @ inv(X) ; with X[2,2], u[2], v[2]
det(eye(2) + outer(u, v)) == 1 + norm(u)*norm(v) ; with u[2], v[2]
inv(eye(2) + outer(u, v)) == eye(2) + outer(u, v)/(1 + u @ v) ; with u[2], v[2]
inv(outer(u, v)) == zeros(2, 2) ; with u[2], v[2]
X.T @ inv(X @ X.T) @ X == eye(3) ; with X[2,3]
trace(inv(A)) == 1/trace(A) ; with A[2,2]
sum(A) == trace(A) ; with A[2,2]
(A*B) @ x == A @ (B @ x) ; with A[2,2], B[2,2], x[2]
diag(A @ B) == diag(A)*diag(B) ; with A[2,2], B[2,2]
norm(A @ B) == norm(A)*norm(B) ; with A[2,2], B[2,2]
trace(A)**2 <= norm(A)**2 ; with A[2,2]
det(A) <= trace(A)**2/4 ; with A[2,2]
x @ A @ x >= 0 ; with A[2,2], x[2]
(A @ B).T == A.T @ B.T ; with A[5,5], B[5,5]
trace(A @ B @ C) == trace(B @ A @ C) ; with A[4,4], B[4,4], C[4,4]
A == eye(2) ; with A[2,2] ; if A @ A == eye(2)
A == eye(2) ; with A[2,2] ; if A @ A == A & A.T == A
A == zeros(2, 2) ; with A[2,2] ; if A @ A == zeros(2, 2)
B == C ; with A[2,2], B[2,2], C[2,2] ; if A @ B == A @ C
A == zeros(2, 2) or B == zeros(2, 2) ; with A[2,2], B[2,2] ; if A @ B == zeros(2, 2)
det(A @ B) == det(B @ A) ; with A[2,3], B[3,2]
~ det(A.T @ A) > 0 ; with A[3,2]
det(A + A.T) == 2*det(A) ; with A[2,2]
norm(A)**2 == trace(A @ A) ; with A[2,2]
norm(x + y)**2 == norm(x)**2 + norm(y)**2 ; with x[3], y[3]
outer(u, v) == outer(v, u) ; with u[2], v[2]
mean(X @ w) == mean(X) * sum(w) ; with X[3,2], w[2]
trace(A @ B) == 0 ; with A[2,2], B[2,2] ; if A.T == -A
at(d(norm(v), v), v=zeros(2)) == zeros(2) ; with v[2]
at(v*log(norm(v)), v=zeros(2)) == zeros(2) ; with v[2]
at(v/sum(v), v=zeros(2)) == zeros(2) ; with v[2]
zeros(2)/0 == zeros(2)
zeros(2)/(sqrt(2)*sqrt(2) - 2) == zeros(2)
at((x - mean(x))/sqrt(var(x)), x=ones(3)) == zeros(3) ; with x[3]
at(x/norm(x), x=zeros(2)) == x ; with x[2]
inv(zeros(2, 2)) @ zeros(2) == zeros(2)
inv(ones(2, 2)) == zeros(2, 2)
solve(ones(2, 2), zeros(2)) == zeros(2)
solve(zeros(2, 2), zeros(2)) == zeros(2)
zeros(2, 2) @ inv(zeros(2, 2)) == zeros(2, 2)
at(A @ inv(A), A=zeros(2, 2)) == eye(2) ; with A[2,2]
at(inv(A) @ A, A=ones(2, 2)) == eye(2) ; with A[2,2]
at(det(A)*inv(A), A=zeros(2, 2)) == zeros(2, 2) ; with A[2,2]
at(A @ inv(A), A=outer(u, v)) == eye(2) ; with A[2,2], u[2], v[2]
"""

FALSE["conditions"] = """
expect(sum(g[n] for n in B) for B in subsets(4, 2)) == mean(g) ; with g[4]
variance(sum(g[n] for n in B)/2 for B in subsets(4, 2)) == var(g)/2 ; with g[4]
expect(m[0]*m[1] for m in masks(2, p)) == p
expect(m[0]**2 for m in masks(2, p)) == p**2
expect(s[0]*s[0] for s in signs(2)) == 0
expect(x**2 for x in normal(mu, sigma)) == mu**2 + sigma
expect(x**4 for x in normal(0, sigma)) == sigma**4
expect(n for n in uniform(4)) == 2
expect(relu(s[0]*x) for s in signs(1)) == relu(x)/2
expect(1/(1 + m[0]) for m in masks(1, p)) == 1/(1 + p)
expect(B[0]*B[1] for B in permutations(3)) == 1
expect(B[0]*B[1] for B in draws(3, 2)) == 2/3
variance(a*n + b for n in uniform(4)) == a*5/4
variance(x + y for x in normal(0, 1) for y in normal(0, 1)) == 4
expect(exp(a*s[0]) for s in signs(1)) == exp(a**2/2)
at(x - y, x=y, y=x) == x - y
at(x - y, x=y, y=x) == 0
at(d(x**2*y, x), x=y) == 3*y**2
at(at(x*y, x=2), y=x) == 4
d(at(x*y, y=x), x) == x
d(at(x**2, x=3), x) == 6
at(d(hold(x)*x, x), x=5) == 10
at(d(abs(x), x), x=0) == 0
at(d(relu(x), x), x=0) == 0
at(x/x, x=0) == 1
at((x**2 - 1)/(x - 1), x=1) == 2
at(x*log(x), x=0) == 0
at(1/x, x=0) == 0
at(sqrt(x), x=-1) == 0
at(sqrt(x)**2, x=-1) == -1
at(x**2, x=x + 1) == x**2 + 1
at(hessian(x**2*y, [x, y]), x=1, y=2) == [[4, 2], [2, 1]]
implies(x**2 > 1, x > 1)
iff(x > 0, x**2 > 0)
iff(x**2 == 1, x == 1)
implies(x >= y, x > y)
iff(x*y > 0, x > 0 and y > 0)
implies(x*y <= 0, x + y == 0)
~ iff(exp(x) >= 1, x > 0)
implies(a >= -1, convex(a*x**2, x))
iff(convex(a*x**2, x), a > 0)
implies(increasing(a*x, x), a > 1)
implies(nondecreasing(a*x, x), a > 0)
implies(convex(a*x**2, x), a >= 1)
iff(positive_definite([[1, a], [a, 1]]), a < 1)
iff(differentiable(a*abs(x), x), a > 0)
iff(increasing(x**3 + a*x, x), a > 0)
convex(a*x**2, x) or a >= -5
convex(a*x**2, x) and a*a >= 0
not (x > 0 and x < 2)
x > 0 or x < 0
implies(x != 0, x > 0)
iff(relu(x) == 0, x < 0)
iff(x**2 < 4, x < 2)
implies(x**3 > x, x > 1)
implies(x*y == 0, x == 0)
implies(x < y, x**2 < y**2)
implies(abs(x - y) < 1/10**9, x == y)
~ implies(sin(x) == 0, x == 0)
not (x**5 - x - 1 == 0)
not (x**2 == 2)
binomial(n, 2) == n**2/2
binomial(n + 1, 3) == binomial(n, 3) + binomial(n, 1)
binomial(n, 2) >= 0
binomial(n, 3) == binomial(n, 2)*(n - 2)/2
not (convex(x**2, x) and convex(x**3 + a, x)) and a > 0
convex(x**3, x) or concave(x**3, x)
convex(x**3, x) or increasing(x**2, x)
convex(a*x**2, x) or convex(-a*x**2 + x**3, x)
convex(a*x**2, x) or increasing(a*x, x)
implies(convex(a*x**2, x), increasing(a*x, x))
implies(convex(x**3 + a*x**2, x), a > 5) and a > 3
implies(increasing(a*x + b, x), increasing(b*x, x))
iff(convex(a*x**2, x), increasing(a*x, x))
~ iff(positive_definite([[1, a], [a, 1]]), abs(a) <= 1)
~ iff(positive_semidefinite([[1, a], [a, 1]]), abs(a) < 1)
implies(positive_semidefinite([[a, 1], [1, a]]), a > 1)
increasing(x**2, x) or x < 0
(A @ B == B @ A) ; with A[2,2], B[2,2] ; if A.T == A or B.T == B
x == 0 or y == 0 ; if x*y*z == 0
x > 1 or y > 1 ; if x*y > 1
~ x > 1/2 or y > 1/2 or z > 1/2 ; if x + y + z >= 3/2
sqrt(x*y) == sqrt(x)*sqrt(y) and x >= 0
not convex(where(x == 1, 1 - (x - 1)**2, x**2) + a, x)
not convex(where(x == 2, 4 - (x - 2)**2, x**2) + a*x, x)
expect(x/(1 - m[0])*(1 - m[0]) for m in masks(1, p)) == x
expect(log(m[0]) for m in masks(1, p)) == 0
expect(m[0]*log(m[0]) for m in masks(1, p)) == 0
expect(g[n]/n for n in uniform(3)) == g[1] ; with g[3]
"""

FALSE["formulas"] = """
phi(-x) == phi(x) ; fun phi:1
phi(x + y) == phi(x) + phi(y) ; fun phi:1
phi(2*x) == 2*phi(x) ; fun phi:1
phi(x) == phi(y) ; fun phi:1
x == y ; fun phi:1 ; if phi(x) == phi(y)
phi(abs(x)) == phi(x) ; fun phi:1
phi(x) >= 0 ; fun phi:1
~ phi(max(x, y)) == max(phi(x), phi(y)) ; fun phi:1
phi(max(x, y)) == phi(x) ; fun phi:1
phi(x) > 1 ; fun phi:1 ; if phi(x) > 0
phi(2*x) == 2*phi(x) ; fun phi:1 ; if phi(-x) == -phi(x)
d(phi(psi(x)), x) == phi(x, d=1)*psi(x, d=1) ; fun phi:1, psi:1
phi(0) == 0 ; fun phi:1
convex(phi(x), x) ; fun phi:1
increasing(phi(x), x) ; fun phi:1
phi(x, d=1) >= 0 ; fun phi:1
d(phi(x), x) == phi(x) ; fun phi:1
phi(x*0) == 0 ; fun phi:1
phi(x)**2 > 0 ; fun phi:1
phi(psi(x)) == psi(phi(x)) ; fun phi:1, psi:1
E(x, y) == E(y, x) ; fun E:2
at(d(phi(x**2), x), x=y) == phi(y**2, d=1) ; fun phi:1
phi(x) == 3 ; fun phi:1 ; if phi(x)**2 == 9
limit(phi(x), x, inf) == 0 ; fun phi:1
sqrt(phi(x)**2) == phi(x) ; fun phi:1
sqrt(x**2) == x
(x**2)**(1/2) == x
log(exp(x)) == abs(x)
abs(x)/x == 1
x**2/abs(x) == x
sign(x)*x == x
sign(x)**2 == 1
relu(x)/x == 1
d(relu(x), x) == 1
d(where(x > 0, 1, 0), x) == 0
d(where(x > 0, x + 1, x), x) == 1
d(where(x >= 1, x, 2 - x), x) == where(x >= 1, 1, -1)
d(sign(x), x) == 0
d(where(x == 1, 5, x), x) == 1
d(sqrt(x**2), x) == sign(x)
d(hold(x)**2*x, x) == 3*x**2
0**x == 0
(x**a)**b == x**(a*b)
(-x)**n == x**n
(-x)**n == -x**n
logaddexp(x, y) == max(x, y)
pi == 3.141592653589793
exp(pi*sqrt(163)) == 262537412640768744
sqrt(2) == 1.4142135623730951
exp(1) == 2.718281828459045
log(2) == 0.693147180559945309417232121458
sqrt(2) + sqrt(3) == pi
sqrt(10**40 + 1) == 10**20
erf(6) == 1
tanh(20) == 1
erf(30) == 1
exp(-1000) == 0
tanh(100) == 1
erf(100) == 1
sigmoid(1000) == 1
sin(10**22) == 0
sin(pi*10**10 + 10**(-30)) == 0
cos(10**(-20)) == 1
1 + 10**(-400) == 1
sin(355) == 0
x + 10**(-60) == x
exp(x)*(1 + 10**(-40)) == exp(x)
tanh(x + 10**6) == 1
x**2 + 10**(-30)*x**10 == x**2
sin(x)**2 + cos(x)**2 == 1 + 10**(-50)
relu(x - 10**9) == 0
relu(x + 10**9) == x + 10**9
sigmoid(x)**50 == 0
where(x == sqrt(2), 1, 0) == 0
where(x == 1/3, 1, 0) == 0
where(x**3 == 2, 1, 0) == 0
where(x == pi, 1, 0) == 0
where(exp(x) == 3, 1, 0) == 0
where(cos(x) == x, 1, 0) == 0
where(x**5 - x - 1 == 0, 1, 0) == 0
where(x == y, 1, 0) == 0
where(x**2 + y**2 == 1, x, 0) == 0
where(x + y + z == 1, x, 0) == 0
indicator(x == 7) == 0
abs(sign(x**2 - 2)) == 1
abs(sign(x*x*x - x - 1)) == 1
abs(sign(exp(x) - 5)) == 1
where(x > 10**12, 1, 0) == 0
where(x > y, x, y) == x
max(x, y, z) == max(x, y)
sqrt(x + y) == sqrt(x) + sqrt(y)
log(x + y) == log(x) + log(y)
exp(x*y) == exp(x)*exp(y)
d(abs(x)*abs(y), x) == y
d(max(x, y), x) == 1
select(x, 1, 2) == where(x > 0, 1, 2)
clip(x, -1, 1) == tanh(x)
clip(x, a, b) == min(max(x, a), b) + 10**(-20)
gelu(x) == gelu_tanh(x)
min(x, max(y, z)) == max(min(x, y), z)
x == 0 ; if x**2 <= 10**(-100)
0**a == 0 ; if a >= 0
max(x, min(y, z)) == min(max(x, y), z)
relu(relu(x) - relu(y)) == relu(x - y)
max(v) == v[0] ; with v[3] ; if v[0] >= v[1]
d(norm(x), x) == x/norm(x) ; with x[2] ; if x[0] == 0 & x[1] == 0
d(where(x > 0, sin(x)/x, 1), x) == 0
d(min(x, x**3), x) == 3*x**2
d(abs(sin(x)), x) == cos(x)
d(relu(x)**(3/2), x) == 0
d(where(x**2 == 2, 1, x), x) == 1
d(select(x, x, -x), x) == 1
d(sqrt(x), x) == 1/(2*sqrt(x)) + 10**(-30)
d(max(x**2, 2*x - 1), x) == max(2*x, 2)
d(sum(max(v)), v) == ones(2)/2 ; with v[2]
d(x*sign(x), x) == sign(x)
at(d(x*sign(x), x), x=0) == 0
at(d(sqrt(x**2), x), x=0) == 0
at(d(where(x >= 0, 1, 0), x), x=0) == 0
at(d(abs(x)*x, x), x=0) == 1
at(d(where(x == 0, 1, x), x), x=0) == 0
at(d(where(x == 0, 0, x), x), x=0) == 0
d(where(x == 1, 1, x), x) == where(x == 1, 0, 1)
d(where(x == 0, 0, x), x) == sign(x)**2
d(where(x == 0, 0, x**2), x) == 2*x + where(x == 0, 1, 0)
hessian(where(x == 0, 0, x**2), x) == 2*sign(x)**2
grad(where(x == y, y, x), [x, y]) == [where(x == y, 0, 1), where(x == y, 1, 0)]
at(d(sign(x)*x**2, x), x=0) == 1
d(select(x, x, x), x) == where(x == 0, 0, 1)
d(max(x, x) , x) == 2
d(clip(x, 0, 0), x) == 1
d(clip(x, -1, 1), x) == indicator(abs(x) <= 1)
d(hold(x)*x, x) == 2*x
d(d(hold(x)*x**2, x), x) == 6*x
d(relu(x)**2, x) == 2*x
d(sum(relu(v)), v) == ones(2) ; with v[2]
d(max(v), v) == one_hot(0, 2) ; with v[2] ; if v[0] >= v[1]
d(leaky_relu(x), x) == where(x > 0, 1, 0.01)
d(elu(x, a), x) == where(x > 0, 1, a*exp(x))
d(log(abs(x)), x) == 1/abs(x)
d(x**x, x) == x**x*log(x)
d(abs(x)**y, x) == y*abs(x)**(y - 1)
d(norm(v, 1), v) == ones(2) ; with v[2]
d(sqrt(x**2 + y**2), x) == 1 ; if y == 0
d(sqrt(x*x*x*x), x) == 2*abs(x)
0/0 == 0
0*log(0) == 0
0*log(-1) == 0
0/(sqrt(2)*sqrt(2) - 2) == 0
"""

FALSE["hostile"] = """
2**(10**9) == 3**(10**8)
x**(10**9) == x**(10**9 + 1)
(1 + x)**(10**6) == 1 + x**(10**6)
(x + y + z + 1)**60 == (x + y + z)**60 + 1
10**(10**9) == 0
exp(10**9) == exp(10**9 + 1)
exp(exp(exp(10))) == 0
limit((x**1000 + 1)**(1/1000) - x, x, inf) == 1
limit(exp(exp(exp(exp(x)))) - exp(exp(exp(exp(x - exp(-exp(x)))))), x, inf) == 0
sum(x**i for i in range(0, 200)) == 0
~ sum(sin(i*x) for i in range(1, 200)) <= 100
prod(x - i for i in range(0, 100)) == 0
det(A) == 0 ; with A[6,6]
inv(A) == A ; with A[6,6]
~ convex(sum((x - i)**4 for i in range(0, 100)) - x**5/10**6, x)
grows_at_most(exp(exp(x)), x**(10**6), x)
d(d(d(d(d(d(sigmoid(x*tanh(x)), x), x), x), x), x), x) == 0
~ infimum(sum(cos(i*x) for i in range(1, 50)), x) == -49
max(x, y, z, a, b, c) == max(x, y, z, a, b)
tanh(tanh(tanh(tanh(tanh(tanh(x)))))) == x
"""

FALSE["rounding"] = """
abs(round(x) - x) < 1/2
abs(s*round(x/s) - x) <= s/3 ; if s > 0
s*round(x/s) == x ; if s > 0
round(x) == floor(x + 1/2)
round(x) == -floor(1/2 - x)
round(x + n) == round(x) + n ; if n == floor(n)
ceil(x/2) == floor((x + 1)/2)
-floor(-x) == floor(x + 1/2)
floor(x) + floor(1/2 - x) >= 0
floor(2*x) == floor(x) + floor(x + 1/3)
floor(x)*floor(x) <= floor(x*x)
round(2*x) == 2*round(x)
abs(floor(x/d)*d - x) <= d/2 ; if d > 0
"""

FALSE["maxima"] = """
max(x + y) >= max(x) + max(y) ; with x[4], y[4]
max(x + y) < max(x) + max(y) ; with x[4], y[4]
abs(max(x) - max(y)) >= max(abs(x - y)) ; with x[4], y[4]
abs(max(x) - max(y)) <= min(abs(x - y)) ; with x[4], y[4]
abs(max(r + g*(P @ x)) - max(r + g*(P @ y))) <= g*max(abs(x - y)) ; if P >= 0 & P @ ones(2) == 1 ; with x[2], y[2], r[2], P[2,2]
logsumexp(r) <= max(r) + log(3) ; with r[4]
-sum(softmax(r)*log_softmax(r)) >= 1/10 ; with r[3]
x*exp(y) + y**2*abs(x) > 0 ; if x >= 0
"""

FALSE["with a condition"] = """
0**n == 1
0**n > 0
0**n == n
0**n == where(n > 0, 0, 2) ; if n >= 0
integral(x**a, x, 0, 1) == 1/(a + 1) ; if a < -1
integral(x**a, x, 0, 1) == inf ; if a > -1
integral(exp(-lam*x), x, 0, inf) == 1/lam ; if lam < 0
"""

FALSE["means"] = """
x*y <= x**p/p + y**q/q ; if p > 1 & q > 1 & x > 0 & y > 0
2*x*y <= x**p/p + y**q/q ; if 1/p + 1/q == 1 & p > 1 & q > 1 & x > 0 & y > 0
x*y < x**p/p + y**q/q ; if 1/p + 1/q == 1 & p > 1 & q > 1 & x > 0 & y > 0
x*y <= x**p/q + y**q/p ; if 1/p + 1/q == 1 & p > 1 & q > 1 & x > 0 & y > 0
a**t*b**(1 - t) <= (1 - t)*a + t*b ; if a > 0 & b > 0 & 0 < t & t < 1
(1 + x)**n >= 1 + n*x ; if x > -1 & n >= 0
"""

FALSE["covariances"] = """
trace(B @ A) - 2 + log(det(B)) >= log(det(A)) ; if positive_definite(A) & positive_definite(B) ; with A[2,2], B[2,2]
trace(inv(B) @ A) - 1 + log(det(A)) >= log(det(B)) ; if positive_definite(A) & positive_definite(B) ; with A[2,2], B[2,2]
log(det(A)) <= trace(A) - 3 ; if positive_definite(A) ; with A[2,2]
log(det(A)) <= trace(A) - 2 ; with A[2,2]
"""

FALSE["series"] = """
sum(1/sqrt(k) for k in range(1, inf)) == 5
sum(1/sqrt(k) for k in range(1, inf)) == -inf
sum(k**(-3/2) for k in range(1, inf)) == inf
sum(1 - cos(1/k) for k in range(1, inf)) == inf
sum((-1)**k/sqrt(k) for k in range(1, inf)) == inf
sum(a/sqrt(k) for k in range(1, inf)) == inf
sum(1/sqrt(k) for k in range(1, n + 1)) <= sqrt(n) ; if n >= 1
"""


def read(line: str) -> tuple[Node, list[Node]]:
    """The claim of a line, and its assumptions. Raises ExpressionError."""
    claim, *clauses = line.removeprefix("~").strip().split(" ; ")
    given: list[str] = []
    shapes: dict[str, tuple[int, ...]] = {}
    arities: dict[str, int] = {}
    for clause in clauses:
        kind, _, rest = clause.strip().partition(" ")
        if kind == "if":
            given = rest.split(" & ")
        elif kind == "with":
            shapes = {n: tuple(map(int, s.split(","))) for n, s in re.findall(r"(\w+)\[([\d,]+)\]", rest)}
        elif kind == "fun":
            arities = {n: int(a) for n, a in re.findall(r"(\w+):(\d)", rest)}
    g = Graph()
    names = sorted(set(arities).union(*(names_in(t) for t in (claim, *given))) - {"pi"})
    scope = {n: function(g, n, arities[n]) if n in arities else g.symbol(n, shapes.get(n, ())) for n in names}
    return parse(claim, scope, g, boolean=True), [parse(a, scope, g, boolean=True) for a in given]
