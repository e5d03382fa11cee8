"""SARIF 2.1.0 (OASIS standard, 2020): findings with the codes of ``verify.messages`` as rules, for code scanning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from verify.extras import version
from verify.formats.findings import Finding, findings
from verify.messages import Message, of_findings
from verify.suite.found import Found

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(found: Found) -> str:
    return _log(list(findings(found.glance)), of_findings(), not found.interrupted)


def faults(found: Sequence[Finding]) -> str:
    """Of cases that are not well-formed: nothing was judged."""
    return _log(found, tuple(dict.fromkeys(f.message for f in found)), False)


def _log(found: Sequence[Finding], messages: Sequence[Message], successful: bool) -> str:
    rules = [
        {
            "id": m.code,
            "name": m.name,
            "shortDescription": {"text": m.says},
            "fullDescription": {"text": m.means},
            "help": {"text": f"errata explain {m.code}"},
            "defaultConfiguration": {"level": m.level},
        }
        for m in messages
    ]
    made_by = {"version": version()} if version() else {}
    run = {
        "tool": {"driver": {"name": "Errata", **made_by, "rules": rules}},
        "invocations": [{"executionSuccessful": successful}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(f, messages) for f in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _result(f: Finding, messages: Sequence[Message]) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _uri(f.file)},
        "region": {"startLine": f.line, "startColumn": f.column},
    }
    # what it is, wherever it stands: so a finding is known again when lines move
    same = hashlib.sha256(json.dumps([*f.key, *([f.text] if f.part == "fault" else [])]).encode()).hexdigest()
    return {
        "ruleId": f.code,
        "ruleIndex": messages.index(f.message),
        "level": f.message.level,
        "message": {"text": f"{f.id}: {f.text}"},
        **({"locations": [{"physicalLocation": place}]} if f.file else {}),
        "partialFingerprints": {"errata/v1": same},
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
