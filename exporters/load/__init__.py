"""A file -> the model, with every fault at once and its place; and the model, or edits of it, -> a file."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from exporters.collector import collector_paused
from exporters.errors import DataError, Fault, PackageError, RefusedError, nearest
from exporters.files import FACTOR, read_file

if TYPE_CHECKING:
    from exporters.cache import Store
    from exporters.model import Dataset

    from .document import Document
    from .source_texts import SourceTexts

SUFFIXES = (".yaml", ".yml", ".json", ".xlsx")
MAX_BYTES = FACTOR * 256 << 20


def load(
    path: Path, *, sources: Path | None = None, content: bytes | None = None, store: Store | None = None
) -> Dataset:
    """Read the dataset in *path* (.yaml, .json or .xlsx by its suffix), or in *content* that was read from it.

    *sources* is a folder with the stored texts of the sources; without it they are looked for beside the dataset.
    *store* may hold what the same bytes, and the same texts, came to before, and then does afterwards.
    Raises DataError with every fault found, in the order of the file.
    """
    from .source_texts import SourceTexts

    raw = read_bytes(path) if content is None else content
    texts = SourceTexts(path.parent, sources)
    if store is None:
        return _validated(raw, path, texts)
    from .kept import kept

    with collector_paused():
        return kept(store, raw, path, texts, lambda: _validated(raw, path, texts))


def _validated(raw: bytes, path: Path, texts: SourceTexts) -> Dataset:
    from .document import UnreadableError, in_order
    from .validate import validate

    file = str(path)
    try:
        with collector_paused():
            document = read_raw(raw, path)
            dataset, misfits = validate(document, texts.read)
    except PackageError as error:
        raise DataError(error.faults) from None
    except UnreadableError as broken:
        raise DataError(one.in_file(file) for one in in_order(broken.misfits)) from None
    if dataset is None:
        raise DataError(one.in_file(file) for one in in_order(misfits))
    return dataset


def doubts(path: Path, dataset: Dataset) -> list[Fault]:
    """Return as warnings what the dataset in *path* holds and its writer may not have meant, each with its place."""
    from exporters.model import doubts as found

    from .document import MAX_REPORTED, Misfit, and_more, in_order

    problems = found(dataset)
    if not problems:
        return []
    document = read_raw(read_bytes(path), path)
    misfits = [
        Misfit(document.locate(one.path), one.code, one.message, one.hint) for one in problems[:MAX_REPORTED]
    ]  # fmt: skip
    if len(problems) > MAX_REPORTED:
        misfits.append(and_more(len(problems) - MAX_REPORTED))
    return [replace(one.in_file(str(path)), severity="warning") for one in in_order(misfits)]


def dump(dataset: Dataset, path: Path) -> None:
    """Write *dataset* to *path* as .yaml, .json or .xlsx by its suffix; reading it back gives an equal dataset.

    The file is replaced as a whole, or stays as it was. Comments of an earlier file are not kept: to change
    single values of a file that people write, use :func:`exporters.load.edits.apply_edits`.
    """
    write_whole(path, encode(dataset, path))


def encode(dataset: Dataset, path: Path) -> bytes:
    """Return the bytes that :func:`dump` would write to *path*."""
    from .plain import plain

    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        from .yaml_writer import yaml_text

        return yaml_text(plain(dataset)).encode()
    if suffix == ".json":
        from .json_writer import json_text

        return json_text(plain(dataset)).encode()
    if suffix == ".xlsx":
        from .xlsx_writer import xlsx_bytes

        return xlsx_bytes(plain(dataset, short=False))
    raise _unknown_format(path)


def write_whole(path: Path, data: bytes, *, over: bytes | None = None) -> None:
    """Put *data* in place of *path* at once; a full disk or a crash leaves the old file.

    A link stays a link, and a file keeps its mode. RefusedError where the file no longer holds *over*.
    """
    old = path.exists()
    real = path.resolve() if old else path
    temporary = real.with_name(f".{real.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch(0o600 if old else 0o666)
        temporary.write_bytes(data)
        if old:
            shutil.copymode(real, temporary)
        if over is not None and real.read_bytes() != over:
            message = "someone has saved the file meanwhile; nothing was written"
            raise RefusedError(Fault("saved-meanwhile", message, str(path), hint="run the command again"))
        temporary.replace(real)
    except OSError as error:
        raise _refused(path, "unwritable", f"the file cannot be written: {error.strerror}", "") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a dataset as people type it."""
    from .schema import dataset_schema

    return dataset_schema()


def read_raw(raw: bytes, path: Path) -> Document:
    """Read the bytes of *path* into plain data with places, not validated yet; raise UnreadableError."""
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        from .xlsx_reader import read_xlsx

        return read_xlsx(raw, str(path))
    from .plaintext import decode

    if suffix == ".json":
        from .json_reader import read_json

        return read_json(decode(raw))
    from .yaml_reader import read_yaml

    return read_yaml(decode(raw))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a dataset file; raise DataError where *path* cannot be one."""
    if path.suffix.lower() not in SUFFIXES and path.is_file():
        raise _unknown_format(path)
    return _bytes_of(path)


def _bytes_of(path: Path) -> bytes:
    try:
        return read_file(path, MAX_BYTES)
    except IsADirectoryError:
        raise _refused(path, "is-a-folder", "this is a folder", _datasets_in(path)) from None
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise _refused(path, "unreadable", f"the file cannot be read: {error.strerror}", "") from None


def _unknown_format(path: Path) -> DataError:
    message = f"{path.suffix or 'a file without a suffix'} is no kind of dataset"
    return _refused(path, "unknown-format", message, f"datasets are {', '.join(SUFFIXES)}")


def _missing(path: Path) -> DataError:
    folder = path.parent
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    message = "there is no such file" if folder.is_dir() else f"there is no folder {folder}"
    return _refused(path, "no-file", message, nearest(path.name, names) or _datasets_in(folder))


def _datasets_in(folder: Path) -> str:
    if not folder.is_dir():
        return ""
    names = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES)
    return f"datasets in it: {', '.join(names[:5])}" if names else ""


def _refused(path: Path, code: str, message: str, hint: str) -> DataError:
    return DataError(Fault(code, message, str(path), hint=hint))
