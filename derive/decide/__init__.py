"""Deciding formulas: proof by normal form, refutation by exact counterexample, regions at kinks."""

from derive.decide.cascade import Decision, decide_equal

__all__ = ["Decision", "decide_equal"]
