# ruff: noqa: E501
"""Statements of kinds that documents on machine learning make, as attacks.py writes them; each truth worked out by hand.

``TRUE`` holds wherever its sides have values. ``CONDITIONAL`` holds under a condition that it does not state, given after ``=>``.
``FALSE`` fails at points that no boundary excuses.
"""

from __future__ import annotations

TRUE = """
-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z))) == softplus(z) - y*z
-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z))) == max(z, 0) - z*y + log(1 + exp(-abs(z)))
d(d(softplus(z) - y*z, z), z) == sigmoid(z)*(1 - sigmoid(z))
d(-log(sigmoid(a - b)), a) == sigmoid(a - b) - 1
log(sigmoid(a)) - log(sigmoid(-a)) == a
d(-(1 - sigmoid(z))**g*log(sigmoid(z)), z) == (1 - sigmoid(z))**g*(g*sigmoid(z)*log(sigmoid(z)) - (1 - sigmoid(z)))
d(max(0, 1 - y*z)**2, z) == -2*y*max(0, 1 - y*z)
max(0, 1 - m) >= where(m < 0, 1, 0)
log(1 + exp(-m))/log(2) >= where(m < 0, 1, 0)
where(abs(r) <= k, r**2/2, k*(abs(r) - k/2)) <= r**2/2 ; if k > 0
where(abs(r) <= k, r**2/2, k*(abs(r) - k/2)) <= k*abs(r) ; if k > 0
k**2*(sqrt(1 + (r/k)**2) - 1) <= r**2/2 ; if k > 0
d(k**2*(sqrt(1 + (r/k)**2) - 1), r) == r/sqrt(1 + (r/k)**2) ; if k > 0
d(log((exp(r) + exp(-r))/2), r) == tanh(r)
where(r > 0, q*r, (q - 1)*r) == max(q*r, (q - 1)*r) ; if q > 0 & q < 1
where(r > 0, q*r, (q - 1)*r) >= 0 ; if q > 0 & q < 1
d((1 - e)*a + e*b, e) == b - a
sum((1 - e)*y + e/3) == (1 - e)*sum(y) + e ; with y[3]
softmax(-z) == exp(-z)/sum(exp(-z)) ; with z[3]
softmax(log(p)) == p/sum(p) ; with p[3] ; if p > 0
logsumexp(z) >= max(z) ; with z[3]
logsumexp(z) <= max(z) + log(3) ; with z[3]
softmax(z)[0] < 1 ; with z[3]
sum(softmax(z)**2) <= 1 ; with z[3]
sum(z*softmax(z)) <= logsumexp(z) ; with z[2]
softmax([z + t, z]) == [sigmoid(t), 1 - sigmoid(t)]
limit(sigmoid((a - b)/t), t, 0, 1) == 1 ; if a > b
limit(exp(a/t)/(exp(a/t) + exp(b/t)), t, inf) == 1/2
limit(t*log(exp(a/t) + exp(b/t)), t, 0, 1) == max(a, b)
jacobian(log_softmax(z), z) == eye(3) - outer(ones(3), softmax(z)) ; with z[3]
m/(1 - b1) == g ; if b1 != 1 & m == (1 - b1)*g
(b*m + (1 - b)*g) - m == (1 - b)*(g - m)
b*(b*m + (1 - b)*g) + (1 - b)*h == b**2*m + (1 - b)*(b*g + h)
(b**2*v + (1 - b**2)*g**2)*(1 + b) >= 0 ; if v >= 0 & b >= 0 & b <= 1
abs(g/sqrt(g**2 + e)) < 1 ; if e > 0
abs((1 - b)*g/sqrt((1 - c)*g**2)) == (1 - b)/sqrt(1 - c) ; if g != 0 & b < 1 & c < 1
w - eta*(g + lam*w) == (1 - eta*lam)*w - eta*g
u + v - eta*g - v == u - eta*g
(1 - eta*a)**2 < 1 ; if a > 0 & eta > 0 & eta*a < 2
abs(1 - eta*a) <= 1 - eta*a ; if eta > 0 & a > 0 & eta*a <= 1
(1 - a)**k <= exp(-a*k) ; if a >= 0 & a <= 1 & k > 0
(l - m)/(l + m) == (l/m - 1)/(l/m + 1) ; if l > 0 & m > 0
(sqrt(k) - 1)/(sqrt(k) + 1) <= (k - 1)/(k + 1) ; if k >= 1
eta*(1 + cos(pi*t))/2 == eta*cos(pi*t/2)**2
eta*(1 + cos(pi*t))/2 <= eta ; if eta > 0
limit((1 - b**t)/(1 - b), t, inf) == 1/(1 - b) ; if b > 0 & b < 1
sum(b**i for i in range(0, 6))*(1 - b) == 1 - b**6
mean(x - mean(x)) == 0 ; with x[4]
mean((x - mean(x))**2) == mean(x**2) - mean(x)**2 ; with x[4]
(c*x + t - mean(c*x + t))/sqrt(var(c*x + t)) == (x - mean(x))/sqrt(var(x)) ; with x[3] ; if c > 0 & x[0] != x[1]
x/sqrt(mean(x**2))*sqrt(mean(x**2)) == x ; with x[3] ; if x[0] != 0
norm(x/norm(x)) == 1 ; with x[3] ; if x[1] > 0
var(x) >= 0 ; with x[4]
dot(x, d(norm(x), x)) == norm(x) ; with x[3] ; if x[0] != 0
dot(u, v)/(norm(u)*norm(v)) <= 1 ; with u[2], v[2] ; if norm(u) > 0 & norm(v) > 0
norm(u - v)**2 == norm(u)**2 + norm(v)**2 - 2*dot(u, v) ; with u[4], v[4]
norm(u + v)**2 + norm(u - v)**2 == 2*norm(u)**2 + 2*norm(v)**2 ; with u[3], v[3]
norm(u + v) <= norm(u) + norm(v) ; with u[2], v[2]
norm(v, 1) >= norm(v) ; with v[2]
norm(v, 1)**2 <= 2*norm(v)**2 ; with v[2]
max(abs(v[0]), abs(v[1])) <= norm(v) ; with v[2]
p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) >= 0 ; if p > 0 & p < 1 & q > 0 & q < 1
-p*log(p) - (1 - p)*log(1 - p) <= log(2) ; if p > 0 & p < 1
-p*log(p) - (1 - p)*log(1 - p) >= 2*p*(1 - p) ; if p > 0 & p < 1
p*(1 - p) <= 1/4
d(-p*log(p) - (1 - p)*log(1 - p), p) == log((1 - p)/p) ; if p > 0 & p < 1
d(-p*log(p) - (1 - p)*log(1 - p), p) == -log(p/(1 - p)) ; if p > 0 & p < 1
log(s) + m**2/(2*s**2) + 1/(2*s**2) - 1/2 >= 0 ; if s > 0
log(s2/s1) + s1**2/(2*s2**2) - 1/2 >= 0 ; if s1 > 0 & s2 > 0
(m**2 + v - log(v) - 1)/2 >= 0 ; if v > 0
log(2*pi*exp(1)*v)/2 == (1 + log(2*pi) + log(v))/2 ; if v > 0
integral(exp(-x**2/2)/sqrt(2*pi), x, -inf, inf) == 1
integral(x**2*exp(-x**2/2)/sqrt(2*pi), x, -inf, inf) == 1
integral(relu(x)*exp(-x**2/2)/sqrt(2*pi), x, -inf, inf) == 1/sqrt(2*pi)
integral(relu(x)**2*exp(-x**2/2)/sqrt(2*pi), x, -inf, inf) == 1/2
integral(l*exp(-l*x), x, 0, inf) == 1 ; if l > 0
integral(x*l*exp(-l*x), x, 0, inf) == 1/l ; if l > 0
integral(sigmoid(x)*(1 - sigmoid(x)), x, -inf, inf) == 1
integral(-log(u), u, 0, 1) == 1
1/(1 + exp(-(log(p/(1 - p))))) == p ; if p > 0 & p < 1
log(p/(1 - p)) == -log(1/p - 1) ; if p > 0 & p < 1
q*r*(1/(q*s + (1 - q)*t)) == q*r/(t + q*(s - t)) ; if q*s + (1 - q)*t != 0
2*(1/(1/p + 1/r)) == 2*p*r/(p + r) ; if p > 0 & r > 0
2*p*r/(p + r) <= (p + r)/2 ; if p > 0 & r > 0
2*t/(2*t + f + n) == 2*(t/(t + f))*(t/(t + n))/(t/(t + f) + t/(t + n)) ; if t > 0 & f >= 0 & n >= 0
t/(t + f) <= 1 ; if t > 0 & f >= 0
i/(u - i) <= 2*i/u*1/(2 - 2*i/u) ; if u > 0 & i >= 0 & i < u
r + g*(r + g*v) - (r + g*r + g**2*v) == 0
(1 - g)*sum(g**i for i in range(0, 4)) + g**4 == 1
min(r*A, clip(r, 1 - e, 1 + e)*A) <= r*A ; if e > 0 & e < 1
min(r*A, clip(r, 1 - e, 1 + e)*A) == where(A >= 0, min(r, 1 + e)*A, max(r, 1 - e)*A) ; if e > 0 & e < 1
d(log(exp(-(a - m)**2/(2*s**2))/(s*sqrt(2*pi))), m) == (a - m)/s**2 ; if s > 0
d(log(exp(-(a - m)**2/(2*s**2))/(s*sqrt(2*pi))), s) == ((a - m)**2 - s**2)/s**3 ; if s > 0
sqrt(a)*(sqrt(a)*x + sqrt(1 - a)*e) + sqrt(1 - a)*f == a*x + sqrt(a*(1 - a))*e + sqrt(1 - a)*f ; if a > 0 & a < 1
(x - sqrt(1 - a)*((x - sqrt(a)*y)/sqrt(1 - a)))/sqrt(a) == y ; if a > 0 & a < 1
a*b + (1 - a*b) == 1
1 - a*b == (1 - a) + a*(1 - b)
x*cos(t)**2 + x*sin(t)**2 == x
(x*cos(t) - y*sin(t))**2 + (x*sin(t) + y*cos(t))**2 == x**2 + y**2
sin(w*(p + k)) == sin(w*p)*cos(w*k) + cos(w*p)*sin(w*k)
(x*cos(m) - y*sin(m))*(u*cos(n) - v*sin(n)) + (x*sin(m) + y*cos(m))*(u*sin(n) + v*cos(n)) == (x*u + y*v)*cos(m - n) + (x*v - y*u)*sin(m - n)
W@x + a/r*(B@(A@x)) == (W + a/r*(B@A))@x ; with W[2,2], A[1,2], B[2,1], x[2] ; if r > 0
rank(B@A) <= 1 ; with A[1,3], B[3,1]
positive_semidefinite(B.T@B) ; with B[2,3]
positive_definite(X.T@X + l*eye(2)) ; with X[3,2] ; if l > 0
trace(A.T@A) >= 0 ; with A[2,3]
trace((A - B).T@(A - B)) == trace(A.T@A) - 2*trace(A.T@B) + trace(B.T@B) ; with A[2,2], B[2,2]
det(eye(2) + outer(u, v)) == 1 + dot(u, v) ; with u[2], v[2]
det(c*A) == c**3*det(A) ; with A[3,3]
(eye(3) - 2*outer(v, v)/dot(v, v))@v == -v ; with v[3] ; if v[0] != 0
(eye(2) - outer(u, u)/dot(u, u))@u == zeros(2) ; with u[2] ; if u[0] != 0
d(norm(X@w - y)**2/2 + l/2*dot(w, w), w) == X.T@(X@w - y) + l*w ; with X[3,2], w[2], y[3]
convex(log(1 + exp(-y*x)), x)
convex(max(0, 1 - y*x), x)
convex(softplus(x) - y*x, x)
convex(-log(x), x) ; if x > 0
convex(norm(w, 1) + l*dot(w, w), w) ; with w[3] ; if l >= 0
convex(logsumexp(A@x), x) ; with A[3,2], x[2]
not convex((sigmoid(x) - 1)**2, x)
not convex(x**2*y**2 - x**4, x)
increasing(x + softplus(x), x)
increasing(x*sigmoid(x) + x, x)
decreasing(-log(sigmoid(x)), x)
nondecreasing(clip(x, -1, 1), x)
smooth(silu(x), x)
continuous(clip(x, 0, 6)/6, x)
not differentiable(leaky_relu(x), x)
minimizer((x - a)**2 + (x - b)**2, x, (a + b)/2)
unique_minimizer(q*(x - a)**2/2 + (1 - q)*(x - b)**2/2, x, q*a + (1 - q)*b) ; if q >= 0 & q <= 1
minimizer(l*abs(x) + (x - a)**2/2, x, sign(a)*max(abs(a) - l, 0)) ; if l >= 0
stationary(softplus(x) - p*x, x, log(p/(1 - p))) ; if p > 0 & p < 1
infimum(x*log(x), x) == -exp(-1) ; if x > 0
supremum(x*exp(-x), x) == exp(-1) ; if x > 0
limit((exp(h*x) - 1)/h, h, 0) == x
limit((x**l - 1)/l, l, 0) == log(x) ; if x > 0
limit((1 + x/n)**n, n, inf) == exp(x)
limit(x*sigmoid(b*x), b, inf) == relu(x)
limit(log(1 + exp(b*x))/b, b, inf) == max(x, 0)
limit(tanh(x)/x, x, 0) == 1
limit(-x*log(x), x, 0, 1) == 0
limit((1 - p**a)/(a - 1), a, inf) == 0 ; if p > 0 & p < 1
limit(log(p**a + (1 - p)**a)/(1 - a), a, 1) == -p*log(p) - (1 - p)*log(1 - p) ; if p > 0 & p < 1
grows_slower(log(x), x**(1/10), x)
grows_slower(x**5, exp(x/10), x)
asymptotic(softplus(x), x, x)
grows_like(3*x**2 + x, x**2, x)
d(x*tanh(softplus(x)), x) == tanh(softplus(x)) + x*sigmoid(x)*(1 - tanh(softplus(x))**2)
d(x*clip(x + 3, 0, 6)/6, x) == (2*x + 3)/6 ; if x > -3 & x < 3
x*clip(x + 3, 0, 6)/6 == x ; if x >= 3
gelu(x) <= relu(x)
x*sigmoid(1.702*x) - relu(x) <= 0
abs(tanh(x)) < 1
abs(tanh(x) - tanh(y)) <= abs(x - y)
abs(sigmoid(x) - sigmoid(y)) <= abs(x - y)/4
abs(relu(x) - relu(y)) <= abs(x - y)
tanh(x)**2 + (1 - tanh(x)**2) == 1
relu(x) - relu(-x) == x
relu(x) + relu(-x) == abs(x)
elu(x) >= -1
hardtanh == clip(x, -1, 1) ; if hardtanh == max(-1, min(1, x))
a*d(phi(x), x) == d(a*phi(x), x) ; fun phi:1
d(phi(a*x + b), x) == a*phi(a*x + b, d=1) ; fun phi:1
d(phi(x)*psi(x), x) == phi(x, d=1)*psi(x) + phi(x)*psi(x, d=1) ; fun phi:1, psi:1
"""

CONDITIONAL = """
log(a*b) == log(a) + log(b) ; if a != 0 & b != 0 => a > 0
abs(r) > 0 => r != 0
(y - p)**2 > 0 => y != p
d(abs(w), w) == sign(w) => w != 0
d(relu(z), z) == where(z > 0, 1, 0) => z != 0
d(max(0, 1 - m), m) == where(m < 1, -1, 0) => m != 1
d(leaky_relu(z), z) == where(z >= 0, 1, 0.01) => z != 0
log(p) <= p - 1 => p > 0
-log(p) >= 1 - p => p > 0
exp(log(s)) == s => s > 0
sqrt(v) >= 0 => v >= 0
a**2*b**2 > 0 ; if a > 0 => b != 0
tanh(z)**2 > 0 => z != 0
gelu(z)**2 > 0 => z != 0
dot(w, w) > 0 ; with w[1] => w[0] != 0
p*log(p) <= 0 ; if p <= 1 => p > 0
norm(w)**2 > 0 ; with w[1] => w[0] != 0
(sigmoid(a) - sigmoid(b))**2 > 0 => a != b
"""

FALSE = """
-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z))) == softplus(z) + y*z
-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z))) == max(z, 0) - z*y + log(1 + exp(abs(z)))
d(d(softplus(z) - y*z, z), z) == sigmoid(z)**2
d(-log(sigmoid(a - b)), a) == sigmoid(a - b)
d(-(1 - sigmoid(z))**2*log(sigmoid(z)), z) == (1 - sigmoid(z))**2*(2*sigmoid(z)*log(sigmoid(z)) + sigmoid(z) - 2)
log(1 + exp(-m)) >= where(m < 0, 1, 0)
where(abs(r) <= k, r**2/2, k*(abs(r) - k)) <= r**2/2 - r ; if k > 0
where(r > 0, q*r, (q - 1)*r) == min(q*r, (q - 1)*r) ; if q > 0 & q < 1
softmax(2*z) == softmax(z)**2 ; with z[3]
softmax(z) == exp(z)/max(exp(z)) ; with z[3]
logsumexp(z) <= max(z) + log(2) ; with z[3]
sum(softmax(z)**2) >= 1/2 ; with z[3]
softmax([z + t, z]) == [sigmoid(-t), sigmoid(t)]
limit(exp(a/t)/(exp(a/t) + exp(b/t)), t, inf) == 1
limit(t*log(exp(a/t) + exp(b/t)), t, 0, 1) == a + b
jacobian(log_softmax(z), z) == eye(3) - outer(softmax(z), ones(3)) ; with z[3]
jacobian(softmax(z), z) == diag(softmax(z))*(1 - softmax(z)) ; with z[3]
b*(b*m + (1 - b)*g) + (1 - b)*h == b**2*m + (1 - b)*(g + h)
m/(1 - b**2) == g ; if b > 0 & b < 1 & m == (1 - b)*g
g/(sqrt(g**2) + e) == g/sqrt(g**2 + e) ; if e > 0
abs((1 - b)*g/sqrt((1 - c)*g**2)) <= 1 ; if g != 0 & b < 1 & c < 1 & b > 0 & c > 0
w - eta*(g + lam*w) == (1 - lam)*w - eta*g
(1 - eta*a)**2 < 1 ; if a > 0 & eta > 0
abs(1 - eta*a) < 1 ; if a > 0 & eta > 0 & eta <= 2/a
(1 - a)**k <= exp(-a*k) - a ; if a >= 0 & a <= 1 & k > 0
(sqrt(k) - 1)/(sqrt(k) + 1) >= (k - 1)/(k + 1) ; if k > 1
eta*(1 + cos(pi*t))/2 == eta*cos(pi*t)**2
sum(b**i for i in range(0, 6))*(1 - b) == 1 - b**5
(x - mean(x))/sqrt(var(x)) == (x - mean(x))/var(x) ; with x[3] ; if x[0] != x[1]
(c*x - mean(c*x))/sqrt(var(c*x)) == (x - mean(x))/sqrt(var(x)) ; with x[3] ; if c != 0 & x[0] != x[1]
mean((x - mean(x))**2) == mean(x**2) + mean(x)**2 ; with x[3]
var(x, ddof=1) == mean((x - mean(x))**2) ; with x[3]
norm(u - v)**2 == norm(u)**2 + norm(v)**2 ; with u[3], v[3]
norm(u + v) >= norm(u) + norm(v) ; with u[2], v[2]
norm(v, 1) <= norm(v) ; with v[2]
norm(v, 1)**2 <= norm(v)**2*3/2 ; with v[2]
p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) == q*log(q/p) + (1 - q)*log((1 - q)/(1 - p)) ; if p > 0 & p < 1 & q > 0 & q < 1
p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) > 0 ; if p > 0 & p < 1 & q > 0 & q < 1 & p == q
-p*log(p) - (1 - p)*log(1 - p) < log(2) ; if p > 1/4 & p < 3/4 & p == 1/2
-p*log(p) - (1 - p)*log(1 - p) <= 2/3 ; if p > 0 & p < 1
-p*log(p) - (1 - p)*log(1 - p) >= 3*p*(1 - p) ; if p > 0 & p < 1
d(-p*log(p) - (1 - p)*log(1 - p), p) == log(p/(1 - p)) ; if p > 0 & p < 1
(m**2 + v + log(v) - 1)/2 >= 0 ; if v > 0
log(2*pi*exp(1)*v)/2 == (1 + log(2*pi))/2 + log(v) ; if v > 0
integral(exp(-x**2/2), x, -inf, inf) == sqrt(pi)
integral(x**4*exp(-x**2/2)/sqrt(2*pi), x, -inf, inf) == 2
integral(relu(x)**2*exp(-x**2/2)/sqrt(2*pi), x, -inf, inf) == 1
integral(x*l*exp(-l*x), x, 0, inf) == l ; if l > 0
integral(-log(u), u, 0, 1) == 2
integral(1/x, x, 1, inf) == 1
2*p*r/(p + r) == sqrt(p*r) ; if p > 0 & r > 0
2*p*r/(p + r) >= (p + r)/2 ; if p > 0 & r > 0
i/(u - i) <= i/u ; if u > 0 & i > 0 & i < u
(1 - g)*sum(g**i for i in range(0, 4)) == 1
min(r*A, clip(r, 1 - e, 1 + e)*A) == clip(r, 1 - e, 1 + e)*A ; if e > 0 & e < 1
min(r*A, clip(r, 1 - e, 1 + e)*A) >= 0 ; if e > 0 & e < 1 & r > 0
d(log(exp(-(a - m)**2/(2*s**2))/(s*sqrt(2*pi))), m) == (m - a)/s**2 ; if s > 0
d(log(exp(-(a - m)**2/(2*s**2))/(s*sqrt(2*pi))), s) == (a - m)**2/s**3 ; if s > 0
(x - (1 - a)*((x - sqrt(a)*y)/sqrt(1 - a)))/sqrt(a) == y ; if a > 0 & a < 1
1 - a*b == (1 - a)*(1 - b)
(x*cos(t) + y*sin(t))**2 + (x*sin(t) + y*cos(t))**2 == x**2 + y**2
sin(w*(p + k)) == sin(w*p)*cos(w*k) - cos(w*p)*sin(w*k)
(x*cos(m) - y*sin(m))*(u*cos(n) - v*sin(n)) + (x*sin(m) + y*cos(m))*(u*sin(n) + v*cos(n)) == (x*u + y*v)*cos(m + n)
W@x + a/r*(A@(B@x)) == (W + a/r*(B@A))@x ; with W[2,2], A[2,2], B[2,2], x[2] ; if r > 0
rank(A@B) == 1 ; with A[3,1], B[1,3]
positive_definite(B.T@B) ; with B[2,3]
positive_semidefinite(A) ; with A[2,2]
trace(A@A) >= 0 ; with A[2,2]
det(eye(2) + outer(u, v)) == 1 + norm(u)*norm(v) ; with u[2], v[2]
det(c*A) == c*det(A) ; with A[3,3]
det(A + B) == det(A) + det(B) ; with A[3,3], B[3,3]
(eye(3) - outer(v, v)/dot(v, v))@v == -v ; with v[3] ; if v[0] != 0
d(norm(X@w - y)**2/2 + l*dot(w, w), w) == X.T@(X@w - y) + l*w ; with X[3,2], w[2], y[3]
d(norm(X@w - y)**2, w) == 2*(X@w - y) ; with X[2,2], w[2], y[2]
convex((sigmoid(x) - 1)**2, x)
convex(-log(sigmoid(x))*x, x)
convex(gelu(x), x)
convex(x*y, x) and convex((x*y)**3, x)
convex(norm(v)*norm(v, 1) - 3*dot(v, v), v) ; with v[2]
concave(-x*log(x) + x**3, x) ; if x > 0
increasing(x*sigmoid(x), x)
increasing(gelu(x), x)
increasing(x - sin(2*x), x)
decreasing(-softplus(-x), x)
smooth(elu(x), x)
differentiable(clip(x, 0, 6)/6, x)
differentiable(max(x, x**2), x)
continuous(where(x > 0, x + 1, x), x)
minimizer((x - a)**2 + 2*(x - b)**2, x, (a + b)/2)
minimizer(abs(x - a) + abs(x - b), x, a + b)
minimizer(l*abs(x) + (x - a)**2/2, x, a - l) ; if l > 0
unique_minimizer(max(abs(x) - 1, 0), x, 0)
stationary(softplus(x) - p*x, x, log(1 - p)) ; if p > 0 & p < 1
infimum(x*log(x), x) == -1/2 ; if x > 0
supremum(x*exp(-x), x) == 1 ; if x > 0
supremum(sigmoid(x)*(1 - sigmoid(x)), x) == 1/2
limit((x**l - 1)/l, l, 0) == x ; if x > 0
limit((1 + x/n)**n, n, inf) == 1 + x
limit(x*sigmoid(b*x), b, inf) == abs(x)
limit(tanh(x)/x, x, 0) == 0
limit(x*log(x), x, 0, 1) == -inf
limit(abs(x)/x, x, 0) == 1
limit(log(p**a + (1 - p)**a)/(1 - a), a, 1) == p*(1 - p) ; if p > 0 & p < 1
grows_slower(x**(1/10), log(x), x)
asymptotic(softplus(x), 2*x, x)
grows_at_most(x*log(x), x, x)
d(x*tanh(softplus(x)), x) == tanh(softplus(x)) + x*(1 - tanh(softplus(x))**2)
d(x*clip(x + 3, 0, 6)/6, x) == (x + 3)/6 ; if x > -3 & x < 3
gelu(x) >= 0
gelu(x) < x ; if x > -1
silu(x) >= -1/4
abs(silu(x) - silu(y)) <= abs(x - y)
abs(gelu(x) - gelu(y)) <= abs(x - y)
abs(sigmoid(x) - sigmoid(y)) <= abs(x - y)/5
abs(softplus(x) - softplus(y)) <= abs(x - y)/2
relu(x) - relu(-x) == abs(x)
relu(x + y) == relu(x) + relu(y)
relu(x*y) == relu(x)*relu(y)
elu(x) > -1/2
d(phi(a*x + b), x) == phi(a*x + b, d=1) ; fun phi:1
d(phi(x)*psi(x), x) == phi(x, d=1)*psi(x, d=1) ; fun phi:1, psi:1
phi(x + y) == phi(x) + phi(y) ; fun phi:1
tanh(x) == 2*sigmoid(x) - 1
sigmoid(x) == (1 + tanh(x))/2
sqrt(w**2) == w
exp(-x)/(1 + exp(-x)) == sigmoid(x)
log(1 + exp(x)) == x + log(1 + exp(x))
log(exp(x) + exp(y)) == max(x, y) + log(1 + exp(x - y))
sqrt(x**2 + y**2) == x + y ; if x > 0 & y > 0
1/(1 + x) == 1 - x ; if x > 0 & x < 1
exp(x) == 1 + x + x**2/2 ; if abs(x) < 1/10
sin(x) == x ; if abs(x) < 1/1000
(a + b)/2 >= sqrt(a**2 + b**2) ; if a > 0 & b > 0
2**n >= n**2 ; if n > 1
log(a + b) == log(a) + log(b) ; if a > 0 & b > 0
log(a)/log(b) == log(a/b) ; if a > 0 & b > 1 & a != b
"""
