"""The subcommands, one a file: what the words on a command line mean; the work is done below."""

from verify.commands import check, conform, derive, explain, new, prove, report, run, schema

__all__ = ["check", "conform", "derive", "explain", "new", "prove", "report", "run", "schema"]
