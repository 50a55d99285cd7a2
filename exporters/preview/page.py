"""The one HTML page of a pack. Same records and files, same bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from exporters.binding.scope import Scope
    from exporters.binding.views import PlaceView, TargetView
    from exporters.preview.pages import Picture

_TEMPLATE = Path(__file__).with_name("page.html")
_INVENTED = "invented"
_HAN = re.compile("[\u3400-\u9fff]")


class ShownFile(Struct, frozen=True):
    """One file of the pack as the page shows it. ``href`` leads from the page to it; the PDF lies beside the page.

    ``touched`` says that people changed it; ``count`` is its number of pages, ``pages`` are those pictured.
    """

    name: str
    exporter: str
    href: str
    bytes: int
    sha256: str
    touched: bool
    pdf: str = ""
    pdf_bytes: int = 0
    pdf_sha256: str = ""
    count: int = 0
    pages: tuple[Picture, ...] = ()

    @property
    def stem(self) -> str:
        return Path(self.name).stem


def render(
    scope: Scope,
    files: Sequence[ShownFile],
    *,
    conflicts: Sequence[Mapping[str, Any]] = (),
    gone: Sequence[str] = (),
    tool: str = "",
    dataset_sha256: str = "",
) -> bytes:
    """Return the page of a pack. *conflicts* are the manifest's; *gone* names files that are no longer there."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"digest": _digest, "size": _size, "spoken": _spoken}
    names = dict(scope.names())
    # What is only invented is said once; there is nothing in it to check.
    doubtful = [target for target in names["flagged"] if target.flag_code != _INVENTED]
    text = environment.from_string(_TEMPLATE.read_text("utf-8")).render(
        names,
        groups=_groups(names),
        notes=_notes(doubtful),
        doubtful=doubtful,
        invented=len(names["flagged"]) - len(doubtful),
        quoted=sum(bool(target.clause) for target in names["targets"]),
        files=files,
        pictured=any(file.pages for file in files),
        conflicts=conflicts,
        gone=gone,
        tool=tool,
        dataset_sha256=dataset_sha256,
    )
    return text.encode()


def _groups(names: Mapping[str, Any]) -> list[tuple[PlaceView, list[TargetView]]]:
    """Return every target under its place: the city, the districts in their order, then any other place."""
    found: dict[str, tuple[PlaceView, list[TargetView]]] = {
        place.key: (place, []) for place in (names["city"], *names["districts"])
    }
    for target in names["targets"]:
        found.setdefault(target.place.key, (target.place, []))[1].append(target)
    city = names["city"].key
    return [group for key, group in found.items() if group[1] or key != city]


def _notes(flagged: Sequence[TargetView]) -> dict[str, list[TargetView]]:
    """Return the flagged targets by what their flags say: one remark often holds for a whole source."""
    found: dict[str, list[TargetView]] = {}
    for target in flagged:
        found.setdefault(target.flag_text, []).append(target)
    return found


def _digest(text: str) -> str:
    """Return the Content-Security-Policy source of an inline text: nothing else on the page may act or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _size(count: int) -> str:
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def _spoken(text: str) -> str:
    """Return the language attribute of a quotation, for screen readers and the choice of glyphs."""
    from markupsafe import Markup

    return Markup(' lang="zh-CN"') if _HAN.search(text) else ""
