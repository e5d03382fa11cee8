"""The words that make conditions and denials, in tables: each entry is a regular expression of whole words, in any case."""

from __future__ import annotations

import re

IF, FOR, LET, WHERE, UNLESS, ONLY = "if", "for", "let", "where", "unless", "only"
#: What stands before a condition: of its sentence alone (IF), perhaps a value that is put in (FOR), or said once and for all, as
#: an assumption (LET) or beside a formula (WHERE); or what is excluded (UNLESS), or follows (ONLY).
CUES = {
    IF: (
        "if", "when", "whenever", r"provided(?:\s+that)?", r"assuming(?:\s+that)?", "as long as", "so long as", "in case",
        "under", "subject to", "in the limit", "on condition that", "once", "had we",
        r"restrict(?:ing|ed)(?:\s+\w+)? to", r"in the (?:\w+ )?(?:case|regime)(?:\s+(?:of|that|where|when))?",
    ),
    UNLESS: ("unless", r"except(?:\s+(?:when|if|where|for|at))?", "(?:with the exception of|other than|apart from|excluding)"),
    ONLY: ("only if", "only when", "only for"),
    FOR: ("for", "at"),
    LET: (
        "let", r"given(?!\s+(?:by|as|in))", r"suppose(?:\s+that)?", r"assume(?:\s+that)?", "consider", "take", "set", "setting",
        "choose", "throughout",
    ),
    WHERE: ("where", r"with(?!\s+respect)", "since", "because", "here"),
}  # fmt: skip
CUE = re.compile(
    "|".join(rf"(?P<{kind}>(?<![\w-])(?<!even )(?<!as )(?:{'|'.join(said)})(?![\w-]))" for kind, said in CUES.items()),
    re.I,
)


def any_of(*said: str) -> str:
    return rf"(?<!\w)(?:{'|'.join(said)})(?!\w)"


def _table(*said: str) -> re.Pattern[str]:
    return re.compile(any_of(*said), re.I)


#: What parts a clause from the next.
PARTS = re.compile(
    r"[,;:]|\.(?=\s|$)|"
    + any_of(
        "then", "so", "hence", "thus", "therefore", "we", "you", "it follows", "but", "gives?", "yields?", "becomes?",
        "reduces? to", "implies",
    ),
    re.I,
)  # fmt: skip
#: Between conditions, and before one that begins anew.
JOINS = re.compile(r"[\s,]*(?:and|or)?[\s,]*(?:(?:for\s+)?(?:every|all|any|each))?\s*", re.I)
NEXT = re.compile(r"^[\s,]*(?:(?:and|but|while|whereas)\s|[;:])", re.I)
#: What takes up a condition that is said in words before, "in the case without noise, i.e. $s = 0$": it is one itself.
THAT_IS = re.compile(
    any_of(*CUES[IF], *CUES[FOR], "special case")
    + r"[^;:.@]*?(?:,?\s*\(|,\s*\(?\s*(?:i\.e\.|that is|so|namely|say|meaning)),?\s*$",
    re.I,
)
#: In a clause that only tells where something else happens, "with equality at $x = 1$", "which vanishes for $x = 0$".
ASIDE = re.compile(
    r"(?<!\w)(?:equality|vanish\w*|which (?:has|peaks|attains|reaches|takes|is (?:zero|minimal|maximal)))(?!\w)[^,;:@]*$",
    re.I,
)
#: Before what is said aside of something that the sentence speaks of, "at x = 0 the slope of $h(x) = x^2$ is 0": its conditions
#: are of that, and not of what h is.
APPOSED = re.compile(r"(?<!\w)of(?:\s+(?:the|an?|our|this|its)(?:\s+[\w-]+){1,3})?\s*$", re.I)
#: Before a value that is one case of several, "consider the case $b = 0$".
CASE = re.compile(r"(?<!\w)cases?(?!\w)[^,;@]*$", re.I)
#: That a statement is meant without the conditions of its sentence.
EVERYWHERE = _table(
    "everywhere", "always", "in general", "generally", "in all cases", "in any case", "unconditionally",
)  # fmt: skip
#: What begins the clause of which a condition before it is: "A, for x < 0 we have B".
CLAUSE = re.compile(r"^(?:we|it|you|one|then|this|that|the|there|both|its)(?!\w)", re.I)
#: Before what tends to something.
TENDS = re.compile(r"(?<!\w)(?:as|when|if|for|where|limit|while)\s*$", re.I)

_BEFORE_IF = ("as", "even", "what", "see", "check", "ask")
_PERSON = (
    "we", "you", "one", "I", "needed", "necessary", "possible", "desired", "any", "not", "done", r"\w+ing", "it comes", "asked",
    "written",
)  # fmt: skip
#: A condition in words alone, up to the end of its clause, and not what a person does.
WORDED = re.compile(
    r"(?<!\w)" + "".join(rf"(?<!{w} )" for w in _BEFORE_IF) + r"(?P<said>(?:if|when|whenever|unless|provided that|assuming"
    rf"|as long as|only if|except)\s+(?!(?:{'|'.join(_PERSON)})\b)[^,;:@]{{3,80}}?)(?=$|[,;:.]|\s+then\b)",
    re.I,
)  # fmt: skip
#: What else makes another statement of one.
QUALIFIED = _table(
    r"up to (?:an? |the )?(?:\w+ )?(?:constants?|factors?|signs?|terms?|scal\w+)", "to (?:first|second|leading) order",
    "asymptotically", "on average", "in expectation", "almost surely", "with high probability", "in distribution",
    "(?:in |for )(?:both|either|each|these)(?: of)?(?: the| these)? (?:cases?|instances?|regimes?)",
    "(?:ignoring|neglecting|dropping|omitting)(?! the case)", "otherwise", "if and only if", "iff", "precisely when",
    "(?:some|no|not all|not every|at least one|exactly one|only one|infinitely many) @",
    "there (?:is|are) (?:(?:an?|no|some) )?@[^.;:]{0,20}(?:such that|with)",
    "exactly when", "for some", "there exists?", r"for (?:sufficiently|very) \w+", "for (?:small|large)",
)  # fmt: skip
#: What only comments on what is said.
COMMENT = re.compile(r",\s*which\s.*$")

_NO = "(?:do|does|did|is|are|was|were|would|need|can|could) ?n[o']t"
_WRONG = any_of(
    "mistakes?", "mistaken(?:ly)?", "wrong(?:ly)?", "incorrect(?:ly)?", "erroneous(?:ly)?",
    "false(?:ly)?(?! (?:positive|negative|alarm))", "misconceptions?", "misprints?", "typos?",
    "myths?", "pitfalls?", "fallac(?:y|ies)", "bogus",
    "invalid", "nonsense", "counter-?examples?", "tempt(?:ing|ed)", "sloppy", "careless(?:ly)?", "conjectured?",
    "at first (?:glance|sight)",
    "(?:might|may|could|would) (?:naively )?(?:think|expect|guess|believe)", "never (?:true|holds?)", "fails? to hold",
    f"{_NO} (?:true|correct|right|valid|the case|hold|necessarily)", "cannot (?:hold|be true|be right|be correct)",
    "no longer (?:true|holds?|valid)",
)  # fmt: skip
WRONG = re.compile(_WRONG, re.I)
#: That of the sentence before.
BACKWARD = re.compile(
    r"^\W*(?:(?:but|however|of course|clearly),? )?(?:this|that|it|both|these|which|neither|the (?:first|second|last|former"
    rf"|latter|above|equation|formula|identity|claim|statement|result)(?: \w+)?)\b.{{0,40}}?{_WRONG}(?!\s+to(?!\w))",
    re.I,
)
#: In the clause of a formula, before it; and what is none.
NOT = _table(
    "not",
    "never",
    "neither",
    "nor",
    "cannot",
    r"\w+n't",
    "instead of",
    "rather than",
    "unlike",
    "as opposed to",
    "contrary to",
)
HARMLESS = _table(
    "not (?:only|hard|difficult|surprising(?:ly)?|just|merely)", "(?:do not|don't|never) forget", "whether or not",
    "why not",
)  # fmt: skip
#: Before a condition that is excluded, "but not for x < 0".
NOT_FOR = re.compile(r"(?<!\w)(?:(?:not|never|neither|nor|hardly|without|\w+n't)(?!\w)[^,;:@]*|no)\s*$", re.I)
#: Directly behind it.
NOT_BEHIND = re.compile(
    r"^\W*(?:(?:which|that)\s+)?(?:is|are|was|does|do|did|would|will|can|could|need)(?:\s+(?:not|never)(?!\w)|n't(?!\w))"
    r"|^\W*(?:fails?|never)(?!\w)",
    re.I,
)
