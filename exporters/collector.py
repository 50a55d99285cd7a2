"""The collector of cycles, held while much is made that stays and nothing that goes round in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MUCH = 20_000
"""So many new objects are worth sparing the collector."""


class _Aged:
    """Whether something was made too old for the collector to come by on its own."""

    now = False


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let the collector rest: it would walk all that is made again and again.

    What was made meanwhile, if it is much, joins the oldest objects unseen. As young ones, all of it would be walked at
    the next allocation, which costs a tenth of rendering a thousand districts. A process that makes one thing after the
    other calls :func:`swept` in between, for nobody else looks at the oldest.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if gc.get_count()[0] > _MUCH:
                gc.freeze()
                gc.unfreeze()
                _Aged.now = True
            gc.enable()


def swept() -> None:
    """Free what went round in circles and was made too old to be seen, if there is any."""
    if _Aged.now:
        _Aged.now = False
        gc.collect()
