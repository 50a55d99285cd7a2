"""A template that would run for ever, or write for ever, ends with a fault."""

from __future__ import annotations

import pytest

from exporters.binding import bounds
from exporters.binding.program import Weaver
from exporters.errors import TemplateError


def run(*pieces: str) -> str:
    """Render statements (``for x in xs``) and values (``=x``), each on its own place."""
    weaver = Weaver()
    body = "".join(
        weaver.value(one[1:], f"place {number}") if one.startswith("=") else weaver.statement(one, f"place {number}")
        for number, one in enumerate(pieces, 1)
    )
    return "".join(weaver.program(weaver.weave(body)).bind({}).stream({"xs": list(range(1000))}))


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (["for a in [1]*999999", "for b in [1]*999999", "endfor", "endfor"], "repeat more than"),
        (["for a in xs", "for b in xs", "for c in xs", "endfor", "endfor", "endfor"], "repeat more than"),
        (["=('a'*999999)|replace('a', 'b'*999999)"], "“replace” would make"),
        (["=(['a']*999999)|join('b'*999999)"], "“join” would make"),
        (["=[1]|batch(2000000000, 0)|list"], "“batch” would make"),
        (["=[1]|slice(1000000000)|list"], "“slice” would make"),
    ],
)
def test_a_run_without_end_is_ended(pieces, words):
    with pytest.raises(TemplateError, match=words) as caught:
        run(*pieces)
    assert caught.value.faults[0].where.startswith("place ")


def test_output_is_bounded(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_CHARACTERS", 100_000)
    with pytest.raises(TemplateError, match="100,000 characters of output"):
        run("for a in xs", "='x'*1000", "endfor")


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_SECONDS", 0.0)
    with pytest.raises(TemplateError, match="seconds of work"):
        run("for a in xs", "for b in xs", "=a", "endfor", "endfor")


def test_each_run_has_its_own_bounds(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_REPETITIONS", 1500)
    weaver = Weaver()
    body = weaver.statement("for x in xs if x", "") + weaver.value("loop.length", "") + weaver.statement("endfor", "")
    bound = weaver.program(weaver.weave(body)).bind({})
    texts = {"".join(bound.stream({"xs": range(1, 1001)})) for _ in range(3)}
    assert texts == {"1000" * 1000}
