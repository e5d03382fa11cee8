"""What YAML's reader complains of, in words for someone who writes a case."""

from __future__ import annotations

import re

import yaml

_QUOTES = "put quotes round it"

#: (part of what YAML says, what we say), the first that fits
_WORDS = (
    ("mapping values are not allowed", "a ': ' where no key can stand: a text with ': ' needs quotes; else mend the indentation"),
    ("sequence entries are not allowed", "a '- ' where no list can stand: a list starts on a line of its own"),
    ("expected ',' or '}'", "expected ',' or '}'"),
    ("expected ',' or ']'", "expected ',' or ']'"),
    ("node content", "expected a value here"),
    ("could not find expected ':'", "expected ': ' after this key"),
    ("unknown escape character", "a backslash in double quotes starts an escape; use single quotes"),
    ("expected hexadecimal", "a backslash in double quotes starts an escape; use single quotes"),
    ("unexpected ':'", "expected a space after the ':'"),
    ("mapping keys are not allowed", "a '?' at the start of a value is YAML's own; put quotes round it"),
    ("directive", "a '%' at the start of a line is YAML's own; put quotes round it"),
    ("document start", "text beyond the end of the case; is the indentation right?"),
)  # fmt: skip


def plain_words(e: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Line and column (from 1) and what is wrong there."""
    mark = e.problem_mark or e.context_mark
    if mark is None:
        return 1, 1, f"not YAML: {e.problem or e}"
    problem, context = e.problem or "can't be read", e.context or ""
    lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    here = lines[mark.line] if mark.line < len(lines) else ""
    line, column = mark.line + 1, mark.column + 1
    indent = here[: len(here) - len(here.lstrip())]
    if "\t" in indent:
        return line, indent.index("\t") + 1, "a tab in the indentation; YAML indents with spaces"
    sign = here[mark.column : mark.column + 1]
    if "cannot start any token" in problem and sign:
        shown = "a tab" if sign == "\t" else f"'{sign}'"
        return line, column, f"{shown} can't start an unquoted value; {_QUOTES}"
    start = e.context_mark
    if start is not None and "quoted" in context and ("end of stream" in problem or "document" in problem):
        return start.line + 1, start.column + 1, "the quote that opens here is not closed"
    if start is not None and "block scalar" in context:
        words = "'>' or '|' at the start of a value begins a block of text in YAML; put quotes round the expression"
        return start.line + 1, start.column + 1, words
    if start is not None and ("alias" in context or "anchor" in context):
        shown = text[start.index : start.index + 1]
        words = f"'{shown}' at the start of a value is YAML's alias; put quotes round the expression"
        return start.line + 1, start.column + 1, words
    if start is not None and "tag" in context:
        words = "'!' at the start of a value is a YAML tag; put quotes round the text"
        return start.line + 1, start.column + 1, words
    if start is not None and "simple key" in context:
        return start.line + 1, start.column + 1, "expected ': ' after this key"
    if re.search("expected (key|'-' indicator|<block end>)", problem):
        if here[: mark.column].strip():
            return line, column, "text after the end of a value; put quotes round the whole"
        what = "a key" if "mapping" in context else "'- '"
        of = f" in line with that of line {start.line + 1}" if start is not None else ""
        return line, column, f"expected {what}{of}; is the indentation right?"
    known = next((words for part, words in _WORDS if part in f"{problem} {context}"), None)
    return line, column, known or f"not YAML: {problem}{f' ({context})' if context else ''}"
