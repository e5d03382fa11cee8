"""``errata cache``: what is remembered of earlier runs."""

from __future__ import annotations

import click

from verify.commands.frame import AS_PINNED, command, say


@command(
    """What is remembered of earlier runs: how much, and letting go of it.

    `errata run` works out what it does not know already. What it has found of a claim or a check stands for as long as
    everything that it depends on is the same, letter by letter: the part of the case file that it can see, Errata's own
    source, Python, the libraries and, for what is run there, the processor. A cache that is damaged, of another version or
    of another program is never believed; without one, or with `errata run --no-cache`, everything is worked out.

    It is in your cache folder, and not in a project, which may come from a stranger; the variable ERRATA_CACHE names
    another folder. Nothing in it is needed: it may be deleted at any time.

    \b
      status  where it is, and how much is in it
      prune   let go of what other versions of Errata and of its libraries have found
      clear   let go of everything

    \b
    Examples:
      errata cache status
      errata cache prune
      errata cache clear
    """,
    epilog="""\b
Exit codes:
  0    done
  2    there is no such word, or the cache can't be written
  3    an internal error of Errata""",
)
@click.argument(
    "what", default="status", type=click.Choice(["status", "prune", "clear"]), metavar="[status|prune|clear]"
)
def cache(what: str) -> int:
    from verify.cache.fingerprint import Unversioned, fingerprint
    from verify.cache.store import Store, file
    from verify.places import PlaceError

    path = file()
    if what == "clear":
        from verify.cache.store import remove

        try:
            say(f"let go of {_size(remove(path))} in {path.parent}")
        except OSError as why:
            raise PlaceError(f"{path}: {why.strerror}") from None
        return AS_PINNED
    if not path.exists():
        say(f"nothing is remembered: there is no {path}")
        return AS_PINNED
    store = Store(path, lambda line: say(line, err=True))
    try:
        own = fingerprint().machine
    except Unversioned:
        own = ""
    if what == "prune":
        before = store.bytes
        store.keep_only(own)
        store.close()
        say(f"let go of {_size(max(0, before - store.bytes))} in {path.parent}")
        return AS_PINNED
    count, size = store.count(), store.bytes
    others = sum(count.values()) - count.get(own, 0)
    say(f"{path}: {_size(size)}")
    say(f"  {count.get(own, 0):,} entries of this Errata with these libraries on this processor")
    if others:
        say(f"  {others:,} of others; `errata cache prune` lets go of them")
    store.close()
    return AS_PINNED


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.1f} kB"
