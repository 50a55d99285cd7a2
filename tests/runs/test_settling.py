"""Settling conflicts and bringing back: what is told is what stands in the files, the ledger and the manifest."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from click.testing import CliRunner

from exporters.cli.app import app
from exporters.errors import BriefpackError, RefusedError
from exporters.runs import review, settling
from exporters.runs.build import execute
from exporters.runs.inputs import find_dataset
from exporters.runs.pack import Pack
from exporters.runs.planning import Request, plan

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KEY, FILE = "nansha.gdp-growth.text", "briefing.docx"


class Desk:
    """A pack of one briefing in which the data and a person disagree about KEY."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.pack = folder, folder / "p"
        self.file = self.pack / FILE

    def data(self, value: int) -> str:
        text = Path(str(find_dataset(None))).read_text("utf-8")
        at = text.index("id: nansha.gdp-growth")
        path = self.folder / "data.yaml"
        path.write_text(text[:at] + text[at:].replace("value: 10", f"value: {value}", 1), "utf-8")
        return str(path)

    def build(self, value: int) -> int:
        cache = self.folder / "cache"
        return execute(plan(Request(self.data(value), self.pack, only=("word",), cache=cache))).exit_code

    def retype(self, *words: str) -> None:
        """Write the first of *words* in the first place of KEY, and so on; the last stands in all that follow."""
        document = docx.Document(str(self.file))
        for number, text in enumerate(_places(document)):
            text.text = words[min(number, len(words) - 1)]
        document.save(str(self.file))

    @property
    def texts(self) -> list[str]:
        return [text.text for text in _places(docx.Document(str(self.file)))]

    @property
    def open(self) -> list[str]:
        """The texts of people that are in conflict, as the ledger and the manifest both have it."""
        found = review.status(self.pack)
        told = [(file, one.key, one.theirs, one.item, one.group) for file, one in found.conflicts]
        written = [tuple(map(one.get, ("file", "key", "theirs", "item", "group"))) for one in found.manifest.conflicts]
        assert sorted(told) == sorted(written)
        assert sorted(one.theirs for one in found.files[0].plan.conflicts) == sorted(one[2] for one in told)
        return [one[2] for one in told]


def _places(document: Any) -> list[Any]:
    found = [one for one in document.element.body.iter(f"{W}alias") if one.get(f"{W}val") == KEY]
    assert len(found) > 1
    return [next(one.getparent().getparent().iter(f"{W}t")) for one in found]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("made"))
    desk.build(10)
    desk.retype("12%", "13%")
    assert desk.build(9) == 3
    return desk.folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    shutil.copytree(made, tmp_path / "desk")
    return Desk(tmp_path / "desk")


def test_taking_the_data_takes_it_in_every_place(desk: Desk) -> None:
    assert set(desk.open) == {"12%", "13%"}
    assert settling.resolve(desk.pack, KEY, "data") == settling.Settled((FILE,))
    assert (set(desk.texts), desk.open) == ({"9%以上"}, [])


def test_taking_the_data_takes_it_over_what_was_typed_since_the_build(desk: Desk) -> None:
    desk.retype("14%", "9%以上", "15%")
    settling.resolve(desk.pack, KEY, "data")
    assert (set(desk.texts), desk.open) == ({"9%以上"}, [])


def test_keeping_mine_keeps_it_in_every_place(desk: Desk) -> None:
    settling.resolve(desk.pack, KEY, "mine")
    assert (set(desk.texts), desk.open) == ({"12%", "13%"}, [])


def test_where_the_value_was_deleted_it_stays_open_and_is_told(desk: Desk) -> None:
    settling.resolve(desk.pack, KEY, "data")
    document = docx.Document(str(desk.file))
    control = next(_places(document)[0].iterancestors(f"{W}sdt"))
    control.getparent().remove(control)
    document.save(str(desk.file))
    desk.retype("12%")
    assert desk.build(8) == 3
    assert sorted(set(desk.open)) == ["", "12%"]
    args = ["resolve", str(desk.pack), KEY]
    done = CliRunner().invoke(app, [*args, "--data"], prog_name="briefpack")
    assert (done.exit_code, "was deleted elsewhere in briefing.docx" in done.output) == (3, True)
    assert (set(desk.texts), desk.open) == ({"8%以上"}, [""])
    assert desk.build(8) == 3
    done = CliRunner().invoke(app, [*args, "--data"], prog_name="briefpack")
    assert (done.exit_code, "no place to go" in done.output) == (1, True)
    done = CliRunner().invoke(app, [*args, "--mine"], prog_name="briefpack")
    assert (done.exit_code, desk.open, desk.build(8)) == (0, [], 0)


@pytest.mark.parametrize(
    "lock", ["~$briefing.docx", "~$iefing.docx", ".~lock.briefing.docx#", ".~briefing.docx", ".~iefing.docx"]
)
@pytest.mark.parametrize(
    "action", [lambda pack: settling.resolve(pack, KEY, "data"), settling.restore], ids=["resolve", "restore"]
)
def test_a_file_open_in_an_editor_is_left_alone(desk: Desk, lock: str, action: Callable[[Path], object]) -> None:
    (desk.pack / lock).write_bytes(b"")
    before = desk.file.read_bytes()
    with pytest.raises(RefusedError, match="open in an editor") as caught:
        action(desk.pack)
    assert (caught.value.exit_code, desk.file.read_bytes()) == (4, before)
    assert desk.open


def test_a_save_while_a_conflict_is_settled_is_not_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    patched = settling.patched

    def meanwhile(*args: Any) -> bytes:
        desk.retype("saved meanwhile")
        return patched(*args)

    monkeypatch.setattr(settling, "patched", meanwhile)
    with pytest.raises(RefusedError, match="changed"):
        settling.resolve(desk.pack, KEY, "mine")
    assert set(desk.texts) == {"saved meanwhile"}


def test_restore_opens_again_what_was_open_then(desk: Desk) -> None:
    there = desk.open
    settling.resolve(desk.pack, KEY, "data")
    settling.restore(desk.pack)
    assert (desk.open, set(desk.texts)) == (there, {"12%", "13%"})
    assert desk.build(9) == 3
    settling.resolve(desk.pack, KEY, "data")
    assert set(desk.texts) == {"9%以上"}


def test_restore_closes_what_was_not_open_then(desk: Desk) -> None:
    settling.restore(desk.pack)
    assert (desk.open, set(desk.texts)) == ([], {"12%", "13%"})
    with pytest.raises(BriefpackError, match="no open conflict"):
        settling.resolve(desk.pack, KEY, "data")
    assert desk.build(9) == 3


def test_what_restore_opens_stays_open_in_an_older_generation(desk: Desk) -> None:
    there = desk.open
    assert desk.build(8) == 3
    settling.restore(desk.pack)
    assert desk.open == there
    assert desk.build(9) == 3
    assert desk.open == there


def test_a_pack_without_its_memory_is_told(desk: Desk) -> None:
    shutil.rmtree(desk.pack / ".briefpack")
    done = CliRunner().invoke(app, ["status", str(desk.pack)], prog_name="briefpack")
    assert (done.exit_code, "does not remember" in done.output) == (1, True)
    assert Pack.open(desk.pack).manifest.files
    assert not (desk.pack / ".briefpack").exists()
