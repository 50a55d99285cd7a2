"""`briefpack check --sarif`: one SARIF 2.1.0 run with rules, levels and places."""

from __future__ import annotations

import json

from click.testing import CliRunner

from exporters.cli.app import app


def test_faults_of_data_as_sarif(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("id: x\nnonsense: 1\n", "utf-8")
    result = CliRunner().invoke(app, ["check", str(path), "--only", "deck", "--sarif"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["version"]) == (1, "2.1.0")
    (run,) = found["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert run["results"]
    for one in run["results"]:
        assert one["ruleId"] in rules
        assert one["level"] in {"error", "warning"}
        assert one["message"]["text"]
        assert one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("bad.yaml")
