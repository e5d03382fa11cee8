"""``errata schema``: the JSON Schema of case files, of census files and of results files."""

from __future__ import annotations

import json

import click

from verify.commands.frame import AS_PINNED, Fault, command, say


@command(
    """Print the JSON Schema of case files, so that an editor completes and checks them.

    In an editor with the YAML language server (VS Code, Neovim, Emacs, ...) put the schema in a file and name it in
    the first line of a case, with a path relative to the case:

    \b
      errata schema > errata.schema.json
      # yaml-language-server: $schema=errata.schema.json

    \b
    Examples:
      errata schema > errata.schema.json
      errata schema --results > results.schema.json
    """,
    epilog="""\b
Exit codes:
  0    printed
  2    both options
  3    an internal error of Errata""",
)
@click.option("--results", is_flag=True, help="The schema of results files (`errata run --json FILE`) instead.")
@click.option("--census", is_flag=True, help="The schema of census files (`errata coverage`) instead.")
def schema(results: bool, census: bool) -> int:
    from verify import results as results_file
    from verify.casefile import census as census_file
    from verify.casefile import schema as case_file

    if results and census:
        raise Fault("one schema at a time: --results or --census")
    made = results_file.json_schema() if results else census_file.json_schema() if census else case_file.json_schema()
    say(json.dumps(made, indent=1, ensure_ascii=False))
    return AS_PINNED
