"""Pins are two keys of a claim, and nothing else of the file changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verify.casefile import load
from verify.casefile.pins import Pin, PinError, items, owner, pinned

CASE = """\
# a case, by hand
title:   t       # two spaces too many
symbols: {x: 1, v: [1, 2]}

claims:
  # in braces
  - {id: a, of: x, prints: 1}   # right
  - {id: b, of: x, prints: 2, }
  - {id: c, of: x,
     prints: 3  # the third
    }
  - {id: [p, q], of: v, prints: [2, 3]}
  - id: d
    of: x      # as a block
    prints: 4
    # and a word after it

  - id: e
    of: x
    prints: 5
    note: |
      several
      lines

  - id: f
    of: >-
      x
    prints: 6
    verdict: truncated  # once
    because: it was
  - {id: g, of: x, prints: 7, verdict: wrong, because: 'it''s not', note: last}"""

EXPECTED = """\
# a case, by hand
title:   t       # two spaces too many
symbols: {x: 1, v: [1, 2]}

claims:
  # in braces
  - {id: a, of: x, prints: 1}   # right
  - {id: b, of: x, prints: 2, verdict: wrong, because: "it is: 1" }
  - {id: c, of: x,
     prints: 3, verdict: wrong, because: "it is: 1"  # the third
    }
  - {id: [p, q], of: v, prints: [2, 3], verdict: wrong, because: "it is: 1"}
  - id: d
    of: x      # as a block
    prints: 4
    verdict: wrong
    because: "it is: 1"
    # and a word after it

  - id: e
    of: x
    prints: 5
    note: |
      several
      lines
    verdict: wrong
    because: "it is: 1"

  - id: f
    of: >-
      x
    prints: 6
    verdict: wrong  # once
    because: "it is: 1"
  - {id: g, of: x, prints: 7, verdict: wrong, because: "it is: 1", note: last}"""

WRONG = Pin("wrong", "it is: 1")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_and_layout_stay(newline: str) -> None:
    text = CASE.replace("\n", newline)
    assert pinned(text, dict.fromkeys(range(1, 8), WRONG)) == EXPECTED.replace("\n", newline)
    assert pinned(text, {}) == text


def test_a_last_claim_without_a_newline_gets_lines_of_its_own() -> None:
    text = "title: t\nclaims:\n- id: a\n  of: 1\n  prints: 2"
    assert pinned(text, {0: WRONG}) == f'{text}\n  verdict: wrong\n  because: "it is: 1"'
    assert pinned(f"{text}\n", {0: WRONG}) == f'{text}\n  verdict: wrong\n  because: "it is: 1"\n'


@example("one\u2028two\x85three \ufeff \U0010ffff")
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_any_reason_is_read_back(reason: str) -> None:
    for text in ("claims: [{id: a, of: 1, prints: 2}]", "claims:\n  - id: a\n    of: 1\n    prints: 2\n"):
        made = pinned(text, {0: Pin("wrong", reason)})
        (node,) = items(made)
        assert {k.value: v.value for k, v in node.value}["because"] == reason


def test_places_belong_to_the_claim_that_they_lie_in(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(CASE)
    nodes = items(CASE)
    owners = [owner(nodes, c.place.line, c.place.column) for c in load(path).claims]
    assert owners == [0, 1, 2, 3, 3, 4, 5, 6, 7]


def test_a_block_of_text_is_left_alone() -> None:
    with pytest.raises(PinError, match="'because' on line 5 is a block of text"):
        pinned("claims:\n  - id: a\n    of: 1\n    verdict: wrong\n    because: |\n      long\n", {0: WRONG})
