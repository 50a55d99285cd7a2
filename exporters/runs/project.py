"""A project folder for an office to begin from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from exporters import resources
from exporters.errors import Fault, RefusedError

_README = """\
# A pack of our own

1. Put your numbers into `{dataset}` (an editor with YAML support completes fields from `schema.json`).
   Rather in Excel? `briefpack convert {dataset} data.xlsx` makes a workbook that takes its place.
2. Change wording, order and look in Word, PowerPoint and Excel: `templates/standard/zh/` and `.../en/`.
   `briefpack template names` prints every name that a template can use, with an example.
3. `briefpack check {dataset} --templates templates/standard` lists every fault with its place.
4. `briefpack build {dataset} --templates templates/standard` writes the pack into `out/`;
   `--lang en` the English edition, `--templates templates/gbt9704` the official-document style.
"""


def start(folder: Path) -> list[str]:
    """Fill *folder* with a starting project and return the names of what was made, the dataset first.

    Raises RefusedError, and writes nothing, where a file of that name stands there already.
    """
    from exporters.load.schema import dataset_schema

    sample = resources.datasets()[resources.DEFAULT_DATASET]
    copies = {sample.name: sample}
    root = resources.folder("templates")
    for name in resources.template_sets():
        for path in sorted((root / name).rglob("*")):
            if path.is_file():
                copies[f"templates/{path.relative_to(root).as_posix()}"] = path
    texts = {
        "schema.json": json.dumps(dataset_schema(), ensure_ascii=False, indent=2) + "\n",
        "README.md": _README.format(dataset=sample.name),
    }
    names = [*copies, *texts]
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        hint = "choose an empty folder"
        raise RefusedError(Fault("exists", "it exists already", str(folder / name), hint=hint) for name in taken)
    for name, source in copies.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return names
