"""What the data may hold and no shipped template prints can be said by a person's own template."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters.binding.scope import Scope
from exporters.load import load

ROOT = Path(__file__).resolve().parents[2]
EVENT = """
events:
  - {id: meeting, name: 年度工作会, level: district, date: 2026-01-15, time: 上午, host: 市委, source: plan}
"""


@pytest.fixture
def names(tmp_path):
    text = (ROOT / "data" / "sample-progress.yaml").read_text("utf-8")
    text = text.replace("office: {name:", "office: {contact: 值班室, name:", 1)
    assert text.count("\n    indicator: ") > 1
    text = text.replace("\n    indicator: ", "\n    indicator_raw: 经济总量\n    indicator: ", 1)
    path = tmp_path / "data.yaml"
    text = text.replace("\nevents:\n", EVENT, 1)
    path.write_text(text, "utf-8")
    return Scope(load(path), "zh").names()


def test_contact_indicator_as_worded_and_the_conference(names):
    assert names["pack"].contact == "值班室"
    assert [target.indicator_raw for target in names["targets"]][:2] == ["经济总量", ""]
    event = names["events"][0]
    assert (event.time, event.level, event.host, event.source.title) == (
        "上午",
        "区",
        "市委",
        names["sources"][0].title,
    )
