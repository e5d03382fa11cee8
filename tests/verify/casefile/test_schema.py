"""What an editor is told of case files: it refuses all broken files that JSON Schema can, and no file that Errata takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from verify.casefile import CaseFaults, load, rules, schema

VALIDATOR = jsonschema.Draft202012Validator(schema.json_schema())
HEAD = "title: t\nsymbols: {x: 1, z: {}, v: [1, 2], b: {recover: true}}\n"
FUNCTION = "name: torch.nn.functional.gelu"

#: Lines of a case that are at fault, and that a schema can refuse.
BROKEN = [
    "claims: [{id: a}]",
    "claims: [{id: a, of: x}]",
    "claims: [{id: a, equals: x}]",
    "claims: [{id: a, holds: x > 0, needs: []}]",
    "claims: [{id: a, defines: [x], needs: [x > 0]}]",
    "claims: [{id: a, of: x, equals: 1, computed: float32}]",
    "claims: [{id: a, of: x, equals: 1, within: 1e-3}]",
    "claims: [{id: a, of: x, equals: 1, from: rounded inputs}]",
    "claims: [{id: a, shows: 1*1, prints: 1, computed: float32}]",
    "claims: [{id: a, shows: 1*1, prints: 1, within: 1e-3}]",
    "claims: [{id: a, shows: 1*1, prints: 1, from: rounded inputs}]",
    "claims: [{id: a, of: x, prints: 1, computed: float31}]",
    "claims: [{id: a, of: x, prints: 1, within: 0}]",
    "claims: [{id: a, of: x, prints: 1, within: -1e-3}]",
    "claims: [{id: a, of: x, prints: 1, within: 1%}]",
    "claims: [{id: a, of: x, prints: 1, within: small}]",
    "claims: [{id: a, defines: [x], verbatim: true}]",
    "claims: [{id: a, of: x, equals: x, verbatim: perhaps}]",
    "claims: [{id: a, of: x, prints: infinite}]",
    "define: {q: {}}",
    "define: {q: {solves: q == 1}}",
    "define: {q: {minimizes: q**2}}",
    "define: {q: {solves: q == 1, minimizes: q**2, in: [0, 2]}}",
    "define: {q: {solves: q == 1, subject_to: q >= 0, in: [0, 2]}}",
    "define: {q: {latex: q = x, in: [0, 2]}}",
    "define: {q: {solves: q == 1, in: [0, inf]}}",
    "claims: [{id: a, standard: x}]",
    "claims: [{id: a, of: x, prints: 1, contradicts: [a]}]",
    "claims: [{id: a, shape: [2]}]",
    "claims: [{id: a, prints: 1}]",
    "claims: [{id: a, shows: 1 + 1}]",
    "claims: [{id: a, of: x, equals: 1, by: x}]",
    "claims: [{id: a, of: x, equals: 1, agrees: [a]}]",
    "claims: [{id: a, of: x, prints: 1, from: [a]}]",
    "claims: [{id: a, of: x, equals: []}]",
    "claims: [{id: a, defines: []}]",
    "claims: [{id: a, of: x, prints: []}]",
    "claims: [{id: a, of: x, prints: one}]",
    "claims: [{id: a, of: x, prints: 1, verdict: wrong}]",
    "claims: [{id: a, of: x, prints: 1, verdict: rong, because: no}]",
    "claims: [{id: a b, of: x, prints: 1}]",
    "claims: [{id: [a], of: x, prints: 1}]",
    "claims: [{id: a, of: v, prints: [1, 2], holds: x > 0}]",
    "claims: [{id: a, of: x, latex: 'x = 1'}]",
    "claims: [{id: a, of: v, shape: [0]}]",
    "claims: [{id: a, of: v, shape: [-2]}]",
    "claims: [{id: a, probe: no-such-probe}]",
    "claims: [{id: '', of: x, prints: 1}]",
    "sizes: {m: 0}",
    "sizes: {m: 1000000000}",
    "sizes: {m: []}",
    "sizes: {m: 1.5}",
    "sizes: {m: {from: 2}}",
    "functions: {phi: 0}",
    "functions: {f: [0]}",
    "functions: {f: [2, 3]}",
    "functions: {f: {to: [2]}}",
    "functions: {f: {from: [2], into: [2]}}",
    "layout: sideways",
    "uses: ../other.yaml",
    "uses: other.txt",
    "define: {exp: x}",
    "define: {2z: x}",
    "define: {lambda: x}",
    "define: {y: {latex: ''}}",
    "sequences: {w: {start: 1}}",
    "sequences: {w: {start: 1, step: w, first: 1}}",
    "sequences: {w: {start: 1, step: w, index: t, first: 2}}",
    f"implementations: [{{{FUNCTION}}}]",
    f"implementations: [{{{FUNCTION}, of: x, step: {{w: w}}}}]",
    f"implementations: [{{{FUNCTION}, of: x, states: {{m: 0}}}}]",
    f"implementations: [{{{FUNCTION}, step: {{w: w}}, wrt: [x]}}]",
    f"implementations: [{{{FUNCTION}, step: {{m: g}}}}]",
    f"implementations: [{{{FUNCTION}, of: x, verdict: deviates}}]",
    f"implementations: [{{{FUNCTION}, of: x, verdict: wrong, because: no}}]",
    f"implementations: [{{{FUNCTION}, of: x, class: cancellation}}]",
    f"implementations: [{{{FUNCTION}, of: x, verdict: deviates, because: no, class: awful}}]",
    f"implementations: [{{{FUNCTION}, of: x, dtypes: [float8]}}]",
    f"implementations: [{{{FUNCTION}, of: x, in: {{x: [0, 1, 2]}}}}]",
    "implementations: [{name: gelu, of: x}]",
    "claims: [{id: a, of: x, equals: x, reads: x}]",
]
SYMBOLS = [
    "{x: }",
    "{x: one}",
    "{x: []}",
    "{x: {in: [0]}}",
    "{x: {in: [a, 0]}}",
    "{x: {shape: [1, 1, 1, 1, 1, 1, 1, 1, 1]}}",
    "{x: {recover: true, value: 1}}",
    "{x: {recover: true, shape: [2]}}",
    "{x: {recover: true, whole: true}}",
    "{x: {recover: maybe}}",
    "{__x: 1}",
]
#: What Errata takes, and an editor might not.
GOOD = [
    "claims: [{id: a, of: v, shape: 2}, {id: b1, of: x, shape: []}, {id: 12, of: x, prints: ' ~1 ', note: }]",
    "claims: [{id: a, of: x, prints: 1e-3, assuming: []}, {id: [p, q], of: v, prints: ['1', 2]}, {id: r, recover: b}]",
    "claims: [{id: a, latex: 'x = 1', needs: [z > 0]}, {id: b, latex: 'x = 1', by: x, prints: 1}]",
    "claims: [{id: a, of: x, prints: 1, verdict: holds}, {id: true, holds: x > 0}]",
    "claims: [{id: a, of: x, prints: 1, needs: [x > 0], computed: bfloat16, within: 1e-3 relative, from: rounded inputs}]",
    "claims: [{id: a, of: x, prints: -inf, within: '0.1 absolute'}, {id: b1, of: x, prints: NaN}]",
    "claims: [{id: a, of: 1/x, equals: x, verbatim: yes}]",
    "define: {q: {solves: q == 1, in: [0, 2]}, r: {minimizes: 'r[0]**2 + r[1]**2', shape: [2], in: [[0, 1], [-1, '2']]}}",
    "define: {q: {minimizes: q, subject_to: [q >= 0, q <= 1]}}",
    "sizes: {m: '2', n: [1, 2], k: {value: 3, from: 2}}",
    "functions: {phi: '1'}\nderive: []\nsequences: {}\nuses: []\nsource: {section: , page: 2}",
    "define: {é: x, θ_1: x, gelu: x}",
    "sequences: {w: {start: 1, step: w, index: t, first: '1'}}",
    f"implementations: [{{{FUNCTION}, of: x, in: {{x: ['0', inf]}}, result: 0, options: {{a: [1]}}}}]",
    "implementations: [{name: torch.optim.SGD, step: {w: w - lr*g}, constants: {lr: 1e-3}, dtypes: float32}]",
]
GOOD_SYMBOLS = [
    "{x: '1/3', y: {recover: yes, shape: []}, z: {whole: no}, u: {shape: 3}, w: {in: ['-1', +inf]}, α: '- 2'}"
]


def told(text: str, folder: Path) -> list[str]:
    path = folder / "f.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load(path)
    except CaseFaults as e:
        return [f.message for f in e.faults]
    return []


def texts(lines: list[str], symbols: list[str]) -> list[str]:
    return [*(f"{HEAD}{line}\n" for line in lines), *(f"title: t\nsymbols: {s}\n" for s in symbols)]


@pytest.mark.parametrize("text", texts(BROKEN, SYMBOLS), ids=lambda t: t.split("\n")[-2])
def test_what_errata_refuses_the_schema_refuses(tmp_path: Path, text: str) -> None:
    assert told(text, tmp_path)
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("text", texts(GOOD, GOOD_SYMBOLS), ids=lambda t: t.split("\n")[-2][:40])
def test_what_errata_takes_the_schema_takes(tmp_path: Path, text: str) -> None:
    assert told(text, tmp_path) == []
    assert [e.message for e in VALIDATOR.iter_errors(yaml.safe_load(text))] == []


def test_every_rule_has_a_broken_file_that_it_alone_refuses() -> None:
    """A rule that the loader tells and the schema forgets, or the other way round, can't go unseen."""
    of_claims = [*rules.CLAIM, *rules.LATEX, *rules.TENSOR, rules.IDS, rules.PIN]
    claims = [c for line in [*BROKEN, *GOOD] for c in yaml.safe_load(line).get("claims", [])]

    def refused(claim: Any, among: list[rules.Rule]) -> bool:
        return not jsonschema.Draft202012Validator(rules.schema(among)).is_valid(claim)

    needed = {r.message for r in of_claims if any(refused(c, [r]) for c in claims)}
    assert {r.message for r in (*rules.CLAIM, rules.LATEX[0], rules.IDS, rules.PIN)} <= needed
    good = [c for line in GOOD for c in yaml.safe_load(line).get("claims", [])]
    assert not any(refused(c, of_claims) for c in good)
