"""``errata lsp``: a language server for case files."""

from __future__ import annotations

import sys

from verify.commands.frame import AS_PINNED, Fault, command
from verify.extras import installed, missing


@command(
    """Serve an editor by the Language Server Protocol, over standard input and output: what is wrong with a case as it is
    written, also inside expressions; the value and the typeset form of what is under the cursor; names that may come next.

    An editor starts this itself (docs/editors.md says how); there is nothing to see when it is started by hand. Nothing is
    judged, and nothing is written.

    \b
    Examples:
      errata lsp        what the settings of an editor name as its command
    """,
    epilog="""\b
Exit codes:
  0    the editor has ended it
  2    pygls is not installed (extra: lsp)
  3    an internal error of Errata""",
)
def lsp() -> int:
    if not installed("pygls"):
        raise Fault(missing("pygls"))
    if sys.stdin.isatty():
        raise Fault("an editor starts this, and speaks to it over standard input; docs/editors.md says how")

    from verify.editor.server import server

    server().start_io()
    return AS_PINNED
