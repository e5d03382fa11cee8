"""Property tests draw the same examples on every run, so that a run says something of the change and not of the draw.

``pytest --hypothesis-profile=explore --hypothesis-seed=N`` draws others, and more of them where a test sets no number.
"""

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("same")
