"""The subcommands, one a file: what the words on a command line mean; the work is done below."""

from verify.commands import check, derive, explain, new, prove, report, run, schema

__all__ = ["check", "derive", "explain", "new", "prove", "report", "run", "schema"]
