"""One page that lists the packs of a batch, with what became of each and links to its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from exporters.errors import BriefpackError
from exporters.runs.manifest import Manifest
from exporters.runs.manifest import read as read_manifest

if TYPE_CHECKING:
    from exporters.runs.batch import Report

PAGE = "index.html"
_STYLE = """
body{font:16px/1.5 system-ui,"Microsoft YaHei","PingFang SC",sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
color:#1c2733}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;vertical-align:top;
border-bottom:1px solid #d5dbe1}caption{text-align:left;margin-bottom:.8rem}a{color:#0b4f8a}
.failed,.refused{color:#a4161a;font-weight:600}.conflicts{color:#8a5300;font-weight:600}.unchanged{color:#56626e}
ul{margin:.2rem 0;padding-left:1.2rem}tr{break-inside:avoid}@media print{a{color:inherit}}
@media(max-width:40rem){thead,td:empty{display:none}td{display:block;border:0;padding:.1rem 0}
tr{display:block;padding:.6rem 0;border-bottom:1px solid #d5dbe1}}
"""


def write_page(out: Path, reports: Sequence[Report]) -> None:
    """Write ``index.html`` into the batch's folder; its bytes depend on the reports alone."""
    counts = Counter(str(report.status) for report in reports)
    names = ("built", "unchanged", "conflicts", "refused", "failed")
    said = ", ".join(f"{counts[name]} {name}" for name in names if counts[name])
    rows = "\n".join(_row(report) for report in reports)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>Packs</title><style>{_STYLE}</style></head><body>\n'
        f'<h1>Packs</h1>\n<table><caption>{len(reports)} packs: {said}</caption>\n<thead><tr><th scope="col">Pack</th>'
        '<th scope="col">Status</th><th scope="col">Files</th><th scope="col">What to know</th></tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table>\n</body></html>\n"
    )
    path, part = out / PAGE, out / f".{PAGE}.part"
    content = page.encode()
    if path.is_file() and path.read_bytes() == content:
        return
    part.write_bytes(content)
    part.replace(path)


def _made(report: Report) -> Manifest | None:
    """Return the manifest of a pack; none where it failed, or cannot be read, which is then told as a fault."""
    if report.status == "failed":
        return None
    try:
        return read_manifest(report.pack.out)
    except BriefpackError:
        return None


def _row(report: Report) -> str:
    folder = report.pack.out
    made = _made(report)
    title = made.title if made else report.pack.dataset.stem
    names = made.files if made else ()
    files = " ".join(f'<a href="{quote(f"{folder.name}/{name}")}">{escape(name)}</a>' for name in names)
    notes = [escape(str(fault)) for fault in report.faults]
    notes += [escape(str(move)).replace("-&gt;", "→") for move in report.moved]
    if report.conflicts:
        notes.append(f"{report.conflicts} conflicts to settle: briefpack status {escape(folder.name)}")
    said = f"<ul>{''.join(f'<li>{note}</li>' for note in notes)}</ul>" if notes else ""
    lang = report.pack.request.lang
    name = f'<span lang="{lang}">{escape(title)}</span><br><small>{escape(folder.name)}</small>'
    return f'<tr><td>{name}</td><td class="{report.status}">{report.status}</td><td>{files}</td><td>{said}</td></tr>'
