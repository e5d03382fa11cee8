"""The suite: case files in, verdicts out, whatever happens to a single claim on the way."""
