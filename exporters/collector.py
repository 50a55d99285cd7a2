"""The collector of cycles, held while much is made that stays and nothing that goes round in a circle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let the collector rest: it would walk all that is made again and again.

    What was made meanwhile joins the oldest objects unseen. As young ones, all of it would be walked at the next
    allocation, which costs a tenth of rendering a thousand districts.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.freeze()
            gc.unfreeze()
            gc.enable()
