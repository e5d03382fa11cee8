"""The subcommands, one a file of that name: what the words on a command line mean; the work is done below."""

#: What ``errata --help`` says of each, in this order. A command is imported when it is asked for.
COMMANDS = {
    "audit": "Compare the functions of a library with what it documents.",
    "cache": "What is remembered of earlier runs.",
    "check": "Is a case well-formed? Nothing is judged.",
    "conform": "Compare a function that people run with a formula.",
    "coverage": "How much of a document is checked, and how strongly.",
    "derive": "Derive an expression; print the formulas or a program.",
    "diff": "Compare two runs: new, changed and mended findings.",
    "draft": "Write a starter case of each section of a document.",
    "explain": "Show a derivation step by step, how a claim got its verdict, or what a message means.",
    "lsp": "Serve an editor: faults, values and names as you write.",
    "new": "Write a commented starter case.",
    "pin": "Write verdicts that you have looked at into the case.",
    "plant": "Plant errors into what holds: how many are noticed?",
    "prove": "Prove or refute a formula or an inequality.",
    "read": "Read a formula in LaTeX, and show what it says.",
    "recheck": "Check the certificates of a results file again.",
    "report": "Write the reports again, from a results file.",
    "run": "Judge the claims, check the implementations.",
    "schema": "Print the JSON Schema of case files, for editors.",
}
