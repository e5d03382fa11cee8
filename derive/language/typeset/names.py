r"""Names as LaTeX: ``yhat`` is \hat{y}, ``w1`` is w_{1}, ``delta3`` is \delta_{3}, ``x_new`` is x_{\mathrm{new}}."""

from __future__ import annotations

import re
from collections.abc import Sequence

GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "varepsilon",
        "zeta",
        "eta",
        "theta",
        "vartheta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "varphi",
        "chi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Xi",
        "Pi",
        "Sigma",
        "Upsilon",
        "Phi",
        "Psi",
        "Omega",
        "ell",
    ]
)
_SPELT = {"eps": r"\varepsilon", "lam": r"\lambda", "lambda_": r"\lambda"}
_ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}

_RAISED = {"plus": "+", "minus": "-", "star": r"\star"}

_PARTS = re.compile(r"([^\W\d_]+)(\d*)((?:_\w+)*)")
_ENTRY = re.compile(r"([\w()]+)\[([\d, ]+)\]")
_STATE = re.compile(r"(\w+)\((\d+)\)")


def latex_name(name: str) -> str:
    """The name of a symbol or a definition in math mode.

    Greek names, the suffixes ``hat``, ``bar``, ``tilde`` and ``dot`` on a letter, digits and ``_`` as subscripts,
    ``_plus``, ``_minus`` and ``_star`` as superscripts; any other word stands upright, whole. An entry ``a1[0]`` is
    counted from 1: ``[a_{1}]_{1}``.
    """
    name = name.rstrip("'")  # of an index that is no name of a case
    if entry := _ENTRY.fullmatch(name):
        return element(latex_name(entry[1]), [int(i) for i in entry[2].split(",")])
    if state := _STATE.fullmatch(name):
        return f"{latex_name(state[1])}({state[2]})"
    if name in _SPELT:
        return _SPELT[name]
    parts = _PARTS.fullmatch(name)
    if not parts:
        return _upright(name)
    word, digits, rest = parts.groups()
    below = [digits] if digits else []
    pieces = [p for p in rest.split("_") if p]
    if pieces and pieces[0] in _ACCENTS and _letter(word):
        base = f"{_ACCENTS[pieces.pop(0)]}{{{_letter(word)}}}"
    else:
        base = _base(word)
        if base.startswith(r"\mathrm") and digits:
            base, below = _upright(word + digits), []
    above = _RAISED[pieces.pop()] if pieces and pieces[-1] in _RAISED else ""
    below += [_below(p) for p in pieces]
    return base + (f"_{{{','.join(below)}}}" if below else "") + (f"^{{{above}}}" if above else "")


def element(text: str, where: Sequence[int], dimensions: int | None = None, *, atom: bool = True) -> str:
    """An entry of a tensor that prints as ``text``: indices from 0 in the language, from 1 in print.

    ``dimensions`` fills the indices of a whole row: ``W[0]`` is ``W_{1,:}``. A text that is no ``atom``, or has
    a subscript of its own, goes into square brackets.
    """
    shown = [str(i + 1) for i in where] + [":"] * ((dimensions or 0) - len(where))
    tall = r"\frac" in text or r"\begin" in text or r"\sum" in text
    left, right = (r"\left[", r"\right]") if tall else ("[", "]")
    bracketed = f"{left}{text}{right}" if not atom or "_" in text or "^" in text else text
    return f"{bracketed}_{{{','.join(shown)}}}"


def _letter(word: str) -> str | None:
    """A single letter or a Greek name, in math mode; else None."""
    if len(word) == 1:
        return word
    return f"\\{word}" if word in GREEK else None


def _base(word: str) -> str:
    letter = _letter(word) or _SPELT.get(word)
    if letter:
        return letter
    for suffix, accent in _ACCENTS.items():
        inner = _letter(word.removesuffix(suffix)) if word.endswith(suffix) and word != suffix else None
        if inner:
            return f"{accent}{{{inner}}}"
    return _upright(word)


def _below(piece: str) -> str:
    """A piece of a subscript: a letter or a number as it is, a word upright."""
    return piece if piece.isdigit() else latex_name(piece) if "_" not in latex_name(piece) else _upright(piece)


def _upright(word: str) -> str:
    escaped = word.replace("_", r"\_")
    return f"\\mathrm{{{escaped}}}"
