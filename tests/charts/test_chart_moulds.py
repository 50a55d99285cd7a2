"""Charts of one mould say, put together from their points, what their trees say."""

from __future__ import annotations

import pytest
from lxml import etree

from exporters.charts.data import chart_data
from exporters.charts.moulds import POINTS, ChartMould
from tests.charts.test_shipped_charts import FILES, charts


@pytest.mark.parametrize("path", FILES, ids=lambda path: "-".join(path.parts[-3:]))
def test_a_mould_of_a_shipped_chart_says_what_its_charts_say(path) -> None:
    for chart in charts(path):
        mould = ChartMould.of(etree.fromstring(POINTS.hollow(POINTS.cut(etree.tostring(chart))[0])))
        for written in ("7.5", "1E2", "7.5000000000000004", "一 &amp; 二", ""):
            for point in chart.iter("{*}v"):
                point.text = written.replace("&amp;", "&")
            data = etree.tostring(chart, encoding="UTF-8", xml_declaration=True)
            _, points = POINTS.cut(data)
            assert mould.data(points) == chart_data(etree.fromstring(data))


@pytest.mark.parametrize(
    "part",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?><c:v>\xe9</c:v>'.encode("latin-1"),
        "<c:v>7</c:v>".encode("utf-16"),
        b"<x><!-- <c:v>7</c:v> --></x>",
        b"<x><![CDATA[<c:v>7</c:v>]]></x>",
        "<x>\ufdd10\ufdd1<c:v>7</c:v></x>".encode(),
    ],
)
def test_what_cannot_be_told_from_the_bytes_is_left_to_the_tree(part) -> None:
    assert POINTS.cut(part) is None
