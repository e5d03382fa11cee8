"""Expressions: shapes, operators, the graph of shared nodes, composites, conditions. Knows no text, no calculus, no proofs."""
