"""Activations in floats: overflow, infinities, kinks."""

from __future__ import annotations

from math import isnan
from typing import Any

from verify.probes.look import Observed, family, show

TABLE, probe = family()

INF = float("inf")


def _slope(torch: Any, f: Any, at: float) -> float:
    x = torch.tensor(at, requires_grad=True)
    return float(torch.autograd.grad(f(x), x)[0])


@probe
def sigmoid_as_printed(torch: Any) -> Observed:
    """1/(1 + exp(-x)) in floats has the right value at x = -1000, where exp overflows, but its gradient by autograd is nan;
    torch.sigmoid has both."""

    def printed(x: Any) -> Any:
        return 1 / (1 + torch.exp(-x))

    values = [float(f(torch.tensor(-1000.0))) for f in (printed, torch.sigmoid)]
    slopes = [_slope(torch, f, -1000.0) for f in (printed, torch.sigmoid)]
    holds = values == [0, 0] and isnan(slopes[0]) and slopes[1] == 0
    return Observed(bool(holds), f"at -1000: values {show(values)}, gradients {show(slopes)}")


@probe
def tanh_as_printed(torch: Any, numpy: Any) -> Observed:
    """The quotient of exponentials is nan in double arithmetic beyond |x| = 709.78..., where exp overflows; torch.tanh
    is 1 or -1."""

    def printed(x: float) -> float:
        up, down = numpy.exp(numpy.float64(x)), numpy.exp(numpy.float64(-x))
        return float((up - down) / (up + down))

    at = (709.78, 709.79, -709.79)
    naive = [printed(x) for x in at]
    library = [float(torch.tanh(torch.tensor(x, dtype=torch.float64))) for x in at]
    holds = naive[0] == 1 and all(map(isnan, naive[1:])) and library == [1, 1, -1]
    return Observed(bool(holds), f"at 709.78, 709.79, -709.79: as printed {show(naive)}, torch.tanh {show(library)}")


@probe
def relu_spellings_at_the_kink(torch: Any) -> Observed:
    """Spellings of max(0, x) have different gradients at x = 0."""
    spellings = {
        "relu": torch.relu,
        "where": lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
        "maximum": lambda x: torch.maximum(x, torch.zeros_like(x)),
        "clamp": lambda x: torch.clamp(x, min=0),
    }
    slopes = {name: _slope(torch, f, 0.0) for name, f in spellings.items()}
    return Observed(
        len(set(slopes.values())) > 1, "gradients at 0: " + ", ".join(f"{n} {show(s)}" for n, s in slopes.items())
    )


@probe
def softmax_of_large_logits(torch: Any) -> Observed:
    """Large logits harm the softmax: as printed it overflows, and a library's, which subtracts the greatest, saturates
    with gradients of 0."""
    z = torch.tensor([1000.0, 0.0], requires_grad=True)
    printed = torch.exp(z) / torch.exp(z).sum()
    library = torch.softmax(z, 0)
    slope = torch.autograd.grad(library[0], z)[0]
    holds = torch.isnan(printed).any() and library.tolist() == [1, 0] and not slope.any()
    seen = (
        f"of [1000, 0]: as printed {show(printed.tolist())}, "
        f"torch.softmax {show(library.tolist())}, its gradient {show(slope.tolist())}"
    )
    return Observed(bool(holds), seen)


@probe
def softmax_of_infinities(torch: Any) -> Observed:
    """torch.softmax gives 0 to a logit of -inf, and nan throughout where a logit is inf or all are -inf."""
    found = [torch.softmax(torch.tensor(z), 0) for z in ([-INF, 0.0], [INF, 0.0], [-INF, -INF])]
    holds = found[0].tolist() == [0, 1] and all(bool(torch.isnan(t).all()) for t in found[1:])
    return Observed(holds, f"of [-inf, 0], [inf, 0], [-inf, -inf]: {', '.join(show(t.tolist()) for t in found)}")


@probe
def gelu_of_minus_infinity(torch: Any) -> Observed:
    """torch's GELU, in both its forms, is nan at -inf, where the limit is 0."""
    gelu, x = torch.nn.functional.gelu, torch.tensor(-INF)
    found = [float(gelu(x)), float(gelu(x, approximate="tanh")), float(x * torch.special.ndtr(x))]
    seen = f"at -inf: gelu {show(found[0])}, its tanh form {show(found[1])}, x*ndtr(x) {show(found[2])}"
    return Observed(bool(all(map(isnan, found))), seen)


@probe
def zero_times_log_of_zero(torch: Any) -> Observed:
    """0*log(0) is nan in floats, and so is cross_entropy with a probability of 0 for a class of weight 0; torch.xlogy
    gives 0."""
    zero = torch.tensor(0.0)
    plain, library = float(zero * torch.log(zero)), float(torch.xlogy(zero, zero))
    logits, target = torch.tensor([[0.0, -INF]]), torch.tensor([[1.0, 0.0]])
    loss = float(torch.nn.functional.cross_entropy(logits, target))
    holds = isnan(plain) and isnan(loss) and library == 0
    return Observed(bool(holds), f"0*log(0): {show(plain)}; xlogy(0, 0): {show(library)}; cross_entropy: {show(loss)}")


@probe
def log_of_softmax(torch: Any) -> Observed:
    """-log(softmax(z)) is inf where a probability is rounded to 0; log_softmax and cross_entropy stay finite."""
    z = torch.tensor([1000.0, 0.0])
    naive, fused = -torch.log(torch.softmax(z, 0)), -torch.log_softmax(z, 0)
    loss = torch.nn.functional.cross_entropy(z[None], torch.tensor([1]))
    holds = naive[1] == INF and fused[1] == 1000 and loss == 1000
    seen = (
        f"for the second of [1000, 0]: naive {show(naive[1])}, log_softmax {show(fused[1])}, cross_entropy {show(loss)}"
    )
    return Observed(bool(holds), seen)
