"""Writing built templates so that one edited by hand in Office is never written over unasked."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent
RECORD = Path(__file__).resolve().parent / "built.json"


def normalised(data: bytes) -> bytes:
    """Return the package with sorted members and fixed times, so that equal contents are equal bytes."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            content = source.read(name)
            target.writestr(member, normalised(content) if name.endswith(".xlsx") else content)
    return out.getvalue()


def keep(path: Path, data: bytes, *, force: bool = False) -> str:
    """Write a template and record its digest; return what was done: written, unchanged, or edited by hand: left."""
    name = path.relative_to(TEMPLATES).as_posix()
    record: dict[str, str] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    data = normalised(data)
    digest = hashlib.sha256(data).hexdigest()
    if path.exists():
        present = hashlib.sha256(path.read_bytes()).hexdigest()
        if present == digest:
            done = "unchanged"
        elif record.get(name) != present and not force:
            return "edited by hand: left as it is (--force writes over it)"
        else:
            done = "written"
    else:
        done = "written"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    record[name] = digest
    RECORD.write_text(json.dumps(dict(sorted(record.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return done
