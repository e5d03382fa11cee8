"""The door of pytest: options, and whether cases are asked for. Nothing of Errata is imported where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("errata", "the mathematics of documents").addoption(
        "--errata", action="store_true", help="Collect the claims and checks of case files (*.yaml)."
    )
    parser.addini(
        "errata", "Collect the claims and checks of case files, as --errata does.", type="bool", default=False
    )
    parser.addini(
        "errata_allow_import", "Packages whose functions cases may call: their code runs.", type="args", default=[]
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "errata(part, kind, pinned): a claim, check or implementation of a case file.")
    if config.getoption("errata") or config.getini("errata") or _asked_in_project(config):
        import pytest

        from errata_ml.command import OURS, in_the_way

        if told := next(filter(None, map(in_the_way, OURS)), ""):
            raise pytest.UsageError(told)
        from verify.pytest_plugin import Cases

        config.pluginmanager.register(Cases(config), "errata cases")


def _asked_in_project(config: pytest.Config) -> bool:
    """``pytest = true`` in the table ``[tool.errata]`` of pyproject.toml."""
    place = config.rootpath / "pyproject.toml"
    if not place.is_file():
        return False
    import tomllib

    try:
        given: Any = tomllib.loads(place.read_text(encoding="utf-8"))
        return given.get("tool", {}).get("errata", {}).get("pytest") is True
    except (OSError, ValueError, AttributeError):  # whose file it is will say so
        return False
