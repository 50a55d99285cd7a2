"""Finding a run's inputs by name or path: the dataset, and one edition of a template set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from exporters import resources
from exporters.errors import DataError, Fault, TemplateError, nearest
from exporters.files import read_file
from exporters.registry import EXPORTERS, Entry

LANGS = ("zh", "en")
_DATA_SUFFIXES = (".yaml", ".yml", ".json", ".xlsx")


class TemplateFile(Struct, frozen=True):
    """One template as found. ``shown`` is the name that messages use, ``sha256`` the digest of its bytes."""

    entry: Entry
    shown: str
    content: bytes
    sha256: str


class Edition(Struct, frozen=True):
    """The templates of one set in one language. ``name`` is a shipped set's name, or ``./`` and that of a folder of
    one's own, which may be called as a shipped set is."""

    name: str
    lang: str
    files: tuple[TemplateFile, ...]
    paths: tuple[Path, ...] = ()


def find_dataset(asked: str | None) -> Path:
    """Return the dataset's file: a path, or the name of a shipped dataset; None is the shipped sample.

    A name that is neither raises DataError with the nearest right name.
    """
    path = Path(asked or "")
    if asked and (path.suffix.lower() in _DATA_SUFFIXES or path.exists() or path.parent != Path()):
        return path
    shipped = resources.datasets()
    if not asked:
        return shipped[resources.DEFAULT_DATASET]
    if asked in shipped:
        return shipped[asked]
    here = [entry.name for entry in Path().iterdir() if entry.suffix.lower() in _DATA_SUFFIXES]
    stems = {Path(name).stem: name for name in here}
    hint = nearest(asked, [*shipped, *stems, *here])
    raise DataError(
        Fault("no-dataset", "there is no such file or dataset", asked, hint=hint or f"shipped: {', '.join(shipped)}")
    )


def find_templates(asked: str, lang: str, only: Sequence[str]) -> Edition:
    """Return the edition *lang* of a shipped set or of a folder, with the templates that *only* needs.

    A folder holds ``zh/`` and ``en/``, or the templates themselves. Raises TemplateError with all that is missing.
    """
    root = _root(asked)
    folder = root / lang
    if not folder.is_dir():
        others = [other for other in LANGS if (root / other).is_dir()]
        if others:
            message = f"the template set has no edition in {lang}"
            raise TemplateError(Fault("no-edition", message, asked, hint=f"it has {', '.join(others)}"))
        folder = root
    shown = asked if folder == root else f"{asked}/{lang}"
    found, faults, paths = [], [], []
    for name in only:
        entry = EXPORTERS[name]
        path = next((folder / file for file in entry.templates if (folder / file).is_file()), None)
        if path is None:
            faults.append(_no_template(entry, folder, shown))
            continue
        try:
            content = read_file(path)
        except OSError as error:
            faults.append(Fault("unreadable", f"the file cannot be read: {error.strerror}", f"{shown}/{path.name}"))
            continue
        paths.append(path)
        found.append(TemplateFile(entry, f"{shown}/{path.name}", content, hashlib.sha256(content).hexdigest()))
    if faults and (sets := _sets_in(folder)):
        hint = f"the template sets in it are {', '.join(sets)}"
        raise TemplateError(Fault("no-templates", "this is no template set, but holds some", asked, hint=hint))
    if faults:
        raise TemplateError(faults)
    name = root.resolve().name
    return Edition(name if resources.is_shipped(root) else f"./{name}", lang, tuple(found), tuple(paths))


def exporters_in(asked: str, lang: str) -> list[str]:
    """Return the names of the exporters whose template a set holds in the edition *lang*."""
    root = _root(asked)
    folder = root / lang if (root / lang).is_dir() else root
    return _exporters_in(folder)


def _exporters_in(folder: Path) -> list[str]:
    return [one.name for one in EXPORTERS.values() if any((folder / file).is_file() for file in one.templates)]


def _sets_in(folder: Path) -> list[str]:
    """Return the folders in *folder* that are template sets."""
    files = {file for entry in EXPORTERS.values() for file in entry.templates}
    editions = ("", *LANGS)
    found = sorted(one for one in folder.iterdir() if one.is_dir())
    return [str(one) for one in found if any((one / lang / file).is_file() for lang in editions for file in files)]


def _root(asked: str) -> Path:
    path = Path(asked)
    if path.is_dir():
        return path
    sets = resources.template_sets()
    if asked in sets:
        return resources.folder("templates") / asked
    if path.is_file():
        raise TemplateError(Fault("not-a-folder", "this is a file; give the folder that holds the templates", asked))
    hint = nearest(asked, sets) or f"shipped: {', '.join(sets) or 'none'}"
    raise TemplateError(Fault("no-templates", "there is no such template set or folder", asked, hint=hint))


def _no_template(entry: Entry, folder: Path, shown: str) -> Fault:
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    hint = nearest(entry.filename, names)
    if not hint:
        rest = _exporters_in(folder)
        hint = f"--only {','.join(rest)} builds what the folder holds" if rest else ""
    return Fault("no-template", f"there is no {entry.filename} in it", shown, hint=hint)
