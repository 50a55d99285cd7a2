"""Which target statements a finished file carries, found by their keys in its own parts."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporters.package import Package

# A key stands alone, as the value of an attribute (Word, PowerPoint) or as the text of a cell (Excel). A record's id
# that holds no dot is not found in a cell; sizes and numbers, which fill most attributes, are passed over quickly.
_KEY = re.compile(rb'["\'>]([a-z][a-z0-9_-]*\.[a-z0-9._-]+)(?=["\'<|])')


def count_statements(content: bytes, targets: Collection[str], template: Package) -> int:
    """Return how many of *targets* (their ids) have a key in the package *content*, which was made here.

    Parts that are carried from *template* byte for byte hold nothing of a pack and are not read.
    """
    from exporters.package import Package

    wanted = {target.encode(): target for target in targets}
    found: set[str] = set()
    with Package.written(content) as package:
        for name in package.names():
            if not name.endswith(".xml") or (name in template and template.raw(name) == package.raw(name)):
                continue
            for key in set(_KEY.findall(package.read(name))):
                record = wanted.get(key) or wanted.get(key.rpartition(b".")[0])
                if record is not None:
                    found.add(record)
    return len(found)
