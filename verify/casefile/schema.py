"""What may stand in a case file: one table, from which loading, its messages and the JSON Schema come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from derive.language.reader import LAYOUTS
from verify.probes import PROBES
from verify.verdict import VERDICTS

SCHEMA_URI = "https://json-schema.org/draft/2020-12/schema"

MAX_LISTS = 4  # around a printed number: the Hessian by a matrix is printed four deep

_TEXT: dict[str, Any] = {"type": ["string", "number", "integer", "boolean"]}
_NUMBER: dict[str, Any] = {"type": ["number", "integer", "string"]}
_MANY_EXPRESSIONS: dict[str, Any] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}


def _nested(item: dict[str, Any], lists: int) -> dict[str, Any]:
    """One of these, or a list of them, so many lists deep."""
    if not lists:
        return item
    return {"anyOf": [item, {"type": "array", "items": _nested(item, lists - 1), "minItems": 1}]}


_TENSOR = _nested(_NUMBER, 2)

#: What a value may be, and how an editor is told.
KINDS: dict[str, dict[str, Any]] = {
    "text": _TEXT,
    "expression": _TEXT,
    "expressions": _MANY_EXPRESSIONS,
    "names": _nested(_TEXT, 1),
    "ids": _nested(_TEXT, MAX_LISTS),
    "agrees": _nested(_TEXT, MAX_LISTS + 1),
    "tensor": _TENSOR,
    "prints": _nested(_NUMBER, MAX_LISTS),
    "standard": {
        "anyOf": [
            *_MANY_EXPRESSIONS["anyOf"],
            {
                "type": "object",
                "properties": {"form": _MANY_EXPRESSIONS, "name": _TEXT},
                "required": ["form"],
                "additionalProperties": False,
            },
        ]
    },
    "sizes": {"type": "array", "items": {"type": ["integer", "string"]}},
    "arities": {"type": "object", "additionalProperties": {"type": "integer"}},
    "instances": _nested({"type": "integer"}, 1),
    "size": {"type": "integer"},
    "range": {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
    "flag": {"type": "boolean"},
    "layout": {"enum": list(LAYOUTS)},
    "verdict": {"enum": list(VERDICTS)},
    "probe": {"enum": list(PROBES)},
    "texts": {"type": "object", "additionalProperties": _TEXT},
    "definitions": {"type": "object", "additionalProperties": _TEXT},
    "definition": {
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                _TEXT,
                {
                    "type": "object",
                    "properties": {"latex": _TEXT},
                    "required": ["latex"],
                    "additionalProperties": False,
                },
            ]
        },
    },
    "numbers": {"type": "object", "additionalProperties": _NUMBER},
    "options": {"type": "object"},
    "ranges": {"type": "object", "additionalProperties": _nested(_NUMBER, 1)},
    "arguments": {
        "anyOf": [_TEXT, {"type": "array", "items": _TEXT}, {"type": "object", "additionalProperties": _TEXT}]
    },
    "conformance": {"enum": ["conforms", "convention", "deviates", "undecided"]},
}


@dataclass(frozen=True, slots=True)
class Field:
    """A key: its kind (of KINDS, or a table below), what it says, and an example."""

    kind: str
    doc: str
    example: str = ""
    required: bool = False


CLAIM: dict[str, Field] = {
    "id": Field("ids", "names the claim; for a vector a list, one an entry", "t1-s4", required=True),
    "where": Field("text", "where in the document it stands", "Table 1 step 4"),
    "kind": Field("text", "a label for reports", "derivative"),
    "of": Field("expression", "what the claim is about", "d(L, z1)"),
    "equals": Field(
        "expressions", "the formula that the document gives for it; a list is a chain of equalities", "yhat - y"
    ),
    "latex": Field(
        "text",
        "the formula as the document has it, in the place of of, equals and holds, and of prints where a number ends it",
        r"\frac{\partial L}{\partial z_3} = \hat{y} - y",
    ),
    "prints": Field("prints", "the digits that the document prints for it", "-0.213997"),
    "by": Field("expression", "the step that the document computed the number by", "d(L, yhat)*d(yhat, z3)"),
    "shows": Field("text", "displayed arithmetic, in its own printed factors", "(-0.214)*0.168"),
    "holds": Field("expression", "a relation", "z1 > 0"),
    "somewhere": Field("expression", "a relation that holds at some values of its symbols at least", "f(c=2) != f"),
    "recover": Field("text", "an input that the document leaves out, to be solved for", "b2"),
    "from": Field("names", "with recover: ids of the printed numbers to solve from (default: all)", "[t1-s7]"),
    "defines": Field("names", "names that are defined here", "[z1, a1]"),
    "shape": Field("sizes", "with of: its shape; [] for a scalar", "[2, 3]"),
    "assuming": Field("expressions", "conditions that the document states", "[z1 > 0]"),
    "standard": Field(
        "standard",
        "with of: a standard's or a library's form of it, or {form: ..., name: ...}; convention, where it differs",
        "{form: mean((y - yhat)**2), name: mean squared error}",
    ),
    "contradicts": Field("names", "ids of claims that can't all hold beside this one: inconsistent", "[mb-sum]"),
    "agrees": Field(
        "agrees",
        "with prints: ids of claims, here or in a file that the case uses, that print the same number: inconsistent where "
        "no number rounds to both; of vectors and matrices entry by entry",
        "[t1-s4]",
    ),
    "probe": Field(
        "probe", "a probe of what a library does, which looks into what the claim says", "gradients-accumulate"
    ),
    "needs": Field(
        "expressions",
        "a condition that the document does not state and without which it fails: shown both ways, it makes holds-if",
        "[eta < 2/lam]",
    ),
    "verdict": Field("verdict", "the verdict that the author of the case has reviewed; default: holds", "wrong"),
    "because": Field("text", "why that is the verdict; needed with any verdict but holds", "the factor 2 is missing"),
    "note": Field("text", "shown beside the claim in reports"),
}

DEFINITION: dict[str, Field] = {
    "latex": Field(
        "text", "the formula as the document has it, with or without the name", "z = w x + b", required=True
    ),
}

STANDARD: dict[str, Field] = {
    "form": Field("expressions", "the standard form, or a list of them", "mean((y - yhat)**2)", required=True),
    "name": Field("text", "what it is called", "mean squared error"),
}

USES: dict[str, Field] = {
    "from": Field("text", "a case file of the same folder", "3.5-jacobians.yaml", required=True),
    "names": Field("names", "the names to take, with those that they stand on; default: all", "[L, W1]"),
}

SYMBOL: dict[str, Field] = {
    "value": Field("tensor", "its value, read exactly from its digits", "0.1"),
    "shape": Field("sizes", "the shape of a symbol without a value", "[3]"),
    "in": Field("range", "the range of its entries, in which implementations are tested; inf: no end", "[-2, 2]"),
    "recover": Field("flag", "the document does not give it; it is solved for"),
    "whole": Field("flag", "its entries are whole numbers"),
}

SIZE: dict[str, Field] = {
    "value": Field("instances", "the number that it is worked out for, or a list of them", "4", required=True),
    "from": Field("size", "the least number that the document means by it; default: 1", "2"),
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
    "first": Field("text", "the number of the first step, 0 or 1; default: 0", "1"),
}

IMPLEMENTATION: dict[str, Field] = {
    "name": Field("text", "the function, by the name it is imported under", "torch.nn.functional.gelu", required=True),
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
    "dtypes": Field("names", "the formats in which it is run; default: all", "[float64, float32]"),
    "states": Field("definitions", "of an optimizer: its states with their starts", "{m: 0, v: 0}"),
    "constants": Field("numbers", "of an optimizer: the values of its constants", "{lr: 0.001, beta: 0.9}"),
    "step": Field(
        "definitions",
        "of an optimizer: its updates in order, each with the new values; w the parameter, g the gradient, t the step from 1",
        "{m: beta*m + g, w: w - lr*m}",
    ),
    "verdict": Field("conformance", "the verdict that has been reviewed; default: conforms", "deviates"),
    "class": Field("text", "the class of a deviation that has been reviewed", "cancellation"),
    "because": Field("text", "why that is the verdict", "1 + erf loses the tail"),
    "note": Field("text", "shown beside it in reports"),
}

CASE: dict[str, Field] = {
    "title": Field("text", "what the case is called in reports", "Three-layer scalar network", required=True),
    "document": Field("text", "the document's name; default: the folder's", "understanding-neural-networks"),
    "source": Field("texts", "where it stands: section, page, url", '{section: "2.8"}'),
    "symbols": Field(
        "symbols", "the free variables: a number, a vector, a matrix, or a map of value, shape, in, recover"
    ),
    "functions": Field(
        "arities",
        "functions of which nothing is known but how many arguments they have: phi(z), and phi(z, d=1) for phi'(z)",
        "{phi: 1, E: 2}",
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
    "define": Field("definition", "names for expressions, in any order; or {latex: ...}", "z1: w1*x + b1"),
    "names": Field(
        "texts",
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
    """The JSON Schema of case files, so that editors complete and check them."""
    symbol = {"anyOf": [*_TENSOR["anyOf"], _object(SYMBOL)]}
    tables: dict[str, dict[str, Any]] = {
        **KINDS,
        "uses": _nested({"anyOf": [_TEXT, _object(USES)]}, 1),
        "symbols": {"type": "object", "additionalProperties": symbol},
        "letters": {"type": "object", "additionalProperties": {"anyOf": [*KINDS["instances"]["anyOf"], _object(SIZE)]}},
        "sequences": {"type": "object", "additionalProperties": _object(SEQUENCE)},
        "claims": {"type": "array", "items": _object(CLAIM)},
        "implementations": {"type": "array", "items": _object(IMPLEMENTATION)},
    }
    return {"$schema": SCHEMA_URI, "title": "Errata case file", **_object(CASE, tables)}


def _object(fields: dict[str, Field], tables: dict[str, dict[str, Any]] = KINDS) -> dict[str, Any]:
    properties = {}
    for key, f in fields.items():
        described = {**tables[f.kind], "description": f.doc}
        if f.example:
            described["examples"] = [yaml.safe_load(f.example)]
        properties[key] = described
    required = [k for k, f in fields.items() if f.required]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
