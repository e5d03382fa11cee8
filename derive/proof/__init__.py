"""The trusted core: what a theorem says (``sequent``), why it is one (``certificates``), and the one place that decides that
(``check``). Nothing here searches, and nothing above this room is imported: what the engine gets wrong is rejected here.
"""
