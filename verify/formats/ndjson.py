"""The results as lines: what the results file has in its lists, with the ``part`` that it is of, for streams and databases."""

from __future__ import annotations

import json

from verify.suite.found import Found

PARTS = {"claims": "claim", "checks": "check", "implementations": "implementation"}


def render(found: Found) -> str:
    data = found.results().model_dump(by_alias=True)
    rows = [{"part": part, **row} for kind, part in PARTS.items() for row in data[kind]]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
