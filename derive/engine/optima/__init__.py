"""Numbers that are least: linear programs exactly, convex problems by what is true of their minimizers, others by search."""
