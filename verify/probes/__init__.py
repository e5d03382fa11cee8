"""Probes: what libraries do, as small functions in one table, for claims that no derivation decides (``probe: NAME`` in a case).

A family a file. A probe counts calls, nodes and tensors, and looks at values; never at time or memory. It sees the same on
every machine.
"""

from __future__ import annotations

from verify.probes import floats, graph, layers, listings, losses, modes, optimizers, second, shapes
from verify.probes.look import Absent, Observed, Probe

__all__ = ["PROBES", "Absent", "Observed", "Probe"]

_FAMILIES = (floats, losses, optimizers, layers, modes, graph, second, listings, shapes)

#: All probes by the name that a claim cites.
PROBES: dict[str, Probe] = {name: probe for family in _FAMILIES for name, probe in family.TABLE.items()}
