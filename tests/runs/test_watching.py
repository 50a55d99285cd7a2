"""Watching: a real change counts once, an editor's temporary files do not."""

from __future__ import annotations

import threading
import time

import pytest

pytest.importorskip("watchfiles")

from exporters.runs.watching import changes


def test_only_changes_of_the_files_themselves_count(tmp_path):
    data, template = tmp_path / "data.yaml", tmp_path / "briefing.docx"
    data.write_text("a")
    template.write_bytes(b"1")
    seen: list[list[str]] = []
    over = threading.Event()

    def watch() -> None:
        seen.extend([path.name for path in changed] for changed in changes([data, template], over.is_set))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        time.sleep(1)
        (tmp_path / "~$iefing.docx").write_bytes(b"lock")
        (tmp_path / "~WRD0001.tmp").write_bytes(b"part")
        data.write_text("a")
        time.sleep(1.5)
        assert seen == []
        # As Word saves: the new file under another name, then moved into place.
        (tmp_path / "~WRD0002.tmp").write_bytes(b"2")
        (tmp_path / "~WRD0002.tmp").replace(template)
        for _ in range(50):
            if seen:
                break
            time.sleep(0.1)
        assert seen == [["briefing.docx"]]
    finally:
        over.set()
        thread.join(5)
    assert not thread.is_alive()
