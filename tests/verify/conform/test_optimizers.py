"""Optimizers against their recurrences: what is wrong is caught and explained, what is right is not blamed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from derive.errors import ExpressionError
from tests.banks import planted_optimizers as planted
from verify.conform import NotConforming, assert_conforms, conform
from verify.conform.arguments import BadArguments
from verify.conform.outcome import Outcome
from verify.conform.recurrence import read_recurrence
from verify.conform.words import told
from verify.text import paths

ADAM_AT, DECAY = planted.ADAM_AT, {**planted.ADAM_AT, "weight_decay": 0.1}
SGD_AT = {"lr": 0.1, "mu": 0.9}
RMS_AT = {"lr": 0.01, "a": 0.99, "eps": 1e-8}

#: The optimizer, its formula, its constants; the verdict, the class, and what is told.
PLANTED: list[tuple[Any, str, dict[str, float], str, str, str]] = [
    (planted.NoBiasCorrection, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "without 1 - b1**t"),
    (planted.CorrectedOnce, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "1 - b1 in place of 1 - b1**t"),
    (planted.StepsFromZero, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "1 - b1**(1 + t)"),
    (planted.SwappedBetas, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "b1 and b2 are exchanged"),
    (planted.SlowAfterTen, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "first off after step 11"),
    (planted.SlightlyOff, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "first off after step 1"),
    (planted.Decoupled, planted.COUPLED, DECAY, "deviates", "wrong formula", "weight_decay is decoupled"),
    (planted.Adam, planted.DECOUPLED, DECAY, "deviates", "wrong formula", "weight_decay is coupled"),
    (planted.FirstGroupOnly, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "two groups"),
    (planted.KeepsItsRate, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "lr that changes"),
    (planted.SecondParameter, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "the only parameter"),
    (planted.SharedState, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "the only parameter"),
    (planted.Tail, planted.ADAM, ADAM_AT, "deviates", "layout", "1 entry"),
    (planted.Rows, planted.ADAM, ADAM_AT, "deviates", "layout", "1 entry"),
    (planted.Maximizing, planted.ADAM, ADAM_AT, "deviates", "wrong formula", "maximize"),
    (planted.TopOfCorrected, planted.AMSGRAD, ADAM_AT, "deviates", "wrong formula", "greatest of the corrected"),
    (planted.Adam, planted.AMSGRAD, ADAM_AT, "deviates", "wrong formula", "without the greatest so far"),
    (
        planted.DampedAtOnce,
        planted.DAMPENED,
        {**SGD_AT, "tau": 0.5},
        "deviates",
        "wrong formula",
        "b = mu*b + (1 - tau)*g",
    ),
    (planted.NesterovOnce, planted.NESTEROV, SGD_AT, "deviates", "wrong formula", "g + b"),
    (planted.NesterovOld, planted.NESTEROV, SGD_AT, "deviates", "wrong formula", "after w"),
    (planted.Aliased, planted.MOMENTUM, SGD_AT, "deviates", "wrong formula", "one place in memory"),
    (planted.Raises, "w = w - lr*g", {"lr": 0.1}, "deviates", "raises", "three is too many"),
    (planted.NoSquare, planted.RMSPROP, RMS_AT, "deviates", "wrong formula", "abs(g)"),
    (planted.MissingFactor, planted.RMSPROP, RMS_AT, "deviates", "wrong formula", "without 1 - a"),
    (planted.OldAverage, planted.RMSPROP, RMS_AT, "deviates", "wrong formula", "v is changed after w"),
    (planted.EpsInside, planted.ADAM, ADAM_AT, "convention", "", "sqrt(eps + v/(1 - b2**t)) in place"),
    (planted.Averaged, planted.MOMENTUM, SGD_AT, "convention", "", "lr*(1 - mu)"),
    (planted.RateInside, planted.MOMENTUM, SGD_AT, "conforms", "", "inside the velocity"),
    (planted.Adam, planted.ADAM, ADAM_AT, "conforms", "", "float16"),
    (planted.Adam, planted.COUPLED, DECAY, "conforms", "", ""),
    (planted.Decoupled, planted.DECOUPLED, DECAY, "conforms", "", ""),
    (planted.Rearranged, planted.ADAM, ADAM_AT, "conforms", "", ""),
    (planted.AMSGrad, planted.AMSGRAD, ADAM_AT, "conforms", "", ""),
    (planted.SGD, planted.MOMENTUM, SGD_AT, "conforms", "", ""),
    (planted.SGD, planted.DAMPENED, {**SGD_AT, "tau": 0.5}, "conforms", "", ""),
    (planted.RMSprop, planted.RMSPROP, RMS_AT, "conforms", "", ""),
]


@pytest.mark.parametrize(
    ("make", "formula", "constants", "verdict", "kind", "words"),
    PLANTED,
    ids=[f"{p[0].__name__}-{p[3]}-{i}" for i, p in enumerate(PLANTED)],
)
def test_what_is_planted_is_told(
    make: Any, formula: str, constants: dict[str, float], verdict: str, kind: str, words: str
) -> None:
    found = conform(make, formula, domain=constants)
    text = told(found) + "".join(o.note for o in found.outcomes)
    assert (found.verdict, found.kind) == (verdict, kind), text
    assert words in text


def test_a_failure_shows_the_step_and_how_to_see_it_again() -> None:
    with pytest.raises(NotConforming) as failure:
        assert_conforms(planted.NoBiasCorrection, planted.ADAM, constants=ADAM_AT)
    text = str(failure.value)
    for word in ("step = ", "exact", "computed"):
        assert word in text
    assert "errata conform tests.banks.planted_optimizers:NoBiasCorrection" in text
    assert "--allow-import tests" in text
    script = failure.value.found.script
    shown: list[str] = []
    exec(script, {"print": lambda *words: shown.extend(str(w) for w in words)})
    worst = failure.value.found.worst
    assert worst is not None
    assert float(shown[0].strip("tensor([])").split(",")[0].strip("[]")) == pytest.approx(
        float(worst.computed), abs=1e-4
    )
    assert float(shown[2]) == float(worst.exact)


class Normed(torch.optim.Optimizer):
    """Of the norm it takes the square."""

    def __init__(self, params, lr=0.1):
        super().__init__(params, {"lr": lr})

    def step(self, closure=None):
        for group in self.param_groups:
            for w in group["params"]:
                w.data.sub_(group["lr"] * w.grad / (1 + w.grad.norm() ** 2))


@pytest.mark.parametrize(
    ("make", "formula", "constants"),
    [
        (planted.NoBiasCorrection, planted.ADAM, ADAM_AT),
        (planted.NesterovOnce, planted.NESTEROV, SGD_AT),
        (planted.MissingFactor, planted.RMSPROP, RMS_AT),
        (planted.Tail, planted.ADAM, ADAM_AT),
        (planted.Rows, planted.ADAM, ADAM_AT),
        (Normed, "w = w - lr*g/(1 + norm(g))", {"lr": 0.1}),
    ],
)
def test_the_script_shows_a_deviation_again(make: Any, formula: str, constants: dict[str, float]) -> None:
    found = conform(make, formula, domain=constants, dtypes=["float64"])
    assert found.verdict == "deviates"
    assert found.worst is not None
    shown: list[Any] = []
    exec(found.script, {"print": lambda *words: shown.extend(words)})
    got, exact, computed = float(shown[0]), float(found.worst.exact), float(found.worst.computed)
    assert float(shown[2]) == exact
    assert abs(got - computed) <= abs(computed - exact) / 100
    assert len(found.script.splitlines()) <= 12


@pytest.mark.parametrize(
    ("text", "constants", "message", "at"),
    [
        ("m = b1*m + (1 - b1)*g", {"b1": 0.9}, "no update says what becomes of the parameter 'w'", 0),
        ("w = w - rl*g", {"lr": 0.1}, "'rl' has no value; did you mean 'lr'?", 8),
        ("m = g; w = w - lr*(m", {"lr": 0.1}, "", 0),
        ("w - lr*g", {"lr": 0.1}, "expected NAME = FORMULA", 0),
        ("m = g; g = 2*m; w = w - g", {}, "'g' is the gradient", 7),
        ("w = w - g", {"lr": 0.1}, "'lr' has a value, but does not stand in the formula", 0),
        ("lr = lr/2; w = w - lr*g", {"lr": 0.1}, "'lr' is a constant, and an update changes it", 0),
    ],
)
def test_a_text_that_makes_no_sense_is_told(text: str, constants: dict[str, float], message: str, at: int) -> None:
    with pytest.raises(ExpressionError) as bad:
        read_recurrence(text, constants)
    assert message in bad.value.message
    assert not at or bad.value.offset == at


def test_a_state_that_has_no_update_is_told() -> None:
    with pytest.raises(ExpressionError, match="'vv' has a start, but no update; did you mean 'v'"):
        read_recurrence("v = v + g; w = w - v", {}, {"vv": 1})


def test_a_step_without_value_is_told() -> None:
    with pytest.raises(ExpressionError, match="'w' has no value in step 1"):
        conform(planted.SGD, "w = w - lr*g/(t - 1)", domain={"lr": 0.1})


def test_options_that_the_constructor_does_not_take_are_told() -> None:
    with pytest.raises(BadArguments, match="unexpected keyword"):
        conform(planted.SGD, "w = w - lr*g", domain={"lr": 0.1}, options={"beta": 1})


def test_a_range_is_no_constant() -> None:
    with pytest.raises(BadArguments, match="one number, not lr"):
        conform(planted.SGD, "w = w - lr*g", domain={"lr": (0, 1)})


def test_constants_have_the_defaults_of_the_constructor() -> None:
    assert conform(planted.Adam, planted.ADAM).verdict == "conforms"


def test_a_state_may_start_elsewhere() -> None:
    text = "s = s + g**2; w = w - lr*g/(sqrt(s) + eps)"
    right = {"lr": 0.01, "eps": 1e-10}
    found = conform(
        torch.optim.Adagrad,
        text,
        constants=right,
        states={"s": 0.5},
        options={"initial_accumulator_value": 0.5},
        dtypes=["float64"],
    )
    assert found.verdict == "conforms", told(found)
    assert (
        conform(torch.optim.Adagrad, text, constants=right, states={"s": 0.5}, dtypes=["float64"]).repair
        == "the formula, but s starts at 0"
    )


def test_bounds_hold_the_exact_values() -> None:
    """The parameter in float64 is within its own bound of what balls give."""
    import numpy as np

    made = read_recurrence(planted.ADAM, {n: Fraction(float(v)) for n, v in ADAM_AT.items()})
    rng = np.random.default_rng(3)
    start, gradients = rng.normal(size=4), rng.normal(size=(20, 4))
    last = list(made.program.bounds(start, gradients))[-1]
    for i in range(4):
        (high, low), *_ = made.program.exact(start[i : i + 1], gradients[:, i : i + 1])
        assert abs((last.value[i] - high) - low) <= last.error[i] < 1e-12


# -- what is a library's own -----------------------------------------------------------------------


class OwnAdam(torch.optim.Adam):
    """As it is: its fused and differentiable paths are Torch's."""


class OwnSlow(torch.optim.SGD):
    """Halves the gradients for Torch's own step."""

    def step(self, closure: Any = None) -> Any:
        given = [p for group in self.param_groups for p in group["params"] if p.grad is not None]
        kept = [p.grad for p in given]
        for p in given:
            p.grad = p.grad / 2
        super().step(closure)
        for p, g in zip(given, kept, strict=True):
            p.grad = g


def test_of_ones_own_subclass_a_librarys_path_is_told_and_not_blamed() -> None:
    found = conform(OwnAdam, planted.ADAM, domain=ADAM_AT, dtypes=["float64"])
    assert found.verdict == "conforms", told(found)
    assert [f.text for f in found.findings if f.kind == "inherited"] == [
        "differentiable, float64: torch.optim.adam.Adam is off there, too"
    ]


def test_ones_own_slip_in_a_subclass_is_ones_own() -> None:
    right = conform(OwnSlow, "w = w - lr*g/2", domain={"lr": 0.1}, dtypes=["float64", "bfloat16"])
    assert right.verdict == "conforms", told(right)
    assert conform(OwnSlow, "w = w - lr*g", domain={"lr": 0.1}, dtypes=["float64"]).verdict != "conforms"


def test_the_path_that_is_off_is_told_beside_the_usual_one_that_is_right() -> None:
    found = conform(torch.optim.Adam, planted.ADAM, domain=ADAM_AT, dtypes=["float64", "float32"])
    assert paths.told(found.outcomes) == "off: differentiable in float64; right: for-loop in float64, float32"


def test_paths_are_told_in_few_words() -> None:
    def path(order: str, mode: str, dtype: str, verdict: str) -> Outcome:
        return Outcome(order, mode, dtype, verdict, 1)  # type: ignore[arg-type]  # the words of a table

    both = [path("value", "eager", d, "conforms") for d in ("float64", "float32")]
    slopes = [path("gradient", m, d, "deviates" if d == "float32" else "conforms")
              for m in ("backward", "forward mode") for d in ("float64", "float32")]  # fmt: skip
    assert paths.told(both) == ""
    assert paths.off_in([*both, *slopes]) == "gradient in float32"
    assert paths.off_in([*both, *slopes[:-1]]) == "gradient (backward) in float32"
    assert paths.right_in([*both, *slopes]) == "eager in float64, float32"
    assert paths.off_in([path("gradient", "backward", d, "deviates") for d in ("float64", "float32")]) == "backward"


# -- states of other shapes, norms, schedules ------------------------------------------------------


class Lamb(planted.Stepping):
    """You et al. (2020), without bias correction or weight decay."""

    def __init__(self, params: Any, lr: float = 0.01, b1: float = 0.9, b2: float = 0.99, eps: float = 1e-6) -> None:
        super().__init__(params, {"lr": lr, "b1": b1, "b2": b2, "eps": eps})

    def update(self, p, g, s, group, place):
        m = s["m"] = group["b1"] * s.get("m", torch.zeros_like(p)) + (1 - group["b1"]) * g
        v = s["v"] = group["b2"] * s.get("v", torch.zeros_like(p)) + (1 - group["b2"]) * g * g
        r = m / (v.sqrt() + group["eps"])
        p -= group["lr"] * self.trust(p, r) * r

    def trust(self, p, r):
        return p.norm() / r.norm() if p.norm() > 0 and r.norm() > 0 else 1.0


class LambUpsideDown(Lamb):
    def trust(self, p, r):
        return r.norm() / p.norm()


class Lars(planted.Stepping):
    """You et al. (2017), with the coefficient before the ratio."""

    def __init__(self, params: Any, lr: float = 0.1, mu: float = 0.9, eta: float = 0.01, lam: float = 0.001) -> None:
        super().__init__(params, {"lr": lr, "mu": mu, "eta": eta, "lam": lam})

    def update(self, p, g, s, group, place):
        rate = group["eta"] * p.norm() / (g.norm() + group["lam"] * p.norm())
        b = s["b"] = group["mu"] * s.get("b", torch.zeros_like(p)) + group["lr"] * rate * (g + group["lam"] * p)
        p -= b


LAMB = (
    "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2; r = m/(sqrt(v) + eps); "
    "w = w - lr*where(norm(r) > 0, norm(w)/norm(r), 1)*r"
)
LARS = "b = mu*b + lr*eta*norm(w)/(norm(g) + lam*norm(w))*(g + lam*w); w = w - b"


@pytest.mark.parametrize(
    ("make", "formula", "verdict"),
    [(Lamb, LAMB, "conforms"), (LambUpsideDown, LAMB, "deviates"), (Lars, LARS, "conforms")],
)
def test_updates_by_the_norms_of_a_parameter(make: Any, formula: str, verdict: str) -> None:
    found = conform(make, formula, dtypes=["float64"])
    assert found.verdict == verdict, told(found)


class SignOfNew(planted.Stepping):
    """Lion, with the momentum changed before the sign is taken: another sign in few steps of few entries."""

    def __init__(self, params, lr=0.001, b1=0.9, b2=0.99):
        super().__init__(params, {"lr": lr, "b1": b1, "b2": b2})

    def update(self, p, g, s, group, place):
        m = s["m"] = group["b2"] * s.get("m", torch.zeros_like(p)) + (1 - group["b2"]) * g
        p -= group["lr"] * torch.sign(group["b1"] * m + (1 - group["b1"]) * g)


@pytest.mark.parametrize("shape", [None, (1,), (2, 2)])
def test_what_differs_in_few_entries_is_seen_at_every_shape(shape: tuple[int, ...] | None) -> None:
    found = conform(
        SignOfNew,
        "w = w - lr*sign(b1*m + (1 - b1)*g); m = b2*m + (1 - b2)*g",
        constants={"lr": 0.001, "b1": 0.9, "b2": 0.99},
        shapes={"w": shape} if shape else None,
        dtypes=["float64"],
    )
    assert found.verdict == "convention"
    assert "b1 here is b1*b2 of the formula" in told(found)


def test_a_state_has_the_shape_of_what_it_becomes() -> None:
    class Rows(planted.Stepping):
        def __init__(self, params: Any, lr: float = 0.1) -> None:
            super().__init__(params, {"lr": lr})

        def update(self, p, g, s, group, place):
            s["r"] = s.get("r", 0.0) + (g * g).mean(1, keepdim=True)
            p -= group["lr"] * g / (s["r"] + 1).sqrt()

    found = conform(Rows, "r = r + mean(g**2, axis=1, keep=1); w = w - lr*g/sqrt(r + 1)", dtypes=["float64"])
    assert found.verdict == "conforms", told(found)


class Halving(torch.optim.lr_scheduler.LRScheduler):
    def __init__(self, optimizer: Any, every: int = 3) -> None:
        self.every = every
        super().__init__(optimizer)

    def get_lr(self) -> list[float]:
        return [rate * 0.5 ** (self.last_epoch // self.every) for rate in self.base_lrs]


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [("[lr/2**(t//3) for t in 10]", "conforms"), ("[lr/2**((t + 1)//3) for t in 10]", "deviates")],
)
def test_a_schedule_is_a_vector_of_rates(formula: str, verdict: str) -> None:
    found = conform(Halving, formula, domain={"lr": (0.001, 1)})
    assert found.verdict == verdict, told(found)


def test_a_schedule_needs_an_entry_a_step() -> None:
    with pytest.raises(BadArguments, match="an entry a step"):
        conform(Halving, "lr/2")
