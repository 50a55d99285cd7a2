"""Proving a pack: its three files as they are now, against their renders, their records, evidence and each other.

Each file must state what the pack was last built from, and three readings must agree. Through the keys: each bound
value is what was rendered and what its record says. Through plain text: no number stands there that the render did not
hold. And inside each file: what formulas and charts show is what their cells give.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from exporters.binding.keys import Keys
from exporters.runs.pack import Pack
from exporters.runs.verifying.agreement import (
    all_there,
    dropped,
    everywhere_the_same,
    evidence,
    in_itself,
    look_up_spans,
)
from exporters.runs.verifying.findings import Finding
from exporters.runs.verifying.reading import kept_in, read_all
from exporters.runs.verifying.through_keys import through_keys
from exporters.runs.verifying.through_text import Known, through_text


class Verification(Struct, frozen=True):
    """What was checked, and what was found."""

    findings: tuple[Finding, ...]
    values: int
    targets: int
    spans: int

    @property
    def proven(self) -> bool:
        return not any(finding.error for finding in self.findings)


def verify(pack: Pack, sources: Path | None = None) -> Verification:
    """Return everything in the pack that does not agree with its records, or that a hand has changed.

    *sources* is a folder with the texts of the sources (by ``Source.file``): clauses are then looked up at their spans.
    """
    findings: list[Finding] = []
    read = list(read_all(pack, findings))
    keys = Keys(pack.scope)
    known = Known(pack)
    values = 0
    for one in read:
        kept = kept_in(one, pack)
        findings += kept.findings
        count, found = through_keys(one, keys, kept)
        values += count
        findings += found
        findings += through_text(one, found, known, kept)
        findings += dropped(one)
        findings += in_itself(one)
    findings += everywhere_the_same(read, keys)
    findings += all_there(read, pack)
    findings += evidence(pack)
    spans, wrong = look_up_spans(pack, sources) if sources else (0, [])
    findings += wrong
    findings += [Finding("missing", name, "", "", "the file is gone") for name in pack.gone]
    return Verification(tuple(findings), values, len(pack.dataset.targets), spans)
