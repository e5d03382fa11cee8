"""The commands of LaTeX that a formula of this field is made of."""

from __future__ import annotations

from derive.language.typeset.names import GREEK as LETTERS

ACCENTS = ("hat", "bar", "tilde", "dot", "ddot", "check", "breve")
BIG = {
    "sum": "sum",
    "prod": "prod",
    "max": "max",
    "min": "min",
    "bigoplus": "",
    "int": "integral",
    "lim": "limit",
    "sup": "supremum",
    "inf": "infimum",
    "argmin": "argmin",
    "argmax": "argmax",
}
TIMES = {
    "\\cdot": ".",
    "\\times": "x",
    "\\odot": "o",
    "\\circ": "o",
    "*": "*",
    "/": "/",
    "\\oslash": "o/",
    "\\div": "/",
    "\\bmod": "mod",
}
CLOSING = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "{": "}",
    "\\lfloor": "\\rfloor",
    "\\lceil": "\\rceil",
    "\\langle": "\\rangle",
    "|l": "|r",
    "l|": "r|",
}
MEANING = {
    "(": "(",
    "[": "[",
    "{": "(",
    "\\{": "{",
    "\\lfloor": "floor",
    "\\lceil": "ceil",
    "\\langle": "angle",
    "|l": "||",
    "l|": "|",
}
#: What is written as a command and stands as a letter: those that are typeset so, and others that only documents use.
GREEK = LETTERS | {
    "varpi", "varrho", "varsigma", "nabla", "partial", "hbar", "infty", "ldots", "vdots", "ddots", "aleph", "Re", "Im", "top",
    "bot",
}  # fmt: skip
FUNCTIONS = frozenset(
    [
        "exp",
        "log",
        "ln",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "arctan",
        "det",
        "tr",
        "diag",
        "sign",
        "sgn",
        "lg",
        "arg",
        "ker",
        "rank",
        "dim",
        "Pr",
        "deg",
        "gcd",
        "arcsin",
        "arccos",
    ]
)
BESIDE = {"if", "for", "when", "where", "with", "for all", "otherwise", "else"}
REMARKS = {"since", "as", "because", "where", "with", "if", "for", "see", "by", "note"}
MATRICES = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array", "vmatrix", "Vmatrix"}
