"""What stands in a tag cannot leave the model, run for ever, or fill the memory: alone, and in all three formats."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest
import small
from click.testing import CliRunner
from hostile import Entries

from exporters.binding.expressions import check, key_of, path_of
from exporters.binding.program import Weaver
from exporters.binding.scope import Scope
from exporters.binding.tags import scan
from exporters.cli.app import app
from exporters.errors import BriefpackError, Fault, TemplateError
from exporters.model import Dataset, validated
from exporters.package import Package
from exporters.registry import EXPORTERS

CITY = validated(Dataset, small.data())
MOST_CPU = 20.0
"""Seconds; the promise is 60, and most of these end at once."""


def run(text: str) -> str:
    """Do with *text* what a format does: find its tags, check them, run them."""
    weaver, pieces, last = Weaver(), [], 0
    faults: list[Fault] = []
    for tag in scan(text, "here", faults):
        pieces.append(text[last : tag.start])
        last = tag.end
        if tag.kind == "value":
            key_of(tag.body)
            path_of(tag.body)
        pieces.append(weaver.value(tag.body, "here") if tag.kind == "value" else weaver.tag(tag))
    program = weaver.program(weaver.weave("".join((*pieces, text[last:]))))
    if not faults:
        faults += check(program)
    if faults:
        raise TemplateError(faults)
    return "".join(program.bind({}).stream(Scope(CITY, "zh").names()))


def doubled(statement: str, times: int) -> str:
    return "".join(f"{{% set a = {statement} %}}" for _ in range(times))


ENDLESS = {
    "repeat": "{{ 'a' * 200000000 }}",
    "concat": "{% set a = 'x' * 999999 %}" + doubled("a ~ a", 40) + "{{ a|length }}",
    "plus": "{% set a = [1] * 999999 %}" + doubled("a + a", 40) + "{{ a|length }}",
    "nested-lists": "{% set a = [1, 1] %}" + doubled("[a, a]", 60) + "{{ a|join|length }}",
    "printed-lists": "{% set a = [1, 1] %}" + doubled("[a, a]", 18) + "{{ a|string|length }}{{ a }}",
    "lists-of-texts": "{{ (['x' * 999999] * 999999)|join|length }}",
    "power": "{% set a = 9 ** 64 %}" + doubled("a ** 64", 5),
    "square": "{% set a = 9 ** 64 %}" + doubled("a * a", 40),
    "round-up": "{{ 1|round(1000000000, 'ceil') }}",
    "round-down": "{{ targets[0].value|round(100000000, 'floor') }}",
    "round-off": "{{ 1|round(-100000000) }}",
    "replace": "{{ ('a' * 999999)|replace('a', 'b' * 999999) }}",
    "replace-each": "{{ (['x' * 9] * 99999)|map('replace', 'x', 'y' * 9999)|join|length }}",
    "join-each": "{{ ([['a'] * 9999] * 99999)|map('join')|list|length }}",
    "sum-of-lists": "{{ ([['a'] * 9] * 99999)|sum(start=[])|length }}",
    "batch": "{{ [1]|batch(2000000000, 0)|list|length }}",
    "slice": "{{ [1]|slice(1000000000)|list|length }}",
    "long-number": "{{ ('9' * 999999)|int ** 2 }}{{ ('f' * 999999)|int(0, 16) }}",
    "pad": "{{ '%999999999d' % 1 }}",
    "loops": "{% for a in [1] * 999999 %}{% for b in [1] * 999999 %}{% endfor %}{% endfor %}",
    "loops-over-data": "{% for a in targets * 999 %}{% for b in targets * 999 %}{% for c in targets * 999 %}{% endfor %}{% endfor %}{% endfor %}",
    "output": "{% set a = 'x' * 999999 %}{% for b in [1] * 999999 %}{{ a }}{% endfor %}",
    "recursion": "{% for a in [0] recursive %}{{ loop([0]) }}{% endfor %}",
    "deep-brackets": "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
    "deep-names": "{{ pack" + ".a" * 1900 + " }}",
    "deep-conditions": "{{ 'a'" + " if 1 else 'b'" * 280 + " }}",
    "deep-loops": "{% for a in targets %}" * 60 + "{% endfor %}" * 60,
    "deep-ifs": "{% if 1 %}" * 900 + "{% endif %}" * 900,
    "long-chain": "{% if 0 %}" + "{% elif 0 %}" * 4000 + "{% endif %}",
    "long-tag": "{{ 1" + " + 1" * 20000 + " }}",
}

ESCAPES = (
    "{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ ''|attr('__class__') }}", "{{ pack._scope }}", "{{ pack['_scope'] }}",
    "{{ pack.names }}", "{{ targets|map(attribute='_scope')|join }}", "{{ targets|map(attribute='key.__class__')|join }}",
    "{{ targets|sum(attribute='value.__class__') }}", "{{ targets|map('attr', '__class__')|join }}",
    "{{ targets|map('_raw')|join }}", "{{ '<b>'|_raw }}", "{{ 1|_each }}", "{{ '<b>'|safe }}",
    "{{ '{0.__class__}'.format(1) }}", "{{ 'a'.upper() }}", "{{ '%s'|format(1) }}", "{{ '%s' % 1 }}",
    "{{ self }}", "{{ self.__init__ }}", "{{ lipsum }}", "{{ lipsum.__globals__ }}", "{{ cycler('a') }}", "{{ joiner() }}",
    "{{ namespace(a=1) }}", "{{ range(1000000000000) }}", "{{ dict(a=1) }}", "{{ __builtins__ }}", "{{ environment }}",
    "{{ context }}", "{{ varargs }}", "{{ caller() }}", "{{ targets.append(1) }}", "{{ targets[0].value.as_tuple() }}",
    "{{ targets[0].value.as_tuple }}", "{{ targets[0].period_start.today() }}", "{{ targets[0].period_start.replace }}",
    "{% for a in targets %}{{ loop.cycle('a') }}{% endfor %}", "{{ indicator.find('GDP') }}", "{{ indicator._found }}",
    "{{ pack }}", "{{ indicator }}", "{{ targets }}", "{{ targets[0] }}",
    "{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% from 'os' import path %}", "{% extends 'a' %}",
    "{% macro a() %}{% endmacro %}", "{% call a() %}{% endcall %}", "{% block a %}{% endblock %}", "{% raw %}",
    "{% filter upper %}{% endfilter %}", "{% with a = 1 %}{% endwith %}", "{% do x %}", "{% autoescape false %}",
    "{{ \"\\ufdd61\\ufdd7\" }}", "{{ '\\x00' }}", "{{ \"\\ud800\" }}", "{{ '\ufdd1 lipsum \ufdd0' }}", "{{ 1e400 }}", "{{ 1 / 0 }}",
)  # fmt: skip


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_not_end_is_ended(name: str) -> None:
    start = time.process_time()
    with pytest.raises(TemplateError) as caught:
        run(ENDLESS[name])
    assert time.process_time() - start < MOST_CPU
    assert all(fault.message for fault in caught.value.faults)


@pytest.mark.parametrize("text", ESCAPES)
def test_nothing_beyond_the_model_is_reached(text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        run(text)
    assert all(fault.message and " at 0x" not in fault.message for fault in caught.value.faults)


@pytest.mark.parametrize("text", [
    "{{ [1, 2, 3]|slice(2)|map('join')|join('/') }}", "{{ (targets[0].value * 2)|round(1) }}", "{{ 'a' ~ 1 ~ 'b' }}",
    "{{ targets|map(attribute='label')|unique|sort|join('、') }}", "{{ [1, 2]|sum }}", "{{ 2 ** 10 }}", "{{ 'x' * 3 }}",
    "{% for k, v in targets|groupby('kind') %}{{ k }}{{ v|length }}{% endfor %}", "{{ 'a_b'|replace('_', '-') }}",
    "{% for _ in targets %}{{ loop.index }}{% endfor %}", "{{ targets[0].period_start.year }}",
])  # fmt: skip
def test_what_authors_do_works(text: str) -> None:
    assert run(text)


@pytest.mark.parametrize("room", small.MAKERS)
@pytest.mark.parametrize("text", [*ESCAPES[:8], ENDLESS["concat"], ENDLESS["round-up"], ENDLESS["loops"], ENDLESS["deep-loops"]],
                         ids=lambda text: text[:40])  # fmt: skip
def test_in_a_template(room: str, text: str) -> None:
    """In the room of the pack's note; wherever it is noticed, nothing but a fault of this template comes of it."""
    entries = Entries.of(small.MAKERS[room]())
    for name, content in entries.parts.items():
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").encode()
        entries.parts[name] = content.replace(b"{{ pack.note }}", escaped)
    start = time.process_time()
    with pytest.raises(BriefpackError) as caught:
        exporter = EXPORTERS[room].room()
        package = Package.open(entries.zipped(), name="mail")
        compiled = exporter.compile(package, "mail")
        exporter.render(compiled, package, Scope(CITY, "zh"), io.BytesIO(), epoch=0)
    assert time.process_time() - start < MOST_CPU
    assert all(fault.code != "not-understood" for fault in caught.value.faults), caught.value.faults
    assert any(fault.where for fault in caught.value.faults) or "too-deep" in {
        fault.code for fault in caught.value.faults
    }


@pytest.mark.parametrize("room", small.MAKERS)
@pytest.mark.parametrize(
    "text", ["\ufdd80\ufdd9", "\ufdd0lipsum\ufdd1", "&#xFDD2; for x in y &#64979;", "\ufdd6>evil\ufdd7"]
)
def test_a_template_cannot_forge_the_compilers_marks(room: str, text: str) -> None:
    entries = Entries.of(small.MAKERS[room]())
    for name, content in entries.parts.items():
        entries.parts[name] = content.replace(b"{{ pack.note }}", text.encode())
    with pytest.raises(BriefpackError) as caught:
        EXPORTERS[room].room().compile(Package.open(entries.zipped(), name="mail"), "mail")
    assert caught.value.faults[0].code == "control-character"


def test_limits_can_be_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    code = "from exporters.package import DEFAULT; from exporters.binding import bounds; print(DEFAULT.ratio, bounds.MAX_LENGTH)"
    found = [
        subprocess.run([sys.executable, "-c", code], env={"BRIEFPACK_LIMITS": asked}, cwd=Path(__file__).parents[2],
                       capture_output=True, text=True, check=True).stdout.split()
        for asked in ("", "3", "-1", "many")
    ]  # fmt: skip
    assert found == [["200", "10000000"], ["600", "30000000"], ["200", "10000000"], ["200", "10000000"]]


@pytest.mark.parametrize(
    "name", ["../../tmp/evil", "/tmp/evil", "..", "a/b", "a\\b", "con:", "a\nb", "A", "", "a" * 60, "\u202eabc"]
)
def test_no_folder_is_named_by_data_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.json"
    path.write_text(json.dumps({**small.data(), "id": name}), "utf-8")
    found = CliRunner().invoke(app, ["build", str(path), "--json"])
    assert found.exit_code == 1
    assert "an id holds" in json.loads(found.output)["faults"][0]["hint"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["small.json"]
