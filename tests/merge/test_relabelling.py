"""A person calls a figure otherwise: it goes on following the data, as long as no other can be meant."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters.merge import merge
from exporters.merge.prose import relabelled
from exporters.snapshot import MARK, Group, Item, SetSlot, Slot, SlotKind, Snapshot


def text(said: str, kind: SlotKind = SlotKind.VALUE) -> Snapshot:
    return Snapshot("deck", (Group("s", "s", (Item("i", "i", (Slot("i", said, "i", kind),)),)),))


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "result"),
    [
        ("GDP目标8%", "经济总量目标8%", "GDP目标9%", "经济总量目标9%"),
        ("GDP目标8%以上", "经济总量：8%以上（待核）", "GDP目标9%", "经济总量：9%（待核）"),
        (
            f"GDP{MARK}a.value{MARK}",
            f"经济总量{MARK}a.value{MARK}",
            f"GDP{MARK}a.text{MARK}",
            f"经济总量{MARK}a.text{MARK}",
        ),
        ("GDP target 8%", "Growth of the economy: 8%", "GDP target 9%", "Growth of the economy: 9%"),
    ],
)
@pytest.mark.parametrize("kind", [SlotKind.VALUE, SlotKind.PROSE])
def test_the_figure_follows(base: str, theirs: str, ours: str, result: str, kind: SlotKind):
    plan = merge(text(base, kind), text(theirs, kind), text(ours, kind))
    assert not plan.conflicts
    assert [edit.new for edit in plan.edits if isinstance(edit, SetSlot)] == [result]


@pytest.mark.parametrize(
    ("base", "theirs", "ours"),
    [
        ("GDP目标8%", "经济总量目标7%", "GDP目标9%"),  # another figure
        ("GDP目标8%", "经济总量目标8%—10%", "GDP目标9%"),  # a range made of it
        ("GDP目标8%", "经济总量目标18%", "GDP目标9%"),
        ("GDP目标8%", "2023年经济总量目标8%", "GDP目标9%"),  # two figures
        ("GDP目标8%", "经济总量目标", "GDP目标9%"),
        ("GDP目标8%，固投5%", "经济总量8%", "GDP目标9%，固投5%"),
        ("GDP目标8%", "经济总量目标8%", "GDP增速9%"),  # reworded by the data too
        ("8%", "约8%", "9%"),  # no words of the data's
    ],
)
def test_all_else_is_told(base: str, theirs: str, ours: str):
    assert relabelled(base, theirs, ours) is None
    assert merge(text(base), text(theirs), text(ours)).conflicts


labels = st.sampled_from(["甲", "乙", "甲增长", "乙达", "其中", "约", "，", "。", " ", "—", "至", "GDP"])
figures = st.sampled_from(["5", "8", "10%", "9%以上", "12亿元", "5.5"])
pieces = st.lists(labels | figures, max_size=6).map("".join)


@settings(max_examples=1000)
@given(pieces, pieces, pieces)
def test_nothing_but_the_figure_changes(base: str, theirs: str, ours: str):
    found = relabelled(base, theirs, ours)
    if found is not None:
        (old,), (new,), (now,) = (FIGURE.findall(one) for one in (base, ours, theirs))
        assert old == now
        assert found.text == theirs.replace(now, new, 1)


FIGURE = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?(?:%|亿元)?(?:以上)?")


@pytest.mark.parametrize(
    ("theirs", "ours", "result"),
    [
        ("GDP增长７％，固投1１.５％", "GDP增长8%，固投11.5%", "GDP增长8%，固投11.5%"),
        ("GDP增长7％，固投11．5％", "GDP增长7%，固投11.5%", ""),
        ("GDP提高7％，固投11.5％", "GDP增长8%，固投11.5%", "GDP提高8%，固投11.5%"),
    ],
    ids=["figures again", "nothing moved", "a word replaced as well"],
)
def test_wide_characters_make_no_other_figure(theirs: str, ours: str, result: str):
    kind = SlotKind.PROSE
    plan = merge(text("GDP增长7%，固投11.5%", kind), text(theirs, kind), text(ours, kind))
    assert not plan.conflicts
    assert [edit.new for edit in plan.edits if isinstance(edit, SetSlot)] == [result] * bool(result)
