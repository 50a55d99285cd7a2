"""What is looked for in all parts of a template before it is compiled.

The noncharacters U+FDD0 to U+FDEF are its compiler's own marks, and no text needs them.
"""

from __future__ import annotations

import re

from exporters.errors import Fault, PackageError
from exporters.package.reader import Package

_WRITTEN = re.compile(rb"\xef\xb7[\x90-\xaf]")
_NUMBERED = re.compile(rb"&#(?:[xX]0*[fF][dD][dDeE][0-9a-fA-F]|0*649(?:7[6-9]|[89][0-9])|0*650(?:0[0-7]));")


def refuse_marks(package: Package) -> None:
    """Raise PackageError where a part of a template holds a mark; it could pass for what the compiler put there."""
    message = "it holds a noncharacter (U+FDD0 to U+FDEF)"
    faults = [
        Fault("control-character", message, package.file, f"part {name}", "delete it")
        for name in package.names()
        if name.endswith((".xml", ".rels", ".vml")) and _holds_mark(package.read(name))
    ]
    if faults:
        raise PackageError(faults)


def refuse_strict(package: Package) -> None:
    """Raise PackageError where a file is in the strict form of Open XML: its elements have other names."""
    main = package.main_part()
    if b"http://purl.oclc.org/ooxml/" in package.read(main)[:4000]:
        message = "the file is in the strict form of Open XML, which few programs read"
        hint = "save it as an ordinary Word, PowerPoint or Excel file"
        raise PackageError(Fault("strict", message, package.file, f"part {main}", hint))


def _holds_mark(data: bytes) -> bool:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    return bool(_WRITTEN.search(data) or (b"&#" in data and _NUMBERED.search(data)))
