"""The doors of Errata: its command, and its plugin for pytest. They stand outside of ``derive`` and ``verify``, as other
distributions have packages of these names: where one of those is in the way, the doors still open, and say so."""
