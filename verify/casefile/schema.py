"""What may stand in a case file: one table, from which loading, its messages and the JSON Schema come."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from typing import Any

from derive.language.abstract import MAX_ARGUMENTS
from derive.language.names import RESERVED
from derive.language.reader import LAYOUTS
from derive.numbers.formats import FORMATS
from derive.records import dataclass
from verify.casefile import rules
from verify.decimals import TOLERANCE
from verify.verdict import VERDICTS

SCHEMA_URI = "https://json-schema.org/draft/2020-12/schema"

MAX_LISTS = 4  # around a printed number: the Hessian by a matrix is printed four deep
MAX_ENTRIES = 10_000  # of one value
MAX_SIZES = 8  # in one shape
MAX_ID = 200  # characters
MAX_QUOTE = 1_000

CONFORMANCE = ("conforms", "convention", "deviates", "undecided")
DTYPES = ("float64", "float32", "float16", "bfloat16")

# Texts are read digit by digit, and editors take some of them for numbers or truth values. Patterns are about texts alone: they
# refuse what can't be meant, and leave the rest to Errata.
_TEXT: dict[str, Any] = {"type": ["string", "number", "integer", "boolean"], "minLength": 1}
_ANY_TEXT: dict[str, Any] = {"type": ["string", "number", "integer", "boolean", "null"]}
_ID: dict[str, Any] = {**_TEXT, "maxLength": MAX_ID, "pattern": r"^\S+$"}
_NUMBER: dict[str, Any] = {"type": ["number", "integer", "string"], "pattern": "^[-+−0-9.eE/ ]*[0-9][-+−0-9.eE/ ]*$"}
_END: dict[str, Any] = {"anyOf": [_NUMBER, {"enum": ["inf", "+inf", "-inf"]}]}
_PRINTED: dict[str, Any] = {
    "type": ["number", "integer", "string"],
    "pattern": "^([-+−~≈0-9.,eEx*×^/% ]*[0-9][-+−~≈0-9.,eEx*×^/% ]*|[-+−]?([Ii]nf|[Ii]nfinity|∞|[Nn]a[Nn]))$",
}
_NAMELIKE = "(?![0-9])[^\\u0000-/:-@\\[-^`{-\\u007f]+"  # letters, digits and _, also those beyond ASCII


def _nested(item: dict[str, Any], lists: int, least: int = 1) -> dict[str, Any]:
    """One of these, or a list of them, so many lists deep, with at least so many entries each."""
    if not lists:
        return item
    return {"anyOf": [item, {"type": "array", "items": _nested(item, lists - 1, least), "minItems": least}]}


def _whole(least: int, most: int) -> dict[str, Any]:
    """A whole number of that range, or its digits as a text."""
    return {"type": ["integer", "string"], "minimum": least, "maximum": most, "pattern": "^(0|[1-9][0-9]*)$"}


def _named(item: dict[str, Any], names: dict[str, Any] | None = None) -> dict[str, Any]:
    """A mapping from names to such items."""
    return {"type": "object", "additionalProperties": item, **({"propertyNames": names} if names else {})}


#: What names the quantities of a case; those of parameters, states and constants are any of Python.
_NAMES = {"pattern": f"^(?!__){_NAMELIKE}$", "not": {"enum": sorted({*RESERVED, *keyword.kwlist})}}
_PYTHON = {"pattern": f"^{_NAMELIKE}$"}

_MANY_EXPRESSIONS = _nested(_TEXT, 1, 0)
_TENSOR = _nested(_NUMBER, 2)
_SHAPE: dict[str, Any] = {"type": ["integer", "string"], "minimum": 1, "pattern": f"^([1-9][0-9]*|{_NAMELIKE})$"}

#: What a value may be, and how an editor is told; what has names of its own, as probes, is added where the schema is made.
KINDS: dict[str, dict[str, Any]] = {
    "text": _TEXT,
    "note": _ANY_TEXT,
    "quote": {**_TEXT, "maxLength": MAX_QUOTE},
    "expression": _TEXT,
    "expressions": _MANY_EXPRESSIONS,
    "names": _nested(_TEXT, 1, 0),
    "ids": _nested(_ID, MAX_LISTS),
    "agrees": _nested(_TEXT, MAX_LISTS + 1),
    "tensor": _TENSOR,
    "prints": _nested(_PRINTED, MAX_LISTS),
    "sizes": {"anyOf": [_SHAPE, {"type": "array", "items": _SHAPE, "maxItems": MAX_SIZES}]},
    "instances": {
        "anyOf": [
            _whole(1, MAX_ENTRIES),
            {"type": "array", "items": _whole(1, MAX_ENTRIES), "minItems": 1, "maxItems": MAX_SIZES},
        ]
    },
    "size": _whole(1, 10**9 - 1),
    "range": {"type": "array", "items": _END, "minItems": 2, "maxItems": 2},
    "tolerance": {"type": ["number", "string"], "exclusiveMinimum": 0, "pattern": TOLERANCE},
    "box": _nested(_NUMBER, 2),
    "flag": {"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "^([Tt]rue|[Ff]alse|[Yy]es|[Nn]o)$"}]},
    "first": {"enum": [0, 1, "0", "1"]},
    "layout": {"enum": list(LAYOUTS)},
    "verdict": {"enum": list(VERDICTS)},
    "format": {"enum": list(FORMATS)},
    "file": {"type": "string", "pattern": r"^(?!/)(?!(.*/)?\.\.(/|$))[^\\]+\.ya?ml$"},
    "texts": _named(_ANY_TEXT),
    "table": _named(_TEXT),
    "formulas": _named(_TEXT, _PYTHON),
    "numbers": _named(_NUMBER, {**_PYTHON, "not": {"enum": ["w", "g", "t"]}}),
    "updates": {**_named(_TEXT, _PYTHON), "required": ["w"]},
    "callable": {"type": "string", "pattern": rf"^{_NAMELIKE}(\.{_NAMELIKE})+$"},
    "dtypes": _nested({"enum": list(DTYPES)}, 1, 0),
    "options": {"type": "object"},
    "ranges": _named({"anyOf": [_NUMBER, {"type": "array", "items": _END, "minItems": 1, "maxItems": 2}]}),
    "arguments": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}, _named(_TEXT, _PYTHON)]},
    "conformance": {"enum": list(CONFORMANCE)},
}


@dataclass(frozen=True, slots=True)
class Field:
    """A key: its kind (of KINDS, or a table below), what it says, and an example."""

    kind: str
    doc: str
    example: str = ""
    required: bool = False
    some: bool = False  # a list of it has an entry


CLAIM: dict[str, Field] = {
    "id": Field("ids", "names the claim; for a vector a list, one an entry", "t1-s4", required=True),
    "where": Field("text", "where in the document it stands", "Table 1 step 4"),
    "kind": Field("text", "a label for reports", "derivative"),
    "of": Field("expression", "what the claim is about", "d(L, z1)"),
    "equals": Field(
        "expressions",
        "the formula that the document gives for it; a list is a chain of equalities",
        "yhat - y",
        some=True,
    ),
    "latex": Field(
        "text",
        "the formula as the document has it, in the place of of, equals and holds, and of prints where a number ends it",
        r"\frac{\partial L}{\partial z_3} = \hat{y} - y",
    ),
    "reads": Field(
        "text",
        "with latex: how the formula is read, as errata read prints it; a fault where a changed name or table reads it otherwise",
        "d(L, z3) == yhat - y",
    ),
    "prints": Field("prints", "the digits that the document prints for it", "-0.213997"),
    "by": Field("expression", "the step that the document computed the number by", "d(L, yhat)*d(yhat, z3)"),
    "computed": Field("format", "with prints: the arithmetic that the document computed the number in", "float32"),
    "within": Field(
        "tolerance",
        "with prints: how far the number may be from the exact value, absolute or relative",
        "3e-6 relative",
    ),
    "shows": Field("text", "displayed arithmetic, in its own printed factors", "(-0.214)*0.168"),
    "holds": Field("expression", "a relation", "z1 > 0"),
    "somewhere": Field("expression", "a relation that holds at some values of its symbols at least", "f(c=2) != f"),
    "recover": Field("text", "an input that the document leaves out, to be solved for", "b2"),
    "from": Field(
        "names",
        "with recover: ids of the printed numbers to solve from (default: all); with prints: rounded inputs, "
        "where the document computed with more digits of its inputs than it prints",
        "[t1-s7]",
    ),
    "defines": Field("names", "names that are defined here", "[z1, a1]", some=True),
    "shape": Field("sizes", "with of: its shape; [] for a scalar", "[2, 3]"),
    "assuming": Field("expressions", "conditions that the document states", "[z1 > 0]"),
    "standard": Field(
        "standard",
        "with of: a standard's or a library's form of it, or {form: ..., name: ...}; convention, where it differs",
        "{form: mean((y - yhat)**2), name: mean squared error}",
        some=True,
    ),
    "contradicts": Field(
        "names", "ids of claims that can't all hold beside this one: inconsistent", "[mb-sum]", some=True
    ),
    "agrees": Field(
        "agrees",
        "with prints: ids of claims, here or in a file that the case uses, that print the same number: inconsistent where "
        "no number rounds to both; of vectors and matrices entry by entry",
        "[t1-s4]",
        some=True,
    ),
    "probe": Field(
        "probe", "a probe of what a library does, which looks into what the claim says", "gradients-accumulate"
    ),
    "verbatim": Field(
        "flag",
        "the formula stands in the document so, letter by letter: shapes that do not fit and indices out of range are wrong",
        "true",
    ),
    "needs": Field(
        "expressions",
        "a condition that the document does not state and without which it fails: shown both ways, it makes holds-if",
        "[eta < 2/lam]",
        some=True,
    ),
    "verdict": Field("verdict", "the verdict that the author of the case has reviewed; default: holds", "wrong"),
    "because": Field("text", "why that is the verdict; needed with any verdict but holds", "the factor 2 is missing"),
    "quote": Field(
        "quote",
        "the document's own words, shown in reports; looked for in it, where the case names its file: source: {file: ...}",
        "its maximum value is 1/4",
    ),
    "note": Field("note", "shown beside the claim in reports"),
}

DEFINITION: dict[str, Field] = {
    "latex": Field("text", "the formula as the document has it, with or without the name", "z = w x + b"),
    "solves": Field("expressions", "equations that the name solves, one for each of its entries", "w**3 + w == eta"),
    "minimizes": Field("expression", "what is least at the name, of all that it may be", "(p - 3)**2 + lam*p**4"),
    "subject_to": Field("expressions", "with minimizes: what the name is held to", "[sum(p) == 1, p >= 0]"),
    "in": Field("box", "the range of its entries, or one for each, in which there is one such value", "[0, 2]"),
    "shape": Field("sizes", "its shape; default: a scalar", "[2]"),
}

STANDARD: dict[str, Field] = {
    "form": Field(
        "expressions", "the standard form, or a list of them", "mean((y - yhat)**2)", required=True, some=True
    ),
    "name": Field("text", "what it is called", "mean squared error"),
}

USES: dict[str, Field] = {
    "from": Field("file", "a case file of the same folder", "3.5-jacobians.yaml", required=True),
    "names": Field("names", "the names to take, with those that they stand on; default: all", "[L, W1]"),
}

SYMBOL: dict[str, Field] = {
    "value": Field("tensor", "its value, read exactly from its digits", "0.1"),
    "shape": Field("sizes", "the shape of a symbol without a value", "[3]"),
    "in": Field("range", "the range of its entries, in which implementations are tested; inf: no end", "[-2, 2]"),
    "recover": Field("flag", "the document does not give it; it is solved for"),
    "whole": Field("flag", "its entries are whole numbers"),
    "complex": Field("flag", "it is a complex number, with a value as [real, imaginary]"),
}

SIZE: dict[str, Field] = {
    "value": Field("instances", "the number that it is worked out for, or a list of them", "4", required=True),
    "from": Field("size", "the least number that the document means by it; default: 1", "2"),
}

FUNCTION: dict[str, Field] = {
    "from": Field("sizes", "the size of the vector that it is of", "[n]", required=True),
    "to": Field("sizes", "the size of the vectors that are its values; default: they are numbers", "[m]"),
}

SEQUENCE: dict[str, Field] = {
    "start": Field("expression", "the state before the first step", "w0", required=True),
    "step": Field(
        "expression",
        "the next state; the name is the state before the step, new(m) what m has become in it",
        "w - eta*w",
        required=True,
    ),
    "index": Field("text", "the symbol of the step's number", "t"),
    "first": Field("first", "the number of the first step, 0 or 1; default: 0", "1"),
}

IMPLEMENTATION: dict[str, Field] = {
    "name": Field(
        "callable", "the function, by the name it is imported under", "torch.nn.functional.gelu", required=True
    ),
    "of": Field("expression", "the formula that it should compute, elementwise where that is a scalar", "gelu(x)"),
    "id": Field("text", "names the entry; default: its name", "gelu-tanh"),
    "arguments": Field(
        "arguments",
        "which symbol goes where: a list in the order of the arguments, or a map from parameters; "
        "default: by name, else in order",
        "[y, yhat]",
    ),
    "options": Field("options", "further keywords of the call", "{approximate: tanh}"),
    "result": Field(
        "names",
        "an entry of the tuple that it returns, [1, 0] of a tuple in a tuple; or a symbol, for what that argument has become",
        "running_mean",
    ),
    "in": Field("ranges", "ranges of symbols here, or numbers at which they are held", "{x: [0, inf]}"),
    "wrt": Field("names", "by which symbols it is differentiated; default: all", "[x]"),
    "dtypes": Field("dtypes", "the formats in which it is run; default: all", "[float64, float32]"),
    "states": Field("formulas", "of an optimizer: its states with their starts", "{m: 0, v: 0}"),
    "constants": Field("numbers", "of an optimizer: the values of its constants", "{lr: 0.001, beta: 0.9}"),
    "step": Field(
        "updates",
        "of an optimizer: its updates in order, each with the new values; w the parameter, g the gradient, t the step from 1",
        "{m: beta*m + g, w: w - lr*m}",
    ),
    "verdict": Field("conformance", "the verdict that has been reviewed; default: conforms", "deviates"),
    "class": Field("class", "the class of a deviation that has been reviewed", "cancellation"),
    "because": Field("text", "why that is the verdict", "1 + erf loses the tail"),
    "note": Field("note", "shown beside it in reports"),
}

CASE: dict[str, Field] = {
    "title": Field("text", "what the case is called in reports", "Three-layer scalar network", required=True),
    "document": Field("text", "the document's name; default: the folder's", "understanding-neural-networks"),
    "source": Field(
        "texts",
        "where it stands: section, page, url; file: the document, beside the case, that claims quote",
        '{section: "2.8"}',
    ),
    "symbols": Field(
        "symbols", "the free variables: a number, a vector, a matrix, or a map of value, shape, in, recover"
    ),
    "functions": Field(
        "arities",
        "functions of which nothing is known but how many arguments they have: phi(z), and phi(z, d=1) for phi'(z); or of a "
        "vector, by its size, or a map of from, to",
        "{phi: 1, E: 2, f: [3], F: {from: [3], to: [2]}}",
    ),
    "sizes": Field(
        "letters",
        "sizes that the document writes as letters, each with the number it is worked out for, or a list of them; "
        "or a map of value, from",
        "{m: 2, n: [3, 1, 4], k: {value: 4, from: 2}}",
    ),
    "layout": Field(
        "layout",
        "how derivatives are laid out: mixed (gradients like their variable, Jacobians a row an output), "
        "numerator (gradients by matrices transposed), denominator (Jacobians transposed)",
    ),
    "uses": Field(
        "uses",
        "case files of the same folder whose symbols, sizes, functions, sequences and definitions come along, as they stand "
        "there; or {from: file, names: [...]}",
        "2.8-three-layer.yaml",
    ),
    "sequences": Field(
        "sequences",
        "iterations with state: a start and a step each; w(3) is the state after three steps, w(t) after t",
        "{w: {start: w0, step: w - eta*lam*w}}",
    ),
    "define": Field(
        "definition",
        "names for expressions, in any order; or {latex: ...}, {solves: ...}, {minimizes: ...}",
        "z1: w1*x + b1",
    ),
    "names": Field(
        "table",
        "what symbols of the document's LaTeX are in the language, where that does not follow from their form",
        r"{'\mathbf{w}_j': 'W[j]', 'J(\theta)': L}",
    ),
    "derive": Field("expressions", "what to derive, typeset and check", '["grad(L, [w, b])"]'),
    "claims": Field("claims", "what the document claims"),
    "implementations": Field(
        "implementations",
        "functions and optimizers that people run, each with the formula that it should compute",
        "[{of: gelu(x), name: torch.nn.functional.gelu}]",
    ),
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of case files, so that editors complete and check them: all that it can say of the tables above, and of the
    rules of which keys go together."""
    from verify.conform.outcome import BEHAVIOUR, CLASSES
    from verify.probes import PROBES

    base = {**KINDS, "class": {"enum": [*CLASSES, *BEHAVIOUR]}, "probe": {"enum": list(PROBES)}}
    base["standard"] = {"anyOf": [*_MANY_EXPRESSIONS["anyOf"], _object(STANDARD, base)]}
    claim = _object(CLAIM, base, (*rules.CLAIM, *rules.LATEX, *rules.TENSOR, rules.IDS, rules.PIN))
    named = (*rules.IMPLEMENTATION, rules.CONFORMANCE, rules.CLASS)
    value = {"anyOf": [*_TENSOR["anyOf"], _object(SYMBOL, base, rules.SYMBOL)]}
    size = {"anyOf": [*KINDS["instances"]["anyOf"], _object(SIZE, base)]}
    entries = {"type": "array", "items": _SHAPE, "minItems": 1, "maxItems": 1}
    function = {"anyOf": [_whole(1, MAX_ARGUMENTS), entries, _object(FUNCTION, base)]}
    tables: dict[str, dict[str, Any]] = {
        **base,
        "arities": _named(function, _NAMES),
        "uses": _nested({"anyOf": [base["file"], _object(USES, base)]}, 1, 0),
        "symbols": _named(value, _NAMES),
        "letters": _named(size, _NAMES),
        "sequences": _named(_object(SEQUENCE, base, rules.SEQUENCE), _NAMES),
        "definition": _named({"anyOf": [_TEXT, _object(DEFINITION, base, rules.DEFINITION)]}, _NAMES),
        "claims": {"type": "array", "items": claim},
        "implementations": {"type": "array", "items": _object(IMPLEMENTATION, base, named)},
    }
    return {"$schema": SCHEMA_URI, "title": "Errata case file", **_object(CASE, tables)}


def _object(
    fields: dict[str, Field],
    kinds: dict[str, dict[str, Any]],
    among: Sequence[rules.Rule] = (),
) -> dict[str, Any]:
    import yaml

    properties = {}
    for key, f in fields.items():
        kind = kinds[f.kind]
        if f.some:
            kind = {"anyOf": [{**k, "minItems": 1} if k.get("type") == "array" else k for k in kind["anyOf"]]}
        described = {**kind, "description": f.doc}
        if f.example:
            described["examples"] = [yaml.safe_load(f.example)]
        properties[key] = described
    required = [k for k, f in fields.items() if f.required]
    known = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {**known, **rules.schema(among)}
