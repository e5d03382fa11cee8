"""What an installation may be without: libraries that come as extras, and how to get each. Light to import."""

from __future__ import annotations

import importlib.util

#: What Errata is called on a package index; the command is ``errata``, the packages are ``derive`` and ``verify``.
DISTRIBUTION = "errata-ml"

#: Libraries by the extra that brings them.
EXTRAS = {
    "torch": "torch",
    "jax": "jax",
    "optax": "jax",
    "jinja2": "html",
    "math_core": "html",
    "matplotlib": "plots",
    "distributed": "dask",
    "pygls": "lsp",
}


def version() -> str:
    """Of Errata; "" where it runs without being installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return ""


def installed(library: str) -> bool:
    """Whether a library can be imported; it is not."""
    try:
        return importlib.util.find_spec(library) is not None
    except ValueError:  # it is imported, by nobody knows what
        return True


def missing(library: str) -> str:
    """That a library is not there, and what brings it."""
    how = f": pip install '{DISTRIBUTION}[{EXTRAS[library]}]'" if library in EXTRAS else ""
    return f"'{library}' is not installed{how}"
