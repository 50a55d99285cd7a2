"""How many of a dataset's target statements a finished file states, found in its own parts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exporters.package.xmltext import unescaped

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.package import Package
    from exporters.registry import Exporter

# A key stands alone, as the value of an attribute (Word, PowerPoint) or as the text of a cell (Excel). A record's id
# that holds no dot is not found in a cell; sizes and numbers, which fill most attributes, are passed over quickly.
_KEY = re.compile(rb'["\'>]([a-z][a-z0-9_-]*\.[a-z0-9._-]+)(?=["\'<|])')
_PARAGRAPH = re.compile(r"<(a|w):p[ >].*?</\1:p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")

Wording = tuple[str, str, str]
"""What a statement is of and how much, bare (-1.5%) and with its verb (下降1.5%)."""


class Statements:
    """The target statements of a pack, as its files name and word them."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._ids = {target.id.encode(): target.id for target in scope.dataset.targets}

    def count(self, content: bytes, template: Package, room: Exporter) -> int:
        """Return how many statements the package *content* states, which *room* made here.

        A file states a target where it carries a key of it, or says in one paragraph what it is of and how much: so the
        notes of a slide, in which nothing is bound, count. Parts that are carried from *template* byte for byte hold
        nothing of a pack and are not read.
        """
        from exporters.package import Package

        with Package.written(content) as package:
            own = [name for name in package.names() if name.endswith(".xml") and not package.has_same(name, template)]
            keyed: set[str] = set()
            # Mostly the largest part holds them all.
            for name in sorted(own, key=package.size, reverse=True):
                keyed |= self._of(set(_KEY.findall(package.read(name))))
                if len(keyed) == len(self._ids):
                    return len(keyed)
            keys: Any = getattr(room, "keys", None)
            if keys is not None:
                keyed |= self._of(key.encode() for key in keys(package))
            unkeyed = [one for one, targets in self._wordings.items() if not keyed.issuperset(targets)]
            said = _said(unkeyed, (package.read(name).decode("utf-8", "replace") for name in own))
        return sum(
            max(sum(target in keyed for target in targets), min(len(targets), said[wording]))
            for wording, targets in self._wordings.items()
        )

    def _of(self, keys: Iterable[bytes]) -> set[str]:
        """Return the targets that *keys* are of."""
        found = (self._ids.get(key) or self._ids.get(key.rpartition(b".")[0]) for key in keys)
        return {target for target in found if target is not None}

    @cached_property
    def _wordings(self) -> Mapping[Wording, list[str]]:
        """The targets by how they are worded."""
        found: dict[Wording, list[str]] = defaultdict(list)
        for view in self._scope.names()["targets"]:
            found[str(view.label), str(view.text), str(view.phrase)].append(view.key)
        return found


def _said(sought: Iterable[Wording], parts: Iterable[str]) -> Counter[Wording]:
    """Return how many paragraphs say each of the wordings that are *sought*."""
    wordings: dict[str, list[Wording]] = defaultdict(list)
    for wording in sought:
        wordings[wording[0]].append(wording)
    found: Counter[Wording] = Counter()
    for paragraph in (found for part in parts for found in _PARAGRAPH.finditer(part)):
        said = unescaped(_TAG.sub("", paragraph[0]))
        for label, of_label in wordings.items():
            if label in said:
                found.update(one for one in of_label if one[1] in said or one[2] in said)
    return found
