"""Writes docs/licences.md: what ``pip install briefpack`` brings along, and under which licences (``make licences``).

From the metadata of what is installed, so it says what the authors say.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)([^\\\n]*)", re.MULTILINE)
_LONGEST = 60


def pins(lock: str) -> list[tuple[str, str, str]]:
    """Return name, version and condition of each package that a lock file names."""
    return [(name, version, rest.strip(" ;")) for name, version, rest in _PIN.findall(lock)]


def licence(found: Distribution) -> str:
    """Return a distribution's licence: its SPDX expression, else its classifiers, else its own words."""
    said = found.metadata
    expression = said.get("License-Expression") or ""
    classes = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if one.startswith("License :: ")]
    classes = [one for one in classes if one != "OSI Approved"]
    words = (said.get("License") or "").strip().partition("\n")[0]
    return expression or ", ".join(classes) or words[:_LONGEST] or "not stated"


def page() -> str:
    """Return the page; a package of another system, which is not installed here, is named as that."""
    lines = ["# Licences of what is installed", "",
             "Made by `make licences` from `requirements.lock` and the installed packages' own metadata.", "",
             "| package | version | licence |", "|---|---|---|"]  # fmt: skip
    for name, version, condition in pins((ROOT / "requirements.lock").read_text("utf-8")):
        try:
            said = licence(distribution(name))
        except PackageNotFoundError:
            said = f"only where {condition}"
        lines.append(f"| {name} | {version} | {said} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
