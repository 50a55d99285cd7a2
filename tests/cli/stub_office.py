"""The smallest sound briefing."""

from __future__ import annotations

import io


def sound() -> bytes:
    """Return a .docx of one empty paragraph, made by python-docx."""
    import docx

    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()
