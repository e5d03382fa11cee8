r"""What print calls the functions of the language: ``\tanh``, ``\text{ReLU}``, ``\sigma`` where it is no name of the case."""

from __future__ import annotations

from derive.language.names import FUNCTION_NAMES
from derive.language.properties import PROPERTIES

_CALLED = {
    "sigma": "sigmoid", "ln": "log", "sgn": "sign", "tr": "trace", "Tr": "trace", "arctan": "atan", "Phi": "Phi", "swish": "silu",
    "sigm": "sigmoid", "logistic": "sigmoid", "lse": "logsumexp", "lg": "log10", "heaviside": "", "var": "", "e": "", "d": "",
    "erf": "erf", "smax": "softmax",
}  # fmt: skip
_PLAIN = {name.replace("_", ""): name for name in FUNCTION_NAMES if len(name) > 2}
#: What takes conditions, loops or derivatives, and what print says otherwise.
_OTHERWISE = frozenset(
    [
        "all",
        "any",
        "at",
        "hold",
        "implies",
        "iff",
        "d",
        "grad",
        "jacobian",
        "hessian",
        "hvp",
        "expect",
        "variance",
        "where",
        "select",
        "indicator",
        "eigenvalues",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "sum",
        "prod",
        "matprod",
        "norm",
        "len",
        "interval",
        "limit",
        "integral",
        "supremum",
        "infimum",
        "broadcast",
        "reshape",
        "eye",
        "zeros",
        "ones",
        "delta",
        "beta",
        "polygamma",
        "subdifferential",
    ]
)
#: Words that some read as one function and some as another.
EITHER = {"lg": ("log10", "log2")}
#: What has no entrywise meaning in print where it is of a square matrix.
OF_MATRICES = frozenset(("exp", "log", "sin", "cos", "sqrt"))


def library(word: str) -> str | None:
    """The function of the language that a word of print stands for."""
    if word in _CALLED:
        return _CALLED[word] or None
    if len(word) == 1:
        return None
    if word in PROPERTIES or word == "rank":
        return word
    low = word.lower()
    name = _CALLED.get(low) or _PLAIN.get(low.replace("_", "").replace("-", ""))
    return None if name is None or name in _OTHERWISE else name
