"""Programs in the form that Python runs, kept beside the compiled templates that they belong to.

Turning a program into Python takes most of the time of a small build.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable
from types import CodeType

import jinja2

from exporters.cache import Store

_MOST = 5_000
"""So many programs are kept at most; the three templates of a set have some twenty."""
_BYTES = 256 << 20
"""So much room they take at most."""


def code(store: Store, source: str, filters: Iterable[str], make: Callable[[], CodeType]) -> CodeType:
    """Return the code of *source*, made by *make* where the store does not hold it.

    It is kept by the program's text, the names of its filters and Jinja2's version; that the store is of one state of
    the tool tells one generator from another.
    """
    made_from = repr((jinja2.__version__, *sorted(filters)))
    name = store.name("code", source.encode("utf-8", "surrogatepass"), made_from.encode())
    kept = store.get(name)
    if kept is not None:
        found = marshal.loads(kept)
        if isinstance(found, CodeType):
            return found
    made = make()
    store.put(name, marshal.dumps(made))
    store.keep_newest("code", _MOST, _BYTES)
    return made
