"""What tests of living decks begin with: a deck as generated, and the same after one figure has moved."""

from __future__ import annotations

import pytest
from living_decks import data, render


@pytest.fixture(scope="module")
def base() -> bytes:
    return render(data())


@pytest.fixture(scope="module")
def ours() -> bytes:
    return render(data(d00001_gdp_growth="11.5"), 2)
