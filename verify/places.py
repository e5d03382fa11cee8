"""Where things are: the case files that a user's words mean, and whether a place takes what is to be written there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

STDIN = "-"  # the word for standard input, and for standard output where something is written


class PlaceError(ValueError):
    """A place that is not there, or does not take what is to be written."""


def library() -> Path | None:
    """The case library that came with Errata: beside the packages, in an installation and in a checkout alike."""
    import verify

    home = Path(verify.__file__).parent
    return next((place for place in (home / "library", home.parent / "cases") if place.is_dir()), None)


def case_files(words: Iterable[str]) -> list[Path]:
    """The case files that the words mean; those of the folder 'cases' here, or else of the library, without words.

    A word is a file, a folder, or the name of a document. Raises PlaceError where one means no case file.
    """
    from verify.casefile import find

    places = [_place(word) for word in words] or [_default_place()]
    files: list[Path] = []
    for place in places:
        found = [place] if place.is_file() else find([str(place)])
        if not found:
            raise PlaceError(f"no case files (*.yaml) in {place}; `errata new NAME` writes one")
        files += found
    once: dict[Path, Path] = {}
    for file in files:
        once.setdefault(file.resolve(), file)
    return list(once.values())


@contextlib.contextmanager
def given(words: Iterable[str]) -> Iterator[tuple[list[Path], Mapping[str, str]]]:
    """The case files that the words mean, as ``case_files``, or with the word ``-`` the case on standard input; and what to call
    files that are not where their user would look for them. Raises PlaceError."""
    words = list(words)
    if STDIN not in words:
        yield case_files(words), {}
        return
    if len(words) > 1:
        raise PlaceError(f"'{STDIN}' is the case on standard input, and stands alone")
    from verify.casefile.tree import MAX_BYTES

    with tempfile.TemporaryDirectory(prefix="errata-") as folder:
        path = Path(folder, "stdin", "stdin.yaml")
        path.parent.mkdir()
        path.write_bytes(sys.stdin.buffer.read(MAX_BYTES + 1))
        yield [path], {str(path): "<stdin>"}


def _default_place() -> Path:
    here = Path("cases")
    place = here if here.is_dir() else library()
    if place is None:
        raise PlaceError("there is no folder 'cases' here; give a case file, or write one: `errata new NAME`")
    return place


def _place(word: str) -> Path:
    """A path as it is; else the document of that name."""
    from derive.errors import nearest

    path = Path(word)
    if path.is_file() or path.is_dir():
        return path
    if path.exists():
        raise PlaceError(f"{word} is neither a file nor a folder")
    shelves = [shelf for shelf in (Path("cases"), library()) if shelf is not None and shelf.is_dir()]
    for shelf in shelves:
        if re.fullmatch(r"[\w.-]+", word) and (shelf / word).is_dir():
            return shelf / word
    documents = {entry.name for shelf in shelves for entry in shelf.iterdir() if entry.is_dir()}
    raise PlaceError(f"no file, folder or document '{word}'{nearest(word, sorted(documents))}")


@contextlib.contextmanager
def writing(option: str) -> Iterator[None]:
    """What goes wrong while writing there is the option's fault: PlaceError."""
    try:
        yield
    except OSError as bad:
        raise PlaceError(f"{option}: {bad.filename or 'it'} can't be written: {bad.strerror}") from None


def must_take_a_file(path: Path, option: str) -> None:
    """Raises PlaceError unless that file can be written; leaves nothing behind."""
    if str(path) == STDIN:
        return
    if path.is_dir():
        raise PlaceError(f"{option}: {path} is a folder")
    if path.exists() and not path.is_file():
        return  # a pipe or a device
    folder = path.resolve().parent
    if not folder.is_dir():
        raise PlaceError(f"{option}: there is no folder {path.parent}")
    with writing(option), tempfile.TemporaryFile(dir=folder):
        pass


def must_take_files(path: Path, option: str) -> None:
    """Raises PlaceError unless that folder is there, or can be made, and takes files; makes nothing."""
    there = next(p for p in (path.absolute(), *path.absolute().parents) if p.exists())
    if not there.is_dir():
        raise PlaceError(f"{option}: {there} is not a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise PlaceError(f"{option}: {there} can't be written to")


def digest(path: Path | str) -> str:
    """The SHA-256 of what is in a file. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_text(text: str, path: Path) -> None:
    """Writes the file whole or not at all. Raises OSError.

    Only a regular file is replaced; a device or a pipe (/dev/stdout) is written to, and standard output with the name ``-``.
    """
    if str(path) == STDIN:
        print(text, end="")
        return
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")
        return
    write_bytes(text.encode("utf-8"), path)


def write_bytes(data: bytes, path: Path) -> None:
    """Replaces a regular file, or makes it, whole or not at all. Raises OSError."""
    target = path.resolve()  # through a symbolic link: the link stays
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now
