"""Where in a workbook something leads out of it, in a person's words."""

from __future__ import annotations

from exporters.errors import Fault
from exporters.package import Package, rt
from exporters.package.reaching import Place
from exporters.package.reaching import reaches as reaches_of
from exporters.workbook.xmltree import Element, R, S
from exporters.workbook.xmltree import parse as parse_xml


def reaches(package: Package) -> list[Fault]:
    """Return what leads out of the sheets, their drawings and tables, of names and connections."""
    main = package.main_part()
    relationships = package.relationships(main)
    names: dict[str, str] = {}
    for entry in parse_xml(package.read(main), main, package.file).iterfind(f"{S}sheets/{S}sheet"):
        if entry.get(f"{R}id", "") not in relationships:
            continue
        sheet = relationships.target(entry.get(f"{R}id", ""))
        names[sheet] = f"sheet {entry.get('name')}"
        own = package.relationships(sheet)
        for item in (*own.of_type(rt.DRAWING), *own.of_type(rt.TABLE)):
            names[own.target(item)] = names[sheet]

    def placed(part: str, _root: Element) -> Place:
        place = names.get(part, "" if part == main else f"part {part}")

        def where(element: Element) -> str:
            if element.tag == f"{S}definedName":
                return f"name {element.get('name')}"
            for one in (element, *element.iterancestors()):
                cells = one.get("r" if one.tag == f"{S}c" else "ref" if one.tag == f"{S}hyperlink" else "sqref")
                if cells:
                    return f"{place}, cell {cells}"
            return place

        return where

    return reaches_of(package, placed)
