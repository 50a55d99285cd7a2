"""Workbooks as Excel writes them: what openpyxl would lose keeps its bytes, or moves with its rows."""

from __future__ import annotations

import io
import re

import living_excel as excel
import pytest
from living_excel import OPAQUE, SHEET, as_excel
from living_samples import changed, clean, dataset, opened, part, regenerate, render, snapshot, values
from msgspec.structs import replace
from test_living_values import replaced

from exporters.merge import merge
from exporters.workbook.living.patching import patch

GDP, FAI, LATE = "liwan.gdp-growth", "liwan.fai-growth", "zengcheng.gdp-growth"


def test_saved_by_excel_nothing_has_changed():
    base = render(dataset())
    theirs = as_excel(base)
    clean(theirs)
    plan = merge(snapshot(base), snapshot(theirs), snapshot(base))
    assert not plan.edits
    assert not plan.conflicts
    assert [one.theirs for one in plan.kept] == ["重点：原文"]


def test_only_the_named_cells_change():
    base = render(dataset())
    theirs = as_excel(base)
    result, plan = regenerate(base, theirs, render(changed(dataset(), {GDP: "7.5"})))
    assert len(plan.edits) == 1
    before, after = opened(theirs), opened(result)
    for name in OPAQUE:
        assert after.read(name) == before.read(name), name
        assert after.raw(name).compressed == before.raw(name).compressed, name
    different = {name for name in before.names() if after.read(name) != before.read(name)}
    assert different <= {SHEET, "xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "xl/charts/chart1.xml",
                         "docProps/custom.xml"}  # fmt: skip
    old, new = part(theirs, SHEET), part(result, SHEET)
    assert new.replace("<v>0.075</v>", "<v>6.5000000000000002E-2</v>", 1) == old


def test_texts_keep_the_format_of_their_characters():
    base = render(dataset())
    theirs = as_excel(base)
    strings = part(theirs, "xl/sharedStrings.xml")
    rich = '<si><r><rPr><b/><sz val="11"/></rPr><t>荔湾</t></r><r><rPr><i/></rPr><t>区</t></r></si>'
    theirs = replaced(theirs, {
        "xl/sharedStrings.xml": re.sub(r'<si><t xml:space="preserve">荔湾区</t></si>', rich, strings),
    })  # fmt: skip
    data = dataset()
    places = tuple(
        replace(one, name=replace(one.name, zh="荔湾新区")) if one.id == "liwan" else one for one in data.places
    )
    result, _ = regenerate(base, theirs, render(replace(data, places=places)))
    assert values(result)[GDP]["区"] == "荔湾新区"
    assert '<is><r><rPr><b/><sz val="11"/></rPr><t>荔湾</t></r><r><rPr><i/></rPr><t>新区</t></r></is>' in part(
        result, SHEET
    )


def test_new_rows_move_everything_below_them():
    base = render(changed(dataset(), drop=(FAI, LATE)))
    theirs = as_excel(base)
    package = opened(theirs)
    theirs = replaced(theirs, {
        "xl/workbook.xml": re.sub(
            r"(<definedNames>.*?</definedNames>)?(<calcPr)",
            r'<definedNames><definedName name="最后">目标!$E$70</definedName>'
            r'<definedName name="全部">目标!$E$5:$E$70</definedName></definedNames>\2',
            package.read("xl/workbook.xml").decode(),
        ),
    })  # fmt: skip
    result, plan = regenerate(base, theirs, render(dataset()))
    assert not plan.conflicts
    sheet = part(result, SHEET)
    # 荔湾 fixed assets come behind 荔湾 GDP (row 6), 增城 GDP in its district's place.
    late = next(number for number, key in enumerate(values(result), 5) if key == LATE)
    assert list(values(result)) == list(values(render(dataset())))
    assert "<xm:sqref>E5:E74</xm:sqref>" in sheet
    book = part(result, "xl/workbook.xml")
    assert "目标!$E$5:$E$72" in book
    assert "目标!$E$72" in book
    assert late > 6
    comments = part(result, "xl/comments9.xml")
    assert 'ref="C8"' in comments
    assert 'ref="C8"' in part(result, "xl/threadedComments/threadedComment1.xml")
    assert "<x:Row>7</x:Row>" in part(result, "xl/drawings/vmlDrawing9.vml")
    assert "<x:Anchor>11, 0, 1, 0, 12, 0, 2, 0</x:Anchor>" in part(result, "xl/drawings/vmlDrawing9.vml")
    drawing = part(result, "xl/drawings/drawing9.xml")
    assert "<xdr:row>6</xdr:row>" in drawing
    assert "<xdr:row>82</xdr:row>" in drawing
    assert "手写说明" in drawing
    for name in OPAQUE:
        if "omment" not in name and "rawing" not in name:
            assert opened(result).read(name) == opened(theirs).read(name), name
    assert "<xm:f>目标!E5:G5</xm:f>" in sheet
    formulas = re.findall(r'<c r="H(\d+)"[^>]*><f>([^<]*)</f>', sheet)
    assert len(formulas) == 68
    for row, formula in formulas:
        assert formula == f"IF(G{row}=&quot;&quot;,&quot;&quot;,G{row}/E{row})"


def test_a_record_without_neighbours_goes_into_the_empty_table():
    data = dataset()
    base = render(changed(data, drop=tuple(one.id for one in data.targets if one.place != data.city)))
    result, _ = regenerate(base, base, render(data))
    assert values(result) == values(render(data))


def test_a_conflict_note_lands_beside_a_threaded_comment():
    base = render(dataset())
    theirs = as_excel(base)
    text = re.sub(r'(<c r="C7" t="s"><v>)\d+', r"\g<1>0", part(theirs, SHEET))
    theirs = replaced(theirs, {SHEET: text})
    key = "liwan.industrial-va-share-ratio"
    data = dataset()
    ours = render(changed(data, drop=()))
    renamed = re.sub(r'(<c r="C7"[^>]*>)<is><t>[^<]*</t></is>', r"\1<is><t>新口径</t></is>", part(ours, SHEET))
    ours = replaced(ours, {SHEET: renamed})
    plan = merge(snapshot(base), snapshot(theirs), snapshot(ours))
    assert [one.key for one in plan.conflicts] == [f"{key}.指标"]
    out = io.BytesIO()
    patch(opened(theirs), plan, opened(ours), out)
    clean(out.getvalue())
    comments = part(out.getvalue(), "xl/comments9.xml")
    assert excel.COMMENTS.partition("<commentList>")[2].removesuffix("</commentList></comments>") in comments
    assert 'ref="D7" authorId="1"' in comments
    assert part(out.getvalue(), "xl/drawings/vmlDrawing9.vml").count("<v:shape ") == 3


@pytest.mark.parametrize("prefix", ["x"])
def test_parts_written_with_a_prefix(prefix: str):
    base = render(changed(dataset(), drop=(FAI,)))
    text = part(base, SHEET)
    text = re.sub(r"<(/?)(?!\?)([A-Za-z])", rf"<\1{prefix}:\2", text)
    text = text.replace("xmlns=", f"xmlns:{prefix}=", 1)
    theirs = replaced(base, {SHEET: text})
    assert values(theirs) == values(base)
    result, plan = regenerate(base, theirs, render(changed(dataset(), {GDP: "7.5"})))
    assert not plan.conflicts
    assert values(result)[GDP]["目标值"] == "0.075"
    assert FAI in values(result)
