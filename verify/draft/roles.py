"""What a sentence makes of its statements: claims, conditions of these, or what it denies or asks.

Words decide, by the tables of ``words``: "if", "for" and their like before a statement make it a condition of the others in its
sentence, "where" and "let" one of all that follows, unless it only gives a value or a definition. What says "not" or "a mistake"
claims nothing. A condition in words alone is told, and so is what was not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace

from derive.language.latex.tree import Relation, Scripted, Symbol
from derive.records import dataclass
from verify.draft.conditions import VAGUE, Condition, Role, membership, said_of
from verify.draft.scope import name_in_print
from verify.draft.sentences import Bare, Part, Sentence, sentences
from verify.draft.statements import Section, Statement, name_of
from verify.draft.words import (
    APPOSED,
    ASIDE,
    BACKWARD,
    CASE,
    CLAUSE,
    COMMENT,
    CUE,
    EVERYWHERE,
    FOR,
    HARMLESS,
    IF,
    JOINS,
    LET,
    NEXT,
    NOT,
    NOT_BEHIND,
    NOT_FOR,
    ONLY,
    PARTS,
    QUALIFIED,
    TENDS,
    THAT_IS,
    UNLESS,
    WHERE,
    WORDED,
    WRONG,
)

_LIMIT = re.compile(r"^[^=:]*\\(?:to|rightarrow|longrightarrow)(?![A-Za-z])[^=]*$", re.S)
_TENSOR = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec|begin)(?![A-Za-z])")
_RELATION = re.compile(r"[=<>]|\\(?:leq?|geq?|neq?|ll|gg)(?![A-Za-z])")
_NAME = r"[-+]?\s*(?:\d+(?:\.\d+)?|\\?[A-Za-z]+(?:\s*_\s*(?:\{[^{}]*\}|\w))?)"
_NAMES = re.compile(rf"{_NAME}(?:\s*,\s*{_NAME})*")
NEAR = 4  # words between "for" and what it is for
SHOWN = 60  # characters of what is quoted in a reason


def roles(
    section: Section,
    found: Sequence[Statement],
    only_names: Callable[[Statement], bool],
    standing: list[Condition] | None = None,
    functions: frozenset[str] = frozenset(),
    defined: frozenset[str] = frozenset(),
) -> dict[int, Role]:
    """The roles of the statements of formulas, by their ids. ``only_names``: whether a statement does no more than give values or
    meanings to names. To ``standing``, the conditions made so far, those of the section are added. ``functions`` are names that
    stand before brackets, ``defined`` those that a formula of the section defines."""
    standing = [] if standing is None else standing
    made: dict[int, Role] = {}
    known = _Known(only_names, functions, defined)
    for each in sentences(section, found):
        before: list[Role] = []
        for sentence in each:
            if not sentence.statements and BACKWARD.search(sentence.words):
                for role in before:
                    role.denied = role.denied or f"the text says of it: '{_cut(sentence.words)}'"
            own = _Reader(sentence, made, known, standing).all()
            made |= own
            known.before += [p.latex for p in sentence.parts if not isinstance(p, str)]
            before = list(own.values()) or (before if not sentence.words else [])
    return made


@dataclass(slots=True)
class _Known:
    """What a section says of its names: which statements give them no more than values or meanings, which are functions, which
    are defined; ``before`` are the formulas of the sentences before."""

    only_names: Callable[[Statement], bool]
    functions: frozenset[str]
    defined: frozenset[str]
    before: list[str] = field(default_factory=list)

    def spoken(self, s: Statement) -> bool:
        """Whether the formulas before speak of the name on the left of an equation."""
        name = s.latex.partition("=")[0].strip()
        return any(re.search(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])", text) for text in self.before)

    def result(self, part: Part) -> bool:
        """Whether a statement is more than a value of a name that nothing defines."""
        if not isinstance(part, Statement):
            return False
        left = part.tree.parts[0] if isinstance(part.tree, Relation) else None
        named = left is not None and name_of(left, lambda n: n in self.defined)
        return not (_valued(part) and named) or named in self.defined

    def function(self, part: Part) -> bool:
        """Whether a symbol is the name of a function."""
        return isinstance(part, Bare) and name_in_print(part.latex) in self.functions


@dataclass(frozen=True, slots=True)
class _Group:
    """Conditions at the ``at``-th part of a sentence, of what follows where they are ``leading``."""

    at: int
    leading: bool
    made: list[Condition]
    doubtful: bool = False  # of what stands before or of what follows


class _Reader:
    """One sentence."""

    def __init__(
        self,
        sentence: Sentence,
        made: dict[int, Role],
        known: _Known,
        standing: list[Condition],
    ) -> None:
        self.sentence, self.made, self.known, self.standing = sentence, made, known, standing
        self.parts = sentence.parts
        self.roles: dict[int, Role] = {}
        self.given: set[int] = set()  # values and meanings of names beside a formula: no condition is on them
        self.groups: list[_Group] = []

    def all(self) -> dict[int, Role]:
        self.conditions()
        lead = self.leading()
        qualified, wrong = self.unread(), self.wrong()
        mains = [(k, p) for k, p in enumerate(self.parts) if isinstance(p, Statement) and id(p) not in self.roles]
        for k, s in mains:
            role = self.roles[id(s)] = Role(
                denied=wrong or self.denied(k),
                unread=qualified,
                standing=list(self.standing),
                apposed=bool(APPOSED.search(self.before(k))),
            )
            if id(s) not in self.given:
                role.conditions += [c for made in (*lead, *self.of(k, [k for k, _ in mains])) for c in made]
        return self.roles

    # -- conditions ---------------------------------------------------------------------------------

    def conditions(self) -> None:
        """Which parts are conditions, in groups."""
        kind, first = "", True
        for k, part in enumerate(self.parts):
            if isinstance(part, str):
                continue
            words = self.before(k)
            cue = IF if _limit(part, words) else _last_cue(words)
            joined = False
            if cue is None and _simple(part) and THAT_IS.search(words):
                cue = IF
            elif cue is None and isinstance(part, Statement) and _valued(part) and CASE.search(words):
                cue = LET
            if cue is None and kind and not first and JOINS.fullmatch(words) and self.goes_on(k, words):
                cue, joined = kind, True
            elif cue is None and isinstance(part, Statement) and self.bare_bound(k, words):
                cue = FOR
            unless = cue in (UNLESS, ONLY)
            negated = _negated(part) if cue == UNLESS else ""
            cue = IF if unless else cue
            kind = cue or ""
            first = False
            made = [c for c in self.said(part, k) if cue or c.adjective not in VAGUE]
            if made and self.known.function(part):  # a property of a function
                if cue is None or joined:
                    continue
                made = [Condition(c.words, unread=True) for c in made]
            rest = PARTS.split(self.behind(k))[0].strip()
            if not made and isinstance(part, Bare) and cue == IF and (rest or _LIMIT.search(part.latex)):
                made = [Condition(f"{part.latex} {rest}".strip(), unread=True)]
            if cue in (IF, FOR, WHERE) and NOT_FOR.search(words) and not unless:
                made = [Condition(f"not {part.latex}", unread=True)]
            if unless and (made or isinstance(part, Statement)):
                made = [Condition(f"unless {part.latex}", negated, unread=not negated)]
            if not made and not (cue and isinstance(part, Statement)):
                continue
            self.take(k, part, cue, made, joined)

    def goes_on(self, k: int, words: str) -> bool:
        """Whether a part that is joined to a condition is one: "if x > 0 and y > 0, ...", and not "A if x > 0, B if y > 0"."""
        part = self.parts[k]
        trails = bool(self.groups) and not self.groups[-1].leading
        if not isinstance(part, Statement) or ("and" in words.lower() and not trails):
            return True
        if re.search(r"(?<!\w)or(?!\w)", words, re.I):
            return _simple(part)
        rest = range(k + 1, len(self.parts))
        later = any(isinstance(self.parts[j], Statement) and not JOINS.fullmatch(self.before(j)) for j in rest)
        return _simple(part) and (trails or later or not _equation(part))

    def take(self, k: int, part: Part, cue: str | None, made: list[Condition], joined: bool) -> None:
        """Puts what a part asks for where it counts."""
        words = self.before(k)
        aside = cue in (IF, FOR) and ASIDE.search(words)
        if isinstance(part, Statement) and (aside or (cue == LET and NOT_FOR.search(words))):
            self.roles[id(part)] = Role(condition=True)
            return
        if isinstance(part, Statement) and cue and not made:
            if _equation(part) and cue != IF and not self.local(k, part, cue):
                only_names = self.known.only_names(part)
                if only_names or cue == WHERE or (cue == LET and _named(part)):
                    self.named(k, part, cue, joined, only_names)
                    return
            made = [
                Condition(part.latex, part.latex, unread=bool(part.reason) or bool(re.search(r"(?<!\w)or\s*$", words)))
            ]
            self.roles[id(part)] = Role(condition=True)
            if _equation(part) and cue in (FOR, WHERE):
                self.group(k, [replace(c, domain=True) for c in made], joined)
                return
        elif isinstance(part, Statement) and cue:
            self.roles[id(part)] = Role(condition=True)
        if cue in (IF, FOR):
            bound = cue == FOR and not (isinstance(part, Statement) and _equation(part))
            self.group(k, [replace(c, domain=bound) for c in made], joined)
        else:
            self.standing += [c for c in made if c not in self.standing]

    def named(self, k: int, part: Statement, cue: str, joined: bool, only_names: bool) -> None:
        """Takes up an equation that gives a name a value or a meaning."""
        value = Condition(part.latex, part.latex, value=True)
        if _valued(part) and cue == FOR:
            self.group(k, [value], joined)
        elif _valued(part) and cue == LET:
            self.standing.append(value)
            if CASE.search(self.before(k)):
                self.roles[id(part)] = Role(condition=True)
        if cue == FOR and not _valued(part):
            self.given.add(id(part))
        if cue == WHERE and not only_names:
            self.standing.append(Condition(part.latex, part.latex))
        elif cue in (LET, WHERE):
            self.given.add(id(part))

    def local(self, k: int, part: Statement, cue: str) -> bool:
        """Whether an equation of a name is meant in its sentence alone, for what else that says: "at $s = 0$ it is ..."."""
        others = [
            j for j, p in enumerate(self.parts) if p is not part and self.known.result(p) and id(p) not in self.roles
        ]
        if (
            _TENSOR.search(part.latex)
            or not others
            or not _named(part)
            or not (cue == FOR or re.search(r"(?<!\w)with(?!\w)", self.before(k), re.I))
        ):
            return False
        return self.known.spoken(part) or (cue == FOR and _valued(part))

    def group(self, k: int, made: list[Condition], joined: bool) -> None:
        """A condition of those before it, or, at the beginning of its clause, of those behind it."""
        words, behind = self.before(k), self.behind(k)
        said = [p for p in self.parts[:k] if isinstance(p, Statement) and id(p) not in self.given]
        if joined and self.groups:
            leading, doubtful = self.groups[-1].leading, self.groups[-1].doubtful
        else:
            leading, doubtful = all(id(p) in self.roles for p in said) or bool(NEXT.match(words)), False
            follows = any(isinstance(p, Statement) for p in self.parts[k + 1 :])
            if not leading and follows and CLAUSE.match(behind):
                leading = True
            elif not leading and follows and words.startswith(",") and re.fullmatch(r"[,:]", behind):
                leading = any(g.leading for g in self.groups)
                doubtful = not leading
        self.groups.append(_Group(k, leading, made, doubtful))

    def said(self, part: Part, k: int) -> Iterable[Condition]:
        """What a part asks for by the words around it, or as an element of a set."""
        if isinstance(part, Bare):
            name, within, of = part.latex.partition("\\in ")
            yield from said_of(name.strip(), self.before(k), self.behind(k))
            if within and (found := membership(name, of)) is not None:
                yield found

    def bare_bound(self, k: int, words: str) -> bool:
        """Whether a bound stands behind another statement of the same formula, with no word between: ``y = x, \\quad x > 0``."""
        part = self.parts[k]
        before = next((p for p in reversed(self.parts[:k]) if not isinstance(p, str)), None)
        if not isinstance(part, Statement) or not isinstance(before, Statement) or re.search(r"[A-Za-z;]", words):
            return False
        one = self.sentence.of[id(part)] == self.sentence.of[id(before)]
        return one and _equation(before) and not _equation(part) and _simple(part)

    def of(self, k: int, mains: Sequence[int]) -> Iterable[list[Condition]]:
        """The conditions of the statement that is the k-th part: those that lead it, and those that follow it."""
        runs: list[list[_Group]] = []
        for group in (g for g in self.groups if (g.leading or g.doubtful) and g.at < k):
            if not runs or any(runs[-1][-1].at < m < group.at for m in mains):
                runs.append([])
            runs[-1].append(group)
        last = max((m for m in mains if runs and runs[-1][-1].at < m < k), default=None)  # between them and it
        if last is None or not EVERYWHERE.search(self.before(k)):
            other = last is not None and (len(runs) > 1 or any(isinstance(p, Bare) for p in self.parts[last:k]))
            for group in runs[-1] if runs else ():
                yield _doubted(group.made) if other or group.doubtful else group.made
        behind = [g for g in self.groups if not g.leading and g.at > k]
        for group in behind:
            between = [p for p in self.parts[k : group.at] if isinstance(p, str)]
            if not any(g.at < m < group.at for g in behind for m in mains) and not any(
                ";" in words for words in between
            ):
                other = group.doubtful or any(k < m < group.at for m in mains)
                yield _doubted(group.made) if other else group.made

    def leading(self) -> list[list[Condition]]:
        """Those of the sentence that a list stands under."""
        lead = self.sentence.lead
        if lead is None:
            return []
        reader = _Reader(lead, self.made, self.known, list(self.standing))
        reader.conditions()
        return [group.made for group in reader.groups]

    # -- words ---------------------------------------------------------------------------------------

    def unread(self) -> str:
        """What the sentence says of its statements that was not read."""
        for sentence in (self.sentence, *([self.sentence.lead] if self.sentence.lead else [])):
            words = COMMENT.sub("", sentence.words)
            if m := QUALIFIED.search(words):
                return f"'{_cut(words[m.start() :])}' is not read: it may be another claim, or one under a condition"
            if m := WORDED.search(words):
                return f"said under a condition that was not read: '{_cut(m['said'])}'; say it in 'assuming:'"
        if self.sentence.words.endswith("?"):
            return "a question, and no claim"
        return ""

    def wrong(self) -> str:
        """Why the sentence claims none of its statements."""
        lead = [self.sentence.lead.words] if self.sentence.lead else []
        for words in (self.sentence.heading, *lead, self.sentence.words):
            if m := WRONG.search(words):
                return f"the text may say that it is wrong: '{_cut(words[max(m.start() - 20, 0) :])}'"
        return ""

    def denied(self, k: int) -> str:
        """Why the sentence does not claim the statement that is its k-th part."""
        before, behind = self.before(k), self.behind(k)
        cut = max((m.end() for m in PARTS.finditer(before)), default=0)
        clause = HARMLESS.sub("", before[cut:])
        if m := NOT.search(clause) or NOT_BEHIND.search(behind):
            return f"the text may deny it: '{_cut(m.string.strip())}'"
        return ""

    def before(self, k: int) -> str:
        """The words directly before a part."""
        said = list(self.parts[max(k - 3, 0) : k])
        while said and not all(isinstance(p, str) for p in said):
            said.pop(0)
        return " ".join(p for p in said if isinstance(p, str))

    def behind(self, k: int) -> str:
        said = []
        for p in self.parts[k + 1 :]:
            if not isinstance(p, str):
                break
            said.append(p)
        return " ".join(said)


def _doubted(made: Sequence[Condition]) -> list[Condition]:
    return [replace(c, doubtful=True) for c in made]


def _last_cue(words: str) -> str | None:
    """The kind of the last cue, if nothing parts it from what follows."""
    found = [
        m.lastgroup
        for m in CUE.finditer(words)
        if not PARTS.search(words, m.end()) and (m.lastgroup != FOR or len(words[m.end() :].split()) <= NEAR)
    ]
    return found[-1] if found else None


def _limit(part: Part, words: str) -> bool:
    """What tends to something: a condition, and behind a word such as "as" where it is no statement."""
    if isinstance(part, str) or not _LIMIT.search(part.latex):
        return False
    return isinstance(part, Statement) or bool(TENDS.search(words))


def _equation(s: Statement) -> bool:
    return isinstance(s.tree, Relation) and set(s.tree.ops) == {"=="}


def _negated(part: Part) -> str:
    """The contrary of an equation in LaTeX; "" of anything else."""
    if not isinstance(part, Statement) or not _equation(part) or part.latex.count("=") != 1:
        return ""
    return part.latex.replace("=", "\\ne ")


def _named(s: Statement) -> bool:
    """Whether a symbol stands on its left, perhaps with an index."""
    left = s.tree.parts[0] if isinstance(s.tree, Relation) else None
    return isinstance(left, Symbol) or (isinstance(left, Scripted) and isinstance(left.base, Symbol))


def _valued(s: Statement) -> bool:
    """Whether a number stands at its end."""
    return bool(re.search(r"=\s*[-−]?\s*[\d.]+\s*$", s.latex))


def _simple(part: Part) -> bool:
    """Bounds and values of names: ``0 < x``, ``b = 0``."""
    sides = _RELATION.split(part.latex) if isinstance(part, Statement) else []
    return len(sides) > 1 and all(_NAMES.fullmatch(side.strip(" ,;\n\t")) for side in sides)


def _cut(text: str) -> str:
    text = re.sub(r" (?=[,;:.])", "", " ".join(text.split())).replace("@", "$...$")
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3].rstrip()}..."
