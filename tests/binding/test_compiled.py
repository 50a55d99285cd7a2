"""Compiled templates and their code, kept between processes: the same result, and nothing forged is ever loaded."""

from __future__ import annotations

import marshal
import pickle

import pytest

from exporters.binding.compiled import Compiled, compiled
from exporters.binding.environment import VALUE
from exporters.binding.program import Program
from exporters.cache import Store
from exporters.errors import TemplateError

SOURCE = f"a{VALUE[0]}x|shout{VALUE[1]}b"


def make() -> Compiled:
    return Compiled({"main": Program(SOURCE, (1,), ("here",))}, {"parts": ["a", ("b", 2)]})


def said(program: Program) -> str:
    return "".join(program.bind({"shout": lambda value: value.upper() + "!"}).stream({"x": "y"}))


def cached(folder) -> Program:
    return compiled(Store(folder), b"t", "word", make).programs["main"]


def kept(folder, kind):
    return sorted(path for path in folder.iterdir() if path.suffix == f".{kind}")


def test_kept_and_found_again(tmp_path):
    store = Store(tmp_path)
    made = make().to_bytes()
    assert compiled(store, b"template", "word", make).to_bytes() == made
    assert compiled(store, b"template", "word", lambda: pytest.fail("compiled twice")).to_bytes() == made
    assert compiled(store, b"other", "word", make).to_bytes() == made
    assert compiled(store, b"template", "deck", make).to_bytes() == made
    assert len(kept(tmp_path, "template")) == 3


def test_without_a_folder_it_is_compiled_each_time():
    assert compiled(Store(None), b"t", "word", make).to_bytes() == make().to_bytes()


@pytest.mark.parametrize("kind", ["template", "code"])
@pytest.mark.parametrize("harm", ["flipped", "foreign"])
def test_what_does_not_bear_the_digest_is_never_loaded(tmp_path, monkeypatch, kind, harm):
    folder = tmp_path / "cache"
    said(cached(folder))
    path = kept(folder, kind)[0]
    if harm == "flipped":
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    else:
        foreign = Store(tmp_path / "foreign")
        evil = compile("raise SystemExit('taken over')", "x", "exec")
        foreign.put(path.name, marshal.dumps(evil) if kind == "code" else pickle.dumps(({}, {})))
        path.write_bytes((tmp_path / "foreign" / path.name).read_bytes())
    loads = "exporters.binding.bytecode.marshal.loads" if kind == "code" else "exporters.binding.compiled.pickle.loads"
    with monkeypatch.context() as watched:
        watched.setattr(loads, lambda _: pytest.fail("loaded"))
        assert said(cached(folder)) == "aY!b"


def test_the_same_is_said_with_and_without_the_store(tmp_path, monkeypatch):
    assert said(cached(tmp_path)) == said(Program(SOURCE, (), ())) == "aY!b"
    assert len(kept(tmp_path, "code")) == 1
    monkeypatch.setattr("jinja2.environment.Environment.compile", lambda *_: pytest.fail("compiled twice"))
    assert said(cached(tmp_path)) == "aY!b"


def test_other_filters_have_code_of_their_own(tmp_path):
    program = cached(tmp_path)
    said(program)
    program.bind({"shout": str, "whisper": str})
    assert len(kept(tmp_path, "code")) == 2


def test_a_program_that_does_not_parse_still_says_so(tmp_path):
    broken = Program(f"{VALUE[0]}x|{VALUE[1]}", (1,), ("paragraph 3",), Store(tmp_path))
    with pytest.raises(TemplateError, match="paragraph 3"):
        broken.bind({})


def test_what_a_filter_gave_once_is_not_kept(tmp_path):
    source = f"{VALUE[0]}('never')|stamp{VALUE[1]} {VALUE[0]}('a' ~ 'b')|stamp{VALUE[1]}"
    for given in ("first", "second"):
        bound = Program(source, (), (), Store(tmp_path)).bind({"stamp": lambda _, given=given: given})
        assert "".join(bound.stream({})) == f"{given} {given}"
