"""The suite: case files in, verdicts out, whatever happens to a single claim on the way."""

#: The class that does the work, 'module:Class'.
WORK = "verify.suite.worker:Work"
