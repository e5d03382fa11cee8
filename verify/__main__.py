"""The command ``errata``; ``python -m verify`` is the same."""

import sys

from verify.surroundings import surround

#: The commands that judge; others are not worth a second start.
JUDGING = ("audit", "conform", "prove", "run")


def start() -> int:
    if sys.argv[1:2] and sys.argv[1] in JUDGING:
        surround()

    from verify.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
