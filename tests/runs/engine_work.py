"""Work for the engines' tests; in a module of its own, since workers import it by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def double(common: int, order: int) -> int:
    return common * order


def dies_once(common: str, order: int) -> int:
    """Kill the worker at every seventh order, the first time that it is tried."""
    mark = Path(common, str(order))
    if order % 7 == 3 and not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return order


def always_dies(common: str, order: int) -> int:
    if order == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return order


def slow(common: int, order: int) -> int:
    time.sleep(0.2)
    return common * order
