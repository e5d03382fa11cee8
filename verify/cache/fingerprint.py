"""What results depend on beside the case: Errata itself, Python, the libraries, and for what they compute the processor."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.machinery
import json
import os
import platform
import re
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from derive.records import dataclass
from verify.surroundings import SURROUNDINGS

#: Packages that have a say, and the distributions that say their versions.
LIBRARIES = {
    "flint": "python-flint",
    "hypothesis": "hypothesis",
    "jax": "jax",
    "jaxlib": "jaxlib",
    "mpmath": "mpmath",
    "numpy": "numpy",
    "optax": "optax",
    "pydantic": "pydantic",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "sympy": "sympy",
    "torch": "torch",
    "yaml": "pyyaml",
}

#: Beginnings of environment variables by which libraries choose how they compute.
_CHOOSING = (
    "ATEN_",
    "BLIS_",
    "JAX_",
    "KMP_",
    "LD_",
    "MKL_",
    "NPY_",
    "OMP_",
    "OPENBLAS_",
    "PYTORCH_",
    "SYMPY_",
    "TORCH_",
    "XLA_",
)


#: Others by which these choose how they compute.
BESIDE = ("ml-dtypes", "opt-einsum")

FRESH = 2_000_000_000  # nanoseconds; the coarsest clocks of file systems tick every two seconds


class Unversioned(Exception):
    """A library whose version is not known: what it says can't be told from what it will say."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``engine`` is Errata with what proofs are made by; ``machine`` all that, and what libraries compute with."""

    engine: str
    machine: str
    sources: Files


class Files:
    """Files as they were when they were read: whether they are still. The clock of a file system may be coarse, so what has just
    been written is told by its content."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[tuple[int, int, int], str]] = {}

    def read(self, path: Path | str) -> bytes:
        """Raises OSError."""
        self.note(path)  # before it is read: a change after that shows
        with open(path, "rb") as file:
            return file.read()

    def note(self, path: Path | str) -> None:
        """Someone else will read it now."""
        if str(path) not in self._seen:
            with contextlib.suppress(OSError):
                signature = _signature(path)
                fresh = time.time_ns() - signature[0] < FRESH
                self._seen[str(path)] = signature, _content(path) if fresh else ""

    def unchanged(self, path: Path | str | None = None) -> bool:
        """Whether a file, or each of them, is as it was."""
        asked = list(self._seen) if path is None else [str(path)]
        try:
            for p in asked:
                signature, content = self._seen[p]
                if _signature(p) != signature or (content and _content(p) != content):
                    return False
        except (OSError, KeyError):
            return False
        return True


def _content(path: Path | str) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _signature(path: Path | str) -> tuple[int, int, int]:
    there = os.stat(path)
    return there.st_mtime_ns, there.st_size, there.st_ino


def fingerprint() -> Fingerprint:
    """Raises Unversioned, and OSError."""
    files = Files()
    home = Path(__file__).parent.parent.parent
    sources = hashlib.sha256()
    paths = [sorted(_sources(home / package)) for package in ("derive", "verify")]
    if not all(paths):  # compiled without sources
        raise Unversioned("errata")
    for path in paths[0] + paths[1]:
        data = files.read(path)
        sources.update(f"{os.path.relpath(path, home)} {len(data)}\n".encode())
        sources.update(data)
    said = [
        sources.hexdigest(),
        sys.version,
        sys.implementation.name,
        sys.platform,
        platform.machine(),
        _libraries(files),
    ]
    engine = _digest(said)
    around = {**os.environ, **SURROUNDINGS}  # as the processes that judge have it
    chosen = sorted((k, v) for k, v in around.items() if k.startswith(_CHOOSING))
    return Fingerprint(engine, _digest([engine, processor(), chosen]), files)


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _sources(folder: Path) -> Iterable[str]:
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in names if name.endswith(".py"))


def _libraries(files: Files) -> Mapping[str, object]:
    """Of each that is installed its version and where it is, without importing it."""
    versions = _versions()
    found: dict[str, object] = {f"{place} {name}": v for (place, name), v in versions.items() if name in BESIDE}
    for package, distribution in LIBRARIES.items():
        spec = importlib.machinery.PathFinder.find_spec(package)
        if spec is None:
            continue
        if spec.origin is None:
            raise Unversioned(package)
        place = os.path.dirname(os.path.dirname(spec.origin))
        version = versions.get((os.path.realpath(place), distribution))
        if version is None:
            raise Unversioned(package)
        files.note(spec.origin)  # it may be replaced while a run goes on
        found[package] = [version, spec.origin, *_signature(spec.origin)[:2]]
    return found


def _versions() -> dict[tuple[str, str], str]:
    """By folder and name, as the folders of metadata say."""
    found = {}
    for place in dict.fromkeys(os.path.realpath(p or ".") for p in sys.path):
        try:
            names = os.listdir(place)
        except OSError:
            continue
        for name in names:
            if match := re.fullmatch(r"(.+?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info", name):
                found[place, re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return found


def processor() -> str:
    """The processor, by its name and what it can do."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            first = file.read(1 << 14).partition("\n\n")[0]
    except OSError:
        return f"{platform.processor()} {platform.platform()}"
    told = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features", "CPU")
    return "\n".join(line for line in first.splitlines() if line.startswith(told))
