"""Losses of torch.nn.functional: what they average over, where they clamp, and what they make of edge cases."""

from __future__ import annotations

import math
from typing import Any

from verify.probes.look import Observed, close, family, raised, show

TABLE, probe = family()

INF = float("inf")


@probe
def mse_loss_averages_entries(torch: Any) -> Observed:
    """mse_loss divides by the number of entries, not of samples; it is nan of nothing, and broadcasts a target of
    another shape."""
    loss = torch.nn.functional.mse_loss
    vectors = float(loss(torch.zeros(2, 3), torch.ones(2, 3)))
    empty = float(loss(torch.zeros(0), torch.zeros(0)))
    broadcast = loss(torch.zeros(3), torch.ones(3, 1), reduction="none").shape
    holds = vectors == 1 and math.isnan(empty) and tuple(broadcast) == (3, 3)
    seen = (
        f"2 samples of 3 entries that are off by 1: {show(vectors)}; "
        f"no entries: {show(empty)}; [3] with [3, 1]: {list(broadcast)}"
    )
    return Observed(holds, seen)


@probe
def cross_entropy_weighted_mean(torch: Any) -> Observed:
    """With class weights, the mean of cross_entropy over class labels divides by the sum of the weights of the targets,
    not by the number of samples; with targets that are probabilities it divides by the number of samples."""
    loss = torch.nn.functional.cross_entropy
    z, w, y = torch.tensor([[1.0, 2.0], [3.0, 1.0]]), torch.tensor([1.0, 3.0]), torch.tensor([0, 1])
    total = float(loss(z, y, weight=w, reduction="sum"))
    labels = float(loss(z, y, weight=w))
    shares = float(loss(z, torch.nn.functional.one_hot(y).float(), weight=w))
    holds = close(labels, total / 4) and close(shares, total / 2)
    return Observed(
        holds, f"sum {show(total)}, weights 1 and 3: mean {show(labels)} of labels, {show(shares)} of probabilities"
    )


@probe
def focal_loss_gradient_at_one(torch: Any) -> Observed:
    """Autograd of the focal loss at p = 1 is nan for 0 < gamma < 1, where the derivative tends to 0."""

    def slope(gamma: float) -> float:
        p = torch.tensor(1.0, requires_grad=True)
        return float(torch.autograd.grad(-((1 - p) ** gamma) * torch.log(p), p)[0])

    half, two = slope(0.5), slope(2.0)
    return Observed(
        math.isnan(half) and two == 0, f"gradient at p = 1: {show(half)} for gamma = 1/2, {show(two)} for gamma = 2"
    )


@probe
def kl_div_conventions(torch: Any) -> Observed:
    """kl_div takes log Q first and P second; its default mean divides by the number of entries, batchmean by that of
    samples; a P of 0 adds 0."""
    loss = torch.nn.functional.kl_div
    p, q = torch.tensor([[0.5, 0.5]]), torch.tensor([[0.25, 0.75]])
    right = float((p * (p / q).log()).sum())
    found = {r: float(loss(q.log(), p, reduction=r)) for r in ("sum", "batchmean", "mean")}
    plain = float(loss(q, p, reduction="sum"))
    zero = float(loss(q.log(), torch.tensor([[0.0, 1.0]]), reduction="sum"))
    holds = close(found["sum"], right) and close(found["batchmean"], right) and close(found["mean"], right / 2)
    holds = holds and not close(plain, right) and close(zero, math.log(4 / 3))
    told = ", ".join(f"{r} {show(v)}" for r, v in found.items())
    return Observed(
        holds, f"divergence {show(right)}: {told}; with Q for log Q {show(plain)}; of P = [0, 1] {show(zero)}"
    )


@probe
def bce_clamps_logarithms(torch: Any) -> Observed:
    """binary_cross_entropy clamps its logarithms at -100, so that it is 100 where the loss is infinite or greater."""
    loss = torch.nn.functional.binary_cross_entropy
    p = torch.tensor([0.0, 1e-50], dtype=torch.float64)
    found = loss(p, torch.ones_like(p), reduction="none").tolist()
    exact = [INF, -math.log(1e-50)]
    return Observed(found == [100, 100], f"at p = 0 and 1e-50 with y = 1: {show(found)}; exactly {show(exact)}")


@probe
def bce_of_infinite_logits(torch: Any) -> Observed:
    """binary_cross_entropy_with_logits is nan where an infinite logit is right (inf with y = 1, -inf with y = 0); the
    loss there is 0."""
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    found = [float(loss(torch.tensor([z]), torch.tensor([y]))) for z, y in ((INF, 1.0), (-INF, 0.0))]
    return Observed(all(map(math.isnan, found)), f"of (inf, 1) and (-inf, 0): {show(found)}")


@probe
def smooth_l1_of_beta_zero(torch: Any) -> Observed:
    """smooth_l1_loss with beta = 0 is the absolute error, with gradient 0 at 0; a negative beta is refused, and
    huber_loss refuses 0, too."""
    functional = torch.nn.functional
    x, zero = torch.tensor([0.5]), torch.zeros(1)
    value = float(functional.smooth_l1_loss(x, zero, beta=0.0))
    kink = torch.zeros(1, requires_grad=True)
    slope = float(torch.autograd.grad(functional.smooth_l1_loss(kink, zero, beta=0.0), kink)[0])
    negative = raised(lambda: functional.smooth_l1_loss(x, zero, beta=-1.0))
    huber = raised(lambda: functional.huber_loss(x, zero, delta=0.0))
    holds = value == 0.5 and slope == 0 and bool(negative) and bool(huber)
    return Observed(
        holds,
        f"of 0.5: {show(value)}; gradient at 0: {show(slope)}; "
        f"beta = -1: {negative or 'accepted'}; huber with 0: {huber or 'accepted'}",
    )


@probe
def pairwise_distance_is_no_metric(torch: Any) -> Observed:
    """pairwise_distance adds eps to every difference: the distance of a point to itself is not 0, and the two of a pair
    differ."""
    distance = torch.nn.functional.pairwise_distance
    a, b = torch.tensor([[0.0]], dtype=torch.float64), torch.tensor([[1.0]], dtype=torch.float64)
    itself, there, back = (float(distance(s, t)) for s, t in ((a, a), (a, b), (b, a)))
    return Observed(
        itself > 0 and there != back, f"d(0, 0) = {itself:.1e}, d(0, 1) = {there:.6f}, d(1, 0) = {back:.6f}"
    )


@probe
def cosine_loss_near_zero(torch: Any) -> Observed:
    """cosine_embedding_loss is not invariant under scaling near 0: an epsilon beside the squared norms takes over."""
    loss = torch.nn.functional.cosine_embedding_loss
    u, v, same = torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 1.0]]), torch.tensor([1.0])
    found = [float(loss(s * u, s * v, same)) for s in (1.0, 1e-9)]
    holds = close(found[0], 1 - math.sqrt(0.5)) and found[1] > 0.99
    return Observed(holds, f"of (1, 0) and (1, 1): {show(found[0])}; both times 1e-9: {show(found[1])}")
