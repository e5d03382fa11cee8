"""How text, tables and numbers are put into print: what explanations and reports have in common."""
