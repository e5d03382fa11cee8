"""The command ``errata``; ``python -m verify`` is the same."""

import gc
import os
import sys

from verify.surroundings import collect_seldom, surround

#: The commands that judge; others are not worth a second start.
JUDGING = ("audit", "conform", "prove", "run")


def start() -> int:
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some costs more than all models
    collect_seldom()
    if sys.argv[1:2] and sys.argv[1] in JUDGING:
        surround()

    from verify.cli import main

    code = main()
    gc.freeze()  # the system takes all memory back at once: it need not be looked through before
    return code


if __name__ == "__main__":
    sys.exit(start())
