"""How it is said, in Chinese and English: quantities, words of strength, dates."""

from .labels import coverage, date, label, period
from .numbers import (
    MIRRORED,
    SYMBOL,
    Saying,
    amount,
    figure,
    phrase,
    pieces,
    plain,
    quantity,
    rounded,
    saying,
    steady,
    unit_of,
)
from .spacing import apart

__all__ = [
    "MIRRORED",
    "SYMBOL",
    "Saying",
    "amount",
    "apart",
    "coverage",
    "date",
    "figure",
    "label",
    "period",
    "phrase",
    "pieces",
    "plain",
    "quantity",
    "rounded",
    "saying",
    "steady",
    "unit_of",
]
