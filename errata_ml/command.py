"""The command ``errata``, or a line that says what is in its way."""

from __future__ import annotations

import sys

FAULT = 2

#: The packages, each with a name that it alone is sure to offer.
OURS = {"derive": "gradient", "verify": "prove"}


def start() -> int:
    for package in OURS:
        if told := in_the_way(package):
            print(f"Error: {told}", file=sys.stderr)
            return FAULT
    from verify.__main__ import start as command

    return command()


def in_the_way(package: str) -> str:
    """What has taken the place of a package of Errata, and how to get it back; "" where nothing has."""
    said = ""
    try:
        if OURS[package] in getattr(__import__(package), "__all__", ()):
            return ""
    except Exception as why:  # whatever a stranger's package does when it is imported
        said = f" ({type(why).__name__}: {why})"
    from importlib.metadata import packages_distributions
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec(package)
    if spec is not None:
        place = Path(spec.origin or next(iter(spec.submodule_search_locations or ())))
        if Path(__file__).parent.parent not in place.parents:
            return f"another package '{package}' stands before that of Errata: {place}"
    others = [name for name in packages_distributions().get(package, ()) if name != "errata-ml"]
    by = f" by the distribution '{' and '.join(others)}', which has a package of that name" if others else ""
    mended = "pip install --force-reinstall --no-deps errata-ml"
    first = f"pip uninstall {' '.join(others)}, then " if others else ""
    return f"Errata's package '{package}' has been overwritten{by}{said}: {first}{mended}"
