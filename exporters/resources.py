"""What travels with the tool: template sets and sample datasets, in the wheel or in the checkout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from exporters.errors import BriefpackError, Fault

_PACKAGE = Path(__file__).resolve().parent
_WHEEL = _PACKAGE / "_shipped"

DEFAULT_DATASET = "guangzhou-2023"
DEFAULT_TEMPLATES = "standard"


def is_checkout() -> bool:
    """Whether the tool runs from its source tree, where its code may change without a new version."""
    return not _WHEEL.is_dir()


def folder(kind: str) -> Path:
    """Return the shipped folder ``templates`` or ``data``; raise BriefpackError where the installation lacks it."""
    found = _place(kind)
    if not found.is_dir():
        raise BriefpackError(Fault("no-resource", f"this installation of briefpack holds no {kind}", hint="reinstall"))
    return found


def _place(kind: str) -> Path:
    return (_PACKAGE.parent if is_checkout() else _WHEEL) / kind


def is_shipped(templates: Path) -> bool:
    """Whether a folder of templates is one of the shipped sets."""
    return templates.resolve().parent == _place("templates").resolve()


def template_sets() -> list[str]:
    """Return the names of the shipped template sets."""
    root = folder("templates")
    return sorted(entry.name for entry in root.iterdir() if any((entry / lang).is_dir() for lang in ("zh", "en")))


def datasets() -> dict[str, Path]:
    """Return the shipped datasets by name."""
    return {entry.stem: entry for entry in sorted(folder("data").glob("*.yaml"))}


@cache
def fingerprint() -> str:
    """Return what tells one state of the tool's code from another: its version and a digest of what its files are."""
    import hashlib

    from exporters import __version__

    seen = _times() if is_checkout() else _recorded(__version__)
    digest = hashlib.blake2b("\n".join(seen).encode(), digest_size=6)
    return f"{__version__}-{digest.hexdigest()}"


def _times() -> Iterator[str]:
    """Yield the time and size of each module of a checkout, where code changes without notice."""
    for root, folders, files in os.walk(_PACKAGE):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            if name.endswith(".py"):
                status = Path(root, name).stat()
                yield f"{name} {status.st_mtime_ns} {status.st_size}"


def _recorded(version: str) -> Iterator[str]:
    """Yield the digests of the modules that the installer noted: two wheels may bear one version."""
    record = _PACKAGE.parent / f"briefpack-{version}.dist-info" / "RECORD"
    if record.is_file():
        yield from (line for line in record.read_text("utf-8").splitlines() if ".py,sha256=" in line)
