"""A Dask cluster as an executor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor

from verify.extras import missing

PATIENCE = 15  # seconds for the scheduler to answer


class NoCluster(Exception):
    """There is no cluster to work on; the message says why."""


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The executor of the cluster whose scheduler is at ``address``, such as ``tcp://10.0.0.1:8786``. Raises NoCluster."""
    try:
        from distributed import Client  # type: ignore[import-not-found,unused-ignore]  # optional
    except ImportError:
        raise NoCluster(missing("distributed")) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as why:
        raise NoCluster(f"there is no scheduler at {address}: {why}") from None
    with client:
        executor = client.get_executor(pure=False)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)
