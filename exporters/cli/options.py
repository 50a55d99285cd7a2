"""Options that several commands share, and their values."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporters import __version__, resources
from exporters.errors import nearest
from exporters.registry import EXPORTERS

if TYPE_CHECKING:
    from exporters.runs.planning import Request

_STATES_KEPT = 4


def _names(_ctx: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Read names of exporters, separated by commas; they come in the registry's order."""
    asked = [part.strip() for part in value.split(",") if part.strip()]
    for name in asked:
        if name not in EXPORTERS:
            hint = nearest(name, EXPORTERS) or f"choose from {', '.join(EXPORTERS)}"
            raise click.BadParameter(f"{name!r} is no exporter; {hint}")
    if not asked:
        raise click.BadParameter(f"choose from {', '.join(EXPORTERS)}")
    return tuple(name for name in EXPORTERS if name in asked)


def _day(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> dt.date | None:
    if value is None:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day of the calendar; write it as 2023-02-01") from None


templates_option = click.option(
    "--templates", metavar="SET_OR_DIR", default="standard", show_default=True, help="Template set, or a folder of it."
)
lang_option = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language.")
pack_templates_option = click.option(
    "--templates", metavar="SET_OR_DIR", help="Template set, or a folder of it [as the pack is; else standard]."
)
pack_lang_option = click.option("--lang", type=click.Choice(["zh", "en"]), help="Language [as the pack is; else zh].")
only_option = click.option(
    "--only", callback=_names, default=",".join(EXPORTERS), metavar="NAMES", help="Only these of word,deck,workbook."
)
folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
as_of_option = click.option("--as-of", callback=_day, metavar="DATE", help="The day that the pack stands for.")


def pack_request(
    dataset: str | None,
    out: Path | None,
    templates: str | None,
    lang: str | None,
    only: tuple[str, ...],
    as_of: dt.date | None,
) -> Request:
    """Return what is asked of a pack; the language and the template set that are None are as the pack has them."""
    from exporters.runs.planning import Request

    return Request(
        dataset=dataset,
        out=out,
        templates=templates or resources.DEFAULT_TEMPLATES,
        lang="en" if lang == "en" else "zh",
        only=only,
        as_of=as_of,
        epoch=source_date_epoch(),
        cache=cache_folder(),
        unsaid=frozenset(name for name, said in (("lang", lang), ("templates", templates)) if said is None),
    )


def cache_folder() -> Path | None:
    """Return where what was worked out is kept: ``BRIEFPACK_CACHE``, or the user's own cache folder.

    ``BRIEFPACK_CACHE=off`` keeps none. Each state of the code has its own; the newest few stay.
    """
    asked = os.environ.get("BRIEFPACK_CACHE", "")
    if asked == "off":
        return None
    if asked:
        root = Path(asked)
    else:
        import platformdirs

        root = Path(platformdirs.user_cache_dir("briefpack", appauthor=False))
    folder = root / resources.fingerprint()
    if not folder.exists():
        _forget_old(root)
    return folder


def _forget_old(root: Path) -> None:
    """Drop what earlier states of a checkout have left, but for the newest few."""
    import shutil

    left = [path for path in root.glob(f"{__version__}-*") if path.is_dir()]
    left.sort(key=lambda path: path.stat().st_mtime)
    for path in left[:-_STATES_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def source_date_epoch() -> int | None:
    """Return ``SOURCE_DATE_EPOCH`` (seconds, UTC), or None where it is not set; a wrong one is wrong use."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 12:
        raise click.UsageError(f"SOURCE_DATE_EPOCH={value!r} is not a number of seconds")
    return int(value)
