"""The subcommands, one a file: what the words on a command line mean; the work is done below."""

from verify.commands import audit, check, conform, derive, explain, new, prove, report, run, schema

__all__ = ["audit", "check", "conform", "derive", "explain", "new", "prove", "report", "run", "schema"]
