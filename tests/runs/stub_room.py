"""An exporter as small as can be: one part with the keys of all targets, so that runs are tested without Office."""

from __future__ import annotations

import io
from pathlib import Path

from exporters import registry
from exporters.binding.compiled import Compiled
from exporters.errors import Fault, TemplateError
from exporters.package import PackageWriter

NAME = "stub"
FILENAME = "stub.docx"

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def template(text: str = "<doc/>") -> bytes:
    """Return a package that passes the guard; a *text* with BAD does not compile, one with BURST does not render."""
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        writer.add("[Content_Types].xml", TYPES.encode())
        writer.add("_rels/.rels", RELS.encode())
        writer.add("word/document.xml", text.encode())
    return out.getvalue()


def compile(package, file):  # noqa: A001
    text = package.read("word/document.xml").decode()
    if "BAD" in text:
        raise TemplateError([Fault("bad", "a bad name", file, "paragraph 1"), Fault("bad", "another", file, "page 2")])
    return Compiled({}, {"text": text})


def reaches(package):
    return []


def render(compiled, template, scope, out, *, epoch=None, properties=None):
    with PackageWriter(out) as writer:
        writer.add("[Content_Types].xml", TYPES.encode())
        writer.add("_rels/.rels", RELS.encode())
        if "BURST" in compiled.meta["text"]:
            raise TemplateError(Fault("burst", "it broke in the middle", where="paragraph 7"))
        keys = "".join(f'<k v="{view.key}.text">{view.text}</k>' for view in scope.names()["targets"])
        writer.add("word/document.xml", f"<doc lang='{scope.lang}' epoch='{epoch}'>{keys}</doc>".encode())
        writer.add("docProps/custom.xml", repr(sorted((properties or {}).items())).encode())


def install(monkeypatch, folder: Path, **texts: str) -> Path:
    """Make the registry hold stub exporters of the names in *texts*, with templates in *folder*; return the folder."""
    entries = {
        name: registry.Entry(name, f"{name}.docx", __name__, (f"{name}.docx",)) for name in (texts or {"one": "<doc/>"})
    }
    monkeypatch.setattr(registry, "EXPORTERS", entries)
    for module in ("exporters.runs.inputs",):
        monkeypatch.setattr(f"{module}.EXPORTERS", entries)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (texts or {"one": "<doc/>"}).items():
        (folder / f"{name}.docx").write_bytes(template(text))
    return folder
