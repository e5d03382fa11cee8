"""Reports: results and cases in, pages out. A new format is one module with a ``write`` and one entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from verify.casefile.model import Case
    from verify.results import Results

    Write = Callable[[Results, Sequence[Case], Path], list[Path]]

#: Format to the module that writes it, imported when it is asked for.
FORMATS = {"markdown": "verify.report.markdown", "html": "verify.report.site"}
#: The libraries that a format can't do without, and the formats that show pictures of claims.
NEEDED = {"html": ("jinja2", "math_core")}
PICTURED = ("html",)


def writer(name: str) -> Write:
    """The function that writes a format. Raises KeyError for an unknown one."""
    return cast("Write", import_module(FORMATS[name]).write)
