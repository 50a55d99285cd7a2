"""The laws of the three-way merge, for any texts."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from exporters.merge import Overrides, canonical, merge, merge_prose, merge_value, upgrade
from exporters.merge.values import Merged
from exporters.snapshot import Group, InsertItem, Item, Plan, RemoveItem, SetSlot, Slot, SlotKind, Snapshot

words = st.sampled_from(
    ["GDP", "增长", "10%", "9%", "以上", "。", "，", "7.5%", "730亿元", "力争", "the ", "1,200", " ", "\n", "！"]
)
texts = st.lists(words, max_size=12).map("".join) | st.text(max_size=20)
merges = st.sampled_from([merge_value, merge_prose])


@given(merges, texts, texts)
def test_untouched_takes_the_new(merge_text, base, ours):
    assert merge_text(base, base, ours).text == ours
    assert not merge_text(base, base, ours).conflict


@given(merges, texts, texts)
def test_unmoved_data_leaves_the_edit(merge_text, base, theirs):
    assert canonical(merge_text(base, theirs, base).text) == canonical(theirs)
    assert not merge_text(base, theirs, base).conflict


@given(merges, texts, texts)
def test_same_change_on_both_sides_is_silent(merge_text, base, both):
    merged = merge_text(base, both, both)
    assert (merged.text, merged.conflict) == (both, False)


@given(texts, texts, texts)
def test_a_value_conflict_keeps_theirs(base, theirs, ours):
    merged = merge_value(base, theirs, ours)
    if merged.conflict:
        assert merged.text == theirs
        assert len({canonical(base), canonical(theirs), canonical(ours)}) == 3


@given(texts, texts, texts)
def test_a_second_run_changes_nothing(base, theirs, ours):
    for merge_text in (merge_value, merge_prose):
        first = merge_text(base, theirs, ours)
        # Settled: the next base is ours. Open: the base stays, and the conflict recurs on the same text.
        second = merge_text(base if first.conflict else ours, first.text, ours)
        assert second.text == first.text
        assert second.conflict == first.conflict


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
clauses = st.lists(
    st.sampled_from(
        [
            "8",
            "18",
            "10%",
            "110%",
            "9%以上",
            "50%",
            "150%以上",
            "—",
            "约",
            "个",
            "增长",
            "、",
            "2 targets",
            "。",
            "，",
            " ",
        ]
    ),
    max_size=8,
).map("".join)


@settings(max_examples=1000)
@given(clauses, clauses, clauses)
def test_no_number_comes_out_that_nobody_wrote(base, theirs, ours):
    written = {*_NUMBER.findall(theirs), *_NUMBER.findall(ours)}
    merged = merge_prose(base, theirs, ours)
    assert {*_NUMBER.findall(merged.text)} <= written


@pytest.mark.parametrize(
    ("base", "theirs", "ours"),
    [
        ("50%以上", "150%以上", "60%以上"),
        ("2 targets.", "12 targets.", "3 targets."),
        ("8个区公布GDP增速", "18个区公布GDP增速", "7个区公布GDP增速"),
        ("10%", "3%—10%", "9%"),
        ("10%", "10%至12%", "9%"),
    ],
)
def test_a_number_that_grew_around_the_old_one_is_a_conflict(base, theirs, ours):
    assert merge_prose(base, theirs, ours) == Merged(theirs, conflict=True)


def snapshot(rows: dict[str, dict[str, str]]) -> Snapshot:
    items = tuple(
        Item(name, f"at-{name}", tuple(Slot(key, text, f"{name}/{key}") for key, text in slots.items()))
        for name, slots in rows.items()
    )
    return Snapshot("word", (Group("body", "body", items),))


rows = st.dictionaries(
    st.sampled_from("abcdefgh"), st.dictionaries(st.sampled_from(["v", "w"]), words, min_size=1, max_size=2), max_size=6
).map(lambda found: {name: {f"{name}.{key}": text for key, text in slots.items()} for name, slots in found.items()})


def apply(plan: Plan, theirs: Snapshot, ours: Snapshot) -> dict[str, dict[str, str]]:
    """Carry a plan out on plain dictionaries, as a format would on its file."""
    found = {item.id: {slot.key: slot.text for slot in item.slots} for item in theirs.groups[0].items}
    new = {item.at: (item.id, {slot.key: slot.text for slot in item.slots}) for item in ours.groups[0].items}
    for edit in plan.edits:
        if isinstance(edit, SetSlot):
            name, key = edit.at.split("/")
            found[name][key] = edit.new
        elif isinstance(edit, InsertItem):
            name, slots = new[edit.source]
            found[name] = slots
        else:
            found.pop(edit.id)
    return found


def plain(snap: Snapshot) -> dict[str, dict[str, str]]:
    return {item.id: {slot.key: slot.text for slot in item.slots} for item in snap.groups[0].items}


@given(rows, rows)
def test_untouched_file_becomes_the_new_render(base, ours):
    first, third = snapshot(base), snapshot(ours)
    plan = merge(first, first, third)
    assert not plan.conflicts
    result = apply(plan, first, third)
    assert set(result) == set(ours)
    for name, slots in result.items():
        for key, text in slots.items():
            assert text == ours[name].get(key, text)


@given(rows, rows)
def test_edited_file_stays_while_data_stands(base, theirs):
    first, second = snapshot(base), snapshot(theirs)
    plan = merge(first, second, first)
    edits = [edit for edit in plan.edits if isinstance(edit, SetSlot)]
    assert all(canonical(edit.old) == canonical(edit.new) for edit in edits) and len(edits) == len(plan.edits)
    assert not plan.conflicts


@given(rows, rows, rows)
def test_nothing_of_theirs_is_lost_unreported(base, theirs, ours):
    first, second, third = snapshot(base), snapshot(theirs), snapshot(ours)
    plan = merge(first, second, third)
    result = apply(plan, second, third)
    for name, slots in theirs.items():
        for key, text in slots.items():
            untouched = canonical(base.get(name, {}).get(key, "\0")) == canonical(text)
            stays = result.get(name, {}).get(key) == text
            same = canonical(ours.get(name, {}).get(key, "\0")) == canonical(text)
            assert untouched or stays or same or not canonical(text) or is_filled_down(theirs, key.removeprefix(name))


def is_filled_down(rows: dict[str, dict[str, str]], column: str) -> bool:
    """Whether a column says the same in every row of several: that is about no row, and goes with those that go."""
    said = {slots.get(f"{name}{column}") for name, slots in rows.items()}
    return len(rows) > 2 and len(said) == 1 and None not in said


def test_new_items_land_beside_their_neighbours():
    base = snapshot({"a": {"a.v": "1"}, "c": {"c.v": "3"}})
    ours = snapshot({"a": {"a.v": "1"}, "b": {"b.v": "2"}, "c": {"c.v": "3"}, "d": {"d.v": "4"}})
    inserts = [edit for edit in merge(base, base, ours).edits if isinstance(edit, InsertItem)]
    assert [(edit.id, edit.after) for edit in inserts] == [("b", "at-a"), ("d", "at-c")]


def test_a_deleted_value_is_never_resurrected():
    base = snapshot({"a": {"a.v": "1"}, "b": {"b.v": "2"}})
    theirs = snapshot({"a": {"a.v": "1"}})
    same = merge(base, theirs, base)
    assert (same.edits, same.conflicts) == ((), ())
    moved = merge(base, theirs, snapshot({"a": {"a.v": "1"}, "b": {"b.v": "9"}}))
    assert moved.edits == ()
    assert [(found.key, found.reason) for found in moved.conflicts] == [("b", "deleted-changed")]


def test_every_copy_of_a_value_updates():
    base = snapshot({"a": {"a.v": "10%"}})
    copies = Snapshot("word", base.groups, loose=(Slot("a.v", "10%", "copy"),))
    plan = merge(base, copies, snapshot({"a": {"a.v": "9%"}}))
    sets = [(edit.at, edit.new) for edit in plan.edits if isinstance(edit, SetSlot)]
    assert sets == [("a/a.v", "9%"), ("copy", "9%")]


def test_reworded_sentence_takes_the_new_value():
    base = "南沙经济增长10%以上。投资增长30%。"
    theirs = "南沙今年经济力争增长10%以上，领跑全市。投资增长30%。"
    ours = "南沙经济增长9%以上。投资增长35%。"
    assert merge_prose(base, theirs, ours).text == "南沙今年经济力争增长9%以上，领跑全市。投资增长35%。"
    assert not merge_prose(base, theirs, ours).conflict


def test_wording_changed_on_both_sides_conflicts_but_values_flow():
    merged = merge_prose("经济增长10%。", "经济力争增长10%。", "今年经济预计增长9%。")
    assert merged.conflict
    assert merged.text == "经济力争增长9%。"


def test_where_the_data_drops_figures_of_a_reworded_sentence_none_flows():
    base = "固投增长8%以上、社零总额1600亿元、外贸进出口980亿元左右"
    theirs, ours = base.replace("增长", "上涨"), "固投增长12%以上、社零总额2400.0亿元"
    assert merge_prose(base, theirs, ours) == Merged(theirs, conflict=True)


def test_appended_sentence_and_moved_number():
    merged = merge_prose("增长10%。", "增长10%。请各区核对。", "增长9%。")
    assert (merged.text, merged.conflict) == ("增长9%。请各区核对。", False)


def test_too_many_lost_anchors():
    base = snapshot({name: {f"{name}.v": "1"} for name in "abcdefghij"})
    theirs = snapshot({name: {f"{name}.v": "1"} for name in "abcdefg"})
    assert merge(base, theirs, base).lost_too_much
    assert not merge(base, base, base).lost_too_much


def test_an_open_conflict_recurs_with_its_old_base():
    base, theirs, ours = (snapshot({"a": {"a.v": text}}) for text in ("10%", "12%", "9%"))
    first = merge(base, theirs, ours)
    assert [found.key for found in first.conflicts] == ["a.v"]
    again = merge(ours, theirs, ours, Overrides.of(first.conflicts))
    assert [found.key for found in again.conflicts] == ["a.v"]
    assert not merge(ours, theirs, ours).conflicts


def test_prose_slot_is_merged_by_sentence():
    def one(text: str) -> Snapshot:
        return Snapshot("deck", (Group("s", "s", (Item("i", "i", (Slot("t", text, "x", SlotKind.PROSE),)),)),))

    plan = merge(one("甲10%。乙5%。"), one("甲10%。乙5%。丙。"), one("甲9%。乙5%。"))
    assert [edit.new for edit in plan.edits if isinstance(edit, SetSlot)] == ["甲9%。乙5%。丙。"]


def unit_of(texts: dict[str, str]) -> Snapshot:
    items = (Item(name, name, (Slot(f"{name}.v", text, name),), unit="section") for name, text in texts.items())
    return Snapshot("word", (Group("body", "body", tuple(items)),))


def test_a_section_is_dropped_whole_or_not_at_all():
    base = unit_of({"heading": "南沙", "goal": "10%"})
    ours = unit_of({"other": "1"})
    assert {edit.id for edit in merge(base, base, ours).edits if isinstance(edit, RemoveItem)} == {"heading", "goal"}
    plan = merge(base, unit_of({"heading": "南沙", "goal": "12%"}), ours)
    assert not any(isinstance(edit, RemoveItem) for edit in plan.edits)
    assert [(found.key, found.reason) for found in plan.conflicts] == [("section", "changed-dropped")]
    # It stays one conflict while nobody settles it, and who settles for the data lets all of it go.
    held = unit_of({"heading": "南沙", "goal": "12%", "other": "1"})
    again = merge(ours, held, ours, Overrides.of(plan.conflicts))
    assert [(found.key, found.theirs) for found in again.conflicts] == [("section", "南沙\n12%")]
    settled = Overrides.of(replace(one, base=one.theirs) for one in again.conflicts)
    assert {edit.id for edit in merge(ours, held, ours, settled).edits} == {"heading", "goal"}


def test_what_editors_work_out_themselves_is_followed_or_left_in_silence():
    def pages(text: str) -> Snapshot:
        slots = (Slot("page", text, "page", SlotKind.DERIVED),)
        return Snapshot("word", (Group("contents", "c", (Item("entry", "entry", slots),)),))

    assert [edit.new for edit in merge(pages("5"), pages("5"), pages("6")).edits] == ["6"]
    left = merge(pages("5"), pages("7"), pages("6"))
    assert (left.edits, left.conflicts, left.kept, left.anchors) == ((), (), (), 0)
    gone = merge(pages("5"), Snapshot("word", ()), pages("6"))
    assert (gone.edits, gone.conflicts) == ((), ())


def test_what_people_put_beside_an_item_holds_it():
    def note(text: str) -> Snapshot:
        slots = (Slot("v", "1", "v"), Slot("+", text, "+", SlotKind.FOREIGN))
        return Snapshot("word", (Group("body", "b", (Item("goal", "goal", slots),)),))

    plan = merge(note(""), note("请核对"), Snapshot("word", (Group("body", "b"),)))
    assert plan.edits == ()
    assert [found.reason for found in plan.conflicts] == ["changed-dropped"]


def test_sentences_put_behind_do_not_hold_up_a_new_wording():
    base = "共有3个区。甲、乙均已提出目标。"
    theirs = base + "请各区核对。"
    ours = "共有4个区。甲、乙、丙均已提出目标。"
    merged = merge_prose(base, theirs, ours)
    assert (merged.text, merged.conflict) == (ours + "请各区核对。", False)
    merged = merge_prose(base, "各区已经报送。甲、乙均已提出目标。", base + "另有1个区未报。")
    assert (merged.text, merged.conflict) == ("各区已经报送。甲、乙均已提出目标。另有1个区未报。", False)


COUNTS = "截至6月30日，18项有实际值：7项已达到，3项跟上时序，8项落后（按时间过去的比例）。"
LATER = "截至6月30日，25项有实际值：8项已达到，3项跟上时序，14项落后（按时间过去的比例）。"


@given(st.integers(0, len(COUNTS)), st.sampled_from(["（手写）", "据报，", " HAND"]))
def test_words_put_anywhere_let_all_figures_flow_or_none(at, words):
    theirs = COUNTS[:at] + words + COUNTS[at:]
    merged = merge_prose(COUNTS, theirs, LATER)
    figures = [[one for one in text if one.isdigit()] for text in (merged.text, theirs, LATER)]
    assert figures[0] in figures[1:]
    assert words in merged.text
    assert merged.conflict == (figures[0] != figures[2])


def test_figures_that_change_places_do_not_run_into_each_other():
    merged = merge_prose(COUNTS, "18项中，7项已达到。", LATER)
    assert merged.text == "25项中，8项已达到。" or (merged.text == "18项中，7项已达到。" and merged.conflict)


def test_words_around_a_whole_sentence_take_its_new_wording():
    base, ours = "1 district has no source; weigh it", "2 districts have no source; weigh each"
    assert merge_prose(base, f"Note: {base} HAND", ours).text == f"Note: {ours} HAND"


def test_a_column_filled_down_does_not_hold_a_row_that_the_data_dropped():
    def table(rows: str, own: str | None = None) -> Snapshot:
        """A table of *rows*, with a column of a person's own that says something in the rows *own*."""
        items: list[Item] = []
        for row in rows:
            slots = [Slot(f"{row}.v", row, f"t!v{row}")]
            if own is not None:
                slots.append(Slot(f"{row}.own", "=#*2" if row in own else "", f"t!own{row}"))
            items.append(Item(row, f"t!{row}", tuple(slots), removable=True))
        return Snapshot("workbook", (Group("t", "t", tuple(items), keeps=True),))

    base, ours = table("abcd"), table("abc")
    filled = merge(base, table("abcd", own="abcd"), ours)
    assert filled.edits == (RemoveItem("d", "t!d"),)
    assert not filled.conflicts
    typed = merge(base, table("abcd", own="d"), ours)
    assert not typed.edits
    assert [(one.key, one.reason) for one in typed.conflicts] == [("d", "changed-dropped")]


CLAUSES = st.lists(st.sampled_from(["5", "8", "10", "5.5", "12"]), min_size=2, max_size=4)
NAMES = "甲乙丙丁"


@st.composite
def edited_clauses(draw):
    """A sentence of clauses with equal figures among them, what a person made of it, and what the data makes of it."""
    verb, comma, unit = draw(st.tuples(*map(st.sampled_from, (("增长", "达"), "，、；", ("%", "亿元", "%以上")))))
    base = list(zip(NAMES, draw(CLAUSES), strict=False))
    ours = [(name, draw(st.sampled_from([value, "6", "8", "12"]))) for name, value in base]
    theirs = list(base)
    one, other = draw(st.permutations(range(len(base))))[:2]
    edit = draw(st.sampled_from(["none", "swap", "delete", "add", "copy", "exchange"]))
    if edit == "swap":
        theirs[one], theirs[other] = theirs[other], theirs[one]
    elif edit == "delete":
        del theirs[one]
    elif edit == "add":
        theirs.insert(other, ("己", draw(st.sampled_from(["5", "9"]))))
    elif edit == "copy":
        theirs.insert(other, theirs[one])
    elif edit == "exchange":
        first, second = theirs[one], theirs[other]
        theirs[one], theirs[other] = (first[0], second[1]), (second[0], first[1])
    before, behind = draw(st.tuples(st.sampled_from(["", "按计划，"]), st.sampled_from(["", "，请核对"])))

    def said(clauses):
        return comma.join(f"{name}{verb}{value}{unit}" for name, value in clauses)

    return (base, theirs, ours), (said(base) + "。", f"{before}{said(theirs)}{behind}。", said(ours) + "。"), verb


@given(edited_clauses())
def test_no_figure_comes_to_stand_for_another_thing(found):
    """Equal digits say nothing of what a figure is for: the words around it do."""
    (base, theirs, ours), texts, verb = found
    merged = merge_prose(*texts)
    typed = {name: {value for one, value in theirs if one == name} - {dict(base).get(name)} for name, _ in theirs}
    for name, value in re.findall(rf"([甲乙丙丁己]){verb}([\d.]+)", merged.text):
        if merged.conflict:
            assert (name, value) in {*theirs, *ours}
        else:
            assert value in {dict(ours).get(name), *typed[name]}


def test_a_figure_whose_clause_was_deleted_does_not_go_to_its_neighbour():
    base, ours = "社零总额1600亿元、外贸进出口1600亿元", "社零总额1700亿元、外贸进出口1600亿元"
    assert merge_prose(base, "外贸进出口1600亿元", ours) == Merged("外贸进出口1600亿元", conflict=True)
    assert (
        merge_prose(base, "外贸进出口1600亿元、社零总额1600亿元", ours).text == "外贸进出口1600亿元、社零总额1700亿元"
    )


def test_an_open_conflict_does_not_hold_up_the_other_places_of_its_figure():
    def said(first: str, second: str) -> Snapshot:
        return snapshot({"card": {"goal.text": first}, "row": {"goal.text": second}})

    first = merge(said("7%", "7%"), said("7.2%", "7%"), said("9%", "9%"))
    assert [(one.item, one.theirs) for one in first.conflicts] == [("card", "7.2%")]
    # The row has followed to 9%, and now the data moves on while the conflict is open.
    again = merge(said("9%", "9%"), said("7.2%", "9%"), said("8%", "8%"), Overrides.of(first.conflicts))
    assert [(one.base, one.theirs, one.ours) for one in again.conflicts] == [("7%", "7.2%", "8%")]
    assert [(edit.at, edit.new) for edit in again.edits if isinstance(edit, SetSlot)] == [("row/goal.text", "8%")]
    back = merge(said("9%", "9%"), said("7.2%", "9%"), said("7%", "7%"), Overrides.of(first.conflicts))
    assert [(edit.at, edit.new) for edit in back.edits if isinstance(edit, SetSlot)] == [("row/goal.text", "7%")]
    assert [one.theirs for one in back.kept] == ["7.2%"]


def test_a_new_template_does_not_multiply_what_was_typed_over_in_one_place():
    base = snapshot({"card": {"goal.text": "7%"}, "row": {"goal.text": "7%"}})
    ours = snapshot({"one": {"goal.text": "7%"}, "two": {"goal.text": "7%"}})
    once, _ = upgrade(base, snapshot({"card": {"goal.text": "7.2%"}, "row": {"goal.text": "7%"}}), ours)
    assert once.edits == () and [one.reason for one in once.conflicts] == ["not-carried"]
    everywhere, _ = upgrade(base, snapshot({"card": {"goal.text": "7.2%"}, "row": {"goal.text": "7.2%"}}), ours)
    assert [edit.new for edit in everywhere.edits if isinstance(edit, SetSlot)] == ["7.2%", "7.2%"]


@pytest.mark.parametrize(("aim", "told"), [("535", True), ("53.5", False), ("54", False)])
def test_a_number_typed_under_another_unit_is_told(aim: str, told: bool):
    """The same row counts in CNY bn in English, in 亿元 in Chinese: what was typed in the one is wrong in the other."""

    def row(number: str, unit: str, actual: str) -> Snapshot:
        slots = (Slot("r.aim", number, "aim"), Slot("r.unit", unit, "unit"), Slot("r.actual", actual, "actual"))
        return Snapshot("workbook", (Group("t", "t", (Item("r", "r", slots, removable=True),), keeps=True),))

    ours = row(aim, "亿元", "")
    base, theirs = row("53.5", "CNY bn", ""), row("53.5", "CNY bn", "50")
    for plan in (upgrade(base, theirs, ours)[0], merge(base, theirs, ours)):
        assert [one.key for one in plan.conflicts] == ["r.actual"] * told
        # It stays open until somebody settles it.
        assert len(merge(ours, row(aim, "亿元", "50"), ours, Overrides.of(plan.conflicts)).conflicts) == told
    # Nobody typed a number: whoever wrote words meant no unit.
    assert merge(base, row("53.5", "CNY bn", "见附件"), ours).conflicts == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2600 亿元", "2600亿元"), ("11 % 以上", "11%以上"), ("超 730 亿元", "超730亿元"), ("11 %", "0.11")],
)
def test_blanks_beside_chinese_say_nothing(typed: str, said: str) -> None:
    assert canonical(typed) == canonical(said)
    assert canonical("CNY 260 bn") != canonical("CNY260bn")


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "result"),
    [
        ("增长5%", "（注）增长6%待核", "（注）增长5%待核", "（注）增长6%待核"),
        ("增长5%", "增长6%待核，已复", "增长5%待核", "增长6%待核，已复"),
        ("A targets 5%.", "A aims at 6%.", "A aims at 5%.", "A aims at 6%."),
        ("A targets 5%.", "A aims at 5%.", "A aims at 6%.", "A aims at 6%."),
    ],
)
def test_words_that_both_sides_have_stand_once(base: str, theirs: str, ours: str, result: str):
    assert merge_prose(base, theirs, ours) == Merged(result)


_HEADLINE = ("东屿", "GDP增长", "7%", "，增速", "居首", "", "。")
_CHANGES = {1: "经济增长", 2: "8%", 4: "稳居首位", 5: "，确保完成"}
parts = st.sets(st.sampled_from(sorted(_CHANGES)))


def _headline(changed):
    return "".join(_CHANGES[at] if at in changed else text for at, text in enumerate(_HEADLINE))


@given(parts, parts)
def test_of_two_edits_both_are_there_or_it_is_told(first, second):
    base, theirs, ours = _headline(()), _headline(first), _headline(second)
    one, other = (merge_prose(base, *sides, both_ways=True) for sides in ((theirs, ours), (ours, theirs)))
    assert one.conflict == other.conflict
    if one.conflict:
        # Only where both reworded one sentence.
        assert first - {2} and second - {2}
        return
    assert one.text == other.text == _headline(first | second)
    assert merge_prose(base, one.text, ours, both_ways=True) == one


@pytest.mark.parametrize(
    ("theirs", "ours", "merged"),
    [
        ("东屿GDP增长8%，增速居首。", "东屿GDP增长7%，增速稳居首位。", "东屿GDP增长8%，增速稳居首位。"),
        ("东屿GDP增长8%，增速居首。", "东屿GDP增长7%，增速居首，确保完成。", "东屿GDP增长8%，增速居首，确保完成。"),
        ("东屿GDP增长8%，增速居首。", "东屿GDP增长9%，增速稳居首位。", None),
        ("东屿GDP增长8%，增速领先。", "东屿GDP增长7%，增速稳居首位。", None),
    ],
)
def test_figures_of_either_side_flow_into_the_words_of_the_other(theirs, ours, merged):
    base = "东屿GDP增长7%，增速居首。"
    for sides in ((theirs, ours), (ours, theirs)):
        found = merge_prose(base, *sides, both_ways=True)
        assert (None if found.conflict else found.text) == merged
