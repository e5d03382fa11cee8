"""``[tool.errata]`` in pyproject.toml: defaults of the options of ``errata run``, and the ``paths`` that are meant without words.

The nearest pyproject.toml that has the table counts, in this folder or above; none where ERRATA_NO_CONFIG is set. Its paths are
of its folder. What lets code run, or is of one run alone, is not taken from a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from derive.errors import nearest
from verify.commands.frame import Fault

#: Keys that are no options: what is judged, and what the pytest plugin asks (docs/pytest.md).
PATHS, OTHERS = "paths", {"paths": list, "pytest": bool}
#: Options of one run alone, and why one that lets code run is not among the keys.
NOT_HERE = ("list", "watch", "last-failed", "exitfirst", "update-baseline", "expires", "only")
REFUSED = {"allow-import": "it lets code run, and a file may come from a stranger: say --allow-import"}


def defaults(command: click.Command) -> dict[str, Any]:
    """The values of the table for a command, by the names of its parameters. Raises Fault."""
    found = _table()
    if found is None:
        return {}
    path, table = found
    options = _options()
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key in OTHERS:
            _must_be(OTHERS[key], key, value, path)
            if key == PATHS:
                values["what"] = [_here(path, key, word) for word in value]
            continue
        option = options.get(key)
        if option is None or option.name is None:
            why = REFUSED.get(key)
            known = (*options, *OTHERS)
            said = f"'{key}' is not taken from a file: {why}" if why else f"unknown key '{key}'{nearest(key, known)}"
            raise Fault(f"{_place(path, key)}: [tool.errata]: {said}")
        values[option.name] = _converted(option, value, path, key)
    return {p.name: values[p.name] for p in command.params if p.name in values}


def _options() -> Mapping[str, click.Option]:
    from verify.commands.run import run

    found = {}
    for option in run.params:
        if isinstance(option, click.Option):
            name = max(option.opts, key=len).lstrip("-")
            if name not in NOT_HERE and name not in REFUSED and option.expose_value:
                found[name] = option
    return found


def _table() -> tuple[Path, Mapping[str, Any]] | None:
    """The nearest table and its file."""
    if os.environ.get("ERRATA_NO_CONFIG"):
        return None
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
            if "errata" not in text:
                continue
            import tomllib

            tools = tomllib.loads(text).get("tool", {})
        except OSError as why:
            raise Fault(f"{path}: {why.strerror}") from None
        except ValueError as why:  # TOML's own, and what is not UTF-8
            raise Fault(f"{path}: not TOML: {why}") from None
        table = tools.get("errata") if isinstance(tools, dict) else None
        if isinstance(table, dict):
            return Path(os.path.relpath(path)), table
    return None


def _converted(option: click.Option, value: Any, path: Path, key: str) -> Any:
    if isinstance(option.type, click.Path):
        return Path(_here(path, key, value))
    if option.is_flag:
        _must_be(bool, key, value, path)
        return value
    if isinstance(value, bool | list | dict):
        raise Fault(f"{_place(path, key)}: {key}: expected a value as after --{key}")
    try:
        return option.type.convert(value, option, None)
    except click.BadParameter as why:
        raise Fault(f"{_place(path, key)}: {key}: {why.message}") from None


def _here(path: Path, key: str, word: Any) -> str:
    """A path of the file's folder, seen from here; the name of a document stays one."""
    _must_be(str, key, word, path)
    there = path.parent / word
    return str(there) if there.exists() or key != PATHS else word


def _must_be(kind: type, key: str, value: Any, path: Path) -> None:
    said = {bool: "true or false", str: "a text", list: "a list of texts"}
    if not isinstance(value, kind):
        raise Fault(f"{_place(path, key)}: {key}: expected {said[kind]}")


def _place(path: Path, key: str) -> str:
    """The file, and the line and column where the key stands in it, which the reader of TOML does not tell."""
    text = path.read_text(encoding="utf-8")
    table = re.search(r"^\s*\[\s*tool\s*\.\s*errata\s*\]", text, re.M)
    found = re.compile(rf"""^[ \t]*["']?({re.escape(key)})["']?[ \t]*=""", re.M).search(
        text, table.end() if table else 0
    )
    if found is None:
        return str(path)
    at = found.start(1)
    return f"{path}:{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"
