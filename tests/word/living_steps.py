"""Regenerating one document as a build does, and looking at the result."""

from __future__ import annotations

import io
from pathlib import Path

from lxml import etree

from exporters import word
from exporters.merge import Overrides, merge
from exporters.package import EditedPackage, Package, lint
from exporters.snapshot import Plan, SetSlot, Snapshot

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NEXT = "living:2:00ff"


def snapshot(data: bytes, base: bytes = b"") -> Snapshot:
    """Return what a file holds; *base* is what it was edited from."""
    package = Package.open(data, name="briefing.docx")
    return word.read(EditedPackage(package, Package.open(base)) if base else package)


def plan_of(base: bytes, theirs: bytes, ours: bytes, overrides: Overrides | None = None) -> Plan:
    return merge(snapshot(base), snapshot(theirs, base), snapshot(ours), overrides)


def patched(theirs: bytes, plan: Plan, ours: bytes, track: str = "") -> bytes:
    out = io.BytesIO()
    target, new = Package.open(theirs, name="briefing.docx"), Package.open(ours, name="ours.docx")
    word.patch(target, plan, new, out, properties={"briefpack": NEXT}, track=track, epoch=1_700_000_000)
    return out.getvalue()


def faults(data: bytes, of: bytes | None = None) -> list[str]:
    """Return what the checker finds, less what it found in the file that was patched."""
    known = {_message(one) for one in lint(of)} if of is not None else set()
    return [str(one) for one in lint(data) if _message(one) not in known]


def _message(finding: object) -> str:
    """Return a finding without its place, which names the words that stand there."""
    return str(finding).rpartition(": ")[2]


def regenerate(base: bytes, theirs: bytes, ours: bytes, track: str = "") -> tuple[bytes, Plan]:
    """Merge and patch; the result passes the checker, and a second run with the same data has nothing to do."""
    plan = plan_of(base, theirs, ours)
    result = patched(theirs, plan, ours, track)
    found = faults(result, theirs)
    assert not found, found
    again = plan_of(ours, result, ours, Overrides.of(plan.conflicts))
    assert again.edits == (), again.edits
    assert snapshot(result).stamp == NEXT
    return result, plan


def text(data: bytes) -> str:
    return "\n".join(word.lines(Package.open(data, name="briefing.docx")))


def body(data: bytes) -> list[str]:
    """Return the paragraphs of the body, read by nothing but their texts: with revisions accepted."""
    return settled(data, accept=True)


def settled(data: bytes, accept: bool) -> list[str]:
    """Accept or reject all revisions of the body, as ECMA-376 part 1, 17.13.5 says, and return its paragraphs."""
    root = tree(data)
    gone, stays = (f"{W}del", f"{W}ins") if accept else (f"{W}ins", f"{W}del")
    for row in list(root.iter(f"{W}tr")):
        if row.find(f"{W}trPr/{gone}") is not None:
            parent = row.getparent()
            parent.remove(row)
            if parent.find(f"{W}tr") is None:
                parent.getparent().remove(parent)
    found: list[str] = []
    carried = ""
    for paragraph in root.iter(f"{W}p"):
        words = carried + _words(paragraph, gone)
        mark = paragraph.find(f"{W}pPr/{W}rPr/{gone}")
        following = paragraph.getnext()
        if mark is not None and following is not None and following.tag == f"{W}p":
            carried = words
        else:
            found.append(words)
            carried = ""
    assert stays
    return found


def _words(paragraph: etree._Element, gone: str) -> str:
    pieces = []
    for node in paragraph.iter(f"{W}t", f"{W}delText", f"{W}tab", f"{W}br"):
        if next(node.iterancestors(f"{W}p")) is not paragraph or any(one.tag == gone for one in node.iterancestors()):
            continue
        if node.tag in {f"{W}tab", f"{W}br"}:
            if node.getparent().tag == f"{W}r":
                pieces.append("\t" if node.tag == f"{W}tab" else "\n")
        else:
            pieces.append(node.text or "")
    return "".join(pieces)


def tree(data: bytes, part: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(Package.open(data).read(part))


def comments(data: bytes) -> list[list[str]]:
    """Return the lines of each comment."""
    package = Package.open(data)
    if "word/comments.xml" not in package:
        return []
    return [
        ["".join(one.text or "" for one in paragraph.iter(f"{W}t")) for paragraph in comment.iter(f"{W}p")]
        for comment in tree(data, "word/comments.xml").iter(f"{W}comment")
    ]


def parts_apart(first: bytes, second: bytes) -> set[str]:
    """Return the names of parts that differ."""
    one, other = Package.open(first), Package.open(second)
    names = {*one.names(), *other.names()}
    return {name for name in names if name not in one or name not in other or one.read(name) != other.read(name)}


def sets(plan: Plan) -> dict[str, str]:
    return {edit.key: edit.new for edit in plan.edits if isinstance(edit, SetSlot)}


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
