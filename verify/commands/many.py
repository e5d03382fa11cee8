"""``errata prove --file``: claims, one a line, and their answers as JSON lines in the same order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from derive.errors import ExpressionError
from verify.casefile.faults import CaseFaults
from verify.casefile.tree import Items, Text, Tree
from verify.commands import questions
from verify.commands.answers import Options
from verify.commands.frame import AS_PINNED, FAULT, FINDINGS, Fault
from verify.commands.proof import assume, judged
from verify.commands.questions import Asked
from verify.places import STDIN
from verify.suite.pool import Lost, Pool
from verify.suite.worker import CALL, Settings

MAX_LINE = 1_000_000  # bytes


def answers(
    path: Path,
    assuming: Sequence[str],
    options: Options,
    seconds: float | None,
    tell: Callable[[Mapping[str, Any]], None],
) -> int:
    """Answers the claims of a file, one after the other as they come, and gives the exit code. A line at fault, or one that ends
    the process that judges it, is told in its turn and stops no other. Raises Unreadable for what is wrong with the options,
    Fault where the file can't be read."""
    questions.given(options)
    code = AS_PINNED
    limits = {} if seconds is None else {CALL: seconds}
    with _opened(path) as file, Pool(1, Settings(timed=seconds is not None), limits) as pool:
        for number, raw in _lines(file):
            told: dict[str, Any] = {"line": number}
            if isinstance(raw, str):
                try:
                    told |= pool.submit(answer, raw, assuming, options, seconds is not None).result()
                except Lost as why:
                    told |= {**_words(raw, options), "verdict": "undecided", "reason": str(why)}
            else:
                told["error"] = raw.message
            code = max(code, FAULT if "error" in told else AS_PINNED if told["verdict"] == "true" else FINDINGS)
            tell(told)
    return code


def answer(text: str, assuming: Sequence[str], options: Options, timed: bool) -> dict[str, Any]:
    """What is answered of a line, or what is wrong with it."""
    try:
        shared = questions.given(options)
        assume(shared, assuming)
        asked = questions.line(text, shared)
        found = judged(questions.case(asked), timed=timed)
    except CaseFaults as bad:
        fault = bad.faults[0]
        where = {"column": fault.column} if fault.file == questions.LINE else {"in": fault.file.strip()}
        return {"error": fault.message, **where}
    except ExpressionError as bad:
        return {"error": bad.message}
    said = {**_said(asked), "verdict": found.verdict, "reason": found.reason}
    return {**said, "conditions": list(found.conditions), "proof": found.proof}


def _said(asked: Asked) -> dict[str, Any]:
    """A claim by its id, as it was given, and its own words."""
    named = asked.claim.entries.get("id")
    return {**({"id": _as_given(named[1])} if named else {}), "claim": asked.words}


def _as_given(tree: Tree) -> Any:
    """What a line of JSON has: 5 comes back as the number, "5" as the text."""
    if isinstance(tree, Items):
        return [_as_given(part) for part in tree.items]
    if not isinstance(tree, Text):
        return {key: _as_given(value) for key, (_, value) in tree.entries.items()}
    with suppress(ValueError):
        return tree.value if tree.quoted else json.loads(tree.value)
    return tree.value


def _words(text: str, options: Options) -> dict[str, Any]:
    """Those of a line whose process did not come back."""
    try:
        return _said(questions.line(text, questions.given(options)))
    except (CaseFaults, ExpressionError):
        return {"claim": text}


class _Bad(ValueError):
    """A line that is no text."""

    @property
    def message(self) -> str:
        return str(self)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, str | _Bad]]:
    """The lines that say something, with their numbers. Never more of one than the limit."""
    number = 0
    while raw := file.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            while (rest := file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, _Bad(f"a line of more than {MAX_LINE:,} bytes")
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as bad:
            yield number, _Bad(f"not UTF-8: byte {bad.start + 1} can't be read")
            continue
        if text and not text.startswith("#"):
            yield number, text


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if str(path) == STDIN:
        yield sys.stdin.buffer
        return
    try:
        with open(path, "rb") as file:
            yield file
    except OSError as why:
        raise Fault(f"--file: {path} can't be read: {why.strerror}") from None
