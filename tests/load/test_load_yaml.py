"""YAML datasets: what is read, and what is said about each thing that is wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from load_samples import GUANGZHOU, SMALL, TEXTS, faults_of, said, written

from exporters.load import load


def test_a_small_dataset_is_read(tmp_path: Path) -> None:
    dataset = load(written(tmp_path, SMALL))
    assert dataset.title.en == "Small"
    assert dataset.places[0].name.zh == "小城"
    assert dataset.targets[0].value == Decimal("6.5")
    assert str(dataset.targets[0].value) == "6.5"


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_windows_line_ends_and_byte_order_marks_change_nothing(tmp_path: Path, ends: str, mark: bytes) -> None:
    raw = mark + SMALL.replace("\n", ends).encode()
    assert load(written(tmp_path, raw)) == load(written(tmp_path, SMALL, "other.yaml"))


@pytest.mark.parametrize("word", ["no", "on", "0777", "1_000", "12:30:00", "2026-01-01", "1e3", "=", "0x1F", ".inf"])
def test_a_text_stays_as_typed(tmp_path: Path, word: str) -> None:
    dataset = load(written(tmp_path, SMALL.replace("name: 小城", f"name: {word}")))
    assert dataset.places[0].name.zh == word


@pytest.mark.parametrize("word", ["null", "~", ""])
def test_null_is_absent_and_quoted_null_is_text(tmp_path: Path, word: str) -> None:
    assert load(written(tmp_path, SMALL.replace("parent: town", f"parent: {word}"))).places[1].parent is None
    assert load(written(tmp_path, SMALL.replace("name: 小城", f"name: '{word or 'x'}'"))).places[0].name.zh == (
        word or "x"
    )


BREAKS = {
    "unknown field": (
        "comparator: gte",
        "comparater: gte",
        "line 31: unknown field 'comparater' (did you mean 'comparator'?)",
    ),
    "unknown value": ("level: city", "level: City", "line 11: level: unknown value 'City' (did you mean 'city'?)"),
    "unknown unit": ("unit: PERCENT", "unit: PERCEN", "line 33: unknown unit 'PERCEN' (did you mean 'PERCENT'?)"),
    "unknown place": ("place: east", "place: esat", "line 28: unknown place 'esat' (did you mean 'east'?)"),
    "unknown indicator": ("indicator: GDP", "indicator: GPD", "line 29: unknown indicator 'GPD' (did you mean 'GDP'?)"),
    "unknown source": ("source: plan", "source: plane", "line 35: unknown source 'plane' (did you mean 'plan'?)"),
    "missing fields": ("    place: east\n    indicator: GDP\n", "", "line 27: a target needs 'place' and 'indicator'"),
    "mapping for an id": ("- id: east", "- id: {zh: east}", "line 12: id: expected a text, found a mapping with zh"),
    "duplicate id": ("id: plan", "id: east", "line 23: id 'east' is used twice (the first is on line 12)"),
    "duplicate key": (
        "    unit: PERCENT\n",
        "    unit: PERCENT\n    unit: PP\n",
        "line 34: 'unit' is given twice in one record",
    ),
    "separators": (
        "value: 6.5",
        "value: 6,500",
        "line 32: value: '6,500' is not a number such as 6.5 (leave the thousands separators out)",
    ),
    "percent sign": (
        "value: 6.5",
        "value: 6.5%",
        "line 32: value: '6.5%' is not a number such as 6.5 (write the number alone and PERCENT as its unit)",
    ),
    "full width": (
        "value: 6.5",
        "value: ６.５",
        "line 32: value: '６.５' is not a number such as 6.5 (type its digits in half width)",
    ),
    "precision": (
        "value: 6.5",
        "value: 1234567890.1234567",
        "line 32: value has 17 significant digits; Excel keeps 15, "
        "so it would lose precision (round it, or state it in a larger unit)",
    ),
    "not a number": ("value: 6.5", "value: .nan", "line 32: value: must be a finite number"),
    "day": ("start: 2026-01-01", "start: 20260101", "line 5: period.start: '20260101' is not a day such as 2023-01-28"),
    "calendar": ("end: 2026-12-31", "end: 2026-02-30", "line 5: period.end: '2026-02-30' is no day of the calendar"),
    "wrong type": (
        "name: 小城",
        "name: [小城]",
        "line 10: name: expected a text, or {zh: ..., en: ...}, found a list of 1",
    ),
    "empty item": (
        "  - id: plan\n    title: 'Plan: 2026'\n",
        "  -\n",
        "line 23: an item of sources: expected a source with its fields, found nothing",
    ),
    "group": (
        "    unit: PERCENT\n",
        "    unit: PERCENT\n    role: stretch\n",
        "line 27: a stretch target needs the group of the base it belongs to",
    ),
    "alias": (
        "id: plan",
        "id: &x plan",
        "line 23: anchor &x is not read (write values out where they are used; quote a text that starts with &)",
    ),
    "merge key": (
        "    level: city",
        "    <<: {level: city}",
        "line 11: merge keys (<<) are not read (write the fields out)",
    ),
    "tag": ("id: small", "id: !!str small", "line 3: tag !!str is not read (quote a text that starts with !)"),
    "tab": (
        "    level: city",
        "\tlevel: city",
        "line 11: a tab stands where YAML wants spaces (indent with spaces; YAML allows no tab there)",
    ),
    "full-width colon": (
        "city: town",
        "city：town",
        "line 6: the colon behind the field's name is the full-width '：' (type ': ')",
    ),
    "full-width comma": (
        "{zh: 小城, en: Small}",
        "{zh: 小城，en: Small}",
        "line 4: the comma between two fields is the full-width '，' (type ', ')",
    ),
    "open quote": (
        "'Plan: 2026'",
        "'Plan: 2026",
        "line 24: a quoted text opens here and never closes (add the closing quote)",
    ),
    "open brace": (
        "en: East}",
        "en: East",
        "line 13: a mapping opens here and is not closed with '}' (the reader gave up on line 14)",
    ),
    "control character": (
        "name: 小城",
        "name: 小\x07城",
        "line 10: character U+0007 in column 12 cannot stand in an Office file (delete it)",
    ),
    "escaped control": (
        "name: 小城",
        'name: "小\\a城"',
        "line 10: name.zh: character U+0007 at position 2 cannot stand in an Office file (delete it)",
    ),
    "direction override": (
        "name: 小城",
        "name: 小\u202e城",
        "line 10: character U+202E in column 12 cannot stand in an Office file (delete it)",
    ),
    "second document": (
        "indicators:",
        "---\nindicators:",
        "line 18: a second document starts here (a dataset is one document; delete the ---)",
    ),
    "not a span": (
        "source: plan,",
        "source: plan, start: 4, end: 2,",
        "line 35: evidence: the span's end 2 must lie behind its start 4",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("comparator: gte", 'comparator: "≥"', "gte"),
        ("comparator: gte", "comparator: 不低于", "gte"),
        ("comparator: gte", 'comparator: ">="', "gte"),
        ("unit: PERCENT", 'unit: "%"', "PERCENT"),
        ("unit: PERCENT", 'unit: "％"', "PERCENT"),
        ("unit: PERCENT", "unit: percent", "PERCENT"),
        ("unit: PERCENT", "unit: 亿元", "CNY_100M"),
        ("indicator: GDP", "indicator: 地区生产总值", "GDP"),
        ("indicator: GDP", "indicator: gdp", "GDP"),
        ("place: east", "place: 东区", "east"),
        ("place: east", "place: East", "east"),
        ("parent: town", "parent: 小城", "town"),
        ("measure: growth_yoy", "measure: 增速", "growth_yoy"),
        ("level: district", "level: 区", "district"),
    ],
)
def test_what_people_call_it_leads_to_its_name(tmp_path: Path, old: str, new: str, hint: str) -> None:
    assert old in SMALL
    (found,) = said(written(tmp_path, SMALL.replace(old, new, 1)))
    assert found.endswith(f"(did you mean '{hint}'?)")


def test_a_list_is_not_called_empty_for_a_fault_of_its_only_item(tmp_path: Path) -> None:
    people = "people:\n  - id: wang\n    name: 王\n    posts: [{place: 东区, title: 区长}]\n\nindicators:"
    (found,) = said(written(tmp_path, SMALL.replace("indicators:", people, 1)))
    assert found.endswith("posts.place: '东区' is not allowed (did you mean 'east'?)")
    (found,) = said(
        written(tmp_path, SMALL.replace("indicators:", people.replace("{place: 东区, title: 区长}", ""), 1))
    )
    assert found.endswith("posts needs at least 1 of them")


@pytest.mark.parametrize("name", BREAKS)
def test_a_fault_is_said_with_its_line(tmp_path: Path, name: str) -> None:
    old, new, message = BREAKS[name]
    assert SMALL.count(old) >= 1
    assert message in said(written(tmp_path, SMALL.replace(old, new, 1))), name


def test_all_faults_come_at_once_and_in_file_order(tmp_path: Path) -> None:
    text = SMALL
    names = ["unknown field", "unknown value", "duplicate id", "separators", "unknown indicator", "calendar"]
    for name in names:
        old, new, _ = BREAKS[name]
        text = text.replace(old, new, 1)
    path = written(tmp_path, text)
    found = said(path)
    # The source that bears another's id is found no more by its own; the target itself is invalid, too.
    assert sorted(found) == sorted([*(BREAKS[name][2] for name in names), "line 35: unknown source 'plan'"])
    lines = [int(message.split(":")[0].removeprefix("line ")) for message in found]
    assert lines == sorted(lines)


def test_rules_between_records_are_checked_on_the_valid_ones(tmp_path: Path) -> None:
    """An invalid place is reported once, not again by everything that names it; other references still are."""
    text = SMALL.replace("name: {zh: 东区, en: East}", "nam: x").replace("source: plan", "source: plane")
    found = said(written(tmp_path, text))
    assert len(found) == 3
    assert "line 13: unknown field 'nam' (did you mean 'name'?)" in found
    assert "line 12: a place needs 'name'" in found
    assert "line 35: unknown source 'plane' (did you mean 'plan'?)" in found


def test_names_in_an_invalid_record_are_looked_up_as_well(tmp_path: Path) -> None:
    broken = (
        ("place: east\n    ind", "place: aest\n    ind"),
        ("unit: PERCENT", "unit: PERCNT"),
        ("source: plan", "source: plam"),
    )
    text = SMALL.replace("value: 6.5", "value: six")
    for old, new in broken:
        text = text.replace(old, new)
    assert said(written(tmp_path, text)) == [
        "line 28: unknown place 'aest' (did you mean 'east'?)",
        "line 32: value: 'six' is not a number such as 6.5",
        "line 33: unknown unit 'PERCNT' (did you mean 'PERCENT'?)",
        "line 35: unknown source 'plam' (did you mean 'plan'?)",
    ]


def test_a_name_is_not_said_to_mean_itself(tmp_path: Path) -> None:
    long = "e" * 60
    text = SMALL.replace("id: east\n", f"id: {long}\n").replace("place: east\n", f"place: {long}\n")
    assert [message.partition(" (")[2] for message in said(written(tmp_path, text))] == [
        "an id holds a-z, 0-9, '.', '_' and '-', at most 48 of them)"
    ] * 2


def test_the_excerpt_is_the_source_line(tmp_path: Path) -> None:
    fault = faults_of(written(tmp_path, SMALL.replace("unit: PERCENT", "unit: PERCEN  # why")))[0]
    assert fault.excerpt == "unit: PERCEN  # why"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (
            b"# nothing\n",
            "line 1: the file holds nothing but a comment; a dataset is a mapping that starts with its "
            "id, title and period",
        ),
        (b"- a\n", "line 1: the file holds a list; a dataset is a mapping that starts with its id, title and period"),
        ("title: 广州\n".encode("gbk"), "line 1: byte 0xB9 is not UTF-8 (the file looks like GBK; save it as UTF-8)"),
        ("id: x\n".encode("utf-16"), "line 1: the file is UTF-16 (save it as UTF-8)"),
        (b"[" * 300_000, "line 1: more than 32 lists and mappings inside each other"),
        (b"- " * 300_000, "line 1: more than 32 lists and mappings inside each other"),
        (
            b"id: x\rtitle: y\r",
            "line 1: its lines end in the single CR of old Macintosh files (save it with LF or CR LF line ends)",
        ),
        (b"? [a]\n: b\n", "line 1: a list or mapping stands where a field's name is expected (quote braces in a text)"),
    ],
)
def test_what_is_no_dataset_at_all(tmp_path: Path, raw: bytes, message: str) -> None:
    assert said(written(tmp_path, raw)) == [message]


def test_a_list_where_a_name_belongs_is_one_fault(tmp_path: Path) -> None:
    """Found by test_a_damaged_dataset_is_read_or_refused: rules between records met a list, and a traceback came."""
    city = SMALL.replace("city: town", "city: [town]")
    assert said(written(tmp_path, city)) == ["line 6: city: expected a text, found a list of 1"]
    group = SMALL.replace("    place: east\n", "    place: east\n    group: [x]\n")
    assert said(written(tmp_path, group)) == ["line 29: group: expected a text, found a list of 1"]


def test_an_alias_bomb_is_refused_at_once(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert any("alias *a3 is not read" in message for message in said(written(tmp_path, bomb)))


def test_many_control_characters_do_not_flood(tmp_path: Path) -> None:
    assert len(said(written(tmp_path, b"id: " + b"\x07" * 100_000))) == 51


def test_a_missing_file_a_folder_and_a_wrong_suffix(tmp_path: Path) -> None:
    written(tmp_path, SMALL, "guangzhou.yaml")
    assert said(tmp_path / "guangzou.yaml") == ["there is no such file (did you mean 'guangzhou.yaml'?)"]
    assert said(tmp_path) == ["this is a folder (datasets in it: guangzhou.yaml)"]
    assert said(written(tmp_path, "x", "notes.txt")) == [
        ".txt is no kind of dataset (datasets are .yaml, .yml, .json, .xlsx)"
    ]
    assert said(tmp_path / "none" / "a.yaml") == [f"there is no folder {tmp_path / 'none'}"]


def test_spans_are_checked_against_the_stored_text(tmp_path: Path) -> None:
    text = SMALL.replace("title: 'Plan: 2026'", "title: P\n    file: plan.txt").replace(
        "source: plan,", "source: plan, start: 2, end: 9,"
    )
    path = written(tmp_path, text)
    assert said(path) == []
    (tmp_path / "plan.txt").write_bytes("力争增长\r\n6.5%以上。".encode())
    assert said(path)[0].startswith("line 36: the span 2-9 holds “增长 6.5”, not the clause")
    path = written(tmp_path, text.replace("end: 9", "end: 12"))
    assert said(path) == []
    assert [fault.code for fault in faults_of(path, tmp_path / "empty")] == ["no-file"]
    path = written(tmp_path, text.replace("plan.txt", "../plan.txt"))
    assert said(path) == ["line 25: '../plan.txt' must be a file's name, without a folder"]


def test_a_changed_source_text_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_bytes((TEXTS / "article.txt").read_bytes() + b" ")
    found = faults_of(GUANGZHOU, tmp_path)
    assert [fault.code for fault in found] == ["source-changed"]
