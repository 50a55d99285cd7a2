"""The shipped briefing regenerated: figures moved, a district gone, one new; untouched, from an office, tracked."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from benchmarks.synthetic import dataset as synthetic
from exporters import word
from exporters.binding.keys import Keys
from exporters.binding.scope import Scope
from exporters.load import load
from exporters.model import Dataset, validated
from exporters.package import Package
from exporters.snapshot import MARK, SetSlot, SlotKind
from tests.editors import LibreOffice, dispatch
from tests.word.living_samples import STAMP
from tests.word.living_steps import W, body, faults, patched, plan_of, regenerate, settled, snapshot, text, write
from tests.word.test_living_docx import edited

ROOT = Path(__file__).parents[2]
DATE = "2026-11-23T08:00:00Z"
CASES = {
    "moved": {"move": "nansha"},
    "dropped": {"drop": "liwan"},
    "new": {"new": "huangpu"},
    "all": {"move": "nansha", "drop": "liwan", "new": "huangpu"},
}
_COLLECTIONS = ("places", "people", "targets", "initiatives", "observations", "events")


class Briefing:
    """Renders one of the shipped templates, compiled once."""

    def __init__(self, template: str) -> None:
        self._template = Package.open(ROOT / "templates" / template / "briefing.docx")
        self._lang = template.rpartition("/")[2]
        self._compiled = word.compile(self._template, "briefing.docx")

    def __call__(self, data: Dataset) -> bytes:
        out = io.BytesIO()
        scope = Scope(data, self._lang, data.as_of)
        word.render(self._compiled, self._template, scope, out, properties={"briefpack": STAMP})
        return out.getvalue()


@pytest.fixture(scope="module")
def guangzhou() -> Dataset:
    return load(ROOT / "data" / "guangzhou-2023.yaml")


@pytest.fixture(scope="module", params=["standard/zh"])
def make(request: pytest.FixtureRequest) -> Briefing:
    return Briefing(request.param)


@pytest.fixture(scope="module")
def base(make: Briefing, guangzhou: Dataset) -> bytes:
    return make(guangzhou)


@pytest.mark.parametrize("template", ["standard/zh", "standard/en", "gbt9704/zh", "gbt9704/en"])
@pytest.mark.parametrize("name", ["guangzhou-2023", "sample-progress"])
def test_every_number_has_a_key_that_says_it(template: str, name: str) -> None:
    """But for the numbers of chapters, which the template says."""
    data = load(ROOT / "data" / f"{name}.yaml")
    found = snapshot(Briefing(template)(data))
    prose = [slot.text for _, _, slot in found.slots() if slot.kind is SlotKind.PROSE and slot.key.endswith("#")]
    bare = [re.sub(rf"{MARK}[^{MARK}]*{MARK}|^[1-9]\.", "", text) for text in prose]
    assert [text for text in bare if re.search(r"[0-9]", text)] == []
    keys = Keys(Scope(data, template.rpartition("/")[2], data.as_of))  # type: ignore[arg-type]
    # A control's name has 64 characters: longer keys end with a digest.
    made = [slot for _, _, slot in found.slots() if slot.key.startswith("pack.") and "|" in slot.key]
    counts = {slot.key: slot.text for slot in made if "~" not in slot.key}
    known = {key: keys.find(key) for key in counts}
    assert {key: str(keys.value(one)) for key, one in known.items() if one is not None} == counts
    assert any(slot.key.startswith("pack.targets|") for slot in made)
    assert counts


def altered(data: Dataset, move: str = "", drop: str = "", new: str = "") -> Dataset:
    """Return the data with a district's figures raised, one district gone, and one more like another."""
    plain = to_builtins(data)
    for name in _COLLECTIONS:
        rows = [row for row in plain.get(name) or [] if not (drop and _is_of(row, drop))]
        if new and name != "observations":
            rows += [_renamed(row, new) for row in rows if _is_of(row, new)]
        plain[name] = rows
    for row in plain["targets"]:
        if move and row["place"] == move and row.get("value"):
            row["value"] = str(int(float(row["value"])) + 1)
    return validated(Dataset, plain)


def _is_of(row: dict[str, Any], key: str) -> bool:
    return key in {row.get("place"), row.get("id")} or any(post.get("place") == key for post in row.get("posts") or ())


def _renamed(row: dict[str, Any], key: str) -> dict[str, Any]:
    made = json.loads(json.dumps(row, ensure_ascii=False).replace(key, "xinyang").replace("黄埔", "新阳"))
    return {**made, "code": "440199"} if "code" in made else made


@pytest.mark.parametrize("case", CASES)
def test_an_untouched_briefing_becomes_the_new_one(make: Briefing, guangzhou: Dataset, base: bytes, case: str) -> None:
    ours = make(altered(guangzhou, **CASES[case]))
    result, plan = regenerate(base, base, ours)
    assert not plan.conflicts
    assert text(result) == text(ours)
    assert body(result) == body(ours)


def test_charts_follow_with_their_workbooks(make: Briefing, guangzhou: Dataset, base: bytes) -> None:
    ours = make(altered(guangzhou, move="nansha"))
    result, plan = regenerate(base, base, ours)
    charts = [edit for edit in plan.edits if isinstance(edit, SetSlot) and edit.kind is SlotKind.CHART]
    assert charts
    now = {slot.key: slot.text for _, _, slot in snapshot(result).slots() if slot.kind is SlotKind.CHART}
    assert {edit.key: edit.new for edit in charts}.items() <= now.items()
    assert faults(result) == []


def test_what_is_typed_into_a_data_sheet_stays_and_is_told(make: Briefing, guangzhou: Dataset, base: bytes) -> None:
    def noted(content: bytes, text: str) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(content))
        book.active.cell(1, book.active.max_column + 2).value = text
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def sheets(content: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return {name: package.read(name) for name in package.namelist() if name.endswith(".xlsx")}

    ((name, sheet),) = sheets(base).items()
    typed = noted(sheet, "核对过")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as package, zipfile.ZipFile(out, "w") as edited:
        for one in package.namelist():
            edited.writestr(one, typed if one == name else package.read(one))
    result, plan = regenerate(base, out.getvalue(), make(altered(guangzhou, move="nansha")))
    (told,) = plan.conflicts
    assert "核对过" in told.theirs
    assert sheets(result) == {name: typed}


def _without(data: Dataset, kind: str, place: str = "") -> Dataset:
    """Return the data without a place's records of one kind, or all places'."""
    return replace(data, **{kind: [one for one in getattr(data, kind) if place and one.place != place]})


@pytest.mark.parametrize(
    ("dataset", "kind", "place"),
    [
        ("guangzhou-2023", "initiatives", "huangpu"),
        ("guangzhou-2023", "initiatives", ""),
        # The heading behind what is new is numbered by a condition, with no value in it.
        ("sample-progress", "observations", ""),
    ],
)
def test_lists_that_were_empty_at_first(make: Briefing, dataset: str, kind: str, place: str) -> None:
    data = load(ROOT / "data" / f"{dataset}.yaml")
    base, ours = make(_without(data, kind, place)), make(data)
    theirs = edited(base, lambda document: document.add_paragraph("我加的一段。"))
    result, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts
    assert body(result) == [*body(ours), "我加的一段。"]
    back, plan = regenerate(ours, result, base)
    assert not plan.conflicts and body(back) == [*body(base), "我加的一段。"]


@pytest.mark.parametrize("case", CASES)
def test_tracked_by_the_standard(make: Briefing, guangzhou: Dataset, base: bytes, case: str) -> None:
    ours = make(altered(guangzhou, **CASES[case]))
    clean, plan = regenerate(base, base, ours)
    tracked = patched(base, plan, ours, DATE)
    assert faults(tracked, base) == []
    assert settled(tracked, accept=True) == settled(clean, accept=True)
    assert settled(tracked, accept=False) == settled(base, accept=True)


def _nothing(document: Any) -> None:
    pass


def _settle(document: Any, command: str) -> None:
    dispatch(document, command)


def _without_margins(data: bytes) -> list[str]:
    """Return the visible lines without page numbers, which the office works out anew."""
    return [line for line in text(data).split("\n") if not re.match(r"第\d|Page \d|— \d", line)]


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_saved_by_libreoffice_twice(
    make: Briefing, guangzhou: Dataset, base: bytes, case: str, office: LibreOffice, tmp_path: Path
) -> None:
    path = write(tmp_path / "briefing.docx", base)
    office.resave(path, 2)
    theirs = path.read_bytes()
    plan = plan_of(base, theirs, base)
    assert (plan.edits, plan.conflicts, plan.kept, plan.vanished) == ((), (), (), 0)
    ours = make(altered(guangzhou, **CASES[case]))
    result, plan = regenerate(base, theirs, ours)
    assert not plan.conflicts
    assert _without_margins(result) == _without_margins(ours)
    again = plan_of(ours, result, ours)
    assert (again.edits, again.conflicts, again.kept, again.vanished) == ((), (), (), 0)


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_tracked_in_libreoffice(
    make: Briefing, guangzhou: Dataset, base: bytes, case: str, office: LibreOffice, tmp_path: Path
) -> None:
    ours = make(altered(guangzhou, **CASES[case]))
    clean, plan = regenerate(base, base, ours)
    tracked = patched(base, plan, ours, DATE)
    states = {"clean": clean, "theirs": base, "accept": tracked, "reject": tracked}
    files = {name: write(tmp_path / f"{name}.docx", data) for name, data in states.items()}
    office.edit(files["clean"], _nothing)
    office.edit(files["theirs"], _nothing)
    office.edit(files["accept"], _settle, ".uno:AcceptAllTrackedChanges")
    office.edit(files["reject"], _settle, ".uno:RejectAllTrackedChanges")
    after = {name: _without_margins(path.read_bytes()) for name, path in files.items()}
    assert after["accept"] == after["clean"]
    assert after["reject"] == after["theirs"]
    later = make(altered(altered(guangzhou, **CASES[case]), move="tianhe"))
    for name in ("accept", "reject"):
        data = files[name].read_bytes()
        plan = plan_of(ours, data, later)
        assert not plan.lost_too_much and plan.edits
        assert faults(patched(data, plan, later), data) == []


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.parametrize("template", ["standard/en", "gbt9704/zh", "gbt9704/en"])
def test_every_template(guangzhou: Dataset, template: str, office: LibreOffice, tmp_path: Path) -> None:
    make = Briefing(template)
    base = make(guangzhou)
    test_saved_by_libreoffice_twice(make, guangzhou, base, "all", office, tmp_path)
    test_tracked_in_libreoffice(make, guangzhou, base, "all", office, tmp_path)


@pytest.mark.slow
def test_300_districts(make: Briefing) -> None:
    before, after = synthetic(300), altered(synthetic(300), move="d00042", drop="d00100", new="d00200")
    base, ours = make(before), make(after)
    assert text(patched(base, plan_of(base, base, ours), ours)) == text(ours)


def test_a_figure_that_moves_in_a_sentence_that_goes_is_struck_out_too() -> None:
    """In controls without names, as LibreOffice leaves them: what was written anew is no part of what was read."""
    make, data = Briefing("gbt9704/en"), load(ROOT / "data" / "sample-progress.yaml")
    plain = to_builtins(data)
    next(one for one in plain["targets"] if one["id"] == "beilu.gdp-growth")["value"] = 5.5
    base, ours = make(data), make(validated(Dataset, plain))

    def nameless(document: Any) -> None:
        for alias in list(document.element.body.iter(f"{W}alias")):
            alias.getparent().remove(alias)

    theirs = edited(base, nameless)
    clean, tracked = (regenerate(base, theirs, ours, track)[0] for track in ("", DATE))
    assert "Below the city" in text(theirs) and "Below the city" not in text(clean)
    assert settled(tracked, accept=True) == settled(clean, accept=True)
    assert settled(tracked, accept=False) == settled(theirs, accept=True)
