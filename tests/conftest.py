"""Property tests draw the same examples on every run, so that a run says something of the change and not of the draw.

``pytest --hypothesis-profile=explore --hypothesis-seed=N`` draws others, and more of them where a test sets no number.
"""

import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("same")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("remembered")


NUMBERS = count()


@pytest.fixture(autouse=True)
def remembered(shelf: Path) -> Path:
    """Where the test's own results are remembered: none gets what another test, or the user, has found."""
    place = shelf / str(next(NUMBERS))
    os.environ["ERRATA_CACHE"] = str(place)
    return place
