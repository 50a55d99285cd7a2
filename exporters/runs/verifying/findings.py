"""What a person should know of a pack that was verified."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "changed",
    "disagrees",
    "unknown-key",
    "missing",
    "no-evidence",
    "span",
    "orphan-number",
    "unreadable",
    "stale",
    "outdated",
]
BY_HAND = "changed by hand: "
"""How a message begins that tells an edit."""


class Finding(Struct, frozen=True):
    """One thing that a person should know of. ``error`` says that the pack does not prove what it shows."""

    kind: Kind
    file: str
    where: str
    key: str
    message: str
    error: bool = True
