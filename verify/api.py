"""``prove``, ``check`` and ``run`` for scripts and notebooks: what the commands of these names do, with answers as objects.

What judges runs in a process of its own, as it does for the command: the same verdicts, limits of work, memory and watchdog, and
no need for a script to guard its first lines. ``check`` only reads.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from derive.records import dataclass
from verify.surroundings import SURROUNDINGS
from verify.text import html, notebook

if TYPE_CHECKING:
    from verify.casefile.faults import Fault
    from verify.results import Check, Implementation, Result, Results
    from verify.suite.glance import Glance

#: A case file, a folder of them, the name of a document, or a case as a mapping of its keys; or several files and folders.
What = str | os.PathLike[str] | Mapping[str, Any] | Sequence[str | os.PathLike[str]]
Sizes = int | str | Sequence[int | str]

GIVEN = "case"  # what a case is called that is given as a mapping
DEEPEST = 50


class Failed(RuntimeError):
    """Errata itself failed; the message is what the command told."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to one claim. ``proof`` says how a proof stands: "proved, checked" by the trusted core, or "proved (unchecked:
    METHOD)"; ``conditions`` are what it needs, such as where its sides have values."""

    claim: str
    verdict: Literal["true", "true under a condition", "false", "undecided"]
    reason: str
    conditions: tuple[str, ...] = ()
    proof: str = ""

    @property
    def true(self) -> bool:
        """Whether the claim is true as it stands: what is undecided is not."""
        return self.verdict == "true"

    def __bool__(self) -> bool:
        return self.true

    def __str__(self) -> str:
        return f"{self.verdict}: {self.reason}"

    def _repr_html_(self) -> str:
        return f"<p>{html.code(self.claim)}<br>{html.strong(self.verdict)}: {html.text(self.reason)}</p>"


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that is well-formed and looks as if another key was meant."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: warning: {self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How case files are written: all faults, and warnings of what is well-formed."""

    files: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def well_formed(self) -> bool:
        return not self.faults

    def __bool__(self) -> bool:
        return self.well_formed

    def __str__(self) -> str:
        from verify.suite.progress import number

        told = f"{number(len(self.files), 'case file')}, {number(len(self.faults), 'fault') if self.faults else 'no faults'}"
        return "\n".join([*map(str, self.faults), *map(str, self.warnings), told])

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.text(line)}</p>" for line in str(self).splitlines())


class Claims(tuple["Result", ...]):
    """Results of claims, in the order of the files: a tuple that a notebook shows as a table."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return notebook.claims(self) or "<p>none</p>"


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What a run found, in the order of the files. ``results`` is all of it, as ``results.json`` has it."""

    results: Results = field(repr=False)

    @property
    def claims(self) -> Claims:
        return Claims(self.results.claims)

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(self.results.checks)

    @property
    def implementations(self) -> tuple[Implementation, ...]:
        return tuple(self.results.implementations)

    @property
    def as_pinned(self) -> bool:
        """Whether every verdict is as pinned ("holds" where nothing is pinned) and every check agrees."""
        return self.results.as_pinned

    @property
    def findings(self) -> Claims:
        """The claims whose verdict is not as pinned, or whose quote has no place in the document."""
        return Claims(r for r in self.claims if not r.as_pinned)

    def __getitem__(self, claim: str) -> Result:
        """The result of a claim, by its id. Raises KeyError with the nearest ids."""
        found = next((r for r in self.claims if r.id == claim), None)
        if found is None:
            from derive.errors import nearest

            raise KeyError(f"no claim '{claim}'{nearest(claim, [r.id for r in self.claims])}")
        return found

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the results file, whole or not at all. Raises OSError."""
        from verify.results import save

        save(self.results, Path(path))

    def __str__(self) -> str:
        """What the command prints at the end of a run, without the time."""
        from click import unstyle

        from verify.suite.summary import summary

        return unstyle("\n".join(summary(self._glance, took="", interrupted=self.results.interrupted)))

    def __repr__(self) -> str:
        from verify.suite.progress import counted

        return f"<{counted(self._glance.claims)}; {'all as pinned' if self.as_pinned else 'not all as pinned'}>"

    def _repr_html_(self) -> str:
        from verify.suite.progress import counted, counted_checks, counted_implementations

        seen = self._glance
        told = [
            counted(seen.claims),
            *([counted_implementations(seen.implementations)] if seen.implementations else []),
            *([counted_checks(seen.checks)] if seen.checks else []),
        ]
        return f"<p>{html.text('; '.join(told))}</p>{notebook.claims(self.claims)}"

    @property
    def _glance(self) -> Glance:
        from verify.suite.glance import of_results

        return of_results(self.results)


def prove(
    claim: str,
    *,
    assuming: str | Sequence[str] = (),
    shapes: Mapping[str, Sizes] | None = None,
    sizes: Mapping[str, int] | None = None,
    define: Mapping[str, str] | None = None,
    functions: Mapping[str, int | str] | None = None,
    timeout: float | None = None,
) -> Proof:
    """Is this true, for all real values of its symbols?

    ``claim`` is a condition as in a case, ``A == B`` or an inequality; ``assuming`` are conditions, ``shapes`` the sizes of what
    is no scalar, ``{"W": (2, 3), "x": "n"}``, where ``sizes`` has the letters, each with a number to try; ``define`` names
    expressions, ``functions`` are those of which nothing is known, with the number of their arguments (``"[3]"`` of a vector).
    ``timeout`` in seconds takes the place of the limits of work.

    Raises ValueError where the claim, a condition or a shape can't be read.
    """
    conditions = [assuming] if isinstance(assuming, str) else list(assuming)
    laid = {name: [s] if isinstance(s, int | str) else list(s) for name, s in (shapes or {}).items()}
    arguments = ["--json", *(f"--assuming={c}" for c in conditions)]
    arguments += [f"--shape={name}={','.join(map(str, s))}" for name, s in laid.items()]
    named = {"size": sizes, "define": define, "function": functions}
    arguments += [
        f"--{option}={name}={said}" for option, table in named.items() for name, said in (table or {}).items()
    ]
    arguments += [] if timeout is None else [f"--timeout={timeout}"]
    answer = json.loads(_asked(["prove", *arguments, "--", claim]))
    return Proof(answer["claim"], answer["verdict"], answer["reason"], tuple(answer["conditions"]), answer["proof"])


def check(what: What) -> Checked:
    """Reads case files, and tells everything that is wrong with how they are written; no claim is judged.

    Raises places.PlaceError (a ValueError) where ``what`` means no case file, TypeError for what no case can hold.
    """
    from verify.casefile import check as check_files
    from verify.casefile.model import Case
    from verify.claims.misuse import doubts

    with _files(what) as (paths, renamed):
        cases: list[Case] = []
        faults = check_files(paths, cases)
        doubted = {w for case in cases for w in (*case.warnings, *doubts(case))}

        def name(file: str) -> str:
            return renamed.get(file, file)

        return Checked(
            tuple(name(str(p)) for p in paths),
            tuple(type(f)(name(f.file), f.line, f.column, f.message) for f in faults),
            tuple(
                Warned(name(place.file), place.line, place.column, message)
                for place, message in sorted(doubted, key=lambda w: (w[0].file, w[0].line, w[0].column, w[1]))
            ),
        )


def run(
    what: What,
    *,
    only: str | None = None,
    jobs: int | None = None,
    seed: int = 0,
    examples: int = 50,
    timeout: float | None = None,
    checks: bool = True,
    allow_import: str | Sequence[str] = (),
    cache: bool = True,
) -> Run:
    """Judges every claim, and checks the implementations: all that ``errata run`` does, with its options.

    ``what`` is a case file, a folder, the name of a document, several of these, or a case as a mapping, which
    needs no title: ``{"claims": [{"id": "eq1",
    "of": "d(x**2, x)", "equals": "2*x"}]}``. Printed numbers are text there, as their digits are what is judged: ``"0.9740"``.
    ``only`` is a pattern for ids; implementations are left out then. Without ``checks`` no generated code is tested, which is
    faster. What ``[tool.errata]`` in a pyproject.toml says is for the command alone.

    Raises CaseFaults with every fault where a case can't be read, ValueError for other faults of what is given, and Failed
    where Errata itself fails.
    """
    allowed = [allow_import] if isinstance(allow_import, str) else list(allow_import)
    options = [f"--seed={seed}", f"--examples={examples}", *(f"--allow-import={p}" for p in allowed)]
    options += [
        f"--{name}={value}"
        for name, value in {"only": only, "jobs": jobs, "timeout": timeout}.items()
        if value is not None
    ]
    options += [*([] if cache else ["--no-cache"]), *([] if checks else ["--no-checks"])]
    with _files(what) as (paths, renamed), tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "results.json"
        try:
            _asked(["run", "--quiet", f"--json={out}", *options, "--", *map(str, paths)])
        except ValueError:
            from verify.casefile import CaseFaults

            if not (found := check(what)):
                raise CaseFaults(list(found.faults)) from None
            raise
        text = out.read_text(encoding="utf-8")
    from verify.results import Results

    for path, told in renamed.items():
        text = text.replace(json.dumps(path)[1:-1], told)
    return Run(Results.model_validate_json(text))


# -- the command, in a process of its own -----------------------------------------------------------

#: The command of this very Errata, wherever the process that asks has it from; the working folder has no say.
_START = "import sys; sys.path.append(sys.argv.pop(1)); from verify.__main__ import start; sys.exit(start())"


def _asked(arguments: Sequence[str]) -> str:
    """What the command prints. Raises ValueError for what is at fault in the arguments, and Failed."""
    home = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-P", "-c", _START, home, *arguments],
        env={**os.environ, **SURROUNDINGS, "ERRATA_NO_CONFIG": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    told = done.stderr.strip().removeprefix("Error: ")
    if done.returncode == 2:
        raise ValueError(told)
    if done.returncode < 0 or done.returncode in (3, 130):
        raise Failed(told or f"the command ended with code {done.returncode}")
    return done.stdout


# -- what is given ----------------------------------------------------------------------------------


@contextlib.contextmanager
def _files(what: What) -> Iterator[tuple[list[Path], dict[str, str]]]:
    """The case files that are meant; and of a case that is no file, for the time being, what it is called."""
    from verify import places

    if not isinstance(what, Mapping):
        words = [what] if isinstance(what, str | os.PathLike) else list(what)
        yield places.case_files([os.fspath(w) for w in words]), {}
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / GIVEN / f"{GIVEN}.yaml"
        place.parent.mkdir()
        place.write_text(_yaml({"title": "A case", **what}), encoding="utf-8")
        yield [place], {str(place): place.name}


def _yaml(case: Mapping[str, Any]) -> str:
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(_plain(case), Dumper=Plain, sort_keys=False, allow_unicode=True, width=10_000)


def _plain(value: Any, depth: int = 0) -> Any:
    """With nothing but what YAML has: numbers as they are written, arrays as lists. Raises TypeError."""
    from decimal import Decimal
    from fractions import Fraction

    if depth > DEEPEST:
        raise TypeError(f"a case is no more than {DEEPEST} deep; this one may contain itself")
    if isinstance(value, Mapping):
        return {str(k): _plain(v, depth + 1) for k, v in value.items()}
    if hasattr(value, "tolist"):  # NumPy, Torch
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(v, depth + 1) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Decimal | Fraction):
        return str(value)
    raise TypeError(f"{type(value).__name__} is nothing that a case holds: text, a number, a list or a mapping")


__all__ = ["Checked", "Claims", "Failed", "Proof", "Run", "Warned", "check", "prove", "run"]
