"""Lines of an edited file beside those that were rendered: which number was typed over which."""

from __future__ import annotations

from exporters.runs.numbers import typed
from exporters.snapshot import Text


def test_a_number_in_an_empty_cell_takes_the_place_of_no_other_cells_number() -> None:
    before = [Text("cell G5", "6.5"), Text("cell G34", "1690")]
    now = [Text("cell G5", "6.5"), Text("cell U21", "0.0612"), Text("cell G34", "1700")]

    found = {line.line.where: line.changed for line in typed(before, now)}

    assert found == {"cell U21": (), "cell G34": (("1690", "1700"),)}


def test_a_number_that_moved_with_its_row_is_known_by_what_is_left() -> None:
    found = [line.changed for line in typed([Text("cell G34", "1690")], [Text("cell G12", "1700")])]

    assert found == [(("1690", "1700"),)]


def test_of_cells_that_say_the_same_the_one_that_no_longer_does_was_typed_over() -> None:
    before = [Text("cell G5", "0.055"), Text("cell G9", "0.06"), Text("cell G22", "0.06"), Text("cell G29", "0.055")]
    now = [Text("cell G5", "0.055"), Text("cell G9", "0.06"), Text("cell G22", "6.5"), Text("cell G29", "0.058")]

    found = {line.line.where: line.changed for line in typed(before, now)}

    assert found == {"cell G22": (("0.06", "6.5"),), "cell G29": (("0.055", "0.058"),)}
