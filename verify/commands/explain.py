"""``errata explain``: a derivation step by step, and how a claim got its verdict."""

from __future__ import annotations

import click

from verify.commands.frame import AS_PINNED, FAULT, command, print_faults, say


@command(
    """Show the derivation of a case step by step, as a person would write it; of a claim, how it got its verdict.

    CASE is a case file, or the name of a case of the library. Without CLAIM: the whole case. With it: the
    definitions it stands on, the steps that lead to it, the exact value or the proof, and where an error started.

    \b
    Examples:
      errata explain 2.8-three-layer
      errata explain cases/understanding-neural-networks/2.8-three-layer.yaml t2.5-s20
      errata explain 2.7-single-neuron t2.2-s11    an inherited digit
      errata explain 2.8-three-layer --format md > three-layer.md
    """,
    epilog="""\b
Exit codes:
  0    explained, whatever the verdict
  2    there is no such case or claim, or the case file is at fault
  3    an internal error of Errata""",
)
@click.argument("case_name", metavar="CASE")
@click.argument("claim_id", metavar="[CLAIM]", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "md"]), default="text", show_default=True, help="Of output."
)
@click.option("--width", type=click.IntRange(min=40), metavar="N", help="Columns of text.  [default: the terminal's]")
def explain(case_name: str, claim_id: str | None, form: str, width: int | None) -> int:
    import shutil

    from verify.casefile import CaseFaults, load
    from verify.claims import Bench
    from verify.explain import explain_case, explain_claim, markdown, text, which

    try:
        case = load(which.case_file(case_name))
    except CaseFaults as bad:
        print_faults(bad.faults, err=True)
        return FAULT
    bench = Bench(case)
    blocks = list(explain_claim(bench, which.claim_in(case, claim_id)) if claim_id else explain_case(bench))
    columns = width or min(shutil.get_terminal_size((100, 24)).columns, 120)
    say((markdown.render(blocks) if form == "md" else text.render(blocks, columns)).rstrip("\n"))
    return AS_PINNED
