"""What an editor has spoilt in a workbook without anybody seeing it, put right before it is read."""

from __future__ import annotations

from exporters.package import EditedPackage
from exporters.workbook.living.rekeying import rekeyed
from exporters.workbook.living.retyping import retyped


def mended(package: EditedPackage) -> EditedPackage:
    """Return an edited workbook with its records' ids, and with figures as numbers."""
    found = retyped(rekeyed(package))
    return EditedPackage(found, found.base, mended=found is not package)
