"""What was decided stays decided: the status of each question of two banks, in ``banks/power.jsonl``.

``python -m tests.power`` decides all of them, tells what is new and what is lost, and writes the file. The other banks hold
each of their questions to a status of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from derive.budget import claim
from derive.errors import ExpressionError
from tests.banks import attacks, documents
from verify.commands.proof import decide

FILE = Path(__file__).parent / "banks" / "power.jsonl"

#: Questions by where they stand: "true limits" of the attacks, "documents false".
GROUPS: Mapping[str, list[str]] = {
    name: [line for line in bank.strip().splitlines() if not line.startswith("~")]
    for name, bank in (
        *((f"true {area}", bank) for area, bank in attacks.TRUE.items()),
        *((f"false {area}", bank) for area, bank in attacks.FALSE.items()),
        ("documents true", documents.TRUE),
        ("documents conditional", documents.CONDITIONAL),
        ("documents false", documents.FALSE),
    )
}


def status(line: str) -> str:
    """A fault is what cannot be asked, such as an exponent beyond the limit."""
    try:
        with claim():
            return decide(*attacks.read(line.partition(" => ")[0])).status
    except ExpressionError:
        return "fault"


def committed() -> dict[str, str]:
    rows = map(json.loads, FILE.read_text(encoding="utf-8").splitlines()) if FILE.exists() else ()
    return {row["claim"]: row["status"] for row in rows}


def changes(now: Mapping[str, str], before: Mapping[str, str]) -> Iterator[str]:
    """What stands otherwise than in the file, each in a line."""
    for line, is_now in now.items():
        was = before.get(line, "not yet asked")
        if is_now != was:
            yield f"{was} -> {is_now}: {line}"


def main() -> None:
    now = {line: status(line) for lines in GROUPS.values() for line in lines}
    for change in changes(now, committed()):
        print(change)
    with FILE.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(json.dumps({"status": said, "claim": line}) + "\n" for line, said in now.items())
    print(
        f"{len(now)} questions, {sum(s not in ('undecided', 'fault') for s in now.values())} decided", file=sys.stderr
    )


if __name__ == "__main__":
    main()
