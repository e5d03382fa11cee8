r"""Tokens to a syntax tree, by recursive descent. Nothing is decided here that needs to know what a name is.

statement  = disjunction (=> disjunction)?
condition  = relation ("and" | "or" relation)*
relation   = sum (= sum)*
sum        = product (+ product)*
product    = factor (\cdot? factor)*        a sum sign takes the rest of its product as its body
factor     = atom scripts
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NoReturn

from derive.errors import ExpressionError
from derive.language.latex import differentials, ellipses
from derive.language.latex.environments import environment
from derive.language.latex.layout import RELATIONS
from derive.language.latex.symbols import layer, raised
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import (
    Big,
    Fraction,
    Given,
    Group,
    Logic,
    Number,
    Place,
    Product,
    Relation,
    Root,
    Scripted,
    Sum,
    Symbol,
    Tree,
)
from derive.language.latex.words import ACCENTS, BESIDE, BIG, CLOSING, FUNCTIONS, GREEK, MEANING, TIMES

MAX_DEPTH = 40  # of nested constructs


class Parser:
    def __init__(self, tokens: list[Token], words: Container[str], text: str = "") -> None:
        self.tokens, self.words, self.text = tokens, words, text
        if not tokens or tokens[-1].kind != "end":
            end = tokens[-1].stop if tokens else 0
            self.tokens = [*tokens, Token("end", "", end, end)]
        self.at = 0
        self.depth = 0
        self.bars: list[str] = []  # open | and ||
        self.integrals = 0  # open ones, which a differential closes

    # -- small steps ----------------------------------------------------------------------------

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def fail(self, message: str, t: Token | None = None) -> NoReturn:
        raise ExpressionError(message, (t or self.here).start)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"nested more than {MAX_DEPTH} deep")

    def shown(self, t: Token) -> str:
        if t.kind == "end":
            return "the end"
        return f"'{self.text[t.start : t.stop]}'" if self.text and t.stop > t.start else f"'{t.text}'"

    def beside(self) -> str:
        r"""The word of a ``\text{if}`` or ``\text{otherwise}`` that stands here."""
        if self.here.kind not in ("text", "word"):
            return ""
        word = self.here.text.strip().lower().rstrip(".,;:")
        return word if word in BESIDE or word in ("and", "or", "not") else ""

    # -- statements -----------------------------------------------------------------------------

    def statement(self) -> Tree:
        start, left = self.here.start, self.either()
        for sign, op in (("\\Rightarrow", "implies"), ("\\Leftrightarrow", "iff"), ("\\Longrightarrow", "implies")):
            if self.here.is_(sign):
                self.next()
                return Logic(start, op, (left, self.either()))
        return left

    def either(self) -> Tree:
        return self.connected("or", "\\vee", lambda: self.connected("and", "\\wedge", self.negated))

    def connected(self, word: str, sign: str, part: Callable[[], Tree]) -> Tree:
        start, parts = self.here.start, [part()]
        while self.beside() == word or self.here.is_(sign):
            if self.beside() == word and self.tokens[self.at - 1].is_(","):
                break
            self.next()
            parts.append(part())
        return Logic(start, word, tuple(parts)) if len(parts) > 1 else parts[0]

    def negated(self) -> Tree:
        if self.beside() == "not" or self.here.is_("\\neg", "\\lnot"):
            start = self.next().start
            self.deeper()
            made = Logic(start, "not", (self.negated(),))
            self.depth -= 1
            return made
        return self.relation()

    def relation(self) -> Tree:
        start, parts, ops = self.here.start, [self.sum()], []
        while (op := RELATIONS.get(self.sign()) or self.one_of()) is not None:
            self.next()
            ops.append(op)
            parts.append(self.sum())
        if self.here.kind == "command" and self.here.text in (
            "propto", "sim", "to", "leftarrow", "rightarrow", "in", "gets", "mapsto", "cong", "longrightarrow", "subset",
            "ll", "gg",
        ):  # fmt: skip
            self.fail(
                f"'\\{self.here.text}' is no relation of the language; '=', '\\le', '\\ge', '<', '>', '\\ne', '\\approx' are"
            )
        return Relation(start, tuple(parts), tuple(ops)) if ops else parts[0]

    def one_of(self) -> str | None:
        r"""``\\in \\arg\\min_x f`` is read as an equation."""
        after = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        return "==" if self.here.is_("\\in") and after.is_("\\argmin", "\\argmax") else None

    def sign(self) -> str:
        t = self.here
        return "\\" + t.text if t.kind == "command" else t.text if t.kind == "sign" else ""

    # -- values ---------------------------------------------------------------------------------

    def sum(self) -> Tree:
        self.deeper()
        start, terms, spans = self.here.start, list[tuple[str, Tree]](), list[tuple[int, int]]()
        while True:
            sign = "+"
            while self.here.is_("+", "-"):
                if self.next().text == "-":
                    sign = "-" if sign == "+" else "+"
            first = self.at
            terms.append((sign, self.product()))
            spans.append((first, self.at))
            if self.here.is_("\\pm", "\\mp"):
                self.fail("'\\pm' says two things at once: write one formula for each")
            if not self.here.is_("+", "-"):
                break
        self.depth -= 1
        terms = ellipses.folded(self, "sum", terms, spans)
        return terms[0][1] if len(terms) == 1 and terms[0][0] == "+" else Sum(start, tuple(terms))

    def product(self) -> Tree:
        start, items, op = self.here.start, list[tuple[str, Tree]](), ""
        spans: list[tuple[int, int]] = []
        while True:
            first = self.at
            if self.here.kind == "command" and self.here.text in BIG and not self.bracketed_after():
                closed = self.here.text == "int"
                items.append((op, self.big()))
                spans.append((first, self.at))
                if not closed:
                    break  # the rest is its body
                if (sign := TIMES.get(self.sign())) is not None:
                    self.next()
                elif not self.begins():
                    break
                op = sign or ""
                continue
            items.append((op, differentials.slanted(self) or self.factor()))
            spans.append((first, self.at))
            if self.evaluates():
                bar = self.next()
                if not self.here.is_("_"):
                    self.fail("expected below the bar where the value is taken: \\big|_{x = 0}")
                self.next()
                items.append(("", Place(bar.start, self.script())))
                spans.append((self.at, self.at))
                break
            if (sign := TIMES.get(self.sign())) is not None:
                self.next()
                op = sign
            elif self.begins():
                op = ""
                before = items[-1][1]
                self.no_mixed(before)
                if self.here.kind == "number" and isinstance(before, Number) and not self.here.font:
                    self.fail(
                        f"two numbers side by side: {before.text}{self.here.text} if it is one, "
                        f"{before.text} \\cdot {self.here.text} if it is a product"
                    )
            else:
                break
        items = ellipses.folded(self, "prod", items, spans)
        return items[0][1] if len(items) == 1 else Product(start, tuple(items))

    def no_mixed(self, before: Tree) -> None:
        r"""Fails where a proper fraction of numerals stands right after a whole number, ``1\frac{1}{2}``."""
        if not (isinstance(before, Number) and before.text.isdigit() and not before.font and self.here.is_("\\frac")):
            return
        at = self.at
        self.next()
        top, bottom = self.argument("frac"), self.argument("frac")
        shown, self.at = self.text[self.tokens[at].start : self.tokens[self.at - 1].stop], at
        numerals = all(len(part) == 1 and part[0].kind == "number" and part[0].text.isdigit() for part in (top, bottom))
        if numerals and int(top[0].text) < int(bottom[0].text):
            self.fail(f"a mixed number or a product? Write {before.text} + {shown}, or {before.text} \\cdot {shown}")

    def evaluates(self) -> bool:
        r"""Whether a bar stands here that says where a value is taken: one with something below it that closes nothing."""
        bar = self.here.is_("|") and "|" not in self.bars and self.tokens[self.at + 1].is_("_")
        return bar or self.here.is_("at|")

    def begins(self) -> bool:
        """Whether a factor may begin here."""
        t = self.here
        if self.integrals and differentials.begins(self):
            return False
        if t.kind in ("number", "letter", "given"):
            return True
        if t.kind == "word":
            return not self.beside()
        if t.kind == "command":
            return (
                t.text in GREEK or t.text in FUNCTIONS or t.text in BIG or t.text in ACCENTS
                or t.text in ("frac", "sqrt", "mathbb", "lfloor", "lceil", "langle", "binom", "operatorname")
                or t.text.startswith(("begin ", "bb"))
            )  # fmt: skip
        if t.is_("|", "||"):
            return t.text not in self.bars and not self.evaluates()
        return t.is_("(", "[", "{", "\\{", "|l", "l|")

    def bracketed_after(self) -> bool:
        r"""Whether ``\max`` stands before its arguments in brackets, ``\max(0, z)``: then it is a function."""
        return self.here.text in ("max", "min") and self.tokens[self.at + 1].is_("(", "\\{", "[")

    def big(self) -> Tree:
        t = self.next()
        below: Tokens = ()
        above: Tokens = ()
        while self.here.is_("_", "^"):
            if self.next().text == "_":
                below = self.script()
            else:
                above = self.script()
        if not BIG[t.text]:
            self.fail(f"'\\{t.text}' is read in the language only; say what it is in 'names:'", t)
        if not self.begins():
            self.fail(f"'\\{t.text}' of nothing: expected what it is of", t)
        self.deeper()
        first = self.at
        body = differentials.integrand(self) if t.text == "int" else self.product()
        self.depth -= 1
        return Big(t.start, BIG[t.text], below, above, body, tuple(self.tokens[first : self.at]))

    def factor(self) -> Tree:
        made = self.scripted(self.atom())
        while self.here.is_("!"):
            if self.text[self.next().stop :].startswith("="):
                self.fail("a factorial before =, or \\ne: write ! = with a space, or \\ne")
            made = self.scripted(Group(made.start, "!", (made,)))
        return made

    def scripted(self, base: Tree) -> Tree:
        """What stands above and below of a factor, with it."""
        below: Tokens = ()
        above: Tokens = ()
        start, primes = base.start, 0
        while self.here.is_("_", "^", "'"):
            t = self.next()
            if t.text == "'":
                primes += 1
            elif t.text == "_":
                if below:
                    self.fail("a second subscript", t)
                below = self.script()
            else:
                script = self.script()
                if script and all(u.is_("'") for u in script):
                    primes += len(script)
                elif above:
                    self.fail("a second superscript", t)
                else:
                    above = script
        return Scripted(start, base, below, above, primes) if below or above or primes else base

    def script(self) -> Tokens:
        """A token, or what stands in braces."""
        t = self.next()
        if t.kind == "end":
            self.at -= 1
            self.fail("a script is missing at the end", t)
        if not t.is_("{"):
            if t.kind == "command" and (t.text in ACCENTS or t.text in ("frac", "sqrt")):
                self.fail(f"put braces round the script: {{\\{t.text}...}}", t)
            if t.is_("}", "&", "\\\\", "^", "_"):
                self.fail(f"expected a script, found {self.shown(t)}", t)
            if t.kind == "number" and len(t.text) > 1:
                self.digit(t, False)
            return (t,)
        inside = self.inside("{", t)
        if not inside:
            self.fail("an empty script", t)
        return inside

    def inside(self, opening: str, t: Token) -> Tokens:
        """The tokens up to the brace that closes."""
        first, depth, closing = self.at, 1, CLOSING[opening]
        while depth:
            if self.here.kind == "end":
                self.fail(f"the '{opening}' is never closed", t)
            u = self.next()
            depth += u.is_(opening) - u.is_(closing)
        return tuple(self.tokens[first : self.at - 1])

    def argument(self, of: str) -> Tokens:
        """The argument of a command: what stands in braces, or one token."""
        t = self.next()
        if t.is_("{"):
            return self.inside("{", t)
        if t.kind == "number" and len(t.text) > 1:
            return self.digit(t, of == "frac")
        if t.kind in ("number", "letter", "word", "given") or (t.kind == "command" and t.text in GREEK):
            return (t,)
        self.fail(f"expected an argument of \\{of} in braces, found {self.shown(t)}", t)

    def digit(self, t: Token, goes_on: bool) -> Tokens:
        r"""``\frac12`` is a half: without braces TeX takes one digit."""
        if not goes_on or not t.text.isdigit() or len(t.text) > 2:
            self.fail(f"TeX takes one digit of '{t.text}' here: put braces round what is meant", t)
        first = Token("number", t.text[0], t.start, t.start + 1)
        self.at -= 1
        self.tokens[self.at] = Token("number", t.text[1:], t.start + 1, t.stop)
        return (first,)

    def part(self, tokens: Tokens, t: Token) -> Tree:
        """The value that some tokens are, as a tree."""
        if not tokens:
            self.fail("expected a value, found nothing", t)
        inner = Parser(list(tokens), self.words, self.text)
        inner.depth = self.depth
        inner.deeper()
        made = inner.sum()
        if inner.here.kind != "end":
            inner.fail(f"can't be read at {self.shown(inner.here)}")
        return made

    # -- atoms ----------------------------------------------------------------------------------

    def atom(self) -> Tree:
        t = self.next()
        if t.kind == "number":
            return Number(t.start, t.text, t.font)
        if t.kind == "given":
            return Given(t.start, t.text, self.text[t.stop - 1 : t.stop] in (")", "]"))
        if t.kind == "letter":
            return Symbol(t.start, self.run(t), (), t.font)
        if t.kind == "word":
            return Symbol(t.start, t.text, (), t.font)
        if t.kind == "command":
            return self.of_command(t)
        if t.is_("(", "[", "{", "\\{", "|l", "l|"):
            return self.group(t)
        if t.is_("|", "||"):
            return self.between_bars(t)
        self.at -= 1
        self.fail(f"expected a value, found {self.shown(t)}", t)

    def run(self, t: Token) -> str:
        """The letter, or the longest name that the letters from here on are."""
        if t.font:
            return t.text
        letters, end = t.text, self.at
        found, stop = t.text, self.at
        while self.tokens[end].kind == "letter" and not self.tokens[end].spaced and not self.tokens[end].font:
            letters += self.tokens[end].text
            end += 1
            if letters in self.words:
                found, stop = letters, end
        self.at = stop
        return found

    def of_command(self, t: Token) -> Tree:
        if t.text in ACCENTS:
            inside = self.argument(t.text) if not self.accented() else (self.next(),)
            if len(inside) == 1 and inside[0].kind == "command" and inside[0].text in ACCENTS:
                self.deeper()
                inner = self.of_command(inside[0])
                self.depth -= 1
            else:
                p = Parser(list(inside), self.words, self.text)
                p.depth = self.depth
                p.deeper()
                inner = p.factor()
                if p.here.kind != "end":
                    p.fail(f"\\{t.text} goes over one symbol")
            scripted = inner if isinstance(inner, Scripted) else None
            if scripted and scripted.above and raised(scripted.above) is None and layer(scripted.above) is None:
                self.fail(
                    f"\\{t.text} over a power is another thing than a power of what has it: say it in 'names:'", t
                )
            base = scripted.base if scripted else inner
            if not isinstance(base, Symbol):
                self.fail(f"\\{t.text} goes over one symbol", t)
            named = Symbol(t.start, base.word, (*base.accents, t.text), base.font)
            return Scripted(t.start, named, scripted.below, scripted.above, scripted.primes) if scripted else named
        if t.text == "frac":
            return Fraction(t.start, self.argument("frac"), self.argument("frac"))
        if t.text == "sqrt":
            order = None
            if self.here.is_("["):
                first = self.next()
                order = self.part(self.inside("[", first), first)
            return Root(t.start, self.part(self.argument("sqrt"), t), order)
        if t.text == "binom":
            above, below = (self.part(self.argument("binom"), t) for _ in range(2))
            return Group(t.start, "binom", (above, below))
        if t.text in ("lfloor", "lceil", "langle"):
            return self.group(t)
        if t.text.startswith("begin "):
            return environment(self, t)
        if t.text in GREEK or t.text in FUNCTIONS or t.text in BIG or t.text.startswith("bb"):
            return Symbol(t.start, t.text, (), t.font)
        self.at -= 1
        if t.is_(*RELATIONS, *TIMES):
            self.fail(f"expected a value, found {self.shown(t)}")
        self.fail(f"the command {self.shown(t)} is not read; say in 'names:' what it stands for")

    def accented(self) -> bool:
        return self.here.kind == "command" and self.here.text in ACCENTS

    def group(self, t: Token) -> Tree:
        opening = "\\" + t.text if t.kind == "command" else t.text
        closing = CLOSING[opening]
        bars, self.bars = self.bars, []
        integrals, self.integrals = self.integrals, 0
        self.deeper()
        first = self.at
        items, spans = [self.statement()], [(first, self.at)]
        while self.here.is_(","):
            self.next()
            if self.here.is_("quad"):
                self.next()
            first = self.at
            items.append(self.statement())
            spans.append((first, self.at))
        if not self.here.is_(closing):
            if self.here.kind == "end":
                self.fail(f"the '{opening}' is never closed", t)
            self.fail(f"expected '{closing}', found {self.shown(self.here)}")
        self.next()
        self.depth -= 1
        self.bars, self.integrals = bars, integrals
        listed = ellipses.folded(self, "list", [("", item) for item in items], spans)
        return Group(t.start, MEANING[opening], tuple(item for _, item in listed))

    def between_bars(self, t: Token) -> Tree:
        self.bars.append(t.text)
        self.deeper()
        inside = self.sum()
        if not self.here.is_(t.text):
            self.fail(f"the '{'|' if t.text == '|' else chr(92) + '|'}' is never closed", t)
        self.next()
        self.depth -= 1
        self.bars.pop()
        return Group(t.start, t.text, (inside,))
