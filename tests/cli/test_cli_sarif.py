"""`briefpack check --sarif`: one SARIF 2.1.0 run with rules, levels and places, and nothing that the standard does not know."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner

from exporters.cli.app import app
from exporters.cli.sarif import sarif
from exporters.errors import Fault

Shape = Any
"""What a value may be: a predicate; ``[shape]`` a list of it; a dict of the names that an object may have, ! for must."""


def one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: value in values


def text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def line(value: Any) -> bool:
    return type(value) is int and value >= 1


def uri(value: Any) -> bool:
    return text(value) and re.fullmatch(r"[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+", value) is not None


# The part of the standard (OASIS SARIF 2.1.0) that is used; its objects know no other names.
LOCATION = {
    "physicalLocation": {
        "artifactLocation!": {"uri!": uri},
        "region": {"startLine!": line, "snippet": {"text!": text}},
    },
    "logicalLocations": [{"fullyQualifiedName!": text}],
}
RESULT = {
    "ruleId!": text, "level!": one_of("none", "note", "warning", "error"), "message!": {"text!": text},
    "locations": [LOCATION], "properties": {"excerpt": str, "tag": str},
}  # fmt: skip
LOG = {
    "$schema!": one_of("https://json.schemastore.org/sarif-2.1.0.json"), "version!": one_of("2.1.0"),
    "runs!": [{"tool!": {"driver!": {"name!": text, "version!": text, "rules!": [{"id!": text, "name!": text}]}},
               "results!": [RESULT]}],
}  # fmt: skip


def deviations(value: Any, shape: Shape, where: str = "log") -> list[str]:
    """Return where *value* is not as the standard says."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [fault for at, one in enumerate(value) for fault in deviations(one, shape[0], f"{where}[{at}]")]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where} is no object"]
        known = {name.rstrip("!"): inner for name, inner in shape.items()}
        found = [f"{where} has no {name[:-1]}" for name in shape if name.endswith("!") and name[:-1] not in value]
        found += [f"{where} has {name}" for name in value.keys() - known.keys()]
        return found + [
            one
            for name in value.keys() & known.keys()
            for one in deviations(value[name], known[name], f"{where}.{name}")
        ]
    return [] if (isinstance(value, shape) if isinstance(shape, type) else shape(value)) else [f"{where}: {value!r}"]


def checked(*arguments: object) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["check", *map(str, arguments), "--sarif"])
    log = json.loads(result.stdout)
    assert deviations(log, LOG) == []
    run = log["runs"][0]
    assert {one["ruleId"] for one in run["results"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    return result.exit_code, run


def test_faults_of_data_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "坏 data.yaml"
    path.write_text('id: x\nnonsense: 1\ntitle: {zh: "a\x07"}\n', "utf-8")
    code, run = checked(path, "--only", "deck")
    assert code == 1
    found = {one["ruleId"]: one["locations"][0] for one in run["results"]}
    for location in found.values():
        parts = urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
        assert (parts.scheme, unquote(parts.path)) == ("file", str(path))
    lines = {code: one["physicalLocation"]["region"]["startLine"] for code, one in found.items()}
    assert (lines["unknown-field"], lines["control-character"]) == (2, 3)
    assert found["unknown-field"]["physicalLocation"]["region"]["snippet"] == {"text": "nonsense: 1"}
    assert found["unknown-field"]["logicalLocations"] == [{"fullyQualifiedName": "line 2"}]


@pytest.mark.parametrize("argument", ["absent.yaml", ".", "absent.xlsx"])
def test_what_cannot_be_read_is_a_result_too(argument: str) -> None:
    code, run = checked(argument)
    assert code == 1
    assert run["results"][0]["level"] == "error"


def test_no_fault_is_a_run_without_results() -> None:
    code, run = checked("--only", "workbook")
    assert (code, run["results"]) == (0, [])


def test_places_severities_and_braces() -> None:
    log = sarif([
        Fault("a", "{{ x }} is unknown", "set/文件.docx", "table 2, row 1, cell 4", "did you mean {{ y }}?", "warning"),
        Fault("b", "advice", "c:d.yaml", "line 0", severity="advice"),
        Fault("c", "no place at all"),
    ])  # fmt: skip
    assert deviations(log, LOG) == []
    first, second, third = log["runs"][0]["results"]
    assert first["message"]["text"] == "{{{{ x }}}} is unknown (did you mean {{{{ y }}}}?)"
    assert [one["level"] for one in (first, second, third)] == ["warning", "note", "error"]
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "table 2, row 1, cell 4"
    assert "region" not in first["locations"][0]["physicalLocation"]
    assert urlsplit(second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]).scheme == ""
    assert "locations" not in third


@pytest.mark.parametrize(("change", "told"), [
    ({"version": "2.0"}, "log.version: '2.0'"), ({"more": 1}, "log has more"), ({"runs": {}}, "log.runs is no list")])  # fmt: skip
def test_the_check_itself_sees_what_is_wrong(change: dict[str, Any], told: str) -> None:
    assert told in deviations({**sarif([]), **change}, LOG)
