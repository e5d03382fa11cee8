"""Optimizers as people write them: some wrong in one place, some right in a way of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch

ADAM = "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2; w = w - lr*m/(1 - b1**t)/(sqrt(v/(1 - b2**t)) + eps)"
COUPLED = (
    "d = g + weight_decay*w; m = b1*m + (1 - b1)*d; v = b2*v + (1 - b2)*d**2; "
    "w = w - lr*m/(1 - b1**t)/(sqrt(v/(1 - b2**t)) + eps)"
)
DECOUPLED = (
    "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2; "
    "w = w - lr*weight_decay*w - lr*m/(1 - b1**t)/(sqrt(v/(1 - b2**t)) + eps)"
)
AMSGRAD = (
    "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2; top = max(top, v); "
    "w = w - lr*m/(1 - b1**t)/(sqrt(top/(1 - b2**t)) + eps)"
)
MOMENTUM = "b = mu*b + g; w = w - lr*b"
NESTEROV = "b = mu*b + g; w = w - lr*(g + mu*b)"
DAMPENED = "b = where(t == 1, g, mu*b + (1 - tau)*g); w = w - lr*b"
RMSPROP = "v = a*v + (1 - a)*g**2; w = w - lr*g/(sqrt(v) + eps)"
ADAM_AT = {"lr": 0.001, "b1": 0.9, "b2": 0.999, "eps": 1e-8}


class Stepping(torch.optim.Optimizer):
    """Of each parameter with a gradient ``update``, which a subclass gives."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for place, (group, p) in enumerate(self.all()):
            self.update(p, p.grad, self.state[p], group, place)

    def all(self) -> Iterator[tuple[dict[str, Any], torch.Tensor]]:
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    yield group, p

    def update(self, p: torch.Tensor, g: torch.Tensor, s: dict[str, Any], group: dict[str, Any], place: int) -> None:
        raise NotImplementedError


class Adam(Stepping):
    """Right, with hooks to be wrong in."""

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def update(self, p, g, s, group, place):
        b1, b2 = self.betas(group)
        t = s["t"] = s.get("t", 0) + 1
        g = self.decayed(p, g, group)
        m = s["m"] = b1 * s.get("m", torch.zeros_like(p)) + (1 - b1) * g
        v = s["v"] = b2 * s.get("v", torch.zeros_like(p)) + (1 - b2) * self.square(g, t)
        p -= self.rate(group, t) * self.first(m, b1, t) / self.root(v, b2, t, group, s)

    def betas(self, group):
        return group["betas"]

    def decayed(self, p, g, group):
        return g + group["weight_decay"] * p if group["weight_decay"] else g

    def square(self, g, t):
        return g * g

    def rate(self, group, t):
        return group["lr"]

    def first(self, m, b1, t):
        return m / (1 - b1**t)

    def root(self, v, b2, t, group, s):
        return (v / (1 - b2**t)).sqrt() + group["eps"]


class NoBiasCorrection(Adam):
    def first(self, m, b1, t):
        return m


class CorrectedOnce(Adam):
    def first(self, m, b1, t):
        return m / (1 - b1)


class StepsFromZero(Adam):
    def first(self, m, b1, t):
        return m / (1 - b1 ** (t + 1))


class SwappedBetas(Adam):
    def betas(self, group):
        return group["betas"][::-1]


class EpsInside(Adam):
    def root(self, v, b2, t, group, s):
        return (v / (1 - b2**t) + group["eps"]).sqrt()


class SlowAfterTen(Adam):
    def rate(self, group, t):
        return group["lr"] * (1.0 if t <= 10 else 0.999)


class SlightlyOff(Adam):
    def rate(self, group, t):
        return group["lr"] * (1 + 1e-6)


class Decoupled(Adam):
    def decayed(self, p, g, group):
        p *= 1 - group["lr"] * group["weight_decay"]
        return g


class FirstGroupOnly(Adam):
    def rate(self, group, t):
        return self.param_groups[0]["lr"]


class KeepsItsRate(Adam):
    def rate(self, group, t):
        return self.defaults["lr"]


class SecondParameter(Adam):
    def update(self, p, g, s, group, place):
        super().update(p, g if place == 0 else 1.01 * g + 0.01, s, group, place)


class SharedState(Adam):
    """One step count, and one first moment, for all parameters of a size."""

    def update(self, p, g, s, group, place):
        shared = self.__dict__.setdefault("shared", {})
        super().update(p, g, shared.setdefault("all", {"t": 0}) if False else Counted(s, self), group, place)


class Counted(dict):
    """The state of a parameter, whose step count is everybody's."""

    def __init__(self, own, optimizer):
        super().__init__(own)
        self.own, self.optimizer = own, optimizer

    def get(self, key, default=None):
        return self.optimizer.__dict__.get("count", 0) if key == "t" else super().get(key, default)

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.own[key] = value
        if key == "t":
            self.optimizer.__dict__["count"] = value


class Tail(Adam):
    """Leaves what is behind the last eight entries of a parameter of more than one."""

    def update(self, p, g, s, group, place):
        before = p.clone()
        super().update(p, g, s, group, place)
        if p.dim() == 1 and p.numel() > 8:
            p[p.numel() // 8 * 8 :] = before[p.numel() // 8 * 8 :]


class Rows(Adam):
    def update(self, p, g, s, group, place):
        super().update(p, g if g.dim() < 2 else g.flip(0), s, group, place)


class Maximizing(Adam):
    """``maximize`` is taken, and does nothing."""

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, maximize=False):
        super().__init__(params, lr, betas, eps, weight_decay)


class TopOfCorrected(Adam):
    def root(self, v, b2, t, group, s):
        s["top"] = torch.maximum(s.get("top", torch.zeros_like(v)), v / (1 - b2**t))
        return s["top"].sqrt() + group["eps"]


class AMSGrad(Adam):
    def root(self, v, b2, t, group, s):
        s["top"] = torch.maximum(s.get("top", torch.zeros_like(v)), v)
        return (s["top"] / (1 - b2**t)).sqrt() + group["eps"]


class Rearranged(Adam):
    """Right: as torch.optim.Adam orders it."""

    def update(self, p, g, s, group, place):
        b1, b2 = group["betas"]
        if not s:
            s.update(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p))
        s["t"] += 1
        s["m"].lerp_(g, 1 - b1)
        s["v"].mul_(b2).addcmul_(g, g, value=1 - b2)
        below = (s["v"].sqrt() / math.sqrt(1 - b2 ** s["t"])).add_(group["eps"])
        p.addcdiv_(s["m"], below, value=-group["lr"] / (1 - b1 ** s["t"]))


class SGD(Stepping):
    def __init__(self, params, lr=0.1, mu=0.9, tau=0.0):
        super().__init__(params, {"lr": lr, "mu": mu, "tau": tau})

    def update(self, p, g, s, group, place):
        s["b"] = group["mu"] * s["b"] + (1 - group["tau"]) * g if "b" in s else g.clone()
        p -= group["lr"] * s["b"]


class DampedAtOnce(SGD):
    def update(self, p, g, s, group, place):
        s["b"] = group["mu"] * s.get("b", torch.zeros_like(p)) + (1 - group["tau"]) * g
        p -= group["lr"] * s["b"]


class Averaged(SGD):
    """Right by a convention: the velocity is an average."""

    def update(self, p, g, s, group, place):
        s["b"] = group["mu"] * s.get("b", torch.zeros_like(p)) + (1 - group["mu"]) * g
        p -= group["lr"] * s["b"]


class RateInside(SGD):
    """Right while the rate stays: it is inside the velocity."""

    def update(self, p, g, s, group, place):
        s["b"] = group["mu"] * s.get("b", torch.zeros_like(p)) + group["lr"] * g
        p -= s["b"]


class NesterovOnce(SGD):
    """Looks ahead with the momentum alone."""

    def update(self, p, g, s, group, place):
        s["b"] = group["mu"] * s.get("b", torch.zeros_like(p)) + g
        p -= group["lr"] * (g + s["b"])


class NesterovOld(SGD):
    """Looks ahead along the velocity of the step before."""

    def update(self, p, g, s, group, place):
        before = s.get("b", torch.zeros_like(p)).clone()
        s["b"] = group["mu"] * before + g
        p -= group["lr"] * (g + group["mu"] * before)


class Aliased(SGD):
    """The first velocity is the gradient itself, in its place in memory."""

    def update(self, p, g, s, group, place):
        if "b" not in s:
            s["b"] = g
        else:
            s["b"].mul_(group["mu"]).add_(g)
        p -= group["lr"] * s["b"]


class Raises(SGD):
    def update(self, p, g, s, group, place):
        s["n"] = s.get("n", 0) + 1
        if s["n"] == 3:
            raise RuntimeError("three is too many")
        p -= group["lr"] * g


class RMSprop(Stepping):
    def __init__(self, params, lr=0.01, a=0.99, eps=1e-8):
        super().__init__(params, {"lr": lr, "a": a, "eps": eps})

    def update(self, p, g, s, group, place):
        s["v"] = group["a"] * s.get("v", torch.zeros_like(p)) + (1 - group["a"]) * g * g
        p -= group["lr"] * g / (s["v"].sqrt() + group["eps"])


class NoSquare(RMSprop):
    def update(self, p, g, s, group, place):
        s["v"] = group["a"] * s.get("v", torch.zeros_like(p)) + (1 - group["a"]) * g.abs()
        p -= group["lr"] * g / (s["v"].sqrt() + group["eps"])


class MissingFactor(RMSprop):
    def update(self, p, g, s, group, place):
        s["v"] = group["a"] * s.get("v", torch.zeros_like(p)) + g * g
        p -= group["lr"] * g / (s["v"].sqrt() + group["eps"])


class OldAverage(RMSprop):
    def update(self, p, g, s, group, place):
        before = s.get("v", torch.zeros_like(p))
        s["v"] = group["a"] * before + (1 - group["a"]) * g * g
        p -= group["lr"] * g / (before.sqrt() + group["eps"])
