"""Datasets that were read and found right before, kept between runs: reading text anew takes longer than all else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import msgpack

from exporters.cache import Store
from exporters.files import FACTOR
from exporters.model import Dataset

from .source_texts import SourceTexts

_MOST = 30
"""So many datasets are kept at most: each state of each file is one."""
_BYTES = 256 << 20
"""So much room they take at most."""


def kept(store: Store, raw: bytes, path: Path, texts: SourceTexts, read: Callable[[], Dataset]) -> Dataset:
    """Return what *read* makes of *raw*, the bytes of *path*: from *store*, where they came to it before.

    Whether a dataset is right also hangs on the stored *texts*: they are compared by their digests.
    """
    name = store.name("dataset", f"{path.suffix.lower()} {FACTOR}".encode(), raw)
    found = store.get(name)
    if found is not None:
        digests, dataset = msgpack.decode(found, type=tuple[dict[str, str], Dataset])
        texts.read(dataset)
        if texts.digests == digests:
            return dataset
    dataset = read()
    store.put(name, msgpack.encode((texts.digests, dataset)))
    store.keep_newest("dataset", _MOST, _BYTES)
    return dataset
