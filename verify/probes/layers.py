"""Layers of torch.nn: what they do in training and in evaluation, and how they are built by default."""

from __future__ import annotations

import inspect
from typing import Any

from verify.probes.look import Observed, close, family, show

TABLE, probe = family()


@probe
def batch_norm_in_both_modes(torch: Any) -> Observed:
    """BatchNorm, as built by default, normalizes by the statistics of the batch in training and by running averages in
    evaluation."""
    x = torch.tensor([[1.0, 10.0], [2.0, 30.0], [6.0, 20.0]])
    layer = torch.nn.BatchNorm1d(2)
    mean, var = x.mean(0), x.var(0, correction=0)
    in_training = layer(x)
    running_mean, running_var = layer.running_mean.clone(), layer.running_var.clone()
    layer.eval()
    in_evaluation = layer(x)
    after = layer.running_mean
    by_batch = close(in_training.detach(), (x - mean) / (var + layer.eps).sqrt())
    averages = close(running_mean, 0.1 * mean) and close(running_var, 0.9 + 0.1 * x.var(0, correction=1))
    by_averages = close(in_evaluation.detach(), (x - running_mean) / (running_var + layer.eps).sqrt())
    holds = by_batch and averages and by_averages and torch.equal(after, running_mean)
    seen = (
        f"batch mean {show(mean)}, running mean {show(running_mean)} after one batch of momentum 0.1; "
        "evaluation leaves it alone"
    )
    return Observed(bool(holds), seen + "; the batch's variance is divided by n, that of the running average by n - 1")


@probe
def layer_norm_in_both_modes(torch: Any) -> Observed:
    """LayerNorm computes the same in training and in evaluation, and keeps no statistics."""
    x, layer = torch.tensor([[1.0, 2.0, 6.0], [3.0, 3.5, -1.0]]), torch.nn.LayerNorm(3)
    training = layer(x)
    layer.eval()
    same, kept = torch.equal(training, layer(x)), len(list(layer.buffers()))
    return Observed(same and not kept, f"{'the same' if same else 'other'} bits; {kept} buffers")


@probe
def same_forward_computation(torch: Any) -> Observed:
    """Inference, under no_grad() and eval(), computes the same outputs as training."""
    nn, x = torch.nn, torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]])
    models = {
        "Linear, Sigmoid and LayerNorm": nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.LayerNorm(3)),
        "Dropout": nn.Dropout(1.0),
        "BatchNorm": nn.BatchNorm1d(2),
    }
    same = {}
    for name, model in models.items():
        training = model(x).detach()
        model.eval()
        with torch.no_grad():
            same[name] = close(training, model(x))
    plain, *special = same.values()
    given = "" if all(special) else "no layer acts otherwise in eval(), as Dropout and BatchNorm do; up to rounding"
    return Observed(
        plain, "; ".join(f"{name}: {'the same' if s else 'other outputs'}" for name, s in same.items()), given
    )


@probe
def transformer_expansion_ratio(torch: Any) -> Observed:
    """The hidden layer of a Transformer block is 4 times as wide as the model, at the defaults of torch.nn.Transformer."""
    defaults = {n: p.default for n, p in inspect.signature(torch.nn.Transformer.__init__).parameters.items()}
    width, hidden = defaults["d_model"], defaults["dim_feedforward"]
    block = inspect.signature(torch.nn.TransformerEncoderLayer.__init__).parameters["dim_feedforward"].default
    seen = (
        f"d_model {width}, dim_feedforward {hidden}; TransformerEncoderLayer takes {block} whatever the model's width"
    )
    return Observed(hidden == 4 * width, seen)


def _encoder(torch: Any, depth: int, heads: int = 2, width: int = 4) -> tuple[Any, list[Any]]:
    layer = torch.nn.TransformerEncoderLayer(width, heads, dim_feedforward=2 * width, batch_first=True)
    encoder = torch.nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)
    return encoder, [m for m in encoder.modules() if isinstance(m, torch.nn.MultiheadAttention)]


@probe
def one_attention_module_a_layer(torch: Any) -> Observed:
    """A TransformerEncoder has one module of multi-head attention in each layer, with as many heads as asked for."""
    counts: list[tuple[int, bool]] = []
    heads: set[int] = set()
    for depth in (1, 2, 5):
        encoder, modules = _encoder(torch, depth)
        own = [sum(isinstance(m, torch.nn.MultiheadAttention) for m in layer.modules()) for layer in encoder.layers]
        counts.append((len(modules), own == [1] * depth))
        heads.update(m.num_heads for m in modules)
    holds = counts == [(1, True), (2, True), (5, True)] and heads == {2}
    return Observed(
        holds, f"of 1, 2 and 5 layers: {', '.join(str(n) for n, _ in counts)} modules; heads {sorted(heads)}"
    )


@probe
def attention_modules_whatever_the_width(torch: Any) -> Observed:
    """The number of modules of multi-head attention is the same whatever the width, the heads and the tokens are."""
    seen = set()
    for heads, width, tokens in ((1, 4, 3), (2, 4, 7), (4, 8, 3)):
        encoder, modules = _encoder(torch, 3, heads, width)
        calls: list[int] = []
        for module in modules:
            module.register_forward_pre_hook(lambda module, args, calls=calls: calls.append(args[0].shape[1]))
        encoder(torch.zeros(1, tokens, width))
        seen.add((len(modules), len(calls), set(calls) == {tokens}))
    return Observed(seen == {(3, 3, True)}, "of three layers: three modules, each run once on all tokens")


@probe
def heads_divide_the_width(torch: Any) -> Observed:
    """MultiheadAttention has heads of D/h entries each, and refuses an h that does not divide D."""
    size = torch.nn.MultiheadAttention(192, 3).head_dim
    try:
        torch.nn.MultiheadAttention(192, 5)
        refused = False
    except (AssertionError, ValueError):
        refused = True
    return Observed(
        size == 64 and refused, f"192 entries in 3 heads: {size} each; in 5 heads: {'refused' if refused else 'taken'}"
    )
