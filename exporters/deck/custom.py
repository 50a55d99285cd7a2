"""docProps/custom.xml: the one place in a presentation whose text every editor keeps."""

from __future__ import annotations

from typing import Any

_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"


def custom_xml(meta: dict[str, Any], properties: dict[str, str]) -> bytes:
    """Return docProps/custom.xml: what the template holds, then *properties* as text, by name."""
    kept = [xml for name, xml in meta["own"].items() if name not in properties]
    number = meta["next"]
    for name, value in sorted(properties.items()):
        kept.append(
            f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{_escaped(name)}">'
            f"<vt:lpwstr>{_escaped(value)}</vt:lpwstr></property>"
        )
        number += 1
    return f'{_HEADER}<Properties xmlns="{_CUSTOM}" xmlns:vt="{_TYPES}">{"".join(kept)}</Properties>'.encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
