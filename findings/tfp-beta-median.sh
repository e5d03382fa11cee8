#!/usr/bin/env bash
# tfp-nightly 0.26.0.dev20261027 and numpyro 0.22.0 on jax 0.10.2 (CPU): the inverse of the incomplete beta function is wrong at the probability 0.5.
# Guess beforehand: Beta(2, 3).icdf(0.5) is the median, 0.3857276, as the quantiles on both sides of it are right; a median is the quantile that people ask for.
# Seen in float64: numpyro's Beta(2, 3).icdf(0.5) and tfp's Beta(2, 3).quantile(0.5) are 0.3901; Beta(0.5, 0.5), symmetric about 0.5, is given the median 0.3815.
# At 0.499 and 0.501 all digits are right. numpyro's StudentT takes its quantiles from the same function, so that its quartiles, 0.25 and 0.75, are 0.1 off
# (at 0.2 and 0.25000001 they are right); tfp's StudentT, which has code of its own, is right. betaincinv has been in tfp since pull request 1597.
# Fails where that changes. Exact values: the cdf at what is returned, by mpmath.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2 numpyro==0.22.0 tfp-nightly==0.26.0.dev20261027 numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
from functools import partial
from importlib.metadata import version

import jax
import mpmath

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from tensorflow_probability.substrates import jax as tfp

print("tfp-nightly", version("tfp-nightly"), "numpyro", numpyro.__version__, "jax", jax.__version__)


def beta_cdf(a, b, x):
    return float(mpmath.betainc(a, b, 0, x, regularized=True))


def student_cdf(df, x):
    tail = mpmath.betainc(df / 2, 0.5, 0, df / (df + mpmath.mpf(x) ** 2), regularized=True) / 2
    return float(tail if x < 0 else 1 - tail)


def show(name, told, cdf, wrong):
    for p, x in zip(told[0], told[1], strict=True):
        off = cdf(float(x)) - p
        print(f"{name} at p = {p}: x = {float(x):.7f}, cdf(x) - p = {off:.1e}")
        assert abs(off) > 1e-3 if p in wrong else abs(off) < 1e-12


BETA, STUDENT = (0.3, 0.499, 0.5, 0.501), (0.2, 0.25, 0.25 + 1e-8, 0.75)
for a, b in [(2.0, 3.0), (5.0, 1.2), (0.5, 0.5)]:
    for name, told in [
        ("numpyro", dist.Beta(a, b).icdf(jnp.array(BETA))),
        ("tfp", tfp.distributions.Beta(jnp.float64(a), jnp.float64(b)).quantile(jnp.array(BETA))),
    ]:
        show(f"{name}, Beta({a}, {b})", (BETA, told), partial(beta_cdf, a, b), {0.5})
for name, told, wrong in [
    ("numpyro", dist.StudentT(30.0).icdf(jnp.array(STUDENT)), {0.25, 0.75}),
    ("tfp", tfp.distributions.StudentT(jnp.float64(30), jnp.float64(0), jnp.float64(1)).quantile(jnp.array(STUDENT)), set()),
]:
    show(f"{name}, StudentT(30)", (STUDENT, told), partial(student_cdf, 30), wrong)
PYTHON
