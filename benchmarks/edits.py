"""The same edits of a Word file under three ways of making it again: what a person wrote, and what the data moved.

``briefpack`` merges. ``docxtpl`` renders its template again over the file, as template engines do. ``git`` does what
copier does with text: the document.xml of the old render, of the edited file and of the new render, one element a line,
through ``git merge-file``. The file is a sentence, a table and a paragraph for each of four districts; the editor is
python-docx, which writes nothing anew that it need not. docxtpl (peers.txt) is asked through the Python of ``--peer``,
an environment that has it; without it only briefpack is shown.

    python benchmarks/edits.py [--peer PYTHON] [--json]
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
from editing import data, merged, renders, show
from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_PEER = """
import json, sys
from docxtpl import DocxTemplate
template, context, out = sys.argv[1:]
one = DocxTemplate(template)
one.render(json.load(open(context, encoding="utf-8")))
one.save(out)
"""


def template(briefpack: bool) -> bytes:
    """Return the template in the tags of the one or of the other."""
    text = "d.target.gdp_growth.text" if briefpack else "d.growth"
    document = docx.Document()
    document.add_paragraph("全市共{{ districts|length }}个区提出目标。请各部门核对。")
    table = document.add_table(2, 2) if briefpack else document.add_table(4, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "区", "增速"
    first, last = ("{% for d in districts %}", "{% endfor %}") if briefpack else ("", "")
    if not briefpack:
        table.rows[1].cells[0].text, table.rows[3].cells[0].text = "{%tr for d in districts %}", "{%tr endfor %}"
    row = table.rows[1 if briefpack else 2]
    row.cells[0].text, row.cells[1].text = first + "{{ d.name }}", "{{ " + text + " }}" + last
    document.add_paragraph("{% for d in districts %}" if briefpack else "{%p for d in districts %}")
    document.add_paragraph("{{ d.name }}力争增长{{ " + text + " }}，抓好落实。")
    document.add_paragraph("{% endfor %}" if briefpack else "{%p endfor %}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def context(found: Any) -> dict[str, Any]:
    from exporters.binding.scope import Scope

    scope = Scope(found, "zh")
    rows = [{"name": d.name, "growth": str(d.target.find("gdp-growth").text)} for d in scope.names()["districts"]]
    return {"districts": rows}


# --- edits -----------------------------------------------------------------------------------------------------------


def words(paragraph: Any) -> str:
    return "".join(node.text or "" for node in paragraph.iter(f"{W}t"))


def paragraph(document: Any, text: str) -> Any:
    return next(one for one in document.element.body.iter(f"{W}p") if text in words(one))


def append(document: Any) -> None:
    docx.text.paragraph.Paragraph(paragraph(document, "抓好落实"), document).add_run("手写一句。")


def reword(document: Any) -> None:
    for node in document.element.body.iter(f"{W}t"):
        node.text = (node.text or "").replace("力争增长", "努力增长")


def own(document: Any) -> None:
    document.add_paragraph("自己的一段。")


def sort(document: Any) -> None:
    table = document.tables[0]._tbl
    for row in reversed(table.tr_lst[1:]):
        table.append(row)


def column(document: Any) -> None:
    document.tables[0].add_column(100_000)
    document.tables[0].rows[1].cells[2].text = "批注"


def overtype(document: Any) -> None:
    for node in document.element.body.iter(f"{W}t"):
        if node.text and "%" in node.text and "增长" not in node.text:
            node.text = "约50%"
            return


EDITS: dict[str, tuple[Callable[[Any], None], str]] = {
    "a sentence added behind one with a figure": (append, "手写一句。"),
    "words replaced in the whole document": (reword, "努力增长"),
    "a paragraph of one's own": (own, "自己的一段。"),
    "a table sorted": (sort, ""),
    "a column put in": (column, "批注"),
    "a figure typed over that the data moves too": (overtype, "约50%"),
}


# --- ways ------------------------------------------------------------------------------------------------------------


def by_briefpack(edit: Callable[[Any], None]) -> tuple[bytes, str]:
    from exporters import word

    base, ours = renders(word, template(briefpack=True), "t.docx")
    return merged(word, "b.docx", base, edited(base, edit), ours)


def by_git(edit: Callable[[Any], None], python: str) -> tuple[bytes | None, str]:
    base, ours = rendered(python, moved=False), rendered(python, moved=True)
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name, one) for one in ("theirs", "base", "ours")]
        for path, content in zip(paths, (edited(base, edit), base, ours), strict=True):
            root = etree.fromstring(ZipFile(io.BytesIO(content)).read("word/document.xml"))
            path.write_bytes(etree.tostring(root).replace(b"><", b">\n<"))
        done = subprocess.run(["git", "merge-file", "-p", *map(str, paths)], capture_output=True, check=False)
    if done.returncode:
        return None, "marks in the XML: Word cannot open it"
    out = io.BytesIO()
    with ZipFile(io.BytesIO(ours)) as old, ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, done.stdout if part == "word/document.xml" else old.read(part))
    return out.getvalue(), ""


def rendered(python: str, *, moved: bool) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        source, values, out = (Path(name, one) for one in ("t.docx", "c.json", "o.docx"))
        source.write_bytes(template(briefpack=False))
        values.write_text(json.dumps(context(data(moved)), ensure_ascii=False), "utf-8")
        subprocess.run([python, "-c", _PEER, str(source), str(values), str(out)], check=True)
        return out.read_bytes()


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    document = docx.Document(io.BytesIO(content))
    edit(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def outcome(made: tuple[bytes | None, str], mark: str) -> dict[str, Any]:
    """Return whether the edit is there, whether the new figure is, and what was said."""
    content, note = made
    if content is None:
        return {"edit": False, "data": False, "note": note}
    document = docx.Document(io.BytesIO(content))
    text = "\n".join(words(one) for one in document.element.body.iter(f"{W}p"))
    names = [words(row._tr.tc_lst[0]) for row in document.tables[0].rows][1:]
    numbers = [int("".join(filter(str.isdigit, name))) for name in names]
    kept = mark in text if mark else numbers == sorted(numbers, reverse=True)
    return {"edit": kept, "data": "77%" in text, "note": note}


def main() -> None:
    parser = argparse.ArgumentParser(description="The same edits under three ways of making a Word file again.")
    parser.add_argument("--peer", default="", help="a Python that has docxtpl")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    rows: dict[str, dict[str, Any]] = {}
    for name, (edit, mark) in EDITS.items():
        rows[name] = {"briefpack": outcome(by_briefpack(edit), mark)}
        if options.peer:
            rows[name]["docxtpl"] = outcome((rendered(options.peer, moved=True), ""), mark)
            rows[name]["git"] = outcome(by_git(edit, options.peer), mark)
    show(rows, options.json)


if __name__ == "__main__":
    main()
