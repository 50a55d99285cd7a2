"""A chart's data carried into another: looks stay with their series and categories."""

from __future__ import annotations

from lxml import etree

from exporters.charts.data import C, carry_data, chart_data

A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def chart(*series: tuple[str, str, dict[str, float], list[int]]) -> etree._Element:
    """A bar chart of series: name, colour, values by category, indexes of points with a look of their own."""
    xml = ""
    for at, (name, colour, values, points) in enumerate(series):
        own = "".join(f'<c:dPt><c:idx val="{point}"/></c:dPt>' for point in points)
        names = "".join(f'<c:pt idx="{i}"><c:v>{text}</c:v></c:pt>' for i, text in enumerate(values))
        numbers = "".join(f'<c:pt idx="{i}"><c:v>{value}</c:v></c:pt>' for i, value in enumerate(values.values()))
        count = f'<c:ptCount val="{len(values)}"/>'
        xml += (
            f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx><c:strRef><c:f>x</c:f><c:strCache>'
            f'<c:ptCount val="1"/><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
            f'<c:spPr><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></c:spPr>{own}'
            f"<c:cat><c:strRef><c:f>y</c:f><c:strCache>{count}{names}</c:strCache></c:strRef></c:cat>"
            f"<c:val><c:numRef><c:f>z</c:f><c:numCache>{count}{numbers}</c:numCache></c:numRef></c:val></c:ser>"
        )
    text = f'<c:chartSpace xmlns:c="{C[1:-1]}" xmlns:a="{A}"><c:barChart>{xml}</c:barChart></c:chartSpace>'
    return etree.fromstring(text)


def colours(root: etree._Element) -> dict[str, str]:
    return {one.findtext(f"{C}tx//{C}v"): one.find(f".//{{{A}}}srgbClr").get("val") for one in root.iter(f"{C}ser")}


def points(root: etree._Element) -> list[list[str]]:
    found = []
    for one in root.iter(f"{C}ser"):
        names = [name.text for name in one.findall(f"{C}cat//{C}v")]
        found.append([names[int(mark.get("val"))] for mark in one.findall(f"{C}dPt/{C}idx")])
    return found


def test_a_series_in_between_leaves_the_others_their_colours() -> None:
    target = chart(("a", "AA0000", {"x": 1}, []), ("c", "CC0000", {"x": 3}, []))
    source = chart(("a", "000000", {"x": 1}, []), ("b", "0B0000", {"x": 2}, []), ("c", "000000", {"x": 4}, []))
    carry_data(source, target)
    assert chart_data(target) == chart_data(source)
    assert colours(target) == {"a": "AA0000", "b": "0B0000", "c": "CC0000"}
    numbers = [mark.get("val") for mark in target.iter(f"{C}idx")]
    assert len(set(numbers)) == len(numbers) == 3


def test_a_series_less() -> None:
    target = chart(("a", "AA0000", {"x": 1}, []), ("b", "BB0000", {"x": 3}, []))
    source = chart(("b", "000000", {"x": 5}, []))
    carry_data(source, target)
    assert chart_data(target) == chart_data(source)
    assert colours(target) == {"b": "BB0000"}


def test_a_point_that_a_person_coloured_follows_its_category() -> None:
    target = chart(("a", "AA0000", {"x": 1, "y": 2, "z": 3}, [0, 1]))
    source = chart(("a", "000000", {"z": 3, "w": 5, "y": 2}, [0]))
    carry_data(source, target)
    # The template's own mark stays on the first place; the person's stays on y.
    assert points(target) == [["z", "y"]]


def test_a_coloured_point_goes_with_its_category() -> None:
    target = chart(("a", "AA0000", {"x": 1, "y": 2}, [1]))
    carry_data(chart(("a", "000000", {"x": 1}, [])), target)
    assert points(target) == [[]]


def test_categories_without_a_name_say_nothing_and_come_when_they_have_one() -> None:
    """LibreOffice drops those of a chart over an empty list."""
    target = chart(("a", "AA0000", {"": 0}, []))
    base = chart_data(target)
    for point in [*target.iter(f"{C}pt")][1:]:
        point.getparent().remove(point)
    empty = chart_data(target)
    categories = next(target.iter(f"{C}cat"))
    categories.getparent().remove(categories)
    assert chart_data(target) == empty != base
    source = chart(("a", "000000", {"x": 5, "y": 6}, []))
    carry_data(source, target)
    assert chart_data(target) == chart_data(source)
    assert colours(target) == {"a": "AA0000"}
