"""Tests, in the places of what they test. What they share is in ``banks/``."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
