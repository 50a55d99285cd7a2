"""The PDFs that LibreOffice writes, without what differs from run to run."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

# Each is replaced by as many bytes, so that the file's table of offsets stays right.
_MOMENT = re.compile(rb"(/(?:CreationDate|ModDate)\s*\(D:)[0-9]{14}")
_IDENTITY = re.compile(rb"/ID\s*\[\s*<([0-9A-F]{32})>\s*<\1>\s*\]\s*/DocChecksum\s*/([0-9A-F]{32})")


def settle(path: Path, day: dt.date | None) -> None:
    """Give the PDF at *path* the start of *day* as its time (1970 where None), and an identity from its contents.

    Equal documents then have equal bytes. What another version of LibreOffice writes otherwise is left as it is.
    """
    moment = f"{day or dt.date(1970, 1, 1):%Y%m%d}000000".encode()
    content = _MOMENT.sub(rb"\g<1>" + moment, path.read_bytes())
    for found in list(_IDENTITY.finditer(content))[-1:]:
        identity, checksum = found[1], found[2]
        head, tail = content[: found.start()], content[found.end() :]
        digest = hashlib.sha256(head + tail).hexdigest().upper().encode()
        middle = found[0].replace(identity, digest[:32]).replace(checksum, digest[32:])
        content = head + middle + tail
    path.write_bytes(content)
