"""``errata explain``: a derivation step by step, and how a claim got its verdict."""

from __future__ import annotations

import re

import click

from derive.errors import nearest
from verify import messages
from verify.commands.frame import AS_PINNED, FAULT, Fault, command, print_faults, say
from verify.places import PlaceError


def _codes(context: click.Context, option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        kinds = list(messages.KINDS)
        for m in sorted(messages.table().values(), key=lambda m: (kinds.index(m.code[0]), m.code)):
            say(f"{m.code}  {m.name:<16}  {m.says}")
        context.exit()


def _message(word: str, claim: str | None, columns: int) -> int:
    found = messages.named(word)
    if found is None:
        raise Fault(f"no message has the code '{word}'{nearest(word.upper(), messages.table())}; --codes lists them")
    if claim is not None:
        raise Fault(f"'{word}' is the code of a message; a case of that name is given by its file")
    for line in messages.told(found, columns):
        say(line)
    return AS_PINNED


@command(
    """Show the derivation of a case step by step, as a person would write it; of a claim, how it got its verdict; of the
    code of a message, what it means.

    CASE is a case file, or the name of a case of the library. Without CLAIM: the whole case. With it: the
    definitions it stands on, the steps that lead to it, the exact value or the proof, and where an error started.
    CODE is a letter and three digits, as messages end with and formats for machines call the rule. A case of such a name
    is given by its file.

    \b
    Examples:
      errata explain 2.8-three-layer
      errata explain cases/understanding-neural-networks/2.8-three-layer.yaml t2.5-s20
      errata explain 2.7-single-neuron t2.2-s11    an inherited digit
      errata explain 2.8-three-layer --format md > three-layer.md
      errata explain V106                          what a truncated number is
    """,
    epilog="""\b
Exit codes:
  0    explained, whatever the verdict
  2    there is no such case or claim, or the case file is at fault
  3    an internal error of Errata""",
)
@click.argument("case_name", metavar="CASE|CODE")
@click.argument("claim_id", metavar="[CLAIM]", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "md"]), default="text", show_default=True, help="Of output."
)
@click.option("--width", type=click.IntRange(min=40), metavar="N", help="Columns of text.  [default: the terminal's]")
@click.option(
    "--codes", is_flag=True, is_eager=True, expose_value=False, callback=_codes, help="List the codes of messages."
)
def explain(case_name: str, claim_id: str | None, form: str, width: int | None) -> int:
    import shutil

    columns = width or min(shutil.get_terminal_size((100, 24)).columns, 120)
    if re.fullmatch("[A-Za-z][0-9]{3}", case_name):
        return _message(case_name, claim_id, columns)

    from verify.casefile import CaseFaults, load
    from verify.claims import CaseContext
    from verify.explain import explain_case, explain_claim, markdown, text, which

    try:
        try:
            path = which.case_file(case_name)
        except PlaceError:
            if messages.named(case_name) is None:
                if claim_id is None and not re.search(r"[./\\]", case_name):
                    say("`errata explain --codes` lists the codes and words of messages", err=True)
                raise
            return _message(case_name, claim_id, columns)  # a word of the table, and no case
        case = load(path)
    except CaseFaults as bad:
        print_faults(bad.faults, err=True)
        return FAULT
    context = CaseContext(case)
    blocks = list(explain_claim(context, which.claim_in(case, claim_id)) if claim_id else explain_case(context))
    say((markdown.render(blocks) if form == "md" else text.render(blocks, columns)).rstrip("\n"))
    return AS_PINNED
