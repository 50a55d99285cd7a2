"""How it is said, in Chinese and English: quantities, words of strength, dates."""

from .labels import date, label, period
from .numbers import SYMBOL, amount, figure, phrase, pieces, plain
from .spacing import apart

__all__ = ["SYMBOL", "amount", "apart", "date", "figure", "label", "period", "phrase", "pieces", "plain"]
