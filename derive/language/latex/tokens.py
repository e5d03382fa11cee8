r"""LaTeX to tokens, each with its place. Fonts are taken off, sizes of brackets and spaces passed over.

A font round a single symbol leaves the symbol (``\mathbf{W}`` is W), round several letters a word (``\mathrm{ReLU}``,
``\operatorname{softmax}``); ``\text{...}`` of several words is a text. What belongs to no formula (``\label``, ``\tag``) is set
aside, and told.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NoReturn

from derive.errors import ExpressionError
from derive.language.properties import PROPERTIES
from derive.records import dataclass

MAX_LENGTH = 10_000  # characters of one formula
MAX_DEPTH = 30  # nested brackets and braces


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: number, letter, word, command, text, sign, given, end. ``spaced``: white space stands before it."""

    kind: str
    text: str
    start: int
    stop: int
    font: str = ""
    spaced: bool = False

    def is_(self, *texts: str) -> bool:
        """Whether it is one of these signs (``+``) or commands (``\\frac``)."""
        return ("\\" + self.text if self.kind == "command" else self.text if self.kind == "sign" else "") in texts


Tokens = tuple[Token, ...]

_EXPONENT = re.compile(r"(?:[eE]|\\(?:mathrm|text|textrm|mathit|mathsf)\{[eE][+-]?\})\{?[+-]?\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:\{,\}\d{3})+(?:\.\d+)?")
SPACES = {",", ";", ":", "!", " ", ">", "thinspace", "medspace", "thickspace", "negthinspace", "enspace", "hfill"}
PASSED = {
    "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber", "notag", "mathstrut", "allowbreak", "middle",
    "hline", "phantom",
}  # fmt: skip
_SIZES = {f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")}
_FONTS = {
    "mathbf", "mathrm", "mathit", "mathsf", "mathtt", "mathcal", "mathscr", "mathfrak", "boldsymbol", "bm", "pmb", "mathnormal",
    "operatorname", "operatorname*", "mathop", "vec", "underline",
    "text", "textbf", "textit", "textrm", "textsf", "mbox", "mathbin",
    "textnormal", "mathord", "mathrel", "texttt", "mathbfit",
}  # fmt: skip
_WORDS = {"text", "textbf", "textit", "textrm", "textsf", "mbox", "textnormal", "texttt"}
_TOLD = {"label", "tag", "tag*", "cite", "ref", "eqref", "hspace", "vspace", "hspace*", "color", "footnote"}
#: One sign or command for another.
_SAME = {
    "leq": "le", "leqslant": "le", "geq": "ge", "geqslant": "ge", "neq": "ne", "lt": "<", "gt": ">", "ast": "*", "star": "*",
    "intercal": "top", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "colon": ":", "coloneqq": ":=",
    "dfrac": "frac",
    "tfrac": "frac", "cfrac": "frac", "lVert": "|l", "rVert": "|r", "Vert": "||", "|": "||", "lvert": "l|", "rvert": "r|",
    "vert": "|", "mid": "|", "thinspace": ",", "land": "wedge", "lor": "vee", "iff": "Leftrightarrow", "implies": "Rightarrow",
    "widehat": "hat", "widetilde": "tilde", "overline": "bar", "lbrace": "\\{", "rbrace": "\\}", "parallel": "||",
    "tbinom": "binom", "dbinom": "binom", "gets": "leftarrow",
    "dots": "ldots", "cdots": "ldots",
    "dotsc": "ldots", "dotsb": "ldots", "circledast": "odot", "le": "le", "ge": "ge", "ne": "ne", "equiv": "equiv", "prime": "'",
    "{": "\\{", "}": "\\}", "_": "_word", "%": "%",
}  # fmt: skip
_SIGNS = {"<", ">", "*", "[", "]", "(", ")", ":", ":=", "|l", "|r", "||", "l|", "r|", "|", "\\{", "\\}", "'", "%"}
_UNICODE = {
    "−": "-", "–": "-", "·": r"\cdot", "×": r"\times", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∂": r"\partial",
    "∇": r"\nabla", "′": "'", "⊙": r"\odot", "∑": r"\sum", "∏": r"\prod", "⊤": r"\top", "∞": r"\infty", "²": "^2", "³": "^3",
    "…": r"\ldots", "‖": r"\|", "⋅": r"\cdot", "’": "'",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi",
    "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "ϵ": "epsilon", "ℓ": "ell",
}  # fmt: skip


def tokenized(text: str, depth: int = 0) -> tuple[Tokens, list[str]]:
    """The tokens of a formula, an end token last, and what was set aside. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"a formula of {len(text)} characters; the limit is {MAX_LENGTH}")
    return _Tokenizer(text, depth).read()


class _Tokenizer:
    def __init__(self, text: str, depth: int = 0) -> None:
        self.text, self.at, self.depth = text, 0, depth
        self.made: list[Token] = []
        self.aside: list[str] = []
        self.spaced = False

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        raise ExpressionError(message, self.at if at is None else at)

    def add(self, kind: str, text: str, start: int, font: str = "") -> None:
        self.made.append(Token(kind, text, start, self.at, font, self.spaced))
        self.spaced = False

    def read(self) -> tuple[Tokens, list[str]]:
        text, depth = self.text, self.depth
        while self.at < len(text):
            c, start = text[self.at], self.at
            if c.isspace() or c == "~":
                self.at += 1
                self.spaced = True
            elif c == "%":
                end = text.find("\n", start)
                self.aside.append(text[start : end if end >= 0 else len(text)].strip())
                self.at = end if end >= 0 else len(text)
            elif c == "$":
                self.at += 1  # the delimiters of the display
            elif c == "\\":
                self.command()
            elif (c.isdigit() and c.isascii()) or (c == "." and text[start + 1 : start + 2].isdigit()):
                self.number()
            elif c in _UNICODE:
                self.at += 1
                self.replaced(_UNICODE[c], start)
            elif c in _GREEK:
                self.at += 1
                self.add("command", _GREEK[c], start)
            elif c.isalpha():
                self.at += 1
                self.add("letter", c, start)
            elif c in "+-*/=<>()[]{}|,.;:!'^_&":
                bars = text.startswith("||", start) and sum(t.is_("|") for t in self.made) % 2 == 0
                self.at += 2 if bars or text.startswith(":=", start) else 1
                self.add("sign", text[start : self.at], start)
            else:
                self.fail(f"'{c}' is no part of a formula")
            depth += (c in "([{") - (c in ")]}")
            if depth > MAX_DEPTH:
                self.fail(f"brackets nested more than {MAX_DEPTH} deep", start)
        self.add("end", "", len(text))
        return tuple(self.made), self.aside

    def replaced(self, latex: str, start: int) -> None:
        for t in tokenized(latex)[0][:-1]:
            self.add(t.kind, t.text, start)

    def number(self) -> None:
        start, text, end = self.at, self.text, self.at
        while end < len(text) and (text[end].isdigit() or text.startswith("{,}", end) or text[end] == "."):
            if text[end] == "." and not (text[end + 1 : end + 2].isdigit() and "." not in text[start:end]):
                break
            end += 3 if text[end] == "{" else 1
        self.at = end
        written = text[start:end]
        if "{,}" in written and not _THOUSANDS.fullmatch(written):
            self.fail(f"'{written[:40]}': a decimal point is a point, and thousands have three digits", start)
        digits = written.replace("{,}", "")
        if len(digits) > 100 or not digits.isascii():
            self.fail("a number beyond the limits", start)
        if exponent := _EXPONENT.match(text, end):
            self.fail(
                f"'{text[start : exponent.end()]}': a power of ten is written 3 \\cdot 10^{{-2}}, a product with e as e \\cdot",
                start,
            )
        self.add("number", f"0{digits}" if digits.startswith(".") else digits, start)

    def word(self) -> str:
        """The name of a command: letters, or one other character."""
        start = self.at = self.at + 1
        while self.at < len(self.text) and self.text[self.at].isascii() and self.text[self.at].isalpha():
            self.at += 1
        if self.at == start or self.text[start : self.at + 1] in ("operatorname*", "tag*", "hspace*"):
            self.at += 1
        return self.text[start : self.at]

    def braces(self) -> str:
        """What stands in the braces that follow, as it is written."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        if self.text[self.at : self.at + 1] != "{":
            self.fail("expected braces {...}")
        depth, start = 0, self.at
        for i in range(start, len(self.text)):
            depth += (self.text[i] == "{") - (self.text[i] == "}")
            if not depth:
                self.at = i + 1
                return self.text[start + 1 : i]
        self.fail("the brace is never closed", start)

    def command(self) -> None:
        start = self.at
        word = self.word()
        if not word:
            self.fail("a backslash with nothing after it", start)
        if word in SPACES:
            self.spaced = True
        elif word in ("quad", "qquad"):
            self.add("sign", "quad", start)
        elif word == "\\" or word == "newline" or word == "cr":
            if self.text[self.at : self.at + 1] == "[" and (end := self.text.find("]", self.at)) > 0:
                inside = self.text[self.at + 1 : end]
                if any(inside.strip().endswith(unit) for unit in ("pt", "em", "ex", "mm", "cm")):
                    self.at = end + 1
            self.add("sign", "\\\\", start)
        elif word in PASSED:
            self.spaced = True
        elif word in ("left", "right") or word in _SIZES:
            self.delimiter(word, start)
        elif word in _TOLD:
            self.braces()
            self.aside.append(self.text[start : self.at])
        elif word == "boxed":
            self.nested("", self.braces(), start)
        elif word in _FONTS:
            self.font(word, start)
        elif word == "mathbb":
            inside = self.braces().strip() if self.text[self.at : self.at + 1] in ("{", " ") else self.single()
            self.add("command", f"bb{inside}", start)
        elif word in ("begin", "end"):
            self.add("command", f"{word} {self.braces().strip().rstrip('*')}", start)
        elif word in _SAME:
            other = _SAME[word]
            self.add("sign" if other in _SIGNS else "command", other, start)
        elif word in ("min", "max") and self.made and self.made[-1].kind == "command" and self.made[-1].text == "arg":
            self.made[-1] = replace(self.made[-1], text=f"arg{word}", stop=self.at)
        else:
            self.add("command", word, start)

    def single(self) -> str:
        self.at += 1
        return self.text[self.at - 1 : self.at]

    def delimiter(self, word: str, start: int) -> None:
        """``\\left(``, ``\\Big\\vert``: the bracket; a bar with something below it says where a value is taken."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        here = self.text[self.at : self.at + 1]
        if not here:
            self.fail(f"\\{word} with no bracket after it", start)
        name = self.word() if here == "\\" else here
        if here != "\\":
            self.at += 1
        name = _SAME.get(name, name) if here == "\\" else name
        if name == ".":
            if word not in ("left", "right"):
                self.fail(f"\\{word} with no bracket after it", start)
            return
        if name not in ("(", ")", "[", "]", "|", "||", "\\{", "\\}", "l|", "r|", "|l", "|r", "/") and name not in (
            "lfloor", "rfloor", "lceil", "rceil", "langle", "rangle", "<", ">",
        ):  # fmt: skip
            self.fail(f"\\{word} with no bracket after it", start)
        rest = self.text[self.at :].lstrip()
        if name == "|" and word != "left" and rest.startswith("_"):
            name = "at|"
        elif name in ("|", "||") and word in ("left", "right"):
            name = {"|left": "l|", "|right": "r|", "||left": "|l", "||right": "|r"}[name + word]
        self.add("command" if name.isalpha() else "sign", name, start)

    def font(self, word: str, start: int) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        if self.text[self.at : self.at + 1] != "{":
            if word in _WORDS:
                self.fail(f"expected braces {{...}} after \\{word}")
            first = len(self.made)
            if self.text[self.at : self.at + 1] == "\\":
                self.command()
            elif self.at < len(self.text) and self.text[self.at].isalnum():
                self.at += 1
                c = self.text[self.at - 1]
                self.add("letter" if c.isalpha() else "number", c, start)
            else:
                self.fail(f"\\{word} of nothing", start)
            self.made[first:] = [replace(t, font=t.font or word, start=start) for t in self.made[first:]]
            return
        inside = self.braces().strip()
        plain = inside.replace("\\_", "_").replace("\\ ", " ").replace("\\,", " ").strip()
        if (joined := plain.replace(" ", "")) in ("argmin", "argmax"):
            self.add("command", joined, start)
        elif len(plain) == 1 and plain.isdigit():
            self.add("number", plain, start, word)
        elif len(plain) == 1 and plain.isalpha() and plain.isascii():
            self.add("letter", plain, start, word)
        elif plain.replace("_", "a").isalnum() and plain[:1].isalpha() and plain.isascii():
            self.add("word", plain, start, word)
        elif word == "mathrm" and plain.replace(" ", "_") in PROPERTIES:  # what is asked, as it is typeset
            self.add("word", plain.replace(" ", "_"), start, word)
        elif word in _WORDS or word.startswith("operatorname"):
            self.add("text", inside, start)
        else:
            self.nested(word, inside, start)

    def nested(self, word: str, inside: str, start: int) -> None:
        """A font round something larger: what is inside, in braces if it is more than one token."""
        offset = self.text.find(inside, start) if inside else start
        if self.depth > MAX_DEPTH:
            self.fail(f"brackets nested more than {MAX_DEPTH} deep", start)
        try:
            made, aside = tokenized(inside, self.depth + 1)
        except ExpressionError as e:
            raise ExpressionError(e.message, offset + e.offset) from None
        self.aside += aside
        within = [
            replace(t, start=t.start + offset, stop=t.stop + offset, font=t.font or word)
            for t in made
            if t.kind != "end"
        ]
        if len(within) != 1:
            within = [Token("sign", "{", start, start, "", self.spaced), *within, Token("sign", "}", self.at, self.at)]
        self.made += within
        self.spaced = False
