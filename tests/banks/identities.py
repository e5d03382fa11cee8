# ruff: noqa: E501
"""A bank of identities: true, true off a boundary, and false. Written before the prover was tuned to it.

A line is a claim and clauses after ``;``: ``if`` gives assumptions, ``with`` shapes, ``def`` definitions in order.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.calculus.reverse import expand
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse

TRUE = """
(x + y)**2 == x**2 + 2*x*y + y**2
(x**2 - y**2)/(x - y) == x + y
(x*y)/x == y
1/x + 1/y == (x + y)/(x*y)
(a + b)**3 - (a - b)**3 == 2*b*(3*a**2 + b**2)
d((y - w*x)**2/2, w) == -(y - w*x)*x
d(sigmoid(z), z) == sigmoid(z)*(1 - sigmoid(z))
d(tanh(z), z) == 1 - tanh(z)**2
d((yhat - y)**2/2, yhat) == yhat - y
d((y - yhat)**2/2, w) == (yhat - y)*yhat*(1 - yhat)*x ; def z = w*x + b, yhat = sigmoid(z)
d(L, w1) == (yhat - y)*yhat*(1 - yhat)*w2*(1 - a1**2)*x ; def z1 = w1*x + b1, a1 = tanh(z1), yhat = sigmoid(w2*a1 + b2), L = (y - yhat)**2/2
d(-(y*log(p) + (1 - y)*log(1 - p)), z) == p - y ; def p = sigmoid(z)
d(-(y*log(p) + (1 - y)*log(1 - p)), w) == (sigmoid(w*x + b) - y)*x ; def p = sigmoid(w*x + b)
sigmoid(z) == 1/(1 + exp(-z))
sigmoid(z) == exp(z)/(1 + exp(z))
sigmoid(-z) == 1 - sigmoid(z)
tanh(z) == (exp(z) - exp(-z))/(exp(z) + exp(-z))
tanh(z) == 2*sigmoid(2*z) - 1
tanh(z) == (1 - exp(-2*z))/(1 + exp(-2*z))
tanh(x + y) == (tanh(x) + tanh(y))/(1 + tanh(x)*tanh(y))
exp(x + y) == exp(x)*exp(y)
exp(2*x) == exp(x)**2
exp(x/2)*exp(x/3) == exp(5*x/6)
exp(x + 1) == exp(1)*exp(x)
exp((x + y)**2) == exp(x**2)*exp(2*x*y)*exp(y**2)
exp(x/y)**2 == exp(2*x/y)
log(x*y) == log(x) + log(y) ; if x > 0, y > 0
log(x/y) == log(x) - log(y) ; if x > 0, y > 0
log(x**2) == 2*log(x) ; if x > 0
log(x**2) == 2*log(abs(x))
log(exp(x)) == x
exp(log(x)) == x ; if x > 0
log(6) == log(2) + log(3)
log(sqrt(x)) == log(x)/2 ; if x > 0
-log(sigmoid(z)) == log(1 + exp(-z))
log(1 + exp(z)) - log(1 + exp(-z)) == z
d(log(1 + exp(z)), z) == sigmoid(z)
log(1 + exp(z)) == relu(z) + log(1 + exp(-abs(z)))
log(sigmoid(z)/(1 - sigmoid(z))) == z
log(exp(x) + exp(y)) == x + log(1 + exp(y - x))
log(exp(x - m) + exp(y - m)) + m == log(exp(x) + exp(y))
sqrt(x**2) == abs(x)
sqrt(x)**2 == x ; if x >= 0
sqrt(x*y) == sqrt(x)*sqrt(y) ; if x >= 0, y >= 0
sqrt(4*x) == 2*sqrt(x) ; if x > 0
sqrt(x)/x == 1/sqrt(x) ; if x > 0
sqrt(8) == 2*sqrt(2)
sqrt(6) == sqrt(2)*sqrt(3)
1/(sqrt(2) - 1) == sqrt(2) + 1
d(sqrt(x**2 + eps), x) == x/sqrt(x**2 + eps) ; if eps > 0
d(sqrt(x), x) == 1/(2*sqrt(x)) ; if x > 0
d(norm(w), w) == w/norm(w) ; with w[3]
norm(w)**2 == dot(w, w) ; with w[3]
x**0.5 == sqrt(x) ; if x >= 0
x**1.5 == x*sqrt(x) ; if x > 0
(x**3)**(1/3) == x ; if x > 0
log1p(exp(z)) == log(1 + exp(z))
log1p(x - 1) == log(x) ; if x > 0
expm1(x) == exp(x) - 1
logaddexp(x, y) == x + log1p(exp(y - x))
d(logaddexp(x, y), x) == sigmoid(x - y)
erf(-x) == -erf(x)
Phi(x) + Phi(-x) == 1
Phi(x) == (1 + erf(x/sqrt(2)))/2
erf(x/sqrt(2)) == erf(sqrt(2)*x/2)
sin(x/sqrt(3)) == sin(sqrt(3)*x/3)
gelu_tanh(x) - gelu_tanh(-x) == x
exp(0.044715*x)*exp(0.044715*y)**3 == exp(0.044715*(x + 3*y))
d(x*Phi(x), x) == Phi(x) + x*exp(-x**2/2)/sqrt(2*pi)
x**n*x**m == x**(n + m) ; if x > 0
d(x**n, x) == n*x**(n - 1) ; if x > 0
d(a**x, x) == a**x*log(a) ; if a > 0
exp(n*log(x)) == x**n ; if x > 0
(x*y)**n == x**n*y**n ; if x > 0, y > 0
sin(x)**2 + cos(x)**2 == 1
sin(2*x) == 2*sin(x)*cos(x)
cos(2*x) == 1 - 2*sin(x)**2
cos(x - y) == cos(x)*cos(y) + sin(x)*sin(y)
d(sin(x)**2, x) == sin(2*x)
relu(x) - relu(-x) == x
relu(x) + relu(-x) == abs(x)
max(a, b) == (a + b + abs(a - b))/2
min(a, b) == (a + b - abs(a - b))/2
max(a, b) + min(a, b) == a + b
max(a, b)*min(a, b) == a*b
relu(x) == max(x, 0)
relu(x) == where(x > 0, x, 0)
relu(x) == where(x >= 0, x, 0)
where(x > 0, x, 0.01*x) == max(x, 0.01*x)
relu(3*x) == 3*relu(x)
relu(c*x) == c*relu(x) ; if c > 0
abs(x*y) == abs(x)*abs(y)
abs(x)**2 == x**2
abs(x) == x*sign(x)
relu(relu(x)) == relu(x)
relu(x)*relu(-x) == 0
d(relu(z), z) == 1 ; if z > 0
d(relu(z), z) == where(z > 0, 1, 0) ; if z != 0
d(relu(x)**2/2, x) == relu(x)
d(x*abs(x), x) == 2*abs(x)
d(where(abs(z) <= c, z**2/2, c*(abs(z) - c/2)), z) == max(-c, min(z, c)) ; if c > 0
d(where(z > 0, z, exp(z) - 1), z) == where(z > 0, 1, exp(z))
min(max(z, -1), 1) == max(min(z, 1), -1)
min(max(x, a), b) == max(min(x, b), a) ; if a <= b
where(x > y, x, y) == max(x, y)
max(a, max(b, c)) == max(max(a, b), c)
relu(x - y) == max(x, y) - y
W@x + b == b + W@x ; with W[2, 3], x[3], b[2]
(A@B).T == B.T@A.T ; with A[2, 3], B[3, 2]
d(sum((W@x - y)**2)/2, W) == outer(W@x - y, x) ; with W[2, 3], x[3], y[2]
d(sum((W@x - y)**2)/2, x) == W.T@(W@x - y) ; with W[2, 3], x[3], y[2]
d(x@A@x, x) == (A + A.T)@x ; with A[2, 2], x[2]
d(sum((X@w - y)**2)/2 + lam*sum(w**2)/2, w) == X.T@(X@w - y) + lam*w ; with X[3, 2], w[2], y[3]
d(sum(exp(z)), z) == exp(z) ; with z[3]
d(log(sum(exp(z))), z) == exp(z)/sum(exp(z)) ; with z[3]
-log(exp(z[0])/sum(exp(z))) == log(sum(exp(z))) - z[0] ; with z[3]
hessian(log(sum(exp(z))), z) == diag(exp(z)/sum(exp(z))) - outer(exp(z), exp(z))/sum(exp(z))**2 ; with z[3]
d(d(sigmoid(z), z), z) == sigmoid(z)*(1 - sigmoid(z))*(1 - 2*sigmoid(z))
d(d(tanh(z), z), z) == -2*tanh(z)*(1 - tanh(z)**2)
d(z*sigmoid(z), z) == sigmoid(z) + z*sigmoid(z)*(1 - sigmoid(z))
d(-log(sigmoid(z)), z) == sigmoid(z) - 1
d(exp(-x**2/2), x) == -x*exp(-x**2/2)
d(0.5*x*(1 + tanh(k*(x + c*x**3))), x) == 0.5*(1 + tanh(k*(x + c*x**3))) + 0.5*x*(1 - tanh(k*(x + c*x**3))**2)*k*(1 + 3*c*x**2)
p0**2 + 2*p0*p1 + p1**2 == 1 ; if p0 + p1 == 1
p*(1 - p) == p*q ; if p + q == 1
outer(x, y)@z == x*dot(y, z) ; with x[2], y[3], z[3]
"""

#: True except on a boundary or where one side has no value: claim, then the missing condition.
TRUE_IF = """
d(relu(z), z) == where(z > 0, 1, 0) ; needs z != 0
d(abs(x), x) == sign(x) ; needs x != 0
where(x > 0, 1, 0) == where(x >= 0, 1, 0) ; needs x != 0
x/abs(x) == sign(x) ; needs x != 0
d(max(a, b), a) == where(a > b, 1, 0) ; needs a != b
d(relu(w*x + b), w) == where(w*x + b > 0, x, 0) ; needs w*x + b != 0
log(x*y) == log(x) + log(y) ; needs x > 0
exp(log(x)) == x ; needs x > 0
0*log1p(x) == 0 ; needs x > -1
sqrt(x)**2 == x ; needs x >= 0
log(x**2) == 2*log(x) ; needs x > 0
relu(x)/relu(x) == 1 ; needs relu(x) != 0
d(where(z > 0, z, alpha*z), z) == where(z > 0, 1, alpha) ; needs z != 0
sign(x)**2 == 1 ; needs x != 0
d(where(z > 0, z, a*(exp(z) - 1)), z) == where(z > 0, 1, a*exp(z)) ; needs z != 0
"""

FALSE = """
(x + y)**2 == x**2 + y**2
(x**2 + y**2)/(x + y) == x + y
1/(x + y) == 1/x + 1/y
d((y - w*x)**2/2, w) == (y - w*x)*x
d((y - w*x)**2, w) == -(y - w*x)*x
d(sigmoid(z), z) == sigmoid(z)*(1 + sigmoid(z))
d(sigmoid(z), z) == z*(1 - z)
d(tanh(z), z) == 1 - tanh(z)
d(tanh(z), z) == 1 + tanh(z)**2
d((y - yhat)**2/2, w) == (y - yhat)*yhat*(1 - yhat)*x ; def z = w*x + b, yhat = sigmoid(z)
d((y - yhat)**2/2, w) == (yhat - y)*yhat*(1 - yhat) ; def z = w*x + b, yhat = sigmoid(z)
d(L, w1) == (yhat - y)*yhat*(1 - yhat)*w2*(1 - a1)*x ; def z1 = w1*x + b1, a1 = tanh(z1), yhat = sigmoid(w2*a1 + b2), L = (y - yhat)**2/2
d(L, w1) == (yhat - y)*yhat*(1 - yhat)*w1*(1 - a1**2)*x ; def z1 = w1*x + b1, a1 = tanh(z1), yhat = sigmoid(w2*a1 + b2), L = (y - yhat)**2/2
d(-(y*log(p) + (1 - y)*log(1 - p)), z) == y - p ; def p = sigmoid(z)
d(-(y*log(p) + (1 - y)*log(1 - p)), z) == (p - y)/(p*(1 - p)) ; def p = sigmoid(z)
sigmoid(z) == 1/(1 + exp(z))
sigmoid(-z) == 1 + sigmoid(z)
sigmoid(-z) == -sigmoid(z)
tanh(z) == 2*sigmoid(z) - 1
tanh(z) == (1 - exp(-z))/(1 + exp(-z))
tanh(x + y) == tanh(x) + tanh(y)
exp(x + y) == exp(x) + exp(y)
exp(2*x) == 2*exp(x)
exp(x/2)*exp(x/3) == exp(x/6)
log(x + y) == log(x) + log(y) ; if x > 0, y > 0
log(x/y) == log(x)/log(y) ; if x > 1, y > 1
log(x**2) == log(x)**2 ; if x > 0
log(1 + exp(z)) - log(1 + exp(-z)) == -z
-log(sigmoid(z)) == log(1 + exp(z))
log(1 + exp(z)) == relu(z)
log(1 + exp(z)) == relu(z) + log(1 + exp(abs(z)))
log(exp(x) + exp(y)) == x + y
log(6) == log(2)*log(3)
log1p(x) == log(x)
Phi(x) == erf(x)
Phi(x) - Phi(-x) == 1
d(x*Phi(x), x) == Phi(x) + x*exp(-x**2/2)
sqrt(x**2) == x
sqrt(x + y) == sqrt(x) + sqrt(y) ; if x > 0, y > 0
sqrt(x**2 + eps) == x + sqrt(eps) ; if eps > 0
sqrt(x + eps) == sqrt(x) + eps ; if eps > 0, x > 0
d(sqrt(x**2 + eps), x) == 2*x/sqrt(x**2 + eps) ; if eps > 0
d(sqrt(x), x) == 1/sqrt(x) ; if x > 0
d(norm(w), w) == w ; with w[3]
x**1.5 == sqrt(x) ; if x > 0
d(x**n, x) == n*x**n ; if x > 0
d(x**n, x) == (n - 1)*x**(n - 1) ; if x > 0
d(a**x, x) == a**x ; if a > 0
x**n*x**m == x**(n*m) ; if x > 0
sin(x)**2 - cos(x)**2 == 1
sin(2*x) == 2*sin(x)
cos(x - y) == cos(x)*cos(y) - sin(x)*sin(y)
d(cos(x), x) == sin(x)
relu(x) + relu(-x) == x
relu(x) - relu(-x) == abs(x)
max(a, b) == (a + b - abs(a - b))/2
max(a, b) + min(a, b) == a - b
relu(x) == where(x > 0, x, 1)
relu(x) == where(x > 1, x, 0)
relu(x - 3) == 0
relu(x - 30) == 0
relu(x - 3)*relu(5 - x) == 0
relu(x - 3)*relu(4 - x)*(1 + x**2) == 0
relu(c*x) == c*relu(x)
abs(x + y) == abs(x) + abs(y)
abs(x) == x
d(relu(z), z) == relu(z)
d(relu(x)**2, x) == relu(x)
d(where(abs(z) <= c, z**2/2, c*(abs(z) - c/2)), z) == max(-c, max(z, c)) ; if c > 0
d(where(abs(z) <= c, z**2/2, c*abs(z)), z) == min(z, c) ; if c > 0
max(a, max(b, c)) == max(a, b)
relu(x + y) == relu(x) + relu(y)
x == x + 1e-40
exp(x) == exp(x) + 1e-40
sin(x)**2 + cos(x)**2 == 1 + 1e-50
tanh(x)*(1 + 1e-35) == tanh(x)
W@x == W.T@x ; with W[2, 2], x[2]
(A@B).T == A.T@B.T ; with A[2, 2], B[2, 2]
A@B == B@A ; with A[2, 2], B[2, 2]
d(sum((W@x - y)**2)/2, W) == outer(x, W@x - y) ; with W[2, 2], x[2], y[2]
d(sum((W@x - y)**2)/2, x) == W@(W@x - y) ; with W[2, 2], x[2], y[2]
d(sum((W@x - y)**2), x) == W.T@(W@x - y) ; with W[2, 3], x[3], y[2]
d(x@A@x, x) == 2*A@x ; with A[2, 2], x[2]
d(sum((X@w - y)**2)/2 + lam*sum(w**2)/2, w) == X.T@(X@w - y) + 2*lam*w ; with X[3, 2], w[2], y[3]
d(sum((X@w - y)**2)/6, w) == X.T@(X@w - y) ; with X[3, 2], w[2], y[3]
d(log(sum(exp(z))), z) == exp(z) ; with z[3]
hessian(log(sum(exp(z))), z) == diag(exp(z)/sum(exp(z))) + outer(exp(z), exp(z))/sum(exp(z))**2 ; with z[3]
hessian(log(sum(exp(z))), z) == diag(exp(z)/sum(exp(z))) ; with z[3]
d(d(sigmoid(z), z), z) == sigmoid(z)*(1 - sigmoid(z))
d(d(tanh(z), z), z) == 2*tanh(z)*(1 - tanh(z)**2)
d(z*sigmoid(z), z) == sigmoid(z) + sigmoid(z)*(1 - sigmoid(z))
d(-log(sigmoid(z)), z) == 1 - sigmoid(z)
d(exp(-x**2/2), x) == x*exp(-x**2/2)
p0**2 + p1**2 == 1 ; if p0 + p1 == 1
p == 1 ; if 0 < p, p < 1
x == 0 ; if x > 0
"""


#: Written after the first version of the prover stood, and not tuned to before its first run.
HELD_TRUE = """
d(x/(1 + exp(-b*x)), x) == sigmoid(b*x) + b*x*sigmoid(b*x)*(1 - sigmoid(b*x))
d(x*tanh(log(1 + exp(x))), x) == tanh(log(1 + exp(x))) + x*(1 - tanh(log(1 + exp(x)))**2)*sigmoid(x)
tanh(log(1 + exp(x))) == ((1 + exp(x))**2 - 1)/((1 + exp(x))**2 + 1)
exp(-log(1 + exp(-z))) == sigmoid(z)
sigmoid(z)/(1 - sigmoid(z)) == exp(z)
1 - tanh(z)**2 == 4*exp(2*z)/(exp(2*z) + 1)**2
max(a, b) == a + relu(b - a)
abs(x - y) == max(x, y) - min(x, y)
relu(1 - y*f) == max(0, 1 - y*f)
d(relu(1 - y*f)**2, f) == -2*y*relu(1 - y*f)
d(abs(x)**3, x) == 3*x*abs(x)
relu(x)**2 + relu(-x)**2 == x**2
relu(x - t) - relu(-x - t) == sign(x)*relu(abs(x) - t) ; if t > 0
min(max(0.2*x + 0.5, 0), 1) == max(min(0.2*x + 0.5, 1), 0)
relu(min(x, 6)) == min(relu(x), 6)
where(x >= 0, sigmoid(x), exp(x)/(1 + exp(x))) == sigmoid(x)
(x**2 - 1)/(x - 1) == x + 1
d(log(x**2 + 1), x) == 2*x/(x**2 + 1)
d(1/(2*s**2)*(y - m)**2 + log(s), s) == 1/s - (y - m)**2/s**3 ; if s > 0
d(p*log(p) + (1 - p)*log(1 - p), p) == log(p/(1 - p)) ; if p > 0, p < 1
d(-(1 - p)**g*log(p), p) == g*(1 - p)**(g - 1)*log(p) - (1 - p)**g/p ; if p > 0, p < 1
(1 - beta**2)/(1 - beta) == 1 + beta
m/(1 - b**2)/(sqrt(v/(1 - c**2)) + eps) == m*sqrt(1 - c**2)/((1 - b**2)*(sqrt(v) + eps*sqrt(1 - c**2))) ; if v > 0, eps > 0, 0 < c, c < 1
sqrt(a)*sqrt(a) == a ; if a > 0
sqrt(x**2*y) == abs(x)*sqrt(y) ; if y >= 0
sqrt((a - b)**2) == max(a, b) - min(a, b)
abs(x)**p*abs(x)**q == abs(x)**(p + q) ; if x != 0
d(abs(x)**p, x) == p*abs(x)**(p - 1)*sign(x) ; if x != 0
(2*x)**n == 2**n*x**n ; if x > 0
exp(a*log(2)) == 2**a
2**(x + 1) == 2*2**x
8**(1/3) == 2
x**(-2) == 1/x**2
sqrt(2)/2 == 1/sqrt(2)
(sqrt(5) + 1)/2*((sqrt(5) - 1)/2) == 1
sin(3*x) == 3*sin(x) - 4*sin(x)**3
sin(x + y) + sin(x - y) == 2*sin(x)*cos(y)
1/(1 + exp(-(a - b))) == exp(a)/(exp(a) + exp(b))
log(exp(a)/(exp(a) + exp(b))) == a - log(exp(a) + exp(b))
norm(c*w)**2 == c**2*norm(w)**2 ; with w[3]
norm(x - y)**2 == norm(x)**2 - 2*dot(x, y) + norm(y)**2 ; with x[3], y[3]
sum(abs(w)) == norm(w, 1) ; with w[3]
norm(w/norm(w)) == 1 ; with w[3]
d(norm(w, 1), w) == sign(w) ; with w[2] ; if w[0] != 0, w[1] != 0
d(dot(x, y)/(norm(x)*norm(y)), x) == y/(norm(x)*norm(y)) - dot(x, y)*x/(norm(x)**3*norm(y)) ; with x[2], y[2]
hessian(norm(w), w) == (diag(w*0 + 1) - outer(w, w)/norm(w)**2)/norm(w) ; with w[2]
d(sum(exp(z - m)), z) == exp(z - m) ; with z[3]
exp(z - m)/sum(exp(z - m)) == exp(z)/sum(exp(z)) ; with z[3]
d(relu(W@x + b), b) == diag(where(W@x + b > 0, x*0 + 1, x*0)) ; with W[2, 2], x[2], b[2] ; if all(W@x + b != 0)
x@A@x == x@((A + A.T)/2)@x ; with A[2, 2], x[2]
hessian(x@A@x/2, x) == (A + A.T)/2 ; with A[2, 2], x[2]
d(log(a*d0 - b*c), a) == d0/(a*d0 - b*c)
hvp(sum(x**3), x, u) == 6*x*u ; with x[2], u[2]
w - eta*(w + l*w) == (1 - eta*(1 + l))*w
where(x > 0, x, alpha*x) == relu(x) - alpha*relu(-x)
max(x, alpha*x) == where(x > 0, x, alpha*x) ; if 0 < alpha, alpha < 1
d(max(x, alpha*x), x) == where(x > 0, 1, alpha) ; if 0 < alpha, alpha < 1, x != 0
abs(abs(x) - abs(y))*(abs(x) + abs(y)) == abs(x**2 - y**2)
sign(x*y) == sign(x)*sign(y)
sign(x)*abs(x) == x
(x + abs(x))/2 == relu(x)
x/(1 + abs(x)) == where(x > 0, x/(1 + x), x/(1 - x))
d(x/(1 + abs(x)), x) == 1/(1 + abs(x))**2
sqrt(x**4) == x**2
log(abs(x*y)) == log(abs(x)) + log(abs(y))
log(8) == 3*log(2)
-log(1 - sigmoid(z)) == z + log(1 + exp(-z))
y*log(1 + exp(-z)) + (1 - y)*log(1 + exp(z)) == log(1 + exp(z)) - y*z
max(z, 0) - z*y + log(1 + exp(-abs(z))) == -y*log(sigmoid(z)) - (1 - y)*log(1 - sigmoid(z))
"""

HELD_FALSE = """
d(x*tanh(log(1 + exp(x))), x) == tanh(log(1 + exp(x))) + x*(1 - tanh(log(1 + exp(x)))**2)
exp(-log(1 + exp(z))) == sigmoid(z)
max(a, b) == b + relu(b - a)
d(relu(1 - y*f)**2, f) == 2*y*relu(1 - y*f)
d(abs(x)**3, x) == 3*x**2
relu(x - t) - relu(-x - t) == relu(abs(x) - t) ; if t > 0
relu(min(x, 6)) == min(x, 6)
max(x, alpha*x) == where(x > 0, x, alpha*x)
m/(1 - b**2)/(sqrt(v/(1 - c**2)) + eps) == m*sqrt(1 - c**2)/((1 - b**2)*(sqrt(v) + eps)) ; if v > 0, eps > 0, 0 < c, c < 1
(x**2)**(1/2) == x
abs(x)**p == x**p ; if p > 0, x < 0, p == 3
sqrt(x**2*y) == x*sqrt(y) ; if y >= 0
norm(c*w) == c*norm(w) ; with w[2]
hessian(x@A@x/2, x) == A ; with A[2, 2], x[2]
sign(x + y) == sign(x) + sign(y)
d(x/(1 + abs(x)), x) == 1/(1 + abs(x))
relu(x - 1000)*relu(1001 - x) == 0
relu(x**2 - 2)*relu(1.5 - x)*relu(x) == 0
where(x**2 < 0.0001, 1, 0) == 0
exp(-x**2)*relu(x - 20) == 0
abs(x) + abs(y) + abs(z) == abs(x + y + z)
max(a, b, c) == max(a, b)
min(max(x, a), b) == max(min(x, b), a)
sigmoid(x)*(1 + 1e-60) == sigmoid(x)
log(1 + exp(x)) == x + log(1 + exp(-x)) + 1e-45*relu(x - 7)
sqrt(2)*sqrt(3) == sqrt(5)
sqrt(2) == 1.41421356237309504880168872420969807856967187537694
exp(1) == 2.718281828459045235360287471352662497757
sin(x)**2 == 1 - cos(x)**2 + 1e-30*where(x > 8, 1, 0)
where(x > 5, 1, 0)*where(x < 5.0001, 1, 0) == 0
"""


#: Faults of the kinds that documents make, planted one a line: a sign, a factor, an index, an exponent, a transpose, a condition.
MORE_FALSE = """
d(d(softplus(x), x), x) == sigmoid(x)*(1 - sigmoid(x))/2
d(d(d(exp(-x**2/2), x), x), x) == (3*x + x**3)*exp(-x**2/2)
softplus(x) - softplus(-x) == abs(x)
softplus(x) == log(1 + exp(-x))
d(x*tanh(softplus(x)), x) == tanh(softplus(x)) + x*(1 - tanh(softplus(x)))*sigmoid(x)
logsumexp(z) == max(z) ; with z[3]
logsumexp(z)/3 == mean(z) ; with z[3]
softmax(-z) == -softmax(z) ; with z[3]
d(softmax(z)[0], z[1]) == softmax(z)[0]*softmax(z)[1] ; with z[3]
d(softmax(z)[0], z[0]) == softmax(z)[0]*(1 - softmax(z)[1]) ; with z[3]
sum(outer(x, y)) == sum(x) + sum(y) ; with x[2], y[3]
trace(outer(x, y)) == 2*dot(x, y) ; with x[3], y[3]
(A@B).T == A.T@B.T ; with A[3, 3], B[3, 3]
d(sum((A@x)**2), x) == 2*A@A.T@x ; with A[2, 2], x[2]
d(x@A@x, A) == outer(x, x).T + outer(x, x) ; with A[2, 2], x[2]
hessian(sum((X@w - y)**2)/2, w) == X@X.T ; with X[2, 2], w[2], y[2]
norm(x + y)**2 == norm(x)**2 + norm(y)**2 + dot(x, y) ; with x[2], y[2]
norm(A@x) == norm(A)*norm(x) ; with A[2, 2], x[2]
(1 - b**3)/(1 - b) == 1 + b + b**3 ; if b > 0, b < 1
m*b**2 + (1 - b)*(g + b*g) == m*b**2 + (1 - b)*g ; if b > 0, b < 1
eta/(1 + k*t) == eta*(1 - k*t) ; if k > 0, t > 0
w - eta*(g + lam*w) == (1 - lam)*w - eta*g
x*p/p == x*p ; if p > 0
p*(1 - p) == 1/4 ; if p > 0, p < 1
-p*log2(p) - (1 - p)*log2(1 - p) == -p*log(p) - (1 - p)*log(1 - p) ; if p > 0, p < 1
d(-log(softmax(z)[0]), z) == softmax(z) - [0, 1, 0] ; with z[3]
sigmoid(log(p/(1 - p))) == 1 - p ; if p > 0, p < 1
max(0, 1 - y*f)**2 == 1 - 2*y*f + (y*f)**2
d(max(0, 1 - y*f), f) == -y ; if y > 0
clip(x, -1, 1) == x - relu(x - 1) + relu(-x - 2)
elu(x) == relu(x) + exp(min(x, 0))
selu(x) == elu(x, 1.6733)
leaky_relu(x) == max(x, 0.1*x)
sign(x)*x**2 == x**2
sqrt(x**2 + 1e-60) == abs(x)
exp(x)*(1 + 1e-33*sin(pi*x)) == exp(x)
tanh(40 + x**2) == 1
tanh(x) == x - x**3/3
log(1 + x)*relu(x - 9) == x*relu(x - 9)
"""


@dataclass(frozen=True)
class Identity:
    """A claim read: both sides, derivatives worked out, and its assumptions."""

    text: str
    a: Node
    b: Node
    assuming: tuple[Node, ...]
    needs: str | None


def lines(bank: str) -> list[str]:
    return [line for line in bank.splitlines() if line.strip()]


def read(line: str, graph: Graph | None = None) -> Identity:
    """``A == B ; if p, q ; with W[2, 3] ; def z = w*x, a = tanh(z)`` in a graph of its own."""
    g = graph or Graph()
    claim, *clauses = [part.strip() for part in line.split(";")]
    said = dict(c.split(" ", 1) for c in clauses)
    shapes = dict(_shape(s) for s in _list(said.get("with", "")))
    scope: dict[str, Node] = {}

    def see(text: str) -> None:
        for name in names_in(text):
            if name not in scope and name != "pi":
                scope[name] = g.symbol(name, shapes.get(name, ()))

    for definition in _list(said.get("def", "")):
        name, body = definition.split(" = ")
        see(body)
        scope[name] = g.define(name, parse(body, scope, g))
    conditions = _list(said.get("if", ""))
    for text in (claim, *conditions):
        see(text)
    equation = parse(claim, scope, g, boolean=True)
    assuming = tuple(parse(c, scope, g, boolean=True) for c in conditions)
    return Identity(claim, expand(equation.args[0]), expand(equation.args[1]), assuming, said.get("needs"))


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, _, sizes = text.rstrip("]").partition("[")
    return name, tuple(int(s) for s in sizes.split(","))


def _list(text: str) -> list[str]:
    """Parts at commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if c == "," and not depth:
            parts.append(text[start:i].strip())
            start = i + 1
    return [p for p in (*parts, text[start:].strip()) if p]
